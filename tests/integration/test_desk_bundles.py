"""The desk's list of bundles: whatever waits is in it, however much left or was rejected since."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from connectors.database import writing
from node.bootstrap import Node
from node.release.states import OVER, BundleState
from node.tables import bundle as bundle_table
from tests.support.corrections import make_node, prepared, table
from tests.support.desk_pages import person

MOST = 200  # of those that are over, docs/desk.md


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def rejected(node: Node, count: int) -> None:
    """Keep so many bundles that were rejected after all others were made."""
    with writing(node.engine) as connection:
        one = connection.execute(select(bundle_table)).mappings().first()
        assert one is not None
        over = {"state": BundleState.REJECTED, "created_at": "2099-01-01T00:00:00.000Z"}
        rows = [dict(one) | over | {"id": f"B20990101-{number:08x}"} for number in range(count)]
        connection.execute(insert(bundle_table), rows)


def test_what_waits_is_listed_behind_however_many_that_are_over(node: Node) -> None:
    waiting = prepared(node, table(GM0001=30))
    rejected(node, MOST)
    page = person(node, "Jan", "scientist").get("/bundles?lang=en")
    assert page.xpath("//section[h2='Waiting']//tbody//a/text()") == [waiting.id]
    assert len(page.xpath("//section[h2='Left, or rejected']//tbody/tr")) == MOST
    assert "Older bundles" not in page.text_content()


def test_older_ones_that_are_over_are_said_to_be_left_out(node: Node) -> None:
    prepared(node, table(GM0001=30))
    rejected(node, MOST + 1)
    page = person(node, "Jan", "scientist").get("/bundles?lang=en")
    assert len(page.xpath("//section[h2='Left, or rejected']//tbody/tr")) == MOST
    assert "Older bundles are not in this list" in page.text_content()


def test_a_bundle_is_over_where_no_step_leads_on() -> None:
    assert set(OVER) == {BundleState.SIGNED, BundleState.REJECTED}
