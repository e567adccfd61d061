"""The hub's way in: verify what a region signed, store it once, project it."""
