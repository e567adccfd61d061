"""Tells at the end of a run which real parts took part, and how long each took to start.

PYTEST_DONT_REWRITE: nothing is asserted here, and tests import the module besides.
"""

from typing import Any

import pytest

from tests.support import postgres
from tests.support.kafka import fixture as kafka

_NAME = "regiohelix_real_parts"
_OF_WORKERS: list[dict[str, float]] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what one of several processes started to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_NAME] = _own()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a process that ended had started; one that crashed tells nothing."""
    _OF_WORKERS.append(getattr(node, "workeroutput", {}).get(_NAME, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per real part of this run, as often as it was started."""
    for parts in (_own(), *_OF_WORKERS):
        for name, seconds in sorted(parts.items()):
            terminalreporter.write_line(f"real {name}: ready in {seconds:.1f} s")


def _own() -> dict[str, float]:
    return {**kafka.REAL_PART_SECONDS, **postgres.REAL_PART_SECONDS}
