"""When a region last released, when the next bundle is due, and what the doctor sees at the desk."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.database import writing
from node import tables
from node.__main__ import main
from node.bootstrap import Node
from node.config import SettingWrong, read_settings
from node.release.rhythm import later, rhythm
from node.release.withdraw import withdraw
from tests.support.corrections import announced, make_node, prepared, signed, table
from tests.support.desk import OFFICER, hold, join, mostly_hidden
from tests.support.events import lesson


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2026, 12, 22), 1, date(2027, 1, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 1, 1), 24, date(2028, 1, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, then: date) -> None:
    assert later(day, months) == then


def test_a_release_of_figures_or_words_counts_and_a_withdrawal_does_not(node: Node) -> None:
    with node.engine.connect() as connection:
        assert rhythm(connection, 1) is None
    (event_id,) = signed(node, prepared(node, lesson()))
    with writing(node.engine) as connection:
        found = rhythm(connection, 3)
        _, notice = withdraw(connection, event_id, "No longer so.")
    assert found is not None
    assert (found.last, found.due) == (date(2026, 11, 22), date(2027, 2, 22))
    signed(node, announced(node, notice))
    with node.engine.connect() as connection:
        assert rhythm(connection, 3) == found


def test_the_list_of_bundles_says_when_the_next_is_due(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    signed(node, prepared(node, table(GM0001=30)))
    assert main(["release", "list", "--home", str(node.settings.home)]) == 0
    assert "Last release: 2026-11-22" in (said := capsys.readouterr().out)
    assert "(every month)" in said


def test_the_last_line_of_the_list_is_the_newest_bundle(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    signed(node, prepared(node, table(GM0001=30)))
    with writing(node.engine) as connection:
        connection.execute(update(tables.bundle).values(created_at="2026-11-21T12:00:00.000Z"))
    newest = prepared(node, table(GM0001=31), reason="The owner counted again.")
    assert main(["release", "list", "--home", str(node.settings.home)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(" ")[0] == newest.id


@pytest.mark.parametrize("months", ["0", "25", "often"])
def test_a_rhythm_that_is_none_is_refused(node: Node, months: str) -> None:
    assert read_settings(node.settings.home, {}).release_every_months == 1
    with pytest.raises(SettingWrong, match="release_every_months"):
        read_settings(node.settings.home, {"REGIOHELIX_NODE_RELEASE_EVERY_MONTHS": months})


def test_the_doctor_tells_of_holds_open_findings_and_reviewers_of_one_organisation(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    join(node, "Officer", OFFICER)
    held, asked = prepared(node, table(GM0001=30)), prepared(node, mostly_hidden())
    hold(node, held.id)
    with writing(node.engine) as connection:
        connection.execute(update(tables.reviewer).values(organisation="Hospital"))
    main(["doctor", "--json", "--home", str(node.settings.home)])
    found = json.loads(capsys.readouterr().out)["findings"]
    desk = {one["what"]: one["needs_hand"] for one in found if one["about"] == "desk"}
    assert desk == {f"{held.id} is on hold by Officer": False, f"{asked.id} has findings without an answer": False}
    assert [one["what"] for one in found if one["about"] == "reviewers"] == [
        "all reviewers sign for one organisation, and figures need two"
    ]
