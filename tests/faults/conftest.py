"""The stage on which all runs of the fault suite take place, and their figures at the end of the test run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.report import Report
from tests.faults.stage import Stage
from tests.support.kafka.jars import JarsNotFetched, JavaMissing
from tests.support.postgres import PostgresMissing

REPORT = Report()
WRITE_TO = "REGIOHELIX_FAULT_REPORT"


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Offer the disks, PostgreSQL and the broker; skip where the machine has none of them, unless REQUIRE_REAL=1."""
    made = Stage()
    try:
        assert made.cluster
        assert made.broker
    except (PostgresMissing, JavaMissing, JarsNotFetched) as reason:
        made.close()
        if os.environ.get("REQUIRE_REAL") == "1":
            raise
        pytest.skip(f"no real parts to break: {reason}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def report() -> Report:
    """Offer what collects the outcomes."""
    return REPORT


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures, and write them where REGIOHELIX_FAULT_REPORT says."""
    for line in REPORT.lines():
        terminalreporter.write_line(line)
    if file := os.environ.get(WRITE_TO):
        REPORT.write(Path(file))
