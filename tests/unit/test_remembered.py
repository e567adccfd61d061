"""What a hub's process keeps of its answers: only under the mark it was made under, and only so much."""

import pytest

from hub.serving import remembered
from hub.serving.remembered import Remembered


def test_an_answer_is_given_under_its_mark_only_and_is_gone_after_another() -> None:
    memory = Remembered()
    memory.keep("trend", (1, 7), "old", 10)
    assert memory.get("trend", (1, 7)) == "old"
    assert memory.get("trend", (2, 9)) is None
    assert memory.get("trend", (1, 7)) is None  # what was destroyed since is in no memory any more


def test_the_longest_unasked_go_where_it_gets_too_much() -> None:
    memory = Remembered(most_bytes=30)
    for name in ("a", "b", "c"):
        memory.keep(name, 1, name, 10)
    assert memory.get("a", 1) == "a"
    memory.keep("d", 1, "d", 10)
    assert [memory.get(name, 1) for name in ("a", "b", "c", "d")] == ["a", None, "c", "d"]
    memory.keep("whole", 1, "larger than all", 31)
    assert memory.get("whole", 1) is None


def test_nothing_is_kept_for_longer_than_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now[0])
    memory = Remembered()
    memory.keep("trend", 1, "kept", 10)
    now[0] = 600.0
    assert memory.get("trend", 1) == "kept"
    now[0] = 601.0
    assert memory.get("trend", 1) is None


def test_what_nobody_asks_for_any_more_goes_when_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now[0])
    memory = Remembered()
    memory.keep("trend", 1, "kept", 10)
    now[0] = 500.0
    memory.keep("newer", 1, "kept too", 10)
    now[0] = 700.0
    assert memory.get("other", 1) is None
    assert len(memory) == 1
