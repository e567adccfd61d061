"""The port between a region's outbox and the hub's intake: what every transport must do (one contract suite)."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from .receipt import Answer


class TransportUnavailable(ConnectionError):
    """The other side cannot be reached now; nothing was lost, try again later."""


class TransportRefused(PermissionError):
    """The other side refuses this caller (credentials, rights, version); trying again does not help."""


class Parcel(msgspec.Struct, frozen=True):
    """One event ready for the wire: `body` is the CloudEvent's JSON; `region` is the ordering key."""

    event_id: str
    region: str
    topic: str
    body: bytes


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
        """Return answers that came in since the last call; raises TransportUnavailable.

        Calling again, or closing, says that the answers returned before are kept.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...
