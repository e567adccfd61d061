"""The national side: verifies what regions let out, compares it, and serves it to each audience."""
