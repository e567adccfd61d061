"""A demonstration that a command keeps waiting: it ends in a sentence that names the command."""

import subprocess
import sys

import pytest

from demo import __main__ as demonstration


def test_a_command_that_takes_too_long_ends_the_demonstration_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [sys.executable, "-c", "import time; time.sleep(60)"]
    begun: list[subprocess.Popen[str]] = []

    def start(module: str, arguments: list[str]) -> subprocess.Popen[str]:
        begun.append(subprocess.Popen(waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    monkeypatch.setattr(demonstration, "_start", start)
    monkeypatch.setattr(demonstration, "_WAIT_SECONDS", 0.2)
    with pytest.raises(demonstration.DemonstrationFailed, match=r"^node was not done after"):
        demonstration._finish("node", ["init"])
    with begun[0] as stopped:
        assert stopped.wait(10) != 0
