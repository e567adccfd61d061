"""What the doctor of a node says: each trouble by its name, with the command that mends it, and exit 1 for a hand."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from connectors.database import writing
from connectors.secret_files import write_secret
from node.__main__ import main
from node.commands import doctor
from node.release import turn
from node.tables import answer, event, outbox, restored, reviewer
from schemas.signature import SigningKey
from tests.support.network import Network, serving_network
from tests.support.small_region import SmallRegion, enrolled_region, small_region

Findings = dict[str, list[dict[str, Any]]]


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as made:
        yield made


@pytest.fixture
def region(tmp_path: Path, network: Network) -> Iterator[SmallRegion]:
    made = enrolled_region(tmp_path / "node", network)
    with writing(made.node.engine) as connection:
        connection.execute(update(reviewer).values(enrolled_at="2026-11-22T12:00:00.000Z"))
    made.release("2001")
    made.ship()
    yield made
    made.node.engine.dispose()


def seen(region: SmallRegion, capsys: pytest.CaptureFixture[str], days: int = 0) -> tuple[int, Findings]:
    """Return the exit code and the findings by what they are about; of a backup only where days are given."""
    capsys.readouterr()  # the region was made on a fixed day, so that without --backup-days its age grows with ours
    code = main(["doctor", "--json", "--backup-days", str(days), "--home", str(region.node.settings.home)])
    found: Findings = {}
    for one in json.loads(capsys.readouterr().out)["findings"]:
        found.setdefault(one["about"], []).append(one)
    return code, found


def test_a_healthy_node_is_well_and_what_waits_or_drifts_too_long_needs_a_hand(
    region: SmallRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = seen(region, capsys)
    assert code == 0
    assert set(found) == {"records"}
    assert main(["doctor", "--backup-days", "0", "--home", str(region.node.settings.home)]) == 0
    assert "All is well." in capsys.readouterr().out
    region.release("2002")
    monkeypatch.setattr(doctor, "now", lambda: datetime.now(UTC) + timedelta(days=2))
    code, found = seen(region, capsys)
    assert code == 1
    assert found["outbox"][0]["since"].startswith("2026-11-22")
    assert "ship" in found["outbox"][0]["mend"]
    assert re.fullmatch(r"this machine's clock is 1728\d\d s ahead of the hub's", found["clock"][0]["what"])


def test_secrets_that_are_missing_or_open_to_others_are_named(
    region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    home = region.node.settings.home
    (home / "secrets" / "pseudonym").unlink()
    (home / "secrets" / "token").chmod(0o644)
    code, found = seen(region, capsys)
    assert code == 1
    told = {one["what"]: one["mend"] for one in found["secrets"]}
    assert set(told) == {"secrets/pseudonym is missing", "secrets/token can be read by others"}
    assert "chmod 600" in told["secrets/token can be read by others"]


def test_a_hub_that_is_away_is_only_a_note(
    region: SmallRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_HUB_URL", "http://127.0.0.1:9")
    code, found = seen(region, capsys)
    assert (code, found["hub"][0]["needs_hand"]) == (0, False)


def test_a_refusal_is_told_with_the_hubs_reason_here_and_in_the_ledger(
    region: SmallRegion, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    region.release("2002")
    with closing(sqlite3.connect(network.home / "hub.sqlite")) as connection, connection:
        connection.execute("UPDATE region SET region_set = 'other'")
    region.ship()
    code, found = seen(region, capsys)
    assert code == 1
    assert "set of regions" in found["outbox"][0]["what"]
    assert "ship --again" in found["outbox"][0]["mend"]
    main(["ledger", "--home", str(region.node.settings.home)])
    assert "the hub says: The figures are for another set of regions" in capsys.readouterr().out


def test_a_broken_chain_and_a_restored_store_are_told(region: SmallRegion, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(region.node.engine) as connection:
        connection.execute(insert(restored).values(restored_at="2026-11-22", made_at="2026-11-21T00:00:00Z"))
    code, found = seen(region, capsys)
    assert (code, found["restored"][0]["mend"]) == (1, "`python -m node catch-up`")
    assert found["restored"][0]["since"] == "2026-11-21T00:00:00Z"
    with writing(region.node.engine) as connection:
        connection.execute(update(event).values(envelope=b"{}"))
    _, found = seen(region, capsys)
    assert "does not verify" in found["chain"][0]["what"]


def test_a_killed_backup_and_a_running_process_are_told(
    region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    home = region.node.settings.home
    (home / ".backup-abc").mkdir()
    with turn.holding(home / "run.lock") as mine:
        assert mine
        capsys.readouterr()
        assert main(["doctor", "--json", "--home", str(home)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["facts"]["running"] is True
    assert f"rm -r {home}/.backup-abc" in told["findings"][0]["mend"] + told["findings"][1]["mend"]


def test_a_new_node_is_told_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = small_region(tmp_path / "node", "http://127.0.0.1:9")
    code, found = seen(made, capsys)
    assert code == 1
    assert any("enrol" in one["mend"] for one in found["hub"])
    made.node.engine.dispose()


def test_a_store_that_is_damaged_or_empty_is_told_with_what_mends_it(
    region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    region.node.engine.dispose()
    store = region.node.settings.home / "node.sqlite"
    for part in region.node.settings.home.glob("node.sqlite*"):
        part.unlink()
    store.write_bytes(b"not a database" * 1000)
    code, found = seen(region, capsys)
    assert code == 1
    assert "damaged" in found["store"][0]["what"]
    assert "node restore" in found["store"][0]["mend"]
    assert main(["ship", "--home", str(region.node.settings.home)]) == 1
    assert "restore the last backup" in capsys.readouterr().err
    store.write_bytes(b"")
    code, found = seen(region, capsys)  # machines get their answer where the node cannot be opened as well
    assert (code, "its store is empty" in found["node"][0]["what"]) == (1, True)


def test_a_key_that_is_none_a_store_that_others_read_and_an_old_backup_are_told(
    region: SmallRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = region.node.settings.home
    assert (home.stat().st_mode & 0o777, (home / "node.sqlite").stat().st_mode & 0o777) == (0o700, 0o600)
    write_secret(region.node.settings.secret("service.pem"), b"not a key")
    home.chmod(0o755)
    (home / "node.sqlite").chmod(0o644)
    later = datetime.now(UTC) + timedelta(days=365)
    monkeypatch.setattr(doctor, "now", lambda: later)
    code, found = seen(region, capsys, days=7)
    assert (code, "is no key" in found["secrets"][0]["what"]) == (1, True)
    assert f"chmod 700 {home}" in found["store"][0]["mend"]
    assert found["backup"][0]["what"] == "no backup was ever made"
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a passphrase of this test")
    assert main(["backup", str(home.parent / "one"), "--without-secrets", "--home", str(home)]) == 0
    assert seen(region, capsys, days=7)[1]["backup"][0]["what"] == "the last backup is older than 7 days"
    monkeypatch.setattr(doctor, "now", lambda: datetime.now(UTC))
    assert "backup" not in seen(region, capsys, days=7)[1]


def test_a_hub_with_another_key_and_one_that_holds_more_than_is_here_need_a_hand(
    region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(region.node.engine) as connection:
        connection.execute(delete(answer))
        connection.execute(delete(outbox))
        connection.execute(delete(event).where(event.c.sequence == 2))
    code, found = seen(region, capsys)
    assert code == 1
    assert "holds 2 events of this region, more than are here" in found["hub"][0]["what"]
    assert "this store is too old" in found["hub"][0]["mend"]
    assert "restore" in found["hub"][0]["mend"]
    with writing(region.node.engine) as connection:
        connection.execute(insert(restored).values(restored_at="2026-11-22", made_at="2026-11-21T00:00:00Z"))
    assert seen(region, capsys)[1]["hub"][0]["mend"] == "`python -m node catch-up`"
    write_secret(region.node.settings.secret("hub.pub"), SigningKey.generate().public.hex.encode())
    code, found = seen(region, capsys)
    assert "key learnt at enrolment" in found["hub"][0]["what"]
