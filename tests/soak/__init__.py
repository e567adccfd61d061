"""Steady load for as long as one likes, one process on each side: does memory stay flat? See docs/faults.md."""
