"""What docs/findings.md says of real published figures, worked out again by a hub that holds them, and by hand."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from demo import ggd
from hub.comparison.inequality import slope_index
from schemas.catalogue import forget
from tests.support.findings import RATE, admissions, admissions_hub, inhabitants, monitor, monitor_hub, names, weeks
from tests.support.held_by_hub import HeldByHub

PAGE = Path(__file__).resolve().parents[2] / "docs" / "findings.md"
MONEY, STRESS, SMOKES, WELL = "MoeiteMetRondkomen_1", "HeelVaakGestrest_21", "RooktTabak_75", "GoedErvarenGezondheid_6"
RANK = "rank_by=jv24.moeite_met_rondkomen_1&weights=equal"
AMSTERDAM, BRABANT, FRYSLAN = "GG3406", "GG5406", "GG7206"


def ask(held: HeldByHub, path: str) -> Any:
    answer = held.app.test_client().get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


@pytest.fixture(scope="module")
def health(tmp_path_factory: pytest.TempPathFactory) -> HeldByHub:
    return monitor_hub(tmp_path_factory.mktemp("monitor"), (MONEY, STRESS, SMOKES, WELL))


@pytest.fixture(scope="module")
def corona(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[HeldByHub]:
    months = ("2020-03", "2021-04")
    held = admissions_hub(tmp_path_factory.mktemp("corona"), shared_data, (*months, *weeks(21, 32)))
    held.prove()
    yield held
    forget()


def by_hand(rank: dict[str, str], values: dict[str, str]) -> float:
    """Return the slope index of regions that count alike: a place is the share of regions before its middle."""
    before = {one: sum(float(other) > float(one) for other in rank.values()) for one in rank.values()}
    alike = Counter(rank.values())
    places = {code: (before[one] + alike[one] / 2) / len(rank) for code, one in rank.items()}
    mean = fmean(float(value) for value in values.values())
    along = sum((place - 0.5) * (float(values[code]) - mean) for code, place in places.items())
    return -along / sum((place - 0.5) ** 2 for place in places.values())


def test_stress_follows_money_worries_and_smoking_is_not_shown_to(health: HeldByHub) -> None:
    figures = monitor((MONEY, STRESS, SMOKES))
    stress = ask(health, f"indicators/jv24.heel_vaak_gestrest_21/inequality?{RANK}")
    smokes = ask(health, f"indicators/jv24.rookt_tabak_75/inequality?{RANK}")
    assert (stress["slope"], stress["low"], stress["high"], stress["relative"]) == ("9.54", "6.71", "12.37", "0.226")
    assert (smokes["slope"], smokes["low"], smokes["high"]) == ("3.48", "-0.09", "7.04")
    assert round(by_hand(figures[MONEY], figures[STRESS]), 2) == 9.54
    assert round(by_hand(figures[MONEY], figures[SMOKES]), 2) == 3.48
    assert stress["ratio"] == "1.37"
    assert (len(stress["areas"]), stress["first"], stress["left_out"]) == (25, "highest", [])


def test_the_page_has_every_figure_of_the_gradient(health: HeldByHub) -> None:
    figures, text = monitor((MONEY, STRESS, SMOKES)), PAGE.read_text(encoding="utf-8")
    told = ask(health, f"indicators/jv24.heel_vaak_gestrest_21/inequality?{RANK}")
    for one in told["areas"]:
        code = one["area"]
        cells = (one["place"], *(figures[column][code] for column in (MONEY, STRESS, SMOKES)))
        assert f"| {names()[code]} | {' | '.join(cells)} |" in text, code


def test_how_many_columns_have_a_gradient() -> None:
    with ggd.FIGURES.open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file, delimiter=";"))[5:]
    rank = {code: float(one) for code, one in monitor((MONEY,))[MONEY].items()}
    order = sorted(rank, key=lambda code: (-rank[code], code))
    ranks = [rank[code] for code in order]
    whole = [of for of in monitor(columns).values() if all(of.values())]
    found = [slope_index([float(of[code]) for code in order], [1.0] * 25, ranks=ranks).interval for of in whole]
    assert (len(found), sum(one.low > 0 or one.high < 0 for one in found)) == (141, 91)


def test_amsterdams_peers_by_two_traits(health: HeldByHub) -> None:
    traits = "traits=jv24.moeite_met_rondkomen_1,jv24.goed_ervaren_gezondheid_6&count=3"
    found = ask(health, f"regions/{AMSTERDAM}/peers?{traits}")
    assert [(one["name"], one["likeness"], one["distance"]) for one in found["peers"]] == [
        ("GGD Rotterdam-Rijnmond", "certain", "1.428"),
        ("GGD Groningen", "certain", "1.708"),
        ("GGD Zuid-Limburg", "certain", "1.859"),
    ]
    figures = monitor((MONEY, WELL))
    gaps = [
        (float(figures[column][AMSTERDAM]) - float(figures[column]["GG4607"]))
        / stdev(float(value) for value in figures[column].values())
        for column in (MONEY, WELL)
    ]
    assert str(round(hypot(*gaps), 3)) == "1.428"


@pytest.mark.shared_data
def test_the_first_wave_was_a_regional_one(corona: HeldByHub, shared_data: Path) -> None:
    first = ask(corona, f"indicators/{RATE}/comparison?period=2020-03")
    later = ask(corona, f"indicators/{RATE}/comparison?period=2021-04")
    rows = {row["region"]: row for row in first["rows"]}
    assert rows[BRABANT]["value"] == {"kind": "exact", "numerator": 1175, "denominator": 1_079_946}
    assert (rows[BRABANT]["shown"], rows[FRYSLAN]["shown"], first["reference"]) == ("108.8", "6.9", "35.8")
    assert Counter(row["standing"] for row in first["rows"]) == {"lower": 16, "higher": 7, "indistinguishable": 2}
    people = inhabitants(shared_data)
    assert (sum(row["value"]["numerator"] for row in first["rows"]), sum(people.values())) == (6265, 17_481_298)
    rate = sum(row["value"]["numerator"] for row in first["rows"]) / sum(people.values())
    scores = sorted(
        (row["value"]["numerator"] - rate * people[code]) / (rate * people[code]) ** 0.5 for code, row in rows.items()
    )
    drawn_in = [min(max(one, scores[2]), scores[-3]) for one in scores]
    assert first["funnel"]["dispersion"] == pytest.approx(fmean(one**2 for one in drawn_in))
    assert (round(first["funnel"]["dispersion"], 1), round(later["funnel"]["dispersion"], 1)) == (64.1, 12.6)
    assert [one["region"] for one in first["funnel"]["regions"] if one["place"] != "within"] == [BRABANT]
    assert (later["reference"], float(rows[BRABANT]["shown"]) / float(rows[FRYSLAN]["shown"])) == ("42.7", 108.8 / 6.9)
    ratios = [ask(corona, f"indicators/{RATE}/inequality?rank_by={RATE}&period={one}&rank_period={one}")["ratio"]
              for one in ("2020-03", "2021-04")]  # fmt: skip
    assert ratios == ["15.75", "3.29"]


@pytest.mark.shared_data
def test_the_second_wave_showed_in_amsterdam_in_week_32(corona: HeldByHub) -> None:
    found = ask(corona, f"indicators/{RATE}/trend?region={AMSTERDAM}&unit=week&last=12")
    (series,) = found["regions"]
    counted = [one["value"]["numerator"] for one in series["points"]]
    assert counted == [14, 7, 6, 0, 0, 1, 1, 2, 6, 10, 14, 20]
    assert [one["period"] for one in series["points"] if "trend" in one["signals"]] == weeks(27, 32)
    assert [one["period"] for one in series["points"] if "beyond_limit" in one["signals"]] == ["2020-W32"]
    people = 1_070_510
    centre = sum(counted) / (12 * people)
    assert series["centre"] == str(round(centre * 100_000, 1))
    assert series["points"][-1]["limits"][1] == str(round((centre + 3 * (centre / people) ** 0.5) * 100_000, 1))
    assert (series["trend"], series["test"]) == ("no_trend", "poisson_trend")
    assert (round(series["statistic"], 2), round(series["p_value"], 2)) == (1.26, 0.23)
    assert round(series["dispersion"], 2) == 6.03
    assert round(series["statistic"] * series["dispersion"] ** 0.5, 2) == 3.11
    others = ask(corona, f"indicators/{RATE}/trend?unit=week&last=12")["regions"]
    signalled = [one["name"] for one in others if any("trend" in point["signals"] for point in one["points"][-1:])]
    assert signalled == ["GGD Amsterdam"]


@pytest.mark.shared_data
def test_what_is_said_of_the_weeks_around_it(shared_data: Path) -> None:
    """By region the first week, looked at anew each week from week 21 on, that ends six rises; and both peaks."""
    weekly: Counter[tuple[str, str]] = Counter()
    for (code, day), number in admissions(shared_data).items():
        if day.isocalendar().year == 2020:
            weekly[code, f"2020-W{day.isocalendar().week:02}"] += number
    found = {}
    for code in names():
        counts = [weekly[code, week] for week in weeks(21, 40)]
        ends = [end for end in range(12, 21) if all(a < b for a, b in pairwise(counts[end - 6 : end]))]
        found |= {names()[code]: 20 + ends[0]} if ends else {}
    assert found == {
        "GGD Amsterdam": 32, "GGD Haaglanden": 33, "GGD Brabant-Zuidoost": 40, "GGD Gelderland-Zuid": 40,
        "GGD Rotterdam-Rijnmond": 40,
    }  # fmt: skip
    amsterdam = {week: weekly[AMSTERDAM, week] for week in weeks(33, 53)}
    assert max(amsterdam.items(), key=lambda pair: pair[1]) == ("2020-W43", 186)
    assert [amsterdam[week] for week in weeks(33, 36)] == [19, 23, 20, 15]
    country = {week: sum(weekly[code, week] for code in names()) for week in weeks(32, 44)}
    assert (country["2020-W32"], country["2020-W43"], country["2020-W44"]) == (99, 1939, 1965)
