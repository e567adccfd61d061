"""What a hub makes of words, so that they are found: their stems, and an index of them on each database."""
