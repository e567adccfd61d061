"""Turns at work that takes a processor for a while: few work, few wait, and whoever comes then is told to come back.

Readers who ask for much of it at once would otherwise keep every thread of a server. One reader, however often they
ask, has half of the places at most: whoever else comes finds one, and has the next turn.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from schemas.definition import Text

COME_BACK: Final = 5  # seconds
_PATIENCE: Final = 2.0  # seconds that one waits for its turn
NOBODY: Final = ""  # the hub itself
asking: Final[ContextVar[str]] = ContextVar("asking", default=NOBODY)  # who asks for what is being worked out


class HubBusy(RuntimeError):
    """More long answers are asked for than this process works out at a time."""

    def __init__(self) -> None:
        self.text = Text(
            f"De hub werkt aan zoveel vragen als hij kan; vraag dit over {COME_BACK} seconden nog eens.",
            f"The hub works on as many questions as it can; ask for this again in {COME_BACK} seconds.",
        )
        super().__init__(self.text.en)


class Turns:
    """Turns of one kind of work in this process; work never asks for another turn of the same kind."""

    def __init__(self, at_most: int, at_once: int) -> None:
        """Let `at_once` requests work, and no more than `at_most` work or wait; of one asker half of these at most."""
        self.at_most, self.at_once, self.at_most_of_one = at_most, at_once, -(-at_most // 2)
        self.places = threading.BoundedSemaphore(at_most)
        self.working = threading.BoundedSemaphore(at_once)
        self._of: Counter[str] = Counter()
        self._counting = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises HubBusy where too many wait already, too many of who is `asking`, or the turn does not come soon.
        """
        with self._place():
            if not self.working.acquire(timeout=_PATIENCE):
                raise HubBusy
            try:
                yield
            finally:
                self.working.release()

    @contextmanager
    def _place(self) -> Iterator[None]:
        who = asking.get()
        with self._counting:
            if who != NOBODY and self._of[who] >= self.at_most_of_one:
                raise HubBusy
            if not self.places.acquire(blocking=False):
                raise HubBusy
            self._of[who] += 1
        try:
            yield
        finally:
            with self._counting:
                self._of -= Counter({who: 1})  # who has none left is forgotten
            self.places.release()
