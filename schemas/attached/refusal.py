"""What is said of a file that cannot be shared."""

from typing import Final

STRIP_PICTURE: Final = "save it anew without metadata, for instance with `magick old -strip new`"


class FileUnfit(ValueError):
    """A file that cannot be shared; the message is the end of a sentence about it and repeats nothing of it."""
