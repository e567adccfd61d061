"""What commands say in one sentence and end on, whichever part of the house it came from."""


class Refused(Exception):
    """What was asked for and cannot be had; its text is one sentence: what, where, what to do, and nobody's value."""
