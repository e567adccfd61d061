"""A node that publishes beside a hub: held while a neighbour's figures would open its own, and while nobody answers."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from connectors.database import writing
from demo.journey import AUTHOR, call, join_network
from demo.operator import inviting
from hub.bootstrap import application, make_hub, open_hub
from node import flow
from node.audit import AuditEntry
from node.bootstrap import now, open_node
from node.indicators.figures import Axis, ComputedIndicator
from schemas.catalogue import catalogue
from schemas.payloads import Cell, IndicatorPublished
from schemas.upcast import read_payload
from schemas.values import Exact
from tests.integration.test_node_redelivery import serving
from tests.support.held_by_hub import HeldByHub

REGION, INDICATOR = "XR-DUINRAND", "h.gi_bleed"
PEOPLE, PATIENTS = np.array([400, 250, 300]), np.array([5, 30, 63])


@pytest.fixture
def hub_home(tmp_path: Path) -> Path:
    make_hub(tmp_path / "hub", {}).engine.dispose()
    return tmp_path / "hub"


@pytest.fixture
def home(tmp_path: Path, hub_home: Path) -> Path:
    with serving(hub_home) as url:
        about = (REGION, "Duinrand", "invented", "2025")
        join_network(tmp_path / "node", about, [], url, inviting(hub_home, REGION, "Duinrand", "invented"))
    return tmp_path / "node"


@pytest.fixture
def bundle(home: Path) -> tuple[str, IndicatorPublished]:
    """An approved bundle of three areas, two of them hidden."""
    axes = (Axis("area", ("GM0001", "GM0002", "GM0003")),)
    figures = ComputedIndicator(catalogue()[INDICATOR], "2025", axes, PATIENTS, PATIENTS, PEOPLE, PEOPLE, ("gp",))
    node = open_node(home)
    with writing(node.engine) as connection:
        made = flow.release(
            connection, node.settings, (figures,), (), (),
            audience="public", subject_key=node.secret("subject"),
            entry=AuditEntry(AUTHOR, "bundle.prepared", "2025", now()),
        )  # fmt: skip
    node.engine.dispose()
    for number in (1, 2):
        call(home, "review", "approve", made.id, "--key", str(home.parent / f"node-reviewer-{number}.pem"))
    payload = read_payload(made.items[0].type, made.items[0].payload)
    assert isinstance(payload, IndicatorPublished)
    return made.id, payload


def publish(home: Path, bundle: str, url: str, expected: int) -> str:
    settings = home / "node.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [f'hub_url = "{url}"' if line.startswith("hub_url") else line for line in lines]
    settings.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return call(home, "release", "publish", bundle, "--author", AUTHOR, expected=expected)


def test_a_bundle_waits_for_the_hubs_answer_and_then_goes(
    home: Path, hub_home: Path, bundle: tuple[str, IndicatorPublished]
) -> None:
    said = publish(home, bundle[0], "http://127.0.0.1:9", 1)
    assert said.startswith("Refused: The hub at http://127.0.0.1:9 cannot be reached")
    assert "computed figures are not signed without" in said
    with serving(hub_home) as url:
        assert "1 event waits in the outbox" in publish(home, bundle[0], url, 0)


def test_a_bundle_that_a_neighbours_figures_would_open_is_held(
    home: Path, hub_home: Path, bundle: tuple[str, IndicatorPublished]
) -> None:
    hub = open_hub(hub_home, {})
    held = HeldByHub(hub, application(hub))
    held.region("XR-OVER", "Overlap", "other")
    cells = (Cell(("GM0002",), Exact(30, 250)), Cell(("GM0009",), Exact(70, 500)))
    held.accept("XR-OVER", msgspec.structs.replace(bundle[1], region_set="other", cells=cells), "network")
    hub.engine.dispose()
    with serving(hub_home) as url:
        said = publish(home, bundle[0], url, 1)
        assert "XR-OVER" in said
        assert "the figure that this region hides for GM0001 could be worked out" in said
    assert "0 events" in call(home, "ledger", "verify")
