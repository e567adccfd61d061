"""What the node's store must do for corrections, on SQLite and on a real PostgreSQL alike."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from node import tables
from node.bootstrap import Node
from node.release.redact import holds_redaction, order, reach, scrub
from node.release.revise import NothingChanged
from node.release.standing import of_indicators, titles
from node.release.withdraw import withdraw
from schemas.codes import LESSONS
from schemas.payloads import IndicatorPublished
from schemas.upcast import read_payload
from schemas.values import Exact, Withdrawn
from tests.support.corrections import (
    INDICATOR,
    REASON,
    WHOLE,
    announced,
    make_node,
    prepared,
    signed,
    stands,
    table,
)
from tests.support.events import lesson


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    made = make_node(
        tmp_path / "node", request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    )
    assert made.engine.dialect.name == request.param
    yield made
    made.engine.dispose()


def test_what_stands_follows_publication_correction_and_withdrawal(node: Node) -> None:
    bundle = prepared(node, table(GM0001=3, GM0002=4), table("2020-03-03", GM0001=5))
    signed(node, bundle)
    first, second = (item.subject for item in bundle.items)
    with pytest.raises(NothingChanged):
        prepared(node, table(GM0001=3, GM0002=4))
    signed(node, prepared(node, table(GM0001=2), whole=WHOLE, reason=REASON))
    assert stands(node, first) == {"GM0001": Exact(2), "GM0002": Withdrawn()}
    assert stands(node, second) is None
    with node.engine.connect() as connection:
        found = list(of_indicators(connection, (INDICATOR,)))
    assert [one.subject for one in found] == [first]


def test_more_subjects_than_a_query_takes_are_found_all(node: Node) -> None:
    days = [table(f"{year}-{month:02}", GM0001=month) for year in range(1950, 2020) for month in range(1, 13)]
    bundle = prepared(node, *days)
    signed(node, bundle)
    assert len(bundle.items) == 840
    with pytest.raises(NothingChanged, match="All 840 items"):
        prepared(node, *days)


def test_a_redaction_leaves_an_empty_item_and_a_body_without_data(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, lesson()))
    with writing(node.engine) as connection:
        _, notice = order(connection, event_id, REASON)
    bundle = announced(node, notice)
    signed(node, bundle)
    assert scrub(node.engine)
    with node.engine.connect() as connection:
        assert holds_redaction(connection, bundle.id)
        items = connection.execute(select(tables.item).order_by(tables.item.c.type)).all()
        body = connection.scalar(select(tables.outbox.c.body).where(tables.outbox.c.event_id == event_id))
    assert [(row.salt != b"", row.payload != b"") for row in items] == [(True, True), (False, False)]
    assert msgspec.json.decode(body or b"{}")["data"] is None


def test_what_a_redaction_reaches_is_counted_alike(node: Node) -> None:
    words = lesson("Een les met een naam")
    prepared(node, words)  # a copy that never leaves
    (event_id,) = signed(node, prepared(node, words))
    (other,) = signed(node, prepared(node, msgspec.structs.replace(words, title="Een andere"), reason=REASON))
    sizes = select(func.sum(func.length(tables.item.c.payload) + func.length(tables.item.c.salt)))
    with node.engine.connect() as connection:
        assert [one.event_id for one in titles(connection, LESSONS)] == [other]
        found = reach(connection, event_id)
        before = connection.scalar(sizes) or 0
    assert (found.copies, found.drafts, found.decisions, found.others) == (2, 0, 0, (2,))
    with writing(node.engine) as connection:
        _, notice = order(connection, event_id, REASON)
    bundle = announced(node, notice)
    signed(node, bundle)
    with node.engine.connect() as connection:
        own = sum(len(one.payload) + len(one.salt) for one in bundle.items)
        assert before + own - (connection.scalar(sizes) or 0) == found.octets


def test_a_withdrawal_bears_the_subject_of_what_it_takes_back(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, table(GM0001=3)))
    with writing(node.engine) as connection:
        found, notice = withdraw(connection, event_id, REASON)
    assert isinstance(found.content, IndicatorPublished)
    (by,) = signed(node, announced(node, notice))
    with node.engine.connect() as connection:
        items = connection.execute(select(tables.item)).all()
    assert len({row.subject for row in items}) == 1
    assert by != event_id
    assert {type(read_payload(row.type, row.payload)).__name__ for row in items} == {
        "IndicatorPublished", "IndicatorWithdrawn",
    }  # fmt: skip
