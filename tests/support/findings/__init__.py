"""Hubs that hold real published figures: those of which docs/findings.md tells what they say."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from demo import ggd
from schemas.catalogue import indicator_id, know, read_file
from schemas.payloads import TakenOver
from schemas.values import Exact, Rounded
from tests.support.held_by_hub import HeldByHub, figures

RATE: Final = "c19.admission_rate"
_HERE: Final = Path(__file__).parent
_MEMBERS: Final = ggd.DATA.parent / "regions" / "municipalities_2023.csv"
_MONITOR: Final = TakenOver(
    "GGD'en, CBS en RIVM", "50140NED", "https://dataderden.cbs.nl", "CC BY 4.0", "2025-09-22", "0" * 64
)
_ADMISSIONS: Final = TakenOver(
    "Stichting NICE", "Ziekenhuisopnamen per gemeente", "https://coronadashboard.rijksoverheid.nl", "EUPL-1.2",
    "2024-02-28", "0" * 64,
)  # fmt: skip


def monitor(columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return per column of the Health Monitor 2024 the percentage of each GGD region, as printed."""
    with ggd.FIGURES.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["RegioS"].startswith("GG")]
    return {column: {row["RegioS"].strip(): row[column].strip() for row in rows} for column in columns}


def names() -> dict[str, str]:
    """Return the name of each GGD region by its code."""
    with _MEMBERS.open(encoding="utf-8", newline="") as file:
        return {row["region"]: row["region_name"] for row in csv.DictReader(file)}


def monitor_hub(folder: Path, columns: Iterable[str]) -> HeldByHub:
    """Open a hub that holds these columns of the Health Monitor, a region's own figure from each region."""
    held = _opened(folder)
    for column, of_region in monitor(columns).items():
        for code, text in of_region.items():
            payload = figures(
                indicator_id("jv24", column), {(code,): Rounded(text, "0.1")}, "2024", ggd.REGION_SET, _MONITOR
            )
            held.accept(code, payload)
    return held


def admissions(data: Path) -> dict[tuple[str, date], int]:
    """Return the admissions with COVID-19 of each GGD region and day, summed over its municipalities of 2023."""
    with _MEMBERS.open(encoding="utf-8", newline="") as file:
        region_of = {row["municipality"]: row["region"] for row in csv.DictReader(file)}
    found: Counter[tuple[str, date]] = Counter()
    with gzip.open(data / "c_nl_gm_daily_2020_2021" / "gm_hospital_nice_daily.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            number = int(row["admissions_on_date_of_admission"])
            found[region_of[row["gmcode"]], date.fromisoformat(row["date"])] += number
    return found


def inhabitants(data: Path) -> dict[str, int]:
    """Return the inhabitants of each GGD region on 1 January 2020."""
    with (data / "c_nl_regions_geo" / "ggd_population_2020.csv").open(encoding="utf-8", newline="") as file:
        return {row["ggd_code"]: int(row["population"]) for row in csv.DictReader(file)}


def admissions_hub(folder: Path, data: Path, periods: Iterable[str]) -> HeldByHub:
    """Open a hub that holds the admissions of every GGD region over its inhabitants, for months or weeks."""
    know(read_file((_HERE / "admission_rate.yaml").read_text(encoding="utf-8"), "admission_rate.yaml"))
    held, people, wanted = _opened(folder), inhabitants(data), frozenset(periods)
    counted: Counter[tuple[str, str]] = Counter()
    for (code, day), number in admissions(data).items():
        for period in wanted & {f"{day:%Y-%m}", _week(day)}:
            counted[code, period] += number
    for (code, period), number in sorted(counted.items()):
        cells = {(code,): Exact(number, people[code])}
        held.accept(code, figures(RATE, cells, period, ggd.REGION_SET, _ADMISSIONS))
    return held


def weeks(first: int, last: int) -> list[str]:
    """Return weeks of 2020."""
    return [f"2020-W{number:02}" for number in range(first, last + 1)]


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _opened(folder: Path) -> HeldByHub:
    held = HeldByHub.opened(folder)
    for code, name in names().items():
        held.region(code, name, ggd.REGION_SET)
    return held
