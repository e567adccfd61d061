"""The port between a region's outbox and the hub's intake: what every transport must do (one contract suite)."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from schemas.refused import Refused

from .heads import Heads
from .receipt import Answer
from .standing import Standing


class TransportUnavailable(Refused, ConnectionError):
    """The other side cannot be reached now; nothing was lost, try again later.

    `retry_after` is the number of seconds the other side asked for, None where it said nothing.
    """

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class TransportRefused(Refused, PermissionError):
    """The other side refuses this caller (credentials, rights, version); trying again does not help."""


class Parcel(msgspec.Struct, frozen=True):
    """One event ready for the wire: `body` is the CloudEvent's JSON; `region` is the ordering key.

    Where there are topics, it goes to `topic` and to each of `also_on`: a key event precedes in each of them what the
    new key signs.
    """

    event_id: str
    region: str
    topic: str
    body: bytes
    also_on: tuple[str, ...] = ()


# The hub's signed heads: the live ones for None, else those of the last so many days that it kept; empty: it has none.
HeadsOf = Callable[[int | None], Sequence[Heads]]
Standings = Callable[[], Sequence[Standing]]  # the hub's side: its signed word on every chain, as of now
Intake = Callable[[Sequence[bytes]], Sequence[Answer]]  # the hub's side: CloudEvent bodies in, one answer each out


class Sender(Protocol):
    """The node's side of a transport. At least once: sending the same parcel again is harmless."""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        """Hand over parcels in order; return the answers known at once (a broker gives none yet).

        Returning means the other side holds every parcel durably or has answered it. Raises TransportUnavailable
        (nothing may be assumed) or TransportRefused.
        """
        ...

    def collect(self) -> Sequence[Answer]:
        """Return answers that came in since the last call, a bounded number; raises TransportUnavailable.

        Calling again, or closing, says that the answers returned before are kept. Empty says that no more are there.
        """
        ...

    def standing(self) -> Standing | None:
        """Return the newest word of the hub on this region's chain that this side can have, unchecked.

        None where there is none: the hub is older, or has not spoken yet. A broker's word comes with the answers, by
        `collect`. Raises TransportUnavailable or TransportRefused.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...
