"""The units in deploy/systemd start commands that exist, leave them time to stop, and keep files private."""

from configparser import ConfigParser
from pathlib import Path

import click
import pytest

import hub.__main__
import node.__main__
from hub.commands.serving import _FINISH_SECONDS

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
COMMANDS: dict[str, click.Group] = {"hub": hub.__main__.cli, "node": node.__main__.cli}


def service(name: str) -> dict[str, str]:
    """Return a unit's settings of its service."""
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    assert unit.read(UNITS / name, encoding="utf-8")
    return dict(unit["Service"])


@pytest.mark.parametrize(("name", "side"), [("hub", "hub"), ("receive", "hub"), ("node", "node")])
def test_a_service_runs_a_command_that_is_there_and_gets_the_time_to_finish(name: str, side: str) -> None:
    unit = service(f"regiohelix-{name}.service")
    python, module, named, verb, *words = unit["ExecStart"].split()
    assert (python, module, named) == ("/opt/regiohelix/bin/python", "-m", side)
    options = {name for one in COMMANDS[side].commands[verb].params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options
    assert unit["Environment"].split("=")[0] == f"REGIOHELIX_{side.upper()}_HOME"
    assert int(unit["TimeoutStopSec"]) > _FINISH_SECONDS
    assert unit["Restart"] == "always"


@pytest.mark.parametrize("side", ["hub", "node"])
def test_the_nightly_backup_is_called_as_the_command_wants_it(side: str) -> None:
    called = service("regiohelix-backup@.service")["ExecStart"].replace("%i", side)
    words = called.split(f"-m {side} ")[1].rstrip("'").split()
    command = COMMANDS[side].commands[words[0]]
    options = {name for one in command.params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options
    removed = service("regiohelix-backup@.service")["ExecStartPost"].replace("%i", side).split()
    folder = called.split("backup ")[1].split("/" + side)[0]
    assert (removed[:2], removed[removed.index("-name") + 1]) == (["/usr/bin/find", folder], f'"{side}-*.backup"')
    assert "OnCalendar" in (UNITS / "regiohelix-backup@.timer").read_text(encoding="utf-8")


def test_every_unit_is_as_private_as_the_others() -> None:
    names = [file.name for file in UNITS.glob("*.service")]
    assert len(names) == 4
    for name in names:
        unit = service(name)
        assert {unit[one] for one in ("NoNewPrivileges", "ProtectHome", "PrivateTmp")} == {"yes"}
        assert (unit["UMask"], unit["ProtectSystem"], unit["User"]) == ("0077", "strict", "regiohelix")
