"""In several processes the files that take longest go first: one that begins last would keep its process alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DEAR: Final = (  # of half a minute and more by itself, the longest first
    "tests/acceptance/test_replay_revisions.py",
    "tests/integration/test_hub_openapi.py",
    "tests/faults/test_faults.py",
    "tests/acceptance/test_health_monitor.py",
    "tests/integration/test_tour.py",
    "tests/acceptance/test_one_person_more.py",
    "tests/browser/test_axe.py",
    "tests/integration/test_attack_kafka.py",
    "tests/properties/test_hub_attacker.py",
    "tests/acceptance/test_corrections_waiting.py",
    "tests/browser/test_journeys.py",
    "tests/properties/test_disclosure_promise.py",
    "tests/integration/test_careless_analyst.py",
    "tests/integration/test_kafka_transport.py",
    "tests/browser/test_desk.py",
    "tests/integration/test_node_backup.py",
    "tests/integration/test_upgrades.py",
    "tests/integration/test_readme.py",
    "tests/integration/test_held_everywhere.py",
    "tests/integration/test_coarser_release.py",
)


def in_order(files: Sequence[str]) -> list[int]:
    """Return the places of files, the dear ones first and the others as they come."""
    rank = {name: place for place, name in enumerate(DEAR)}
    return sorted(range(len(files)), key=lambda place: rank.get(files[place], len(DEAR)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests of one of several processes; alone, the quick ones stay first, and a plain mistake shows soon."""
    if hasattr(config, "workerinput"):
        places = in_order([item.path.relative_to(ROOT).as_posix() for item in items])
        items[:] = [items[place] for place in places]
