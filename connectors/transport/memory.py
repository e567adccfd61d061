"""The transport within one process: the reference for the others, and what tests use."""

from collections.abc import Callable, Sequence

from schemas.codes import PROTOCOL, can_talk
from schemas.delivery import Intake, Parcel, TransportRefused, TransportUnavailable
from schemas.receipt import Answer
from schemas.standing import Standing


class MemoryTransport:
    """Hand parcels straight to an intake; `reachable` set to False plays a hub that is away.

    `busy` set to a number of seconds plays a hub that asks to be left alone for that long, `protocol` one of another
    version.
    """

    def __init__(self, intake: Intake, standing: Callable[[], Standing | None] = lambda: None) -> None:
        """Take the hub's intake, and what gives its word on the chain of the region that sends."""
        self._intake = intake
        self._standing = standing
        self.reachable = True
        self.busy: float | None = None
        self.protocol = PROTOCOL

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        """Hand the parcels to the intake and return its answers; raises TransportUnavailable."""
        self._require_reachable()
        return self._intake([parcel.body for parcel in parcels]) if parcels else []

    def collect(self) -> Sequence[Answer]:
        """Return nothing, since every answer came at once; raises TransportUnavailable."""
        self._require_reachable()
        return []

    def standing(self) -> Standing | None:
        """Return what the hub says of the chain; raises TransportUnavailable."""
        self._require_reachable()
        return self._standing()

    def close(self) -> None:
        """Do nothing: there is no connection to release."""

    def _require_reachable(self) -> None:
        if not self.reachable:
            raise TransportUnavailable("The hub in this process is away; set `reachable` to bring it back.")
        if not can_talk(self.protocol):
            raise TransportRefused(
                f"The hub in this process speaks protocol {self.protocol} and this node protocol {PROTOCOL}; "
                "they understand neighbours only."
            )
        if self.busy is not None:
            raise TransportUnavailable("The hub in this process is busy; set `busy` to None to end that.", self.busy)
