"""Every released schema, with data in it, comes up to the newest on both engines; all reads, verifies and goes on."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, func, insert, select

from connectors import database
from connectors.database import DatabaseNewer, open_engine, revision, upgrade, writing
from hub import tables as hub_tables
from hub.bootstrap import MIGRATIONS, make_hub, open_hub
from hub.config import Hub
from hub.identity.tables import token
from hub.intake.rebuild import rebuild
from node import tables as node_tables
from node.__main__ import main as node_main
from node.bootstrap import MIGRATIONS as NODE_MIGRATIONS
from node.bootstrap import Node, open_node
from schemas.canonical import sha256_hex
from schemas.receipt import Answer, Receipt, issued
from tests.support.events import TestRegion, diabetes
from tests.support.events import lesson as words
from tests.support.hub import RunningHub
from tests.support.small_region import CODE, SmallRegion, small_region

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PARTNER = "a-partners-token"
Rows = tuple[Table, list[dict[str, Any]]]
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)]


def revisions(folder: Path) -> list[str]:
    """Return every revision, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    return [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'old.sqlite'}"


def fill(engine: Engine, rows: Iterable[Rows]) -> None:
    """Put rows into an older schema, each with the columns that it had."""
    metadata = MetaData()
    with writing(engine) as connection:
        metadata.reflect(connection)
        for table, found in rows:
            there = metadata.tables.get(table.name)
            if there is not None and found:
                counted = table.autoincrement_column  # the database numbers these, in the order given
                old = set(there.columns.keys()) - ({counted.name} if counted is not None else set())
                connection.execute(insert(there), [{k: v for k, v in row.items() if k in old} for row in found])


def rows_of(engine: Engine, tables: Iterable[Table]) -> Iterator[Rows]:
    with engine.connect() as connection:
        for table in tables:
            yield (
                table,
                [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()],
            )


@dataclass(frozen=True)
class Past:
    """A home and its rows, made once: each test fills a database with the rows and goes on in a copy of the home."""

    home: Path
    rows: list[Rows]

    def copied(self, to: Path) -> Path:
        return Path(shutil.copytree(self.home, to))


@dataclass(frozen=True)
class HubPast(Past):
    """What a hub held, the region that sent it, and the token that it sent it with."""

    region: TestRegion
    token: str


@pytest.fixture(scope="module")
def hub_past(tmp_path_factory: pytest.TempPathFactory) -> HubPast:
    home = tmp_path_factory.mktemp("past") / "hub"
    running = RunningHub(replace(make_hub(home, {}), clock=lambda: NOW))
    region = running.enrol(TestRegion())
    made = region.release([diabetes(800), diabetes(810, "2024"), words("Een les")])
    for body in (*(one.body for one in made), b"{}"):  # one by one: no receipt was signed together then
        running.push(region.code, [body])
    kept = dict(rows_of(running.hub.engine, hub_tables.metadata.sorted_tables))
    running.hub.engine.dispose()
    for row in kept[hub_tables.region]:
        row["token_sha256"] = sha256_hex(running.tokens[region.code].encode())
    wanted = ("region", "key", "event", "dead_letter", "indicator_payload", "lesson", "transport_position", "audit_log")
    rows = [(table, kept[table]) for table in hub_tables.metadata.sorted_tables if table.name in wanted]
    return HubPast(home, rows, region, running.tokens[region.code])


@dataclass(frozen=True)
class NodePast(Past):
    """What a node held, and the people who let it out."""

    region: SmallRegion


@pytest.fixture(scope="module")
def node_past(tmp_path_factory: pytest.TempPathFactory) -> NodePast:
    home = tmp_path_factory.mktemp("past") / "node"
    region = small_region(home, "http://127.0.0.1:9")
    region.release("2001")
    with writing(region.node.engine) as connection:
        hub_key, ids = region.node.service_key(), connection.scalars(select(node_tables.event.c.id)).all()
        receipt = issued(Receipt(ids[0], CODE, 1, "2026-11-22T12:00:00Z", hub_key.public.key_id), hub_key)
        connection.execute(
            insert(node_tables.answer).values(
                event_id=ids[0], answer=_json(Answer(ids[0], "accepted", receipt=receipt)), received_at="2026-11-22"
            )
        )
    rows = list(rows_of(region.node.engine, node_tables.metadata.sorted_tables))
    region.node.engine.dispose()
    return NodePast(home, rows, region)


