"""What readers get: figures and lessons picked for their audience, and the view of one comparison."""
