"""A message of a reader to the author of a lesson, as the hub gives it to the region's node; it is no event."""

from typing import Final

import msgspec

LONGEST_MESSAGE: Final = 2_000  # characters
SHORTEST_MESSAGE: Final = 10


class ReaderMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody signed in at the hub asks or says about a lesson; it does not print what it says or who says it.

    `lesson` is the event that they had before them, `to_role` the role that it names as its author, `from_roles` what
    the hub knows of the sender. `answer_to` is an e-mail address where the sender gave theirs to be answered at.
    """

    id: str
    lesson: str
    title: str
    to_role: str
    sender: str
    from_roles: tuple[str, ...]
    answer_to: str | None
    sent_at: str
    text: str

    def __repr__(self) -> str:
        """Give a text without words or names."""
        return f"ReaderMessage({self.id})"
