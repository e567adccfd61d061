"""The transport within one process: the reference for the others, and what tests use."""

from collections.abc import Sequence

from schemas.delivery import Intake, Parcel, TransportUnavailable
from schemas.receipt import Answer


class MemoryTransport:
    """Hand parcels straight to an intake; `reachable` set to False plays a hub that is away."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.reachable = True

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        """Hand the parcels to the intake and return its answers; raises TransportUnavailable."""
        self._require_reachable()
        return self._intake([parcel.body for parcel in parcels]) if parcels else []

    def collect(self) -> Sequence[Answer]:
        """Return nothing, since every answer came at once; raises TransportUnavailable."""
        self._require_reachable()
        return []

    def close(self) -> None:
        """Do nothing: there is no connection to release."""

    def _require_reachable(self) -> None:
        if not self.reachable:
            raise TransportUnavailable("The hub in this process is away; set `reachable` to bring it back.")
