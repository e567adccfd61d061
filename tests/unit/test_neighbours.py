"""A bundle is held while it would, beside what others published, tell what a region hid; and while nobody could ask."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.disclosure import together
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import neighbours, review
from node.release.candidate import FrozenBundle
from node.release.neighbours import NeighboursNotAsked, NeighboursReveal
from schemas.catalogue import catalogue
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.joint import Neighbourhood, NeighbourhoodOf, Publication
from schemas.payloads import Cell, IndicatorPublished
from schemas.upcast import read_payload
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared
from tests.support.invented_regions import invented
from tests.support.neighbours import nobody

PEOPLE = np.array([400, 250, 300])
PATIENTS = np.array([5, 30, 63])
INDICATOR = "h.gi_bleed"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.fixture
def bundle(node: Node) -> FrozenBundle:
    """Three areas, of which the first has five patients and another one is hidden to protect them."""
    axes = (Axis("area", ("GM0001", "GM0002", "GM0003")),)
    figures = ComputedIndicator(
        catalogue()[INDICATOR], "2025", axes, PATIENTS, PATIENTS, PEOPLE, PEOPLE, ("gp",)
    )  # fmt: skip
    made = prepared(node, figures)
    with writing(node.engine) as connection:
        for key in KEYS:
            review.approve(connection, made.id, REGION, key, NOW)
    return made


def own(bundle: FrozenBundle) -> IndicatorPublished:
    payload = read_payload(bundle.items[0].type, bundle.items[0].payload)
    assert isinstance(payload, IndicatorPublished)
    return payload


def telling(payload: IndicatorPublished, region_set: str = "other", **areas: TypedValue) -> NeighbourhoodOf:
    """Let a region of another set have said this of areas, by the same definition."""
    cells = tuple(Cell((area,), value) for area, value in areas.items())
    other = msgspec.structs.replace(payload, cells=cells, region_set=region_set)
    found = Neighbourhood((Publication("e" * 64, "XR-OVER", region_set, other),), {region_set: ("XR-OVER",)})
    return lambda indicator, period: found


def away(indicator: str, period: str) -> Neighbourhood:
    raise TransportUnavailable("The hub at http://localhost:1 cannot be reached; check the address and the network.")


def check(node: Node, bundle: FrozenBundle, ask: NeighbourhoodOf, later: timedelta = timedelta()) -> int:
    entry = AuditEntry("Author", "bundle.checked", bundle.id, NOW + later)
    return flow.check_neighbours(node.engine, bundle.id, node.settings, ask, entry)


def publish(node: Node, bundle: FrozenBundle, later: timedelta = timedelta()) -> int:
    with writing(node.engine) as connection:
        entry = AuditEntry("Author", "bundle.published", bundle.id, NOW + later)
        return flow.publish(connection, bundle.id, REGION, node.service_key(), entry)


def hidden(bundle: FrozenBundle) -> dict[str, Suppressed]:
    return {cell.nodes[0]: cell.value for cell in own(bundle).cells if isinstance(cell.value, Suppressed)}


def test_another_region_that_published_the_other_blank_holds_the_bundle(node: Node, bundle: FrozenBundle) -> None:
    assert set(hidden(bundle)) == {"GM0001", "GM0002"}
    ask = telling(own(bundle), GM0002=Exact(30, 250), GM0009=Exact(70, 500))
    with pytest.raises(NeighboursReveal) as held:
        check(node, bundle, ask)
    said = str(held.value)
    assert "beside what XR-OVER published" in said
    assert "the figure that this region hides for GM0001 could be worked out" in said
    assert "without the areas that both regions have" in said
    assert " 5" not in said
    with pytest.raises(NeighboursNotAsked):
        publish(node, bundle)


def test_figures_that_open_what_another_region_hid_are_held_too(node: Node, bundle: FrozenBundle) -> None:
    ask = telling(
        own(bundle), total=Exact(70, 420), GM0003=Suppressed(60, 70, 300), GM0008=Suppressed(0, 10, 120)
    )  # fmt: skip
    with pytest.raises(NeighboursReveal, match="region XR-OVER hides for GM0003"):
        check(node, bundle, ask)


def test_what_tells_nothing_lets_the_bundle_go(node: Node, bundle: FrozenBundle) -> None:
    assert check(node, bundle, telling(own(bundle), GM0003=Exact(63, 300))) == 1
    assert publish(node, bundle) == 1
    with node.engine.connect() as connection:
        log = connection.execute(select(tables.audit_log).where(tables.audit_log.c.action == neighbours.CHECKED)).one()
    assert (log.subject, log.detail, log.actor) == (bundle.id, bundle.root, "Author")


def test_figures_of_other_persons_are_not_joined(node: Node, bundle: FrozenBundle) -> None:
    assert check(node, bundle, telling(own(bundle), GM0002=Exact(190, 250), GM0003=Exact(50, 290))) == 1
    other = telling(msgspec.structs.replace(own(bundle), division_year=1999), GM0002=Exact(30, 250))
    assert check(node, bundle, other) == 1


def test_a_hub_that_cannot_be_asked_stops_computed_figures_unless_they_were_checked_today(
    node: Node, bundle: FrozenBundle
) -> None:
    with pytest.raises(NeighboursNotAsked, match=r"cannot be reached.*not signed without"):
        check(node, bundle, away)
    with pytest.raises(NeighboursNotAsked, match="asks the hub"):
        publish(node, bundle)
    check(node, bundle, nobody)
    hour, days = timedelta(hours=23), timedelta(days=2)
    assert check(node, bundle, away, hour) == 1
    with pytest.raises(NeighboursNotAsked):
        check(node, bundle, away, days)
    with pytest.raises(NeighboursNotAsked):
        publish(node, bundle, days)
    assert publish(node, bundle, hour) == 1


def test_a_hub_that_refuses_stops_them_as_well(node: Node, bundle: FrozenBundle) -> None:
    def old(indicator: str, period: str) -> Neighbourhood:
        raise TransportRefused("The hub answered with 404: there is no such address.")

    with pytest.raises(NeighboursNotAsked, match="404"):
        check(node, bundle, old)


@pytest.mark.parametrize("seed", range(40))
def test_both_sides_find_the_same(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # figures, not secrets
    regions = invented(chance, overlap=True, circles=False)
    told = [Publication(one.code, one.code, one.region_set, one.published()) for one in regions]
    sets = {"invented": ("XR-ALFA", "XR-BETA", "XR-GAMMA"), "other": ("XR-OVER",)}
    here = {one.about for one in neighbours._findings(told, sets)}
    assert here == {one.about for one in together(told, sets)}


def test_the_stories_that_both_sides_judge_hold_some_that_leak() -> None:
    def leaks(seed: int) -> bool:
        chance = random.Random(seed)  # noqa: S311
        regions = invented(chance, overlap=True, circles=False)
        told = [Publication(one.code, one.code, one.region_set, one.published()) for one in regions]
        return bool(neighbours._findings(told, {}))

    assert 3 <= sum(map(leaks, range(40))) <= 37
