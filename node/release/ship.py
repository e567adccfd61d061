"""Ship what is in the outbox. The only function of a node that sends; it takes nothing but outbox entries."""

from collections.abc import Sequence

from schemas.delivery import Sender
from schemas.receipt import Answer

from .outbox import OutboxEntry


def ship(entries: Sequence[OutboxEntry], sender: Sender) -> tuple[Answer, ...]:
    """Hand the entries to the transport in order and return the answers known so far.

    Raises TransportUnavailable or TransportRefused; the caller marks entries only after this returns.
    """
    return tuple(sender.send([entry.parcel for entry in entries]))
