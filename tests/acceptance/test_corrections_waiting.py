"""Real revisions, each by a person or two, taken as figures that a region computed: they wait, and none is lost."""

import csv
import gzip
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

from node.bootstrap import Node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import memory
from node.release.disclosure.history import every_figure
from node.release.refusal import ReleaseRefused
from node.release.revise import CorrectionWaits, NothingChanged
from schemas.catalogue import catalogue
from schemas.codes import EventType
from schemas.definition import Criterion, Measure, Population
from tests.support.corrections import REASON, make_node, prepared, signed

Counts = Mapping[str, int]  # persons by municipality
POSITIVE = "positive_tested_people.infected_daily_total"


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _version(file: Path) -> dict[str, Counts]:
    """One version of CoronaWatchNL: persons reported by municipality, up to each date."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(file):
        number = int(row["id" if "id" in row else "Gemeentecode"])
        if number > 0:
            found[row["Datum"]][f"GM{number:04}"] = int(float(row["Aantal"] or 0))
    return found


def _computed(period: str, counts: Counts, areas: tuple[str, ...]) -> ComputedIndicator:
    measure = Measure("persons", of=Criterion("condition", codes=("R83",)), denominator=None)
    what = msgspec.structs.replace(
        catalogue()["pop.persons"],
        id="reported",
        dimensions=("area",),
        population=Population(),
        measure=measure,
    )
    values = np.array([counts.get(area, 0) for area in areas])
    return ComputedIndicator(what, period, (Axis("area", areas),), values, values, None, None, ("gp",))


def _release(
    node: Node, computed: ComputedIndicator, counted: Counter[str], random: np.random.Generator | None = None
) -> None:
    try:
        bundle = prepared(node, computed, reason=REASON, random=random)
    except CorrectionWaits:
        counted["held back, as readers know"] += 1
    except NothingChanged:
        counted["tables unchanged"] += 1
    except ReleaseRefused:
        counted["tables refused as unprotectable"] += 1
    else:
        told = bundle.items[0].type is EventType.INDICATOR_PENDING
        counted["readers told that a correction waits" if told else "vintages out"] += 1
        signed(node, bundle)


def _states(node: Node) -> dict[str, list[dict[str, int]]]:
    """What was released of each period, vintage by vintage, hidden figures included."""
    found: dict[str, list[dict[str, int]]] = defaultdict(list)
    with node.engine.connect() as connection:
        for one in memory.earlier(connection).vintages:
            figures = zip(one.statistic.cells(), every_figure(one.statistic).tolist(), strict=True)
            found[one.statistic.period].append({cell.nodes[0]: value for cell, value in figures})
    return found


def _telling(states: Mapping[str, list[dict[str, int]]]) -> int:
    """The figures of which two vintages differ by 1 to 9 persons."""
    return sum(
        1 <= abs(other[area] - one[area]) <= 9
        for vintages in states.values()
        for one, other in itertools.combinations(vintages, 2)
        for area in one
    )


@pytest.mark.shared_data
def test_revisions_by_a_person_or_two_wait_and_come_in_with_the_next_days_count(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "e_events_rivm_2020"
    versions = [_version(file) for file in sorted((folder / "coronawatchnl_versions_2020-03").glob("*.csv.gz"))]
    areas = tuple(sorted({area for version in versions for counts in version.values() for area in counts}))
    revised = [
        (row["gmcode"], row["date"])
        for row in _rows(folder / "coronawatchnl_revision_events_2020-03.csv.gz")
        if row["event"] == "REVISE"
    ]
    node, counted = make_node(tmp_path / "node"), Counter[str]()
    known: dict[str, Counts] = {}
    for version in versions:
        for period, counts in sorted(version.items()):
            if known.get(period) != counts:
                known[period] = counts
                _release(node, _computed(period, counts, areas), counted)
    states = _states(node)
    waiting = [
        (area, period)
        for period, vintages in states.items()
        for area in areas
        if vintages[-1][area] != known[period].get(area, 0)
    ]
    last = max(states)
    print(f"{len(revised)} revisions; {dict(counted)}; {len(states)} dates out; {len(waiting)} figures wait at the end")
    assert len(revised) == 9
    assert _telling(states) == 0
    assert {place for place in revised if place[1] in states} <= set(waiting)
    assert {area: states[last][0][area] for area in areas} == {area: known[last].get(area, 0) for area in areas}
    for period in sorted({period for _, period in waiting}):  # found again by every run: nothing is lost
        with pytest.raises(CorrectionWaits):
            prepared(node, _computed(period, known[period], areas), reason=REASON)
    node.engine.dispose()


@pytest.mark.shared_data
def test_a_year_of_later_revisions_goes_out_where_it_has_become_ten(shared_data: Path, tmp_path: Path) -> None:
    first: dict[str, Counter[str]] = defaultdict(Counter)
    final: dict[str, Counter[str]] = defaultdict(Counter)
    daily = {}
    for row in _rows(shared_data / "e_events_rivm_2020" / "dashboard_vintage_2020-11-17.csv.gz"):
        if row["indicator"] == POSITIVE and row["region"].startswith("GM"):
            daily[row["region"], row["date"]] = int(float(row["value"]))
    revised = Counter[bool]()
    for row in _rows(shared_data / "c_nl_gm_daily_2020_2021" / "gm_positive_tests_daily.csv.gz"):
        place = row["gmcode"], row["date"]
        if place in daily:
            first[row["date"][:7]][row["gmcode"]] += daily[place]
            final[row["date"][:7]][row["gmcode"]] += int(float(row["infected"]))
            revised[daily[place] != int(float(row["infected"]))] += 1
    areas = tuple(sorted({area for area, _ in daily}))
    node, counted = make_node(tmp_path / "node"), Counter[str]()
    for months in (first, final):
        for period, counts in sorted(months.items()):
            _release(node, _computed(period, counts, areas), counted)
    states = _states(node)
    changes = Counter[str]()
    for period, vintages in states.items():
        for area in areas:
            change, out = final[period][area] - first[period][area], vintages[-1][area] - first[period][area]
            if change:
                changes["out" if out == change else "waiting"] += 1
                changes["out of ten or more"] += abs(change) >= 10 and out == change
                assert out in (0, change)
    print(f"{revised[True]} revised days; {dict(counted)}; figures of a month: {dict(changes)}")
    assert revised[True] == 1_818
    assert _telling(states) == 0
    assert changes["out"] == changes["out of ten or more"] > 20
    random = np.random.default_rng(2020)
    rounded = Counter[str]()
    for period, counts in sorted(final.items()):
        _release(node, _computed(period, counts, areas), rounded, random)
    states = _states(node)
    off = [
        abs(vintages[-1][area] - (sum(final[period].values()) if area == "total" else final[period][area]))
        for period, vintages in states.items()
        for area in (*areas, "total")
    ]
    print(f"what waits, rounded: {dict(rounded)}; no figure is off by more than {max(off)}")
    assert _telling(states) == 0
    assert max(off) <= 9
    assert rounded["vintages out"] == sum(first[period] != final[period] for period in first)
    node.engine.dispose()
