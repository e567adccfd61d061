"""Threads that are shared fairly: of one owner few run at a time, and who has fewest running goes first.

There are two lanes. One is for endpoints that answered well the last time; those that failed or were slow wait for each
other in the other one, in which an owner has a place less, so that their endpoints that are well are served as well.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple

THREADS: Final = (32, 16)  # of the lane for those that are well, and of the other
OF_AN_OWNER: Final = (4, 3)  # of these at a time; never more than four in both together
Work = Callable[[str], None]
Queues = dict[str, deque[tuple[str, Work]]]  # what waits by owner, in the order in which it came


class Waiting(NamedTuple):
    """A subscription that has something due, and whether it failed or was slow the last time."""

    owner: str
    is_troubled: bool


class Lanes:
    """Runs work for subscriptions, each of them once at a time, until it is closed."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._pools = tuple(
            ThreadPoolExecutor(threads, name)
            for threads, name in zip(THREADS, ("deliver", "deliver-again"), strict=True)
        )
        self._turn = threading.RLock()  # what is done at once ends within the same turn
        self._waiting: tuple[Queues, Queues] = ({}, {})
        self._running: tuple[Counter[str], Counter[str]] = (Counter(), Counter())  # by owner
        self._ended: list[tuple[str, Future[None]]] = []
        self._busy: dict[str, Future[None]] = {}
        self._is_closing = False

    def offer(self, found: Mapping[str, Waiting], work: Work) -> list[tuple[str, "Future[None]"]]:
        """Do the work for what is found, each as soon as there is a place, and return what ended since the last time.

        What waits and is found no more, or in the other lane, is forgotten; what is being served is left to it.
        """
        with self._turn:
            for queues in self._waiting:
                queues.clear()
            for identifier, told in found.items():
                if identifier not in self._busy:
                    self._waiting[told.is_troubled].setdefault(told.owner, deque()).append((identifier, work))
            self._begin()
            ended, self._ended = self._ended, []
            return ended

    def busy(self) -> list["Future[None]"]:
        """Return what is being done now."""
        with self._turn:
            return list(self._busy.values())

    def close(self) -> None:
        """End after what is being done now."""
        with self._turn:
            self._is_closing = True
        for pool in self._pools:
            pool.shutdown(wait=True)

    def _begin(self) -> None:
        for lane, pool in enumerate(self._pools):
            while not self._is_closing and (owner := self._next(lane)) is not None:
                identifier, work = self._waiting[lane][owner].popleft()
                if not self._waiting[lane][owner]:
                    del self._waiting[lane][owner]
                self._running[lane][owner] += 1
                begun = self._busy[identifier] = pool.submit(work, identifier)
                begun.add_done_callback(partial(self._end, lane, identifier, owner))

    def _next(self, lane: int) -> str | None:
        """Return the owner whose turn it is: of those with fewest running who came first."""
        if self._running[lane].total() >= THREADS[lane]:
            return None
        both = {owner: sum(running[owner] for running in self._running) for owner in self._waiting[lane]}
        open_ = [one for one in both if both[one] < OF_AN_OWNER[0] and self._running[lane][one] < OF_AN_OWNER[lane]]
        return min(open_, key=both.__getitem__, default=None)

    def _end(self, lane: int, identifier: str, owner: str, future: "Future[None]") -> None:
        with self._turn:
            self._running[lane][owner] -= 1
            if not self._running[lane][owner]:
                del self._running[lane][owner]
            del self._busy[identifier]
            self._ended.append((identifier, future))
            self._begin()
