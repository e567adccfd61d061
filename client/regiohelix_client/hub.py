"""A hub to read from: what it holds, as typed tables."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from .asking import Asking, listed, number
from .beside import Inequality, Peers, Progress
from .errors import AnswerNotUnderstood
from .matching import Matches, problems
from .readiness import Assessments
from .stream import Follower, LessonTold
from .tables import Comparison, Evaluations, FoundLessons, Lessons, Profile, Trend, read_table


class Hub(Asking):
    """A hub to read from, as the reader that the token stands for, or as a member of the public without one.

    A question is asked at most `tries` times: again where the hub is away for a moment or asks to wait.
    """

    def indicators(self) -> list[dict[str, Any]]:
        """Return what can be compared: indicator, set of regions, periods (newest first), number of regions."""
        found = self._get("/api/v1/indicators")
        if not isinstance(found, list):
            raise AnswerNotUnderstood("The hub's answer is no list of indicators; check its address.")
        return found

    def comparison(
        self,
        indicator: str,
        period: str | None = None,
        *,
        region_set: str | None = None,
        by: Mapping[str, str] | None = None,
        as_known_on: str | None = None,
        standardise: str | None = None,
    ) -> Comparison:
        """Return every region's value of one indicator; without a period that of the newest.

        `by` is a cut such as {"sex": "f"}; `as_known_on` a day or a UTC moment: what the hub held then; `standardise`
        a standard population (esp2013, nl2019) or indirect: `shown`, `low` and `high` are by that. Raises HubError.
        """
        asked = {"period": period, "set": region_set, "by": _cut(by), "as_known_on": as_known_on}
        asked["standardise"] = standardise
        told = self._get(f"/api/v1/indicators/{_quoted(indicator)}/comparison", asked)
        return read_table(Comparison, told, listed(told, "rows"))

    def trend(
        self,
        indicator: str,
        *,
        region: str | None = None,
        region_set: str | None = None,
        by: Mapping[str, str] | None = None,
        unit: str | None = None,
        last: int | None = None,
        as_known_on: str | None = None,
    ) -> Trend:
        """Return one indicator over time, of one region or all; `unit` is year, quarter, month, week or day.

        `last` is how many periods, the newest. Raises HubError.
        """
        asked = {"region": region, "set": region_set, "by": _cut(by), "unit": unit, "last": last}
        told = self._get(f"/api/v1/indicators/{_quoted(indicator)}/trend", asked | {"as_known_on": as_known_on})
        return read_table(Trend, told, _points(told))

    def profile(self, region: str) -> Profile:
        """Return one region's latest figure of every indicator; raises HubError."""
        told = self._get(f"/api/v1/regions/{_quoted(region)}/profile")
        return read_table(Profile, told, listed(told, "rows"))

    def peers(
        self,
        region: str,
        traits: Sequence[str],
        count: int | None = None,
        *,
        period: str | None = None,
        as_known_on: str | None = None,
    ) -> Peers:
        """Return the regions of its set nearest to one by indicators, the nearest first; raises HubError."""
        asked = {"traits": ",".join(traits), "count": count, "period": period, "as_known_on": as_known_on}
        told = self._get(f"/api/v1/regions/{_quoted(region)}/peers", asked)
        return read_table(Peers, told, listed(told, "peers"))

    def inequality(
        self,
        indicator: str,
        rank_by: str,
        *,
        period: str | None = None,
        rank_period: str | None = None,
        region: str | None = None,
        region_set: str | None = None,
        by: Mapping[str, str] | None = None,
        first: str | None = None,
        weights: str | None = None,
        as_known_on: str | None = None,
    ) -> Inequality:
        """Return an indicator along another that ranks the regions, or the areas within `region`; raises HubError.

        `first` (highest or lowest) says which end of `rank_by` is the least favoured, where its definition does not;
        `weights` equal lets each area count alike.
        """
        asked = {"rank_by": rank_by, "period": period, "rank_period": rank_period, "region": region, "set": region_set}
        asked |= {"by": _cut(by), "first": first, "weights": weights, "as_known_on": as_known_on}
        told = self._get(f"/api/v1/indicators/{_quoted(indicator)}/inequality", asked)
        return read_table(Inequality, told, listed(told, "areas"))

    def progress(
        self,
        region: str,
        indicator: str,
        *,
        since: str | None = None,
        goal: Decimal | str | None = None,
        by: Mapping[str, str] | None = None,
        unit: str | None = None,
        as_known_on: str | None = None,
    ) -> Progress:
        """Return each period of a region beside its first, the network and a goal in the indicator's unit.

        Raises HubError.
        """
        asked = {"indicator": indicator, "since": since, "goal": None if goal is None else str(goal), "by": _cut(by)}
        told = self._get(
            f"/api/v1/regions/{_quoted(region)}/progress", asked | {"unit": unit, "as_known_on": as_known_on}
        )
        level = told.get("population") if isinstance(told, Mapping) else None
        points = listed(level, "points")
        rows = [{**point, **_inner(point)} for point in points if isinstance(point, Mapping)]
        named = {name: (level or {}).get(name) for name in ("trend", "why_no_trend", "test_assumes")}
        return read_table(Progress, {**told, **named, "periods_left_out": told.get("left_out")}, rows)

    def lessons(self, most: int | None = None) -> Lessons:
        """Return the lessons, newest first, page after page until all are here or `most`; raises HubError."""
        found, told = self._pages("lessons", {}, most)
        return read_table(Lessons, {"total": number(told, "total", 0)}, found)

    def search(
        self, words: str = "", most: int | None = None, **facets: str | int | Sequence[str | int]
    ) -> FoundLessons:
        """Return the lessons that hold all words, best first, and of each facet which values there are among them.

        `facets` are one value or several by name, such as `theme="diabetes"` or `step=[2, 3]`; any of several will do.
        Without words the newest come first. Raises HubError.
        """
        found, told = self._pages("lessons", {"q": words or None, **facets}, most)
        counted = told.get("facets")
        if not isinstance(counted, Mapping):
            raise AnswerNotUnderstood("The hub's answer holds no facets; check its address, or update the client.")
        named = {name: tuple(values) for name, values in counted.items()}
        return read_table(FoundLessons, {"total": number(told, "total", 0), "facets": named}, found)

    def follow_lessons(
        self, *, since: str | None = None, from_beginning: bool = False, ends: bool = False, **asked: Any
    ) -> Iterator[LessonTold]:
        """Yield what happens to lessons as it happens, and go on after interruptions; `asked` as the search takes it.

        `since` is the `id` of the last one that you have, after which nothing is left out and nothing comes twice; else
        from now on, or from the beginning. It goes on until you stop, or with `ends` to what there is now. Raises
        HubRefused where the hub does not want to, for instance since the token holds no longer.
        """
        begin = {"from": "beginning"} if from_beginning else {}
        follower = Follower(self._session, f"{self._address}/feeds/lessons/stream", {**asked, **begin}, since)
        return follower.until_now() if ends else follower.for_ever()

    def evaluations(
        self, region: str | None = None, indicator: str | None = None, level: str | None = None, most: int | None = None
    ) -> Evaluations:
        """Return whether interventions worked, newest first, all pages or until `most`; raises HubError.

        `level` is `population` (everyone in the areas) or `intervention` (those who took part); None: both.
        """
        asked = {"region": region, "indicator": indicator, "level": level}
        found, told = self._pages("evaluations", asked, most)
        return read_table(Evaluations, {"total": number(told, "total", 0)}, found)

    def assessments(
        self, region: str | None = None, instrument: str | None = None, most: int | None = None
    ) -> Assessments:
        """Return how ready regions are, newest first, all pages or until `most`; raises HubError.

        `instrument` is for instance `five-lenses` or `guiding-principles`; None: all.
        """
        found, told = self._pages("assessments", {"region": region, "instrument": instrument}, most)
        return read_table(Assessments, {"total": number(told, "total", 0)}, found)

    def match(self, region: str, problem: str | None = None) -> Matches:
        """Return a region's open problems, each with lessons, regions and evaluations that may help, and why.

        `problem` is the `key` of one of them, such as `indicator:h.dm_prev` or `lens:organisation`; None: all.
        Raises HubError.
        """
        told = self._get("/api/v1/match", {"region": region, "for": problem})
        return read_table(Matches, told, problems(listed(told, "matches")))


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _cut(by: Mapping[str, str] | None) -> str | None:
    return None if not by else ",".join(f"{dimension}:{node}" for dimension, node in by.items())


def _inner(point: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = point.get("point")
    return inner if isinstance(inner, Mapping) else {}


def _points(told: Any) -> Iterator[Mapping[str, Any]]:
    for series in listed(told, "regions"):
        shared = {name: series.get(name) for name in ("region", "name", "trend", "why_no_trend")}
        for point in listed(series, "points"):
            yield shared | point
