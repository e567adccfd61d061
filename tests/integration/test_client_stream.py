"""The client follows lessons, comes back after interruptions, and says what a hub refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from regiohelix_client import Hub, HubRefused, LessonTold

from tests.integration.test_streams import Served, serving
from tests.support.held_by_hub import a_lesson


@pytest.fixture
def serves(tmp_path: Path) -> Iterator[Served]:
    yield from serving(tmp_path)


@pytest.fixture
def client(serves: Served) -> Iterator[Hub]:
    with Hub(f"http://127.0.0.1:{serves.port}") as made:
        yield made


def titles(told: Iterator[LessonTold]) -> list[str]:
    return sorted(one.item["title"] for one in told)


def test_what_there_is_and_what_came_since(serves: Served, client: Hub) -> None:
    for number in range(60):
        serves.held.accept("XR-A", a_lesson(f"les-{number}", f"Les {number}"))
    found = list(client.follow_lessons(from_beginning=True, ends=True))
    assert len({one.lesson for one in found}) == 60
    serves.held.accept("XR-A", a_lesson("les-n", "Nieuw"))
    assert titles(client.follow_lessons(since=found[-1].id, ends=True)) == ["Nieuw"]
    assert titles(client.follow_lessons(from_beginning=True, ends=True, q="nieuw", theme=["diabetes"])) == ["Nieuw"]
    assert titles(client.follow_lessons(ends=True)) == []


def test_it_comes_back_after_an_interruption_and_misses_nothing(
    serves: Served, client: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiohelix_client.stream.time.sleep", lambda seconds: None)
    serves.held.accept("XR-A", a_lesson("les-0", "Eerst"))
    following = client.follow_lessons(from_beginning=True)
    assert next(following).item["title"] == "Eerst"
    for seat in list(serves.streams.feeder._held()):
        serves.streams.hall.let_go(seat.line, "test")
    serves.held.accept("XR-A", a_lesson("les-1", "Terwijl niemand luisterde"))
    told = next(following)
    assert (told.kind, told.item["title"], told.is_gone) == ("published", "Terwijl niemand luisterde", False)
    following.close()  # type: ignore[attr-defined]


def test_what_a_hub_refuses_is_said(client: Hub) -> None:
    with pytest.raises(HubRefused, match="nl, en"):
        next(client.follow_lessons(language="fr"))
