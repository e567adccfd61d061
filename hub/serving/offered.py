"""What a reader can choose from, told to who chose something else."""

from collections.abc import Iterable


class NotOffered(LookupError):
    """A choice that there is not; `allowed` are the values that there are, of what was chosen wrongly."""

    def __init__(self, sentence: str, allowed: Iterable[str] = ()) -> None:
        """Take the sentence and the values."""
        super().__init__(sentence)
        self.allowed = tuple(allowed)
