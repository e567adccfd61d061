"""What a region has not solved, by what it published and its reader may read; a region's own rounds are unknown here.

Each source gives problems with the reasons for calling them that. Nothing is a problem without a verdict: of readiness
that of the panel's bands or of experts, of indicators that of an interval beside the regions together or of a trend's
test. A source is a function; one more of them is added to SOURCES.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple, get_args

import msgspec
from sqlalchemy import Connection

from hub.comparison.standing import favour
from hub.serving.assessments import AcceptedAssessment, latest_of_each
from hub.serving.chains import chains
from hub.serving.offered import NotOffered
from hub.serving.profile import ProfileRow, ProfileView, profile
from hub.serving.remembered import remembered
from hub.serving.series import series_view
from hub.serving.series_told import RegionSeries, SeriesView
from schemas.about import Aim, Lens
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.questionnaires import questionnaires
from schemas.text import Text

ProblemKind = Literal["lens", "principle", "indicator"]
WhyKind = Literal[
    "least_integrated", "may_be_least_integrated", "judged_not_satisfactory", "worse_than_reference", "worsening"
]
FIVE_LENSES: Final = "five-lenses"
GUIDING_PRINCIPLES: Final = "guiding-principles"
_GOING_BYTES: Final = 400  # that one takes in memory, or a little less
_AIMS: Final[Mapping[str, Aim]] = {one: one for one in get_args(Aim)}  # by the axis that indicators have


class Why(msgspec.Struct, frozen=True):
    """Why something is a problem: which verdict says so, in code and in a sentence."""

    kind: WhyKind
    text: Text


class Problem(msgspec.Struct, frozen=True):
    """One open problem; `key` names it in an address, `facets` are the values under which lessons are about it.

    `aim` is the aim that it belongs to, where there is one.
    """

    key: str
    kind: ProblemKind
    id: str
    title: Text
    why: tuple[Why, ...]
    facets: dict[str, str]
    aim: Aim | None = None


class LookedAt(msgspec.Struct, frozen=True):
    """What one source gave: its problems, and in a sentence what there was to look at, or what to do where nothing."""

    source: Literal["readiness", "indicators", "prerequisites"]
    problems: tuple[Problem, ...]
    text: Text


class Going(NamedTuple):
    """Which way a series goes by its trend's verdict, None without one, from its first to its last period."""

    trend: Literal["rising", "falling", "no_trend"] | None
    first: str
    last: str

    def turn(self, favourable: str) -> Literal["better", "worse"] | None:
        """Return whether that is better or worse; None without a verdict, or where neither way is better."""
        ways = {"rising": "higher", "falling": "lower"}
        if favourable == "neither" or self.trend not in ways:
            return None
        return "better" if ways[str(self.trend)] == favourable else "worse"


Source = Callable[[Connection, Audience, datetime, str], LookedAt]


def principles() -> Mapping[str, int]:
    """Return the numbers of the guiding principles by their names in the questionnaire, which has them in order."""
    return {lens.id: place for place, lens in enumerate(questionnaires()[GUIDING_PRINCIPLES].lenses, 1)}


def of_readiness(connection: Connection, reader: Audience, _: datetime, region: str) -> LookedAt:
    """Return the lenses and principles that a region's last rounds leave open, in the order of the questionnaires."""
    found: list[Problem] = []
    periods: list[str] = []
    for instrument in (FIVE_LENSES, GUIDING_PRINCIPLES):
        own = [one for one in latest_of_each(connection, reader, instrument) if one.region == region]
        periods += [one.payload.period for one in own]
        found += [problem for one in own for problem in _of_round(one)]
    if not periods:
        said = Text(
            "Van deze regio is geen beoordeling van gereedheid te lezen. Geeft zij een ronde vrij, dan telt die mee.",
            "No readiness round of this region can be read. Once it releases one, it counts here.",
        )
    elif not found:
        said = Text(
            f"De laatste ronde ({periods[-1]}) wijst geen lens of principe als zwakste aan.",
            f"The last round ({periods[-1]}) points out no lens or principle as the weakest.",
        )
    else:
        said = Text(f"Gekeken is naar de ronde over {periods[-1]}.", f"Looked at: the round of {periods[-1]}.")
    return LookedAt("readiness", tuple(found), said)


def _of_round(one: AcceptedAssessment) -> Iterator[Problem]:
    said = one.payload
    numbers = principles()
    least = one.least_integrated if len(one.least_integrated) < len(said.lenses) else ()
    for lens in said.lenses:
        why = [*_least(lens.title, least, lens.lens), *_judged(one, lens.lens)]
        if not why:
            continue
        if said.instrument == FIVE_LENSES and lens.lens in get_args(Lens):
            yield _problem("lens", lens.lens, lens.title, why)
        elif said.instrument == GUIDING_PRINCIPLES and lens.lens in numbers:
            yield _problem("principle", str(numbers[lens.lens]), lens.title, why)


def _problem(kind: ProblemKind, value: str, title: Text, why: Sequence[Why], aim: Aim | None = None) -> Problem:
    return Problem(f"{kind}:{value}", kind, value, title, tuple(why), {kind: value}, aim)


