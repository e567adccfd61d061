"""Fetch what readers ask or say about the region's lessons: kept here first, then deleted at the hub."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from connectors.database import writing
from node.knowledge import messages
from schemas.message import ReaderMessage


class Waiting(Protocol):
    """What waits at the hub for this region."""

    def waiting(self) -> Iterable[ReaderMessage]:
        """Return the messages that wait; raises TransportUnavailable or TransportRefused."""
        ...

    def kept(self, message_id: str) -> None:
        """Say that a message is kept here, so that the hub deletes its words."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


def fetched(engine: Engine, reader: Waiting, clock: Callable[[], datetime]) -> int:
    """Keep what waits at the hub, then let it delete its copies; return how many are new, and close the reader.

    Raises TransportUnavailable or TransportRefused; what was kept before stays kept.
    """
    new = 0
    try:
        for each in reader.waiting():
            with writing(engine) as connection:
                new += messages.keep(connection, each, clock())
            reader.kept(each.id)
    finally:
        reader.close()
    return new
