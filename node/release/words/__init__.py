"""What words may say about a person: recognisers by rule, and the optional Dutch de-identifier in its own process."""
