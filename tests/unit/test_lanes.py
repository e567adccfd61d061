"""Whoever has many endpoints that hang takes no place from others: threads are shared out by owner."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from hub.serving.lanes import OF_AN_OWNER, THREADS, Lanes, Waiting
from tests.support.followers import soon


class Work:
    """Work that goes on until it is let go; what was begun is kept."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let_go = threading.Event()
        self.one_ends = threading.Semaphore(0)

    def __call__(self, identifier: str) -> None:
        self.begun.append(identifier)
        while not self.let_go.is_set() and not self.one_ends.acquire(timeout=0.01):
            pass

    def owners(self) -> Counter[str]:
        return Counter(one.partition("/")[0] for one in self.begun)


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.let_go.set()


def asked(is_troubled: bool, *owners: str, each: int = 20) -> dict[str, Waiting]:
    return {f"{owner}/{is_troubled}/{one}": Waiting(owner, is_troubled) for owner in owners for one in range(each)}


def test_an_owner_whose_endpoints_hang_leaves_room_for_others_and_for_their_own_that_are_well(work: Work) -> None:
    lanes = Lanes()
    hanging, later = asked(True, "P"), asked(True, "Q", each=1) | asked(False, "P", "R", each=2)
    lanes.offer(hanging, work)
    assert soon(lambda: work.owners() == {"P": OF_AN_OWNER[1]})
    lanes.offer(hanging | later, work)
    assert soon(lambda: work.owners() == {"P": OF_AN_OWNER[0], "Q": 1, "R": 2}), "each has a place at once"
    work.one_ends.release()
    assert soon(lambda: len(work.begun) == 8), "a place that comes free goes to who waits"
    work.let_go.set()
    lanes.close()
    assert len(work.begun) == 8, "what waits is left, and is due the next time"


def test_who_has_fewest_running_goes_first(work: Work) -> None:
    lanes = Lanes()
    many = [f"P{one}" for one in range(THREADS[1] // OF_AN_OWNER[1] + 1)]
    lanes.offer(asked(True, *many), work)
    assert soon(lambda: work.owners().total() == THREADS[1])
    lanes.offer(asked(True, *many) | asked(True, "late", each=1), work)
    work.one_ends.release()
    assert soon(lambda: len(work.begun) > THREADS[1])
    assert work.begun[-1].startswith("late/"), "before those who asked earlier and have some"
    work.let_go.set()
    lanes.close()


def test_what_ends_is_told_once_and_nothing_is_served_twice_at_a_time(work: Work) -> None:
    lanes = Lanes()
    one = asked(False, "P", each=1)
    assert [lanes.offer(one, work) for _ in range(3)] == [[], [], []]
    (busy,) = lanes.busy()
    work.let_go.set()
    assert busy.result() is None
    assert soon(lambda: lanes.busy() == [])
    assert [identifier for identifier, _ in lanes.offer({}, work)] == list(one) == work.begun
    assert lanes.offer({}, work) == []
    lanes.close()
