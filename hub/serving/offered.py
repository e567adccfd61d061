"""What a reader can choose from, told to who chose something else."""

from collections.abc import Iterable

from schemas.definition import Text


class NotOffered(LookupError):
    """A choice that there is not; `allowed` are the values that there are, of what was chosen wrongly.

    `text` is the sentence in both languages, for pages; programs are told it in English.
    """

    def __init__(self, sentence: Text, allowed: Iterable[str] = ()) -> None:
        """Take the sentence and the values."""
        self.text = sentence
        super().__init__(sentence.en)
        self.allowed = tuple(allowed)
