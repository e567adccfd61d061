"""What the doctor of a hub says, and that it changes nothing: gaps, letters, silence, projections, schema, broker."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from connectors import findings
from connectors.database import revision, writing
from connectors.files import in_use
from hub.__main__ import main
from hub.audit import record
from hub.bootstrap import MIGRATIONS, make_hub, open_hub
from hub.commands import options
from hub.config import Hub, make_key
from hub.identity.tokens import kept_tokens, note_use
from hub.intake.enrol import add_partner
from hub.intake.heads import HubKeyDiffers, make_heads
from hub.serving.opening import open_figures
from hub.serving.prove import prove
from hub.tables import indicator_payload
from hub.tables import region as table
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub
from tests.support.replies import comes_in, with_term

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Findings = dict[str, list[dict[str, Any]]]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = replace(make_hub(tmp_path / "hub", {}), clock=lambda: NOW)
    yield made
    made.engine.dispose()


@pytest.fixture
def running(hub: Hub) -> RunningHub:
    return RunningHub(hub)


def seen(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, days: int = 0
) -> tuple[int, Findings]:
    """Return the exit code and the findings, as of so many days later."""
    later = replace(hub, clock=lambda: NOW + timedelta(days=days))
    monkeypatch.setattr(options, "opened", lambda _home, migrate=False: nullcontext(later))
    capsys.readouterr()
    code = main(["doctor", "--json", "--home", str(hub.settings.home)])
    monkeypatch.undo()
    found: Findings = {}
    for one in json.loads(capsys.readouterr().out)["findings"]:
        found.setdefault(one["about"], []).append(one)
    return code, found


def test_a_hub_in_order_is_well(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    running.push(region.code, [one.body for one in region.release([diabetes(800)])])
    assert list(seen(hub, capsys, monkeypatch)[1]) == ["totals"]  # as `serve` has not proven it yet
    prove(hub.engine, hub.clock)
    assert seen(hub, capsys, monkeypatch) == (0, {})
    monkeypatch.setattr(options, "opened", lambda _home, migrate=False: nullcontext(hub))
    assert main(["doctor", "--home", str(hub.settings.home)]) == 0
    assert "All is well." in capsys.readouterr().out


def test_figures_that_stay_closed_after_their_term_are_told(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    comes_in(with_term(hub, 10), region, diabetes(800))
    assert "replies" not in seen(hub, capsys, monkeypatch, days=9)[1]
    code, found = seen(hub, capsys, monkeypatch, days=11)
    assert (code, found["replies"][0]["since"]) == (1, "2026-12-02T12:00:00Z")
    assert open_figures(hub.engine, lambda: NOW + timedelta(days=11)) == 1
    assert "replies" not in seen(hub, capsys, monkeypatch, days=11)[1]


def test_a_gap_is_a_note_at_first_and_needs_a_hand_after_a_day(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    made = region.release([diabetes(800), diabetes(801, "2024"), diabetes(802, "2023")])
    running.push(region.code, [made[0].body, made[2].body])
    code, found = seen(hub, capsys, monkeypatch)
    assert (code, found[region.code][0]["what"]) == (0, "event 2 is missing")
    assert found[region.code][0]["since"] == "2026-11-22T12:00:00Z"
    code, found = seen(hub, capsys, monkeypatch, days=2)
    assert (code, found[region.code][0]["needs_hand"]) == (1, True)


def test_letters_silence_and_missing_heads_are_told_with_their_age(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region, silent = running.enrol(TestRegion()), running.enrol(TestRegion("XR-STIL"))
    running.push(region.code, [region.release([diabetes(800)])[0].body, b"{}"])
    code, found = seen(hub, capsys, monkeypatch, days=60)
    assert code == 1
    assert found["dead letters"][0]["what"] == "1 were refused as not_canonical"
    assert found["dead letters"][0]["since"] == "2026-11-22T12:00:00Z"
    assert "more than 45 days" in found[region.code][0]["what"]
    assert "more than 45 days" in found[silent.code][0]["what"]
    assert found["heads"][0]["since"] == "2026-11-22"
    with writing(hub.engine) as connection:
        make_heads(connection, NOW + timedelta(days=59), hub.key)
    assert "heads" not in seen(hub, capsys, monkeypatch, days=60)[1]


def test_projections_that_miss_an_event_are_told_and_mended_by_the_command_named(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    running.push(region.code, [one.body for one in region.release([diabetes(800)])])
    with writing(hub.engine) as connection:
        connection.execute(delete(indicator_payload))
    code, found = seen(hub, capsys, monkeypatch)
    assert (code, found["projections"][0]["mend"]) == (1, "`python -m hub rebuild`")
    assert main(["rebuild", "--home", str(hub.settings.home)]) == 0
    assert seen(hub, capsys, monkeypatch)[0] == 0


def test_the_doctor_migrates_nothing_and_names_both_revisions(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = revision(hub.engine, MIGRATIONS).newest
    home = str(hub.settings.home)
    for found, words in (("0001", "python -m hub upgrade"), ("9999", "restore a backup")):
        with writing(hub.engine) as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{found}'")
        assert main(["doctor", "--home", home]) == 1
        told = capsys.readouterr().out
        assert found in told
        assert newest in told
        assert words in told
        with hub.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == found
    assert main(["serve", "--port", "0", "--home", home]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_broker_that_is_away_and_a_key_that_others_can_read_are_told(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_HUB_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    assert main(["doctor", "--json", "--home", str(hub.settings.home)]) == 1
    told = [one["what"] for one in json.loads(capsys.readouterr().out)["findings"]]
    assert "127.0.0.1:9 cannot be reached" in told
    hub.settings.key_file.chmod(0o644)
    assert main(["doctor", "--home", str(hub.settings.home)]) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_a_full_disk_and_a_killed_backup_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".backup-x").mkdir()
    assert str(tmp_path) in findings.leftovers(tmp_path)[0].mend
    usage = shutil.disk_usage(tmp_path)
    assert findings.disk(tmp_path) == [] or usage.free < 1024**3
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type(usage)(100 * 1024**3, 99 * 1024**3, 200 * 1024**2))
    assert "200 MiB" in findings.disk(tmp_path)[0].what


def test_keys_that_nobody_has_approved_are_told_without_their_fingerprint(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    with writing(hub.engine) as connection:
        connection.execute(update(table).values(awaiting="0123 4567"))
    code, found = seen(hub, capsys, monkeypatch)
    assert (code, found[region.code][0]["what"]) == (1, "its keys wait for approval")
    assert f"hub approve {region.code}" in found[region.code][0]["mend"]
    assert "0123" not in json.dumps(found)


def alone(hub: Hub, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    """Return what the doctor says of the folder as it lies there."""
    capsys.readouterr()
    code = main(["doctor", "--json", "--home", str(hub.settings.home)])
    return code, json.loads(capsys.readouterr().out)["findings"]


def test_a_hub_that_cannot_be_opened_is_told_to_machines_too(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    home = hub.settings.home
    hub.engine.dispose()
    settings = (home / "hub.toml").read_text(encoding="utf-8")
    (home / "hub.toml").write_text(settings + 'colour = "blue"\n', encoding="utf-8")
    assert "colour" in alone(hub, capsys)[1][0]["what"]
    (home / "hub.toml").unlink()
    code, found = alone(hub, capsys)
    assert (code, "restore" in found[0]["mend"]) == (1, True)
    (home / "hub.toml").write_text(settings, encoding="utf-8")
    for part in home.glob("hub.sqlite*"):
        part.unlink()
    (home / "hub.sqlite").write_bytes(b"no database" * 1000)
    assert "damaged" in alone(hub, capsys)[1][0]["what"]


def test_a_hub_that_lost_its_tables_or_its_key_is_refused_and_never_begun_anew(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    home = hub.settings.home
    with writing(hub.engine) as connection:
        make_heads(connection, NOW, hub.key)
    key = (home / "hub.key").read_bytes()
    (home / "hub.key").unlink()
    make_key(home / "hub.key")
    code, found = alone(hub, capsys)
    assert (code, "which is the key that regions know" in found[0]["what"]) == (1, True)
    with pytest.raises(HubKeyDiffers):
        open_hub(home, {})
    (home / "hub.key").write_bytes(key)
    hub.engine.dispose()
    for part in home.glob("hub.sqlite*"):
        part.unlink()
    (home / "hub.sqlite").touch(0o600)
    code, found = alone(hub, capsys)
    assert (code, "holds no tables" in found[0]["what"], "restore" in found[0]["mend"]) == (1, True, True)
    for command in (["serve"], ["receive"], ["upgrade"], ["backup", str(home.parent / "file"), "--without-secrets"]):
        assert main([*command, "--home", str(home)]) == 1
    assert "holds no tables" in alone(hub, capsys)[1][0]["what"]
    assert main(["upgrade", "--new", "--home", str(home)]) == 0


def test_a_clock_that_was_ahead_a_store_that_others_read_and_an_old_backup_are_told(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region, home = running.enrol(TestRegion()), hub.settings.home
    running.push(region.code, [one.body for one in region.release([diabetes(800)])])
    assert "clock" not in seen(hub, capsys, monkeypatch)[1]
    with writing(hub.engine) as connection:
        make_heads(connection, NOW + timedelta(days=365), hub.key)
    found = seen(hub, capsys, monkeypatch, days=-1)[1]["clock"]
    assert ["accepted at 2026-11-22" in found[0]["what"], "heads of 2027-11-22" in found[1]["what"]] == [True, True]
    assert (home / "hub.sqlite").stat().st_mode & 0o777 == 0o600
    home.chmod(0o755)
    (home / "hub.sqlite").chmod(0o644)
    found = seen(hub, capsys, monkeypatch, days=8)[1]
    assert f"chmod 700 {home}" in found["store"][0]["mend"]
    assert (found["backup"][0]["what"], found["backup"][0]["needs_hand"]) == ("no backup was ever made", True)
    with writing(hub.engine) as connection:
        record(connection, NOW, "operator", "backup made", file="a file")
    assert "older than 7 days" in seen(hub, capsys, monkeypatch, days=8)[1]["backup"][0]["what"]
    assert "backup" not in seen(hub, capsys, monkeypatch, days=6)[1]


def test_a_token_that_ends_or_has_ended_is_told_with_what_gives_another(
    hub: Hub, running: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region = running.enrol(TestRegion())
    with writing(hub.engine) as connection:
        add_partner(connection, "Kennisbank", NOW)
        identifiers = {one.owner: one.id for one in kept_tokens(connection)}
        for identifier in identifiers.values():
            note_use(connection, identifier, NOW + timedelta(days=360))
    of_partner, of_region = identifiers["partner Kennisbank"], identifiers[f"region {region.code}"]
    early = seen(hub, capsys, monkeypatch, days=300)[1]
    assert not [one for about in early.values() for one in about if "token" in one["what"]]
    for days, said in ((340, "ends on 2027-11-22"), (370, "has ended")):
        found = seen(hub, capsys, monkeypatch, days)[1]
        (partner,) = found["tokens"]
        assert partner["what"].startswith(f"the token reading of partner Kennisbank {said}")
        assert f"`python -m hub token renew {of_partner}`" in partner["mend"]
        assert any(
            f"the region's token {said}" in one["what"] and f"token renew {of_region}" in one["mend"]
            for one in found[region.code]
        )


@pytest.mark.parametrize("command", ["serve", "receive"])
def test_a_service_that_was_killed_is_told_until_one_runs_again(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    file = hub.settings.home / f"{command}.lock"
    script = "import sys, time; from pathlib import Path; from connectors.files import in_use\n"
    script += "with in_use(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        assert "services" not in seen(hub, capsys, monkeypatch)[1]
    finally:
        process.kill()
        process.communicate()
    code, found = seen(hub, capsys, monkeypatch)
    assert (code, found["services"][0]["what"]) == (1, f"no `python -m hub {command}` runs here, and one did")
    with in_use(file), in_use(file):
        assert "services" not in seen(hub, capsys, monkeypatch)[1]
