"""Answers without an end: a server that hands connections over, and the hall where they are held."""
