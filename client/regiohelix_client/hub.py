"""A hub over HTTPS: one session, polite retries, every refusal as one sentence."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.util import Retry

from .beside import Inequality, Peers, Progress
from .errors import AnswerNotUnderstood, HubUnreachable, refusal
from .readiness import Assessments
from .tables import Comparison, Evaluations, Lessons, Profile, Trend, read_table

TIMEOUTS: Final = (10.0, 60.0)  # seconds to connect, and between two pieces of the answer
_AGAIN: Final = (429, 502, 503, 504)
_LONGEST_WAIT: Final = 60.0  # seconds, whatever a hub asks for
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class _Patience(Retry):
    """Waits as long as the hub asks for, up to a minute."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the hub asks for."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, _LONGEST_WAIT)


class Hub:
    """A hub to read from, as the reader that the token stands for, or as a member of the public without one.

    A question is asked at most `tries` times: again where the hub is away for a moment or asks to wait.
    """

    def __init__(self, address: str, token: str | None = None, tries: int = 4) -> None:
        """Take the hub's address, such as https://hub.example.nl; raises ValueError where a token would go in clear."""
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("The hub's address is no web address; write it as https://hub.example.nl.")
        if parts.username is not None or parts.password is not None:
            raise ValueError("The hub's address holds a name or password, which would stand in messages; leave it out.")
        if token is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("A token would travel in clear text; give the hub's address as https://.")
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = token is None  # a .netrc of this machine would take the token's place
        self._session.headers.update({"Accept": "application/json", "User-Agent": "regiohelix-client"})
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"
        patience = _Patience(
            total=max(0, tries - 1), status_forcelist=_AGAIN, allowed_methods=("GET",), backoff_factor=0.5,
            raise_on_status=False, respect_retry_after_header=True,
        )  # fmt: skip
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patience))

    def __enter__(self) -> Self:
        """Give the hub itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self.close()

    def __repr__(self) -> str:
        return f"Hub({self._address!r})"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

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
        return read_table(Comparison, told, _listed(told, "rows"))

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
        return read_table(Profile, told, _listed(told, "rows"))

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
        return read_table(Peers, told, _listed(told, "peers"))

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
        return read_table(Inequality, told, _listed(told, "areas"))

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
        points = _listed(level, "points")
        rows = [{**point, **_inner(point)} for point in points if isinstance(point, Mapping)]
        named = {name: (level or {}).get(name) for name in ("trend", "why_no_trend")}
        return read_table(Progress, {**told, **named, "periods_left_out": told.get("left_out")}, rows)

    def lessons(self, most: int | None = None) -> Lessons:
        """Return the lessons, newest first, page after page until all are here or `most`; raises HubError."""
        found, total = self._pages("lessons", {}, most)
        return read_table(Lessons, {"total": total}, found)

    def evaluations(
        self, region: str | None = None, indicator: str | None = None, level: str | None = None, most: int | None = None
    ) -> Evaluations:
        """Return whether interventions worked, newest first, all pages or until `most`; raises HubError.

        `level` is `population` (everyone in the areas) or `intervention` (those who took part); None: both.
        """
        asked = {"region": region, "indicator": indicator, "level": level}
        found, total = self._pages("evaluations", asked, most)
        return read_table(Evaluations, {"total": total}, found)

    def assessments(
        self, region: str | None = None, instrument: str | None = None, most: int | None = None
    ) -> Assessments:
        """Return how ready regions are, newest first, all pages or until `most`; raises HubError.

        `instrument` is for instance `five-lenses` or `guiding-principles`; None: all.
        """
        found, total = self._pages("assessments", {"region": region, "instrument": instrument}, most)
        return read_table(Assessments, {"total": total}, found)

    def _pages(self, name: str, asked: Mapping[str, Any], most: int | None) -> tuple[list[Any], int]:
        """Return what stands on the pages of a list, at most so many, and how many the hub says there are."""
        found: list[Any] = []
        page, pages, total = 1, 1, 0
        while page <= pages and (most is None or len(found) < most):
            told = self._get(f"/api/v1/{name}", {**asked, "page": page})
            here = _listed(told, name)
            found += here
            pages, total, page = _number(told, "pages", 1), _number(told, "total", 0), page + 1
            if not here:
                break
        return found[:most], total

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        given = {name: value for name, value in (asked or {}).items() if value is not None}
        try:
            answer = self._session.get(self._address + path, params=given, timeout=TIMEOUTS)
        except requests.RequestException as error:
            raise HubUnreachable(f"{self._address} does not answer; check the address, or try later.") from error
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not answer.ok:
            raise refusal(answer.status_code, told)
        if told is None:
            raise AnswerNotUnderstood(f"{self._address} does not answer in JSON; check whether it is a hub's address.")
        return told


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _cut(by: Mapping[str, str] | None) -> str | None:
    return None if not by else ",".join(f"{dimension}:{node}" for dimension, node in by.items())


def _listed(told: Any, name: str) -> list[Any]:
    rows = told.get(name) if isinstance(told, Mapping) else None
    if not isinstance(rows, list):
        raise AnswerNotUnderstood(f"The hub's answer holds no {name}; check its address, or update the client.")
    return rows


def _inner(point: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = point.get("point")
    return inner if isinstance(inner, Mapping) else {}


def _number(told: Mapping[str, Any], name: str, without: int) -> int:
    value = told.get(name, without)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AnswerNotUnderstood(f"The hub's answer has no number as its {name}; check its address.")
    return value


def _points(told: Any) -> Iterator[Mapping[str, Any]]:
    for series in _listed(told, "regions"):
        shared = {name: series.get(name) for name in ("region", "name", "trend", "why_no_trend")}
        for point in _listed(series, "points"):
            yield shared | point
