"""A real hub that lost something, and a node that hears of it when it next calls: then the hub holds all again."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from connectors.database import writing
from demo.journey import call, join_network, let_out
from demo.operator import inviting
from hub.bootstrap import application, make_hub, open_hub
from hub.intake.heads import make_heads
from hub.tables import daily_head, event
from tests.integration.test_node_keys import LESSON
from tests.support.served import served

REGION = "XR-DUINRAND"


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve the hub in a folder for a while, and give its address."""
    hub = open_hub(home, {})
    with served(application(hub)) as port:
        yield f"http://127.0.0.1:{port}"
    hub.engine.dispose()


@pytest.fixture
def hub_home(tmp_path: Path) -> Path:
    make_hub(tmp_path / "hub", {}).engine.dispose()
    return tmp_path / "hub"


@pytest.fixture
def home(tmp_path: Path, hub_home: Path) -> Path:
    invited = inviting(hub_home, REGION, "Duinrand", "invented")
    with serving(hub_home) as url:
        join_network(tmp_path / "node", (REGION, "Duinrand", "invented", "2025"), [], url, invited)
    return tmp_path / "node"


def lesson_out(home: Path, name: str) -> None:
    file = home.parent / f"{name}.yaml"
    file.write_text(LESSON.format(name=name), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Author")
    let_out(home, "lesson", name, reviewers=1)


def shipped(home: Path, hub_home: Path, monkeypatch: pytest.MonkeyPatch, expected: int = 0) -> str:
    time.sleep(1.1)  # the hub's moments have whole seconds
    with serving(hub_home) as url:
        monkeypatch.setenv("REGIOHELIX_NODE_HUB_URL", url)
        return call(home, "ship", expected=expected)


def held(hub_home: Path) -> list[int]:
    hub = open_hub(hub_home, {})
    with hub.engine.connect() as connection:
        found = list(connection.scalars(select(event.c.sequence).order_by(event.c.sequence)))
    hub.engine.dispose()
    return found


def test_a_hub_restored_from_an_older_copy_gets_the_rest_again(
    home: Path, hub_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson_out(home, "les-1")
    assert shipped(home, hub_home, monkeypatch) == "1 event sent, 1 accepted, 0 refused."
    older = tmp_path / "older"
    shutil.copytree(hub_home, older)
    for number in (2, 3, 4):
        lesson_out(home, f"les-{number}")
    assert shipped(home, hub_home, monkeypatch) == "3 events sent, 3 accepted, 0 refused."
    assert shipped(home, hub_home, monkeypatch) == "0 events sent, 0 accepted, 0 refused."
    shutil.rmtree(hub_home)
    shutil.copytree(older, hub_home)
    assert held(hub_home) == [1]
    assert shipped(home, hub_home, monkeypatch) == "3 events sent, 3 accepted, 0 refused."
    assert held(hub_home) == [1, 2, 3, 4]
    assert shipped(home, hub_home, monkeypatch) == "0 events sent, 0 accepted, 0 refused."


def test_a_hub_that_rewrites_the_heads_of_a_day_is_found_out(
    home: Path, hub_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson_out(home, "les-1")
    shipped(home, hub_home, monkeypatch)
    for hours in (48, 47):
        hub = open_hub(hub_home, {})
        with writing(hub.engine) as connection:
            connection.execute(delete(daily_head))
            made = make_heads(connection, hub.clock() - timedelta(hours=hours), hub.key)
        hub.engine.dispose()
        assert made
        said = shipped(home, hub_home, monkeypatch, expected=0 if hours == 48 else 1)
    assert f"The hub's heads of {made.as_of[:10]} do not follow from those it showed before" in said


def test_a_hub_that_shows_another_chain_is_sent_nothing_until_somebody_looked(
    home: Path, hub_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson_out(home, "les-1")
    shipped(home, hub_home, monkeypatch)
    hub = open_hub(hub_home, {})
    with writing(hub.engine) as connection:
        row = dict(connection.execute(select(event)).mappings().one())
        del row["position"]
        connection.execute(insert(event).values({**row, "id": "e" * 64, "sequence": 2, "bundle_index": 9}))
    hub.engine.dispose()
    said = shipped(home, hub_home, monkeypatch, expected=1)
    assert "The hub holds 2 events of XR-DUINRAND and this node signed 1" in said
    with pytest.raises(Exception, match="nothing is signed or sent until somebody compared"):
        lesson_out(home, "les-2")
    assert "alarm: The hub holds 2 events" in call(home, "doctor", expected=1)
    hub = open_hub(hub_home, {})
    with writing(hub.engine) as connection:
        connection.execute(delete(daily_head))
        connection.execute(delete(event).where(event.c.sequence == 2))
    hub.engine.dispose()
    assert "nothing is signed or sent" in shipped(home, hub_home, monkeypatch, expected=1)
    call(home, "resume", "--author", "Anna", "--reason", "A row too many in a test.")
    assert shipped(home, hub_home, monkeypatch) == "0 events sent, 0 accepted, 0 refused."
