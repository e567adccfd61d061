"""Figures that contradict some others keep nothing from being found of what the others tell together."""

from collections.abc import Sequence

import pytest

from hub.disclosure import judge, together
from node.release.neighbours import NeighboursReveal, _check_one, _findings
from schemas.joint import Finding, Neighbourhood, Publication, Total, joint
from schemas.values import Exact, Suppressed
from tests.support.held_by_hub import TAKEN_OVER
from tests.unit.test_joint import told

SETS = {"invented": ("XR-A", "XR-B"), "other": ("XR-C",)}
HIDES = told("XR-B", {("total",): Exact(40), ("GM0001",): Suppressed(0, 40), ("GM0002",): Suppressed(0, 40)})
SHOWS = told("XR-C", {("total",): Exact(90), ("GM0002",): Exact(36), ("GM0003",): Exact(54)}, region_set="other")
# it counts other persons in one area of XR-B, and says nothing of what XR-B and XR-C share
APART = told("XR-A", {("total",): Exact(160), ("GM0001",): Exact(60), ("GM0009",): Exact(100)})


def _version(total: int, event_id: str) -> Publication:
    hidden = Suppressed(0, total)
    cells = {("total",): Exact(total), ("GM0001",): hidden, ("GM0002",): hidden, ("GM0005",): hidden}
    return told("XR-A", cells, event_id)


# in truth 20 + 15 + 5, then 30 + 25 + 5: each change is of ten persons, and nothing of it is shown but the total
FIRST, CORRECTED = _version(40, "first"), _version(60, "corrected")
OTHER = told(
    "XR-C",
    {("total",): Exact(145), ("GM0001",): Exact(30), ("GM0002",): Exact(25), ("GM0008",): Exact(90)},
    region_set="other",
)


def _places(found: Sequence[Finding]) -> set[str]:
    return {f"{one.hidden.region} {one.hidden.key.area}" for one in found}


def _ends(found: Sequence[Finding]) -> dict[str, tuple[float, float]]:
    return {f"{one.hidden.region} {one.hidden.key.area}": (one.low, one.high) for one in found}


@pytest.mark.parametrize("find", [together, _findings], ids=["hub", "node"])
def test_what_a_corrected_table_and_a_neighbour_tell_is_found(find) -> None:  # type: ignore[no-untyped-def]
    assert _ends(find((CORRECTED, OTHER), SETS))["XR-A GM0005"] == (5, 5)
    assert _ends(find((FIRST, CORRECTED, OTHER), SETS))["XR-A GM0005"] == (5, 5)


def test_a_node_does_not_sign_what_reopens_a_neighbours_corrected_table() -> None:
    with pytest.raises(NeighboursReveal):
        _check_one([OTHER.payload], "XR-C", "other", lambda *_: Neighbourhood((FIRST, CORRECTED), SETS))


def test_a_node_does_not_sign_a_correction_that_a_neighbour_reopens() -> None:
    with pytest.raises(NeighboursReveal):
        _check_one([CORRECTED.payload], "XR-A", "invented", lambda *_: Neighbourhood((FIRST, OTHER), SETS))


@pytest.mark.parametrize("find", [together, _findings], ids=["hub", "node"])
def test_a_third_region_that_contradicts_one_of_two_hides_nothing(find) -> None:  # type: ignore[no-untyped-def]
    assert _places(find((HIDES, SHOWS), SETS)) == {"XR-B GM0001", "XR-B GM0002"}
    assert _places(find((APART, HIDES, SHOWS), SETS)) == {"XR-B GM0001", "XR-B GM0002"}


@pytest.mark.parametrize("find", [together, _findings], ids=["hub", "node"])
def test_a_contradiction_elsewhere_hides_no_nation_minus_its_regions(find) -> None:  # type: ignore[no-untyped-def]
    """Three regions and the nation tell the third; a fourth contradicts the first, where nobody needs it for that."""
    sets = {"invented": ("XR-A", "XR-B", "XR-D"), "other": ("XR-E",)}
    others = (_version(40, ""), told("XR-B", {("total",): Suppressed(0, None)}), told("XR-D", {("total",): Exact(100)}))
    nation = told("XR-D", {("NL01",): Exact(147)}, "nation", origin=TAKEN_OVER)
    fourth = told("XR-E", {("total",): Exact(55), ("GM0001",): Exact(30), ("GM0002",): Exact(25)}, region_set="other")
    assert "XR-B XR-B" in _places(find((*others, nation), sets))
    assert "XR-B XR-B" in _places(find((*others, nation, fourth), sets))


def test_a_publication_stands_in_every_world_that_it_fits() -> None:
    speak = joint((APART, HIDES, SHOWS), (), SETS).told_by
    assert speak.count({"XR-A"}) == 3  # all of its own figures, in one world
    assert {"XR-B", "XR-C"} in speak  # GM0002, in the other
    assert {"XR-A", "XR-B"} not in speak


def test_a_total_is_judged_in_a_world_that_holds_all_its_parts() -> None:
    total = Total((), 200, None, (("XR-A", "XR-A"), ("XR-B", "XR-B")))
    assert judge(total, (APART, HIDES), [], SETS) == "shown"
    both = Total((), 85, None, (("XR-A", "corrected"), ("XR-B", "XR-B")))
    shown, hidden = told("XR-B", {("total",): Exact(25)}), told("XR-B", {("total",): Suppressed(0, 60)})
    assert judge(both, (FIRST, CORRECTED, shown), [], SETS) == "shown"
    assert judge(both, (FIRST, CORRECTED, hidden), [], SETS) == "would_narrow_hidden_figure"
