"""What a node does by itself: plans (what, when, set by whom) and the runs they made."""
