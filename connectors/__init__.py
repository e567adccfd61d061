"""Ways in and out: source formats, databases, transports. Knows the shared language and nothing of either side."""
