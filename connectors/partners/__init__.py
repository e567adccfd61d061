"""What the hub asks of other organisations' services."""
