"""What the hub tells over the broker unasked: its word on each chain, and what it refused."""

import time
from typing import Any, Final

import msgspec

from schemas.codes import DEAD_LETTERS_TOPIC, RECEIPTS_TOPIC
from schemas.delivery import Standings
from schemas.receipt import Answer

STANDING_AGAIN_SECONDS: Final = 86_400.0  # to regions whose chain stands still: the topic forgets
GAPS_AGAIN_SECONDS: Final = 600.0  # what was asked for may have been lost on its way
NO_REGION: Final = b""  # the key of a letter about a message that named none

Message = tuple[str, bytes, bytes]  # topic, key, value


class Letter(msgspec.Struct, frozen=True):
    """The notice of a refused message: where its bytes lie, and the hub's answer. Never the bytes themselves.

    They stay in the topic they came by for as long as the broker keeps them, and at the hub until somebody decides
    (`python -m hub dead-letters`); a copy here could not be destroyed when a redaction orders it.
    """

    topic: str
    partition: int
    offset: int
    answer: Answer


def letter(record: Any, answer: Answer) -> Message:
    """Return the notice of a refused message, for who watches the topic of dead letters."""
    notice = Letter(record.topic, record.partition, record.offset, answer)
    return DEAD_LETTERS_TOPIC, record.key or NO_REGION, msgspec.json.encode(notice)


class PublishedStandings:
    """The words on the chains that were published, so that only news is."""

    def __init__(self, standings: Standings, every: float) -> None:
        """Ask `standings` for the hub's signed words every so many seconds."""
        self._standings = standings
        self._every = every
        self._asked = float("-inf")
        self._said: dict[str, tuple[object, float]] = {}  # region -> what was said and when

    def changed(self) -> list[Message]:
        """Return the messages about chains that changed, or were not spoken of for a day; none before it is time."""
        now = time.monotonic()
        if now - self._asked < self._every:
            return []
        self._asked = now
        messages = []
        for one in self._standings():
            content = (one.last_sequence, one.last_event, one.gaps)
            before, at = self._said.get(one.region, (None, now))
            if content != before or now - at >= (GAPS_AGAIN_SECONDS if one.gaps else STANDING_AGAIN_SECONDS):
                self._said[one.region] = (content, now)
                messages.append((RECEIPTS_TOPIC, one.region.encode(), msgspec.json.encode(one)))
        return messages
