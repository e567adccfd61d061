"""Ways for events to travel from a region's outbox to the hub's intake, and for its answers to travel back."""
