"""Digests by e-mail: who asked for one, what is news for them, and sending it."""