def _least(title: Text, least: Sequence[str], lens: str) -> list[Why]:
    if lens not in least:
        return []
    if len(least) == 1:
        text = Text(
            f"Volgens het panel is {title.nl} het minst geïntegreerd.",
            f"According to the panel {title.en} is least integrated.",
        )
        return [Why("least_integrated", text)]
    text = Text(
        f"Volgens het panel kan {title.nl} het minst geïntegreerd zijn; {len(least)} zijn niet te onderscheiden.",
        f"According to the panel {title.en} may be least integrated; {len(least)} cannot be told apart.",
    )
    return [Why("may_be_least_integrated", text)]


def _judged(one: AcceptedAssessment, lens: str) -> list[Why]:
    verdicts = [verdict.satisfactory for verdict in one.payload.verdicts if verdict.lens == lens]
    bad = verdicts.count(False)
    if not bad:
        return []
    text = Text(
        f"{bad} van {len(verdicts)} oordelen van deskundigen: nog niet voldoende.",
        f"{bad} of {len(verdicts)} verdicts of experts: not satisfactory yet.",
    )
    return [Why("judged_not_satisfactory", text)]


def of_indicators(connection: Connection, reader: Audience, now: datetime, region: str) -> LookedAt:
    """Return the indicators on which a region is clearly worse than its set together, or worsens by its trend.

    By axis and indicator. A figure that is hidden, covers too few or has nothing beside it has no verdict, and is none.
    """
    view = profile(connection, reader, now, region)
    goes = _own(connection, reader, now, view)
    judged, found = 0, []
    for row in view.rows:
        if row.favourable == "neither":
            continue
        own = goes.get(row.indicator)
        judged += row.standing != "no_verdict" or (own is not None and own.trend is not None)
        why = [*_worse(row), *_worsening(row, own)]
        if why:
            found.append(_problem("indicator", row.indicator, row.title, why, _AIMS.get(row.axis)))
    return LookedAt("indicators", tuple(found), _of_indicators(len(view.rows), judged))


def _of_indicators(shared: int, judged: int) -> Text:
    if not shared:
        return Text(
            "Van deze regio is geen cijfer te lezen. Geeft zij cijfers vrij, dan tellen die hier mee.",
            "No figure of this region can be read. Once it releases some, they count here.",
        )
    if not judged:
        return Text(
            f"Bij geen van de {shared} indicatoren is een oordeel mogelijk: er is geen interval, niets om naast te "
            "leggen of een te korte reeks. Een noemer, meer regio’s of meer perioden maken het mogelijk.",
            f"None of the {shared} indicators allows a verdict: there is no interval, nothing to lay beside it or too "
            "short a series. A denominator, more regions or more periods make one possible.",
        )
    return Text(
        f"Bij {judged} van de {shared} indicatoren is een oordeel mogelijk; alleen die tellen mee.",
        f"{judged} of the {shared} indicators allow a verdict; those alone count.",
    )


def _own(connection: Connection, reader: Audience, now: datetime, view: ProfileView) -> Mapping[str, Going]:
    """Return which way each of a region's indicators goes, from memory while no region said anything new."""
    known, memory = catalogue(), remembered(connection)
    names = [row.indicator for row in view.rows if row.favourable != "neither" and row.indicator in known]
    mark = (chains(connection).mark, now.date(), tuple((name, known[name].hash) for name in names))
    key = ("match", reader, view.region)
    kept: dict[str, Going] | None = memory.get(key, mark)
    if kept is None:
        series = {name: all_series(connection, reader, now, name, view.region_set, view.region) for name in names}
        kept = {name: going(one.regions[0]) for name, one in series.items() if one is not None and one.regions}
        memory.keep(key, mark, kept, _GOING_BYTES * len(names))
    return kept


def all_series(
    connection: Connection, reader: Audience, now: datetime, indicator: str, region_set: str, region: str | None = None
) -> SeriesView | None:
    """Return the series of the regions of a set, or of one of them; None where the reader sees none."""
    try:
        return series_view(connection, reader, now, indicator, region, region_set)
    except NotOffered:
        return None


def going(series: RegionSeries) -> Going:
    """Return which way a series goes, from the first to the last period that takes part in its trend."""
    there = [point for point in series.points if point.why_not is None] or series.points
    return Going(series.trend, there[0].period, there[-1].period)


def _worse(row: ProfileRow) -> list[Why]:
    if favour(row.standing, row.favourable) != "unfavourable" or row.reference is None:
        return []
    nl, en = ("hoger", "higher") if row.standing == "higher" else ("lager", "lower")
    text = Text(
        f"In {row.period} duidelijk {nl} dan de regio’s samen ({_comma(row.reference)} {row.unit.nl}): het hele "
        "95%-interval ligt aan de ongunstige kant.",
        f"In {row.period} clearly {en} than the regions together ({row.reference} {row.unit.en}): the whole 95% "
        "interval lies on the unfavourable side.",
    )
    return [Why("worse_than_reference", text)]


def _worsening(row: ProfileRow, own: Going | None) -> list[Why]:
    if own is None or own.turn(row.favourable) != "worse":
        return []
    nl, en = ("stijgt", "rises") if own.trend == "rising" else ("daalt", "falls")
    text = Text(
        f"Van {own.first} tot en met {own.last} {nl} het (trendtoets, 5%; perioden tellen als los van elkaar), en dat "
        "is ongunstig.",
        f"From {own.first} to {own.last} it {en} (test for trend, 5%, periods taken as independent), which is "
        "unfavourable.",
    )
    return [Why("worsening", text)]


def _comma(value: Decimal) -> str:
    return str(value).replace(".", ",")


SOURCES: Final[tuple[Source, ...]] = (of_readiness, of_indicators)
