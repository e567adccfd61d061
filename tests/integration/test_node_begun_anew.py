"""A region whose home and keys are gone, and that was invited again, takes its chain up from the hub."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from connectors.transport.ledger_http import HeldKey, LedgerReader
from hub.intake.enrol import invite_again
from hub.intake.keys import region_keys, revoke_by_operator
from node import tables
from node.__main__ import main
from node.bootstrap import Node, enrol
from node.release import keyring, memory, review
from node.release.sign import NodeNotCaughtUp
from node.release.subject import opaque
from tests.support.network import Network, serving_network
from tests.support.small_region import CODE, SmallRegion, enrolled_region, small_region


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as made:
        yield made


def released(region: SmallRegion, *names: str) -> None:
    for name in names:
        region.release(name)
        region.ship()


def stolen_and_invited_again(network: Network, home: Path) -> SmallRegion:
    """End the region's service keys at the hub and enrol a new home with keys of its own."""
    now = datetime.now(UTC)
    with writing(network.hub.engine) as connection:
        for one in region_keys(connection, CODE):
            if one["use"] == "service" and one["until_sequence"] is None:
                revoke_by_operator(connection, CODE, one["key_id"], "stolen", now)
        invitation = invite_again(connection, CODE, now)
    fresh = small_region(home, network.url)
    with fresh.node.engine.connect() as connection:
        people = review.reviewers(connection)
    enrol(fresh.node, invitation, people)
    network.approve(CODE)
    return fresh


def is_marked(node: Node) -> bool:
    with node.engine.connect() as connection:
        return connection.execute(select(tables.restored)).first() is not None


def test_a_home_begun_anew_takes_up_its_chain_and_goes_on_with_its_new_key(
    tmp_path: Path, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    former = enrolled_region(tmp_path / "former", network)
    assert not is_marked(former.node)  # the hub held nothing yet
    released(former, "2001", "2002")
    with former.node.engine.connect() as connection:
        known = memory.earlier(connection)
    home = str(tmp_path / "fresh")
    fresh = stolen_and_invited_again(network, tmp_path / "fresh")
    with pytest.raises(NodeNotCaughtUp, match="catch-up"):
        fresh.release("2003")
    fresh.ship()  # no alarm: it knows that it is behind
    assert main(["doctor", "--home", home]) == 1
    assert "begun anew" in capsys.readouterr().out

    assert main(["catch-up", "--json", "--home", home]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "events": 4, "bundles": 2, "figures": 4, "unknown_reviewers": 4, "destroyed": 0,
    }  # fmt: skip
    with fresh.node.engine.connect() as connection:
        again = memory.earlier(connection).cells
        subjects = set(
            connection.scalars(select(tables.item.c.subject).where(tables.item.c.title == "h.gi_bleed 2001"))
        )
    assert {cell: again[cell] for cell in again if cell.period != "2003"} == known.cells
    assert subjects == {opaque(fresh.node.secret("subject"), "indicator|h.gi_bleed|2001")}

    released(fresh, "2004")
    assert main(["ledger", "--json", "--home", home]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [one["sequence"] for one in entries] == [1, 2, 3, 4, 5, 6]
    assert {one["hub"] for one in entries} == {"accepted", "duplicate"}  # what came back is sent once more
    main(["doctor", "--home", home])
    told = capsys.readouterr().out
    assert not [words for words in ("begun anew", "more than are here", "catch-up") if words in told]
    assert network.rows("select count(*) as n from dead_letter")[0]["n"] == 0
    former.node.engine.dispose()
    fresh.node.engine.dispose()


def test_a_chain_comes_back_over_every_key_that_ever_signed_it(tmp_path: Path, network: Network) -> None:
    first = enrolled_region(tmp_path / "first", network)
    released(first, "2001")
    second = stolen_and_invited_again(network, tmp_path / "second")
    assert main(["catch-up", "--home", str(tmp_path / "second")]) == 0
    released(second, "2002")
    third = stolen_and_invited_again(network, tmp_path / "third")
    assert main(["catch-up", "--home", str(tmp_path / "third")]) == 0
    released(third, "2003")
    with third.node.engine.connect() as connection:
        held = keyring.service_keys(connection, third.node.service_key().public).values()
        assert [(one.from_sequence, one.until_sequence) for one in held] == [(1, 3), (3, 5), (5, None)]
    for one in (first, second, third):
        one.node.engine.dispose()


@pytest.mark.parametrize(
    ("from_sequence", "until_sequence", "said"), [(1, 2, "did not hold there"), (1, None, "does not know key")]
)
def test_nothing_is_put_back_where_the_hubs_keys_do_not_fit_the_chain(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    from_sequence: int, until_sequence: int | None, said: str,
) -> None:  # fmt: skip
    former = enrolled_region(tmp_path / "former", network)
    released(former, "2001")
    fresh = stolen_and_invited_again(network, tmp_path / "fresh")
    wrong = msgspec.convert(
        {"key": former.node.service_key().public.hex, "from_sequence": from_sequence, "until_sequence": until_sequence},
        HeldKey,
    )
    monkeypatch.setattr(LedgerReader, "service_keys", lambda _: (wrong,))
    assert main(["catch-up", "--home", str(tmp_path / "fresh")]) == 1
    assert said in capsys.readouterr().err
    assert is_marked(fresh.node)
    with fresh.node.engine.connect() as connection:
        assert connection.execute(select(tables.event)).first() is None
    former.node.engine.dispose()
    fresh.node.engine.dispose()