@pytest.mark.parametrize("released", revisions(MIGRATIONS)[:-1])
def test_a_hub_of_every_released_schema_reads_verifies_and_goes_on(
    tmp_path: Path, address: str, released: str, hub_past: HubPast
) -> None:
    region = replace(hub_past.region, chain=list(hub_past.region.chain))
    engine = open_engine(address)
    upgrade(engine, MIGRATIONS, revisions(MIGRATIONS)[0])
    fill(engine, hub_past.rows)
    partner = Table("partner", MetaData(), autoload_with=engine)
    with writing(engine) as connection:
        digest = sha256_hex(PARTNER.encode())
        connection.execute(insert(partner).values(name="Partner", token_sha256=digest, added_at="2026-11-01T00:00:00Z"))
    upgrade(engine, MIGRATIONS, released)
    engine.dispose()
    home = hub_past.copied(tmp_path / "hub")
    hub: Hub = replace(open_hub(home, {"REGIOHELIX_HUB_DATABASE": address}), clock=lambda: NOW)
    assert revision(hub.engine, MIGRATIONS).is_current
    done = rebuild(hub.engine, check_only=True)
    assert (done.events, done.is_same) == (3, True)
    again = RunningHub(hub)
    again.tokens[region.code] = hub_past.token
    ledger = again.client.get(f"/api/v1/ledger/{region.code}", headers=again.as_region(region.code)).get_json()
    assert [one["id"] for one in ledger["entries"]] == [one.id for one in region.chain]
    assert all(one["payload"] for one in ledger["entries"])
    new = region.release([diabetes(820, "2023")])
    assert [one.outcome for one in again.push(region.code, [one.body for one in region.chain])] == [
        "duplicate", "duplicate", "duplicate", "accepted",
    ]  # fmt: skip
    assert new[0].id == region.chain[-1].id
    with hub.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(hub_tables.dead_letter)) == 1
    as_partner = {"Authorization": f"Bearer {PARTNER}"}
    assert again.client.get(f"/api/v1/ledger/{region.code}", headers=as_partner).status_code == 200
    with hub.engine.connect() as connection:
        ends = set(connection.scalars(select(token.c.expires_at)))
    assert ends == {f"{max(datetime.now(UTC), NOW) + timedelta(days=365):%Y-%m-%dT23:59:59Z}"}
    hub.engine.dispose()


@pytest.mark.parametrize("released", revisions(NODE_MIGRATIONS)[:-1])
def test_a_node_of_every_released_schema_reads_verifies_and_goes_on(
    tmp_path: Path, address: str, released: str, node_past: NodePast,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    engine = open_engine(address)
    upgrade(engine, NODE_MIGRATIONS, revisions(NODE_MIGRATIONS)[0])
    fill(engine, node_past.rows)
    upgrade(engine, NODE_MIGRATIONS, released)
    engine.dispose()
    home = node_past.copied(tmp_path / "node")
    monkeypatch.setenv("REGIOHELIX_NODE_DATABASE", address)
    node: Node = open_node(home)
    assert revision(node.engine, NODE_MIGRATIONS).is_current
    assert node.engine.url.database == open_engine(address).url.database
    assert node_past.region.at(node).release("2002") == 2
    assert node_main(["ledger", "--home", str(home)]) == 0
    assert "The chain of 4 events verifies." in capsys.readouterr().out
    node.engine.dispose()


def _json(answer: Answer) -> str:
    return msgspec.json.encode(answer).decode()


@pytest.mark.parametrize("folder", [MIGRATIONS, NODE_MIGRATIONS])
def test_a_database_newer_than_the_program_is_refused_naming_both_revisions(folder: Path, address: str) -> None:
    engine = open_engine(address)
    upgrade(engine, folder)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9042'")
    newest = revisions(folder)[-1]
    for call in (upgrade, revision, database.is_current):
        with pytest.raises(DatabaseNewer, match=rf"9042.*{newest}"):
            call(engine, folder)
    engine.dispose()
