"""Real revisions through 25 nodes to one hub: after each the hub holds the source's state, and still knows the earlier.

The sources are read twice: by the line, and by this file with nothing but `csv`.
"""

import csv
import gzip
import itertools
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.intake.rebuild import rebuild
from tests.support.replay import State, moment_of, replaying

_STREAM = "coronawatchnl_revision_events_2020-03.csv.gz"
REASON = "The owner published another version of the table."


def _rows(file: Path, separator: str = ",") -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=separator))


def _version(file: Path) -> State:
    """Read one version of CoronaWatchNL, the rows of unknown residence under -1."""
    rows = _rows(file)
    number = "id" if "id" in rows[0] else "Gemeentecode"
    return {(f"GM{int(row[number]):04}", row["Datum"]): row["Aantal"] for row in rows}


def _located(state: State) -> State:
    return {place: text for place, text in state.items() if place[0] != "GM-001"}


def _events(before: State, after: State) -> Counter[str]:
    return Counter(
        INSERT=len(after.keys() - before.keys()),
        WITHDRAW=len(before.keys() - after.keys()),
        REVISE=sum(before[place] != after[place] for place in before.keys() & after.keys()),
    )


@pytest.mark.shared_data
def test_thirty_versions_in_four_layouts_are_each_known_as_they_were(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "e_events_rivm_2020"
    files = sorted((folder / "coronawatchnl_versions_2020-03").glob("*.csv.gz"))
    states = {moment_of(file): _version(file) for file in files}
    assert len(states) == 30
    began = time.process_time()
    with replaying(tmp_path, min(states) - timedelta(days=1)) as replay:
        for file in files:
            replay.clock.now = moment_of(file)
            replay.release(file, "coronawatchnl.yaml", REASON)
            assert replay.state("c19.reported_total") == _located(states[moment_of(file)]), file.name
        known = {moment: replay.state("c19.reported_total", moment) for moment in states}
        assert [moment for moment in states if known[moment] != _located(states[moment])] == []
        assert replay.state("c19.reported_total", min(states) - timedelta(seconds=1)) == {}
        assert len([note for note in replay.notes if note.endswith("belong to no area and were left out.")]) == 10
        rebuilt = rebuild(replay.hub.engine, check_only=True)
        assert (rebuilt.is_same, rebuilt.events) == (True, replay.events)
        assert replay.chained() == replay.events
        spent = time.process_time() - began
    found: Counter[str] = Counter()
    before: State = {}
    for moment in states:
        found += _events(before, known[moment])
        before = known[moment]
    stream = Counter((row["event"], row["gmcode"] == "GM_UNKNOWN") for row in _rows(folder / _STREAM))
    print(
        f"30 of 30 versions known as they were: {replay.events} events in {replay.bundles} bundles, {spent:.0f} CPU s"
    )
    assert found == {"INSERT": 7_862, "REVISE": 9, "WITHDRAW": 4_401}
    assert stream == {
        ("INSERT", False): 7_862, ("INSERT", True): 20, ("REVISE", False): 9, ("WITHDRAW", False): 4_401,
    }  # fmt: skip


def _cumulative(file: Path, column: str) -> State:
    rows = _rows(file, ";")
    return {(row["Municipality_code"], row["Date_of_report"][:10]): row[column] for row in rows}


@pytest.mark.shared_data
def test_cumulative_totals_that_fall_arrive_as_published(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "e_events_rivm_2020" / "rivm_gemeente_cumulatief_asof_2020-09-14.csv.gz"
    columns = {
        "Total_reported": "c19.reported_total",
        "Hospital_admission": "c19.admitted_total",
        "Deceased": "c19.deceased_total",
    }
    began = time.process_time()
    with replaying(tmp_path, datetime(2020, 9, 14, 14, tzinfo=UTC)) as replay:
        replay.release(file, "rivm_cumulative.yaml", months=[f"2020-{month:02}" for month in range(3, 10)])
        held = {column: replay.state(indicator) for column, indicator in columns.items()}
        assert replay.notes == {f"2232 rows of {file.name} belong to no area and were left out."}
        print(f"{replay.events} events in {replay.bundles} bundles, {time.process_time() - began:.0f} CPU s")
    for column, state in held.items():
        source = _cumulative(file, column)
        assert state == {place: text for place, text in source.items() if place[0]}
    assert sum(len(state) for state in held.values()) == 3 * 66_030
    rows = _rows(file, ";")
    last = [row for row in rows if row["Date_of_report"].startswith("2020-09-14")]
    nowhere = {column: sum(int(row[column]) for row in last if not row["Municipality_code"]) for column in columns}
    there = {
        column: sum(int(text) for (_, day), text in state.items() if day == "2020-09-14")
        for column, state in held.items()
    }
    assert {column: there[column] + nowhere[column] for column in columns} == {
        "Total_reported": 83_399, "Hospital_admission": 12_291, "Deceased": 6_256,
    }  # fmt: skip
    assert _falls(held["Total_reported"]) == 475


def _falls(state: State) -> int:
    """Count the steps from one day to the next at which a total becomes less."""
    ordered = sorted(state)
    steps = [(one, other) for one, other in itertools.pairwise(ordered) if one[0] == other[0]]
    return sum(int(state[other]) < int(state[one]) for one, other in steps)


@pytest.mark.shared_data
def test_a_vintage_and_its_final_series_are_both_known(shared_data: Path, tmp_path: Path) -> None:
    vintage_file = shared_data / "e_events_rivm_2020" / "dashboard_vintage_2020-11-17.csv.gz"
    indicator, last = "positive_tested_people.infected_daily_total", "2020-11-11"
    vintage = {
        (row["region"], row["date"]): row["value"].removesuffix(".0")
        for row in _rows(vintage_file)
        if row["indicator"] == indicator
    }
    final_file = shared_data / "c_nl_gm_daily_2020_2021" / "gm_positive_tests_daily.csv.gz"
    rows = [row for row in _rows(final_file) if row["date"] <= last]
    final = {(row["gmcode"], row["date"]): row["infected"].removesuffix(".0") for row in rows}
    cut = tmp_path / "final.csv"
    cut.write_text("gmcode,date,infected\n" + "".join(f"{r['gmcode']},{r['date']},{r['infected']}\n" for r in rows))
    months = [f"2020-{month:02}" for month in range(3, 12)]
    first, second = datetime(2020, 11, 17, 12, tzinfo=UTC), datetime(2024, 2, 28, 12, tzinfo=UTC)
    began = time.process_time()
    with replaying(tmp_path, first) as replay:
        replay.release(vintage_file, "vintage.yaml", months=months)
        replay.clock.now = second
        replay.release(cut, "positive_tests.yaml", REASON, months=months)
        print(f"{replay.events} events in {replay.bundles} bundles, {time.process_time() - began:.0f} CPU s")
        assert replay.state("c19.positive_tests", first) == vintage
        assert replay.state("c19.positive_tests") == final
    both = vintage.keys() & final.keys()
    revised = [(int(vintage[place]), int(final[place])) for place in both if vintage[place] != final[place]]
    assert (len(both), len(revised)) == (85_935, 1_818)
    assert sum(abs(one - other) for one, other in revised) == 3_064
