"""A receiver's place in its group: which partitions came to it, and for how long it has been out of the group."""

import threading
import time
from collections.abc import Callable
from typing import Any

from kafka import ConsumerRebalanceListener, TopicPartition


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python carries no types
    """Note assigned partitions; it runs on kafka-python's own thread, where a database must not be asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin outside the group; `clock` gives seconds that only go forth."""
        self._lock = threading.Lock()
        self._places: set[TopicPartition] = set()
        self._clock = clock
        self._out_since: float | None = clock()

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Note that the group is being joined anew; positions are kept with the events."""
        self._out_since = self._clock()

    def on_partitions_lost(self, lost: Any) -> None:
        """Note that this member is out of the group."""
        self._out_since = self._clock()

    def on_partitions_assigned(self, assigned: Any) -> None:
        """Note the partitions, none of them where others have them all."""
        self._out_since = None
        self.note(assigned)

    def note(self, places: Any) -> None:
        """Ask for these partitions to be read from their kept positions."""
        with self._lock:
            self._places |= set(places)

    def handed_over(self) -> set[TopicPartition]:
        """Return the partitions noted since the last call."""
        with self._lock:
            places, self._places = self._places, set()
        return places

    def out_for(self) -> float:
        """Return for how many seconds this member has been out of the group while its broker answered."""
        since = self._out_since
        return 0.0 if since is None else self._clock() - since

    def excuse(self) -> None:
        """Begin to count anew: the broker was away, and nobody joins a group there."""
        if self._out_since is not None:
            self._out_since = self._clock()
