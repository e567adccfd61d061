"""A file beside a lesson or an item: its bytes, what it is, and every word that can be read in it."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from msgspec import Meta

from .attached import LARGEST, FileUnfit, MediaType, read_file
from .items import EventId, Item

MOST_OF_ONE: Final = 5  # files beside one lesson or item
HOSTS: Final = ("lesson", "method", "instrument", "training")  # nouns of what a file can stand beside
_PART: Final = 4_000  # characters; a text of one field may hold twice as many
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])", description="SHA-256 of the bytes")]
Size = Annotated[int, Meta(ge=1, le=LARGEST)]
Content = Annotated[bytes, Meta(max_length=LARGEST)]


class AttachmentPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A file that belongs to a lesson, method, instrument or training of the same region, named by an event of it.

    `text` holds every word that can be read in the file, in parts, so that it passes the same eyes as a lesson;
    `alternative` says what is in it for who does not see it. `content` is base64 in JSON.
    """

    noun: ClassVar[str] = "attachment"
    of: EventId
    file_name: str
    media_type: MediaType
    size: Size
    sha256: Digest
    alternative: str
    licence: str
    text: tuple[str, ...] = ()
    content: Content = b""

    def wrong(self) -> str | None:
        """Return what does not fit between the bytes and what is said of them; None where all does."""
        try:
            found = read_file(self.file_name, self.content)
        except FileUnfit as error:
            return f"the file {error}"
        if (found.media_type, len(self.content)) != (self.media_type, self.size):
            return "the file is of another kind or size than `media_type` and `size` say"
        if hashlib.sha256(self.content).hexdigest() != self.sha256:
            return "field `sha256` is not that of the file's bytes"
        if in_parts(found.text) != self.text:
            return "field `text` does not hold the words of the file"
        if not (self.alternative.strip() and self.licence.strip()):
            return "fields `alternative` and `licence` must say something"
        return None


def in_parts(text: str) -> tuple[str, ...]:
    """Return a text in parts of at most 4,000 characters, cut between lines or words where that is possible.

    A part that says the same as an earlier one is left out, as in every list of an item.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > _PART:
        cut = _cut(rest, ("\n", " "))
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return tuple(dict.fromkeys(filter(None, (*parts, rest))))


def _cut(text: str, between: Sequence[str]) -> int:
    return next((at for one in between if (at := text.rfind(one, 1, _PART)) > 0), _PART)
