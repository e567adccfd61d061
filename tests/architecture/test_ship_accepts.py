"""The type checker refuses to ship anything that has not come all the way to the outbox."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SNIPPET = """\
from collections.abc import Mapping

from node.indicators.figures import ComputedIndicator
from node.release.outbox import OutboxEntry
from node.release.protect import ProtectedIndicator
from node.release.ship import ship
from schemas.delivery import Sender


def attempt(
    sender: Sender,
    outbox_entry: OutboxEntry,
    computed: ComputedIndicator,
    protected: ProtectedIndicator,
    plain: dict[str, object],
    text: str,
) -> None:
    ship([{argument}], sender)
"""


def _errors(folder: Path, argument: str) -> str:
    file = folder / "attempt.py"
    file.write_text(SNIPPET.format(argument=argument), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    run = subprocess.run(
        [*command, "--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache"), str(file)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "\n".join(line for line in run.stdout.splitlines() if "attempt.py" in line) + run.stderr


def test_an_outbox_entry_may_be_shipped(tmp_path: Path) -> None:
    assert _errors(tmp_path, "outbox_entry") == ""


@pytest.mark.parametrize("argument", ["computed", "protected", "plain", "text"])
def test_nothing_earlier_may_be_shipped(tmp_path: Path, argument: str) -> None:
    errors = _errors(tmp_path, argument)
    assert "[list-item]" in errors or "[arg-type]" in errors
    assert "OutboxEntry" in errors
