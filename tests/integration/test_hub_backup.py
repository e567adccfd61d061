"""A hub kept in a file and brought back: on either engine, from one to the other, while events come in."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from connectors.archive import read_manifest
from hub import tables
from hub.__main__ import main
from hub.bootstrap import make_hub, open_hub
from hub.config import Hub
from tests.support.events import TestRegion, diabetes
from tests.support.events import lesson as words
from tests.support.hub import RunningHub

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSPHRASE = "a passphrase for the drill"
DATABASE = "REGIOHELIX_HUB_DATABASE"
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)]
KEPT = (tables.region, tables.key, tables.event, *tables.PROJECTIONS, tables.transport_position)


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def other_postgres(postgres_server: str) -> Iterator[str]:
    """Offer a second empty database."""
    name = f"regiohelix_{uuid.uuid4().hex}"
    address = make_url(postgres_server).set(drivername="postgresql+psycopg")
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield address.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def made_hub(request: pytest.FixtureRequest, home: Path, engine: str) -> RunningHub:
    environ = {DATABASE: request.getfixturevalue("postgres_url")} if engine == "postgresql" else {}
    for name, value in environ.items():
        request.getfixturevalue("monkeypatch").setenv(name, value)
    return RunningHub(replace(make_hub(home, environ), clock=lambda: NOW))


def content(hub: Hub) -> dict[str, list[Any]]:
    with hub.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in KEPT
        }


def push(running: RunningHub, region: TestRegion, period: str) -> None:
    made = region.release([diabetes(800, period), words(f"Les {period}")])
    assert {one.outcome for one in running.push(region.code, [event.body for event in made])} == {"accepted"}


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
def test_what_the_hub_held_comes_back_on_either_engine_and_the_chain_goes_on(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str
) -> None:
    running = made_hub(request, tmp_path / "hub", source)
    region = running.enrol(TestRegion())
    push(running, region, "2023")
    push(running, region, "2024")
    before = content(running.hub)
    assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "hub")]) == 0
    push(running, region, "2025")
    running.hub.engine.dispose()
    monkeypatch.delenv(DATABASE, raising=False)
    if target == "postgresql":
        monkeypatch.setenv(DATABASE, request.getfixturevalue("other_postgres"))
    elif source == "postgresql":
        monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new")]) == 0
    restored = open_hub(tmp_path / "new", migrate=False)
    assert restored.engine.dialect.name == target
    assert restored.key.public == running.hub.key.public
    assert content(restored) == before
    again = RunningHub(replace(restored, clock=lambda: NOW))
    again.tokens = running.tokens
    late = again.push(region.code, [event.body for event in region.chain])
    assert [one.outcome for one in late] == ["duplicate"] * 4 + ["accepted"] * 2
    restored.engine.dispose()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_taken_while_events_come_in_is_of_one_moment(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    running = made_hub(request, tmp_path / "hub", engine)
    region = running.enrol(TestRegion())
    push(running, region, "1999")
    stop = threading.Event()

    def go_on() -> None:
        for year in range(2000, 2400):
            if stop.is_set():
                return
            push(running, region, str(year))

    pushing = threading.Thread(target=go_on)
    pushing.start()
    try:
        assert main(["backup", str(tmp_path / "backup"), "--home", str(tmp_path / "hub")]) == 0
    finally:
        stop.set()
        pushing.join()
    running.hub.engine.dispose()
    (head,) = read_manifest(tmp_path / "backup").heads.values()
    assert head == (head[0], region.chain[head[0] - 1].id)
    assert head[0] % 2 == 0  # batches of two: never half of one
    monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new")]) == 0
    assert main(["rebuild", "--check", "--home", str(tmp_path / "new")]) == 0


def test_a_hub_is_not_restored_over_anything_nor_from_a_damaged_file(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = made_hub(request, tmp_path / "hub", "sqlite")
    running.hub.engine.dispose()
    file = tmp_path / "backup"
    assert main(["backup", str(file), "--home", str(tmp_path / "hub")]) == 0
    assert b"PRIVATE KEY" not in file.read_bytes()
    assert main(["restore", str(file), "--home", str(tmp_path / "hub")]) == 1
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert main(["restore", str(file), "--home", str(tmp_path / "new")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert ["empty folder" in told[0], "not what the manifest says" in told[1]] == [True, True]
    assert list((tmp_path / "new").iterdir()) == []


def test_a_hub_whose_database_file_is_gone_is_refused_and_none_is_made(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = made_hub(request, tmp_path / "hub", "sqlite")
    running.hub.engine.dispose()
    for file in (tmp_path / "hub").glob("hub.sqlite*"):
        file.unlink()
    for call in (
        ["doctor"],
        ["serve", "--port", "0"],
        ["rebuild"],
        ["invite", "XR-A", "--name", "a", "--region-set", "b"],
    ):
        assert main([*call, "--home", str(tmp_path / "hub")]) == 1
        told = capsys.readouterr()
        assert "hub.sqlite is missing" in told.err + told.out
    assert not (tmp_path / "hub" / "hub.sqlite").exists()
