"""What things cost, each beside a reference in the same run; no test, since a figure under load proves nothing."""
