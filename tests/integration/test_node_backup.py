"""A node destroyed and restored signs nothing before it knows again what it released; then the chain goes on."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from connectors.transport.ledger_http import LedgerReader
from hub.intake.ledger import chain
from node import tables
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import Node, open_node
from node.release import catch_up, memory
from node.release.disclosure import Earlier
from node.release.sign import NodeNotCaughtUp, own_head
from schemas.standing import Standing
from tests.support.network import Network, serving_network
from tests.support.small_region import CODE, NOW, SmallRegion, enrolled_region

PASSPHRASE = "a passphrase for the drill"


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as made:
        yield made


@pytest.fixture
def region(tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallRegion]:
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", PASSPHRASE)
    made = enrolled_region(tmp_path / "node", network)
    yield made
    made.node.engine.dispose()


def restored(tmp_path: Path, region: SmallRegion) -> Node:
    region.node.engine.dispose()
    shutil.rmtree(region.node.settings.home)
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    return open_node(tmp_path / "node")


def hub_word(network: Network) -> Standing:
    with network.hub.engine.connect() as connection:
        held = chain(connection, CODE)
    return Standing(CODE, held.last_sequence or 0, held.last_event or "", held.gaps, "2026-11-22T12:00:00Z", "")


def catching_up(node: Node, word: Standing, change: Callable[[catch_up.Link], catch_up.Link] | None = None) -> None:
    ledger = LedgerReader(node.settings.hub_url, CODE, node.secret("token").decode())
    with writing(node.engine) as connection:
        after, _ = own_head(connection)
        links = [change(link) if change else link for link in ledger.links(after)]
        entry = AuditEntry("operator", "node.caught up", CODE, NOW)
        catch_up.catch_up(connection, links, word, [node.service_key().public], CODE, entry)
    ledger.close()


def remembered(node: Node) -> Earlier:
    with node.engine.connect() as connection:
        return memory.earlier(connection)


def test_a_restored_node_catches_up_before_it_signs_and_the_hub_accepts_the_next_event(
    tmp_path: Path, network: Network, region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    region.release("2001")
    region.ship()
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    assert "chain up to event 2" in capsys.readouterr().out
    region.release("2002")
    region.release("2003")
    region.ship()
    known = remembered(region.node)
    node = restored(tmp_path, region)
    assert "catch-up" in capsys.readouterr().out
    assert main(["ship", "--home", str(tmp_path / "node")]) == 0
    assert "Next: `python -m node catch-up`" in capsys.readouterr().out
    with pytest.raises(NodeNotCaughtUp, match="catch-up"):
        region.at(node).release("2004")
    with node.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.event)) == 2
    assert main(["catch-up", "--json", "--home", str(tmp_path / "node")]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "events": 4, "bundles": 2, "figures": 4, "unknown_reviewers": 0, "destroyed": 0,
    }  # fmt: skip
    again = remembered(node).cells
    assert {cell: again[cell] for cell in again if cell.period != "2004"} == known.cells  # 2004 waits, unsigned
    assert main(["ledger", "--home", str(tmp_path / "node"), "--json"]) == 0
    assert [one["sequence"] for one in json.loads(capsys.readouterr().out)] == [1, 2, 3, 4, 5, 6]
    region.at(node).release("2005")
    region.at(node).ship()
    with node.engine.connect() as connection:
        assert set(connection.scalars(select(tables.outbox.c.state))) == {"accepted"}
        assert connection.scalar(select(func.count()).select_from(tables.answer)) == 8
    assert hub_word(network).last_sequence == 8
    assert network.rows("select count(*) as n from dead_letter")[0]["n"] == 0
    node.engine.dispose()


def test_a_restored_node_stays_marked_when_the_hub_cannot_show_everything(
    tmp_path: Path, network: Network, region: SmallRegion
) -> None:
    region.release("2001")
    region.ship()
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    region.release("2002")
    region.ship()
    node = restored(tmp_path, region)
    word = hub_word(network)
    further = msgspec.structs.replace(word, last_sequence=9)
    other = msgspec.structs.replace(word, last_sequence=1, last_event="0" * 64)

    def without_payload(link: catch_up.Link) -> catch_up.Link:
        return msgspec.structs.replace(link, salt=None, payload=None)  # type: ignore[type-var]

    for refusal, call in (
        (catch_up.LedgerIncomplete, lambda: catching_up(node, further)),
        (catch_up.HistoriesDiffer, lambda: catching_up(node, other)),
        (catch_up.LedgerIncomplete, lambda: catching_up(node, word, without_payload)),
    ):
        with pytest.raises(refusal):
            call()
        with pytest.raises(NodeNotCaughtUp):
            region.at(node).release("2004")
        with node.engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(tables.event)) == 2
    catching_up(node, word)
    node.engine.dispose()


def test_a_backup_is_not_restored_over_anything_nor_with_a_wrong_passphrase(
    tmp_path: Path, region: SmallRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = str(tmp_path / "node")
    assert main(["backup", str(tmp_path / "backup"), "--home", home]) == 0
    assert main(["backup", str(tmp_path / "backup"), "--home", home]) == 1
    assert main(["restore", str(tmp_path / "backup"), "--home", home]) == 1
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a wrong passphrase altogether")
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert list((tmp_path / "new").iterdir()) == []
    monkeypatch.delenv("REGIOHELIX_BACKUP_PASSPHRASE")
    assert main(["backup", str(tmp_path / "plain"), "--home", home]) == 1
    assert main(["backup", str(tmp_path / "plain"), "--without-secrets", "--home", home]) == 0
    assert main(["restore", str(tmp_path / "plain"), "--home", str(tmp_path / "new")]) == 0
    assert not (tmp_path / "new" / "secrets").exists()
    assert b"PRIVATE KEY" not in (tmp_path / "plain").read_bytes()


def test_a_node_stays_marked_while_its_hub_is_away_and_after_a_second_try_it_goes_on(
    tmp_path: Path, region: SmallRegion, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(tmp_path / "node")
    region.release("2001")
    assert main(["backup", str(tmp_path / "backup"), "--home", home]) == 0
    region.ship()  # what the backup holds is shipped after it
    node = restored(tmp_path, region)
    monkeypatch.setenv("REGIOHELIX_NODE_HUB_URL", "http://127.0.0.1:9")
    assert main(["catch-up", "--home", home]) == 1
    assert "cannot be reached" in capsys.readouterr().err
    with pytest.raises(NodeNotCaughtUp):
        region.at(node).release("2002")
    monkeypatch.delenv("REGIOHELIX_NODE_HUB_URL")
    assert main(["catch-up", "--home", home]) == 0
    assert main(["catch-up", "--home", home]) == 0  # once more does no harm
    assert region.at(node).release("2003") == 2
    region.at(node).ship()
    with node.engine.connect() as connection:
        assert set(connection.scalars(select(tables.outbox.c.state))) == {"accepted"}
    node.engine.dispose()


def test_a_restored_node_that_runs_catches_up_by_itself(tmp_path: Path, region: SmallRegion) -> None:
    region.release("2001")
    region.ship()
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    region.release("2002")
    region.ship()
    node = restored(tmp_path, region)
    log = tmp_path / "run.log"
    with log.open("wb") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "node", "run", "--every", "1", "--home", str(tmp_path / "node")],
            cwd=Path(__file__).parents[2],
            stderr=said,
        )
    try:
        deadline = time.monotonic() + 30
        while "has caught up: 2 events" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            assert running.poll() is None, log.read_text()
            time.sleep(0.2)
    finally:
        running.terminate()
        assert running.wait(30) == 0
    assert region.at(node).release("2003") == 2
    region.at(node).ship()
    node.engine.dispose()


@pytest.mark.real_postgres
def test_a_node_moves_to_postgresql_by_backup_and_restore_and_back(
    tmp_path: Path, region: SmallRegion, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.release("2001")
    region.ship()
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    monkeypatch.setenv("REGIOHELIX_NODE_DATABASE", postgres_url)
    node = restored(tmp_path, region)
    assert node.engine.dialect.name == "postgresql"
    assert main(["catch-up", "--home", str(tmp_path / "node")]) == 0
    assert region.at(node).release("2002") == 2  # rows are numbered beyond the copied ones
    region.at(node).ship()
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "third")]) == 1  # not over its tables
    assert list((tmp_path / "third").iterdir()) == []
    (tmp_path / "backup").unlink()
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "node")]) == 0
    node.engine.dispose()
    monkeypatch.setenv("REGIOHELIX_NODE_DATABASE", f"sqlite:///{tmp_path / 'back.sqlite'}")
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "third")]) == 0
    assert main(["ledger", "--home", str(tmp_path / "third")]) == 0
