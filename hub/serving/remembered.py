"""Answers that were worked out before, kept in this process while what they were made of stays as it is.

An event never changes; what stands at a place changes only by another event there, or by one that takes its place. So
an answer is kept with a mark of what was there (`hub.serving.marks`), which the database gives in a few milliseconds,
and worked out again where the mark differs. What was kept under an old mark is dropped at once: figures that were
destroyed do not outlive the next question about them. After ten minutes an answer is worked out again; those that
nobody asks for any more go when anybody asks for anything.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

MOST_BYTES: Final = 64 * 1024 * 1024  # of one process
_LONGEST: Final = 600.0  # seconds
_SWEPT: Final = 60.0  # seconds between two looks for what is too old


class Remembered:
    """What one process keeps of one hub's answers, the last asked for at most so many bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._swept_at = time.monotonic()
        self._kept: OrderedDict[Hashable, tuple[Hashable, float, int, Any]] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, key: Hashable, mark: Hashable) -> Any | None:
        """Return what was kept under this mark; None where there is nothing, or it was of another state."""
        with self._turn:
            self._sweep()
            found = self._kept.get(key)
            if found is None:
                return None
            kept_mark, at, _, value = found
            if kept_mark != mark or time.monotonic() - at > _LONGEST:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return value

    def keep(self, key: Hashable, mark: Hashable, value: Any, size: int) -> None:
        """Keep an answer of about so many bytes; the longest unasked go where it gets too much."""
        with self._turn:
            self._drop(key)
            self._kept[key] = (mark, time.monotonic(), size, value)
            self._held += size
            while self._held > self._most:
                self._drop(next(iter(self._kept)))

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._kept)

    def _sweep(self) -> None:
        now = time.monotonic()
        if now - self._swept_at > _SWEPT:
            self._swept_at = now
            for key in [key for key, (_, at, _, _) in self._kept.items() if now - at > _LONGEST]:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._held -= gone[2]


_of_engine: WeakKeyDictionary[Engine, Remembered] = WeakKeyDictionary()
_making = threading.Lock()


def remembered(connection: Connection) -> Remembered:
    """Return what this process keeps for the hub behind a connection."""
    with _making:
        return _of_engine.setdefault(connection.engine, Remembered())
