"""What is broken on purpose, run after run, and what must be true afterwards; see docs/faults.md."""
