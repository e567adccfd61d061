"""Tells at the end of a run which real parts took part, and how long each took to start.

PYTEST_DONT_REWRITE: nothing is asserted here, and tests import the module besides.
"""

import pytest

from tests.support import postgres
from tests.support.kafka import fixture as kafka


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per real part of this run."""
    for name, seconds in sorted({**kafka.REAL_PART_SECONDS, **postgres.REAL_PART_SECONDS}.items()):
        terminalreporter.write_line(f"real {name}: ready in {seconds:.1f} s")
