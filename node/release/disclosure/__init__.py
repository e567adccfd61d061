"""Disclosure control for additive tables: hide what must be hidden, and prove that it stays hidden."""
