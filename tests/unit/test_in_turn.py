"""Long answers: worked out once for all who ask the same, few at a time, and again when something came."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.serving import kept_pages, turns
from hub.serving.in_turn import _turns, in_turn
from hub.serving.match import MatchView
from hub.serving.remembered import Remembered
from hub.serving.turns import HubBusy, asking
from tests.support.held_by_hub import NOW, HeldByHub, a_lesson

HEAVY = (
    "/progress", "/match?region=XR-A", "/learning", "/learning/actions", "/api/v1/programme",
    "/api/v1/programme/XR-A", "/api/v1/match?region=XR-A", "/api/v1/learning", "/api/v1/learning/actions",
    "/api/v1/learning/lessons?region=XR-A", "/api/v1/regions/XR-A/sheet", "/api/v1/regions/XR-A/sheet?format=docx",
    "/api/v1/regions/XR-A/progress?indicator=h.dm_prev",
)  # fmt: skip


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldByHub]:
    found = HeldByHub.opened(tmp_path)
    found.region("XR-A", "Alfa")
    yield found
    found.hub.engine.dispose()


def ask(held: HeldByHub, work: Callable[[], object], about: str = "x", minutes: int = 0) -> object:
    with held.hub.engine.connect() as connection:
        return in_turn(connection, about, NOW + timedelta(minutes=minutes), work)


def test_the_same_is_worked_out_once_until_something_comes_or_a_minute_goes(held: HeldByHub) -> None:
    worked: list[str] = []
    again = lambda: worked.append("again") or len(worked)  # type: ignore[func-returns-value]  # noqa: E731
    assert [ask(held, again), ask(held, again), ask(held, again, "y"), ask(held, again)] == [1, 1, 2, 1]
    held.accept("XR-A", a_lesson())
    assert [ask(held, again), ask(held, again)] == [3, 3]
    assert ask(held, again, minutes=1) == 4


def test_who_asks_the_same_meanwhile_waits_for_that_answer(held: HeldByHub) -> None:
    begun, go_on, worked = threading.Event(), threading.Event(), []

    def work() -> str:
        worked.append(1)
        begun.set()
        assert go_on.wait(10)
        return "made"

    with ThreadPoolExecutor(_turns.at_most) as threads, ExitStack() as others:
        others.enter_context(_turns.working)  # somebody else works too, so that the second waits
        first = threads.submit(ask, held, work)
        assert begun.wait(10)
        second = threads.submit(ask, held, work)
        go_on.set()
        assert {first.result(10), second.result(10)} == {"made"}
    assert worked == [1]


def test_beyond_a_few_nobody_waits_and_what_is_kept_is_given(held: HeldByHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(held, lambda: "kept") == "kept"
    with ExitStack() as busy:
        for _ in range(_turns.at_most):
            busy.enter_context(_turns.places)
        with pytest.raises(HubBusy):
            ask(held, lambda: "other", "y")
        assert ask(held, lambda: "other") == "kept"
    monkeypatch.setattr(turns, "_PATIENCE", 0.01)
    with _turns.working, _turns.working, pytest.raises(HubBusy):
        ask(held, lambda: "other", "y")
    with pytest.raises(ZeroDivisionError):
        ask(held, lambda: 1 // 0, "y")
    assert ask(held, lambda: "other", "y") == "other", "what went wrong gave its place back"


def test_who_asks_without_end_leaves_a_turn_to_others(held: HeldByHub) -> None:
    begun, go_on, given = threading.Semaphore(0), threading.Event(), []

    def work() -> None:
        begun.release()
        assert go_on.wait(10)

    def greedy(number: int) -> None:
        asking.set("10.0.0.1/32")
        try:
            ask(held, work, f"question {number}")
        except HubBusy:
            given.append("busy")

    client = held.app.test_client()
    with ThreadPoolExecutor(_turns.at_most) as threads:
        asked = [threads.submit(greedy, number) for number in range(_turns.at_most)]
        assert begun.acquire(timeout=10)
        assert begun.acquire(timeout=10)
        again = client.get("/progress", environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
        other = threading.Timer(0.3, go_on.set)
        other.start()
        answer = client.get("/progress", environ_overrides={"REMOTE_ADDR": "10.0.0.2"})
        [one.result(10) for one in asked]
    assert (again.status_code, answer.status_code) == (503, 200)
    assert given == ["busy", "busy"]
    assert client.get("/match?region=XR-A", environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).status_code == 200


def test_every_heavy_page_says_when_to_come_back_and_all_else_goes_on(held: HeldByHub) -> None:
    client = held.app.test_client()
    with ExitStack() as busy:
        for _ in range(_turns.at_most):
            busy.enter_context(_turns.places)
        answers = {path: client.get(path, headers={"Accept": "text/html"}) for path in HEAVY}
        assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(HEAVY, 503)
        assert {one.headers["Retry-After"] for one in answers.values()} == {"5"}
        assert "vraag dit over 5 seconden nog eens" in answers["/progress"].text
        assert "ask for this again in 5 seconds" in answers["/api/v1/match?region=XR-A"].get_json()["detail"]
        assert client.get("/knowledge").status_code == 200
    assert client.get("/progress").status_code == 200


def test_questions_without_an_answer_take_room_as_well(held: HeldByHub, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Remembered(most_bytes=2000)
    monkeypatch.setattr("hub.serving.in_turn.remembered", lambda _: memory)
    for number in range(20):
        assert ask(held, tuple, f"nobody's {number}") == ()
    assert 0 < len(memory) <= 4


def test_who_asks_first_after_something_came_is_enough_to_have_it_kept(
    held: HeldByHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    real = kept_pages.match

    def counted(*asked: Any) -> MatchView:
        worked.append("once")
        return real(*asked)

    monkeypatch.setattr(kept_pages, "match", counted)
    held.accept("XR-A", a_lesson())
    for _ in range(3):
        with held.hub.engine.connect() as connection:
            kept_pages.kept_match(connection, "public", NOW, "XR-A", None)
    assert worked == ["once"]
