"""Who solved this: for a region's open problems what others learned, measured and judged, with the reasons shown.

Everything is what the reader sees on other pages already, laid beside each other. How strong a reason is, is said as a
kind and never counted up: regions stand by name, lessons by kind and then newest first.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, Engine

from hub.audit import utc_text
from hub.intake.ledger import not_listed
from hub.serving import match_text as texts
from hub.serving.assessments import AcceptedAssessment, latest_of_each
from hub.serving.chains import chains
from hub.serving.citations import tallies
from hub.serving.evaluations import AcceptedEvaluation, evaluation_page
from hub.serving.indexing import LESSON, catch_up
from hub.serving.lessons import lessons_of
from hub.serving.match_problems import (
    FIVE_LENSES,
    GUIDING_PRINCIPLES,
    SOURCES,
    Problem,
    Source,
    all_series,
    going,
    principles,
)
from hub.serving.search import find_held
from schemas.catalogue import catalogue
from schemas.codes import Audience, Language
from schemas.text import Text

Strength = Literal["measured", "named", "related"]
STRENGTHS: Final[tuple[Strength, ...]] = ("measured", "named", "related")
MOST_PROBLEMS: Final = 20  # that are worked out in one answer; the others are named, and can be asked for
MOST_LESSONS: Final = 6  # of one problem
_MOST_RELATED: Final = 3  # of them, where no lesson says that it is about the problem
_LOOKED_THROUGH: Final = 50  # lessons, for those that are not the region's own


class Reason(msgspec.Struct, frozen=True):
    """Why something may help: how strong that is as a kind, and a sentence.

    `measured` rests on a verdict over published figures or bands, `named` on what its writer or citing regions said,
    `related` on words or an aim alone.
    """

    strength: Strength
    text: Text


class MatchedLesson(msgspec.Struct, frozen=True):
    """A lesson of another region, in the language it was written in."""

    event_id: str
    region: str
    region_name: str
    language: Language
    title: str
    reasons: tuple[Reason, ...]


class ImprovedRegion(msgspec.Struct, frozen=True):
    """Another region that improved on the same measure by a verdict that holds."""

    region: str
    region_name: str
    reasons: tuple[Reason, ...]


class MatchedEvaluation(msgspec.Struct, frozen=True):
    """Another region's evaluation that fits an effect in the favourable direction."""

    event_id: str
    region: str
    region_name: str
    title: Text
    evidence_changed: bool
    reasons: tuple[Reason, ...]


class Match(msgspec.Struct, frozen=True):
    """One problem and what may help; `nothing` says why there is nothing and what to do, None where there is."""

    problem: Problem
    lessons: tuple[MatchedLesson, ...]
    regions: tuple[ImprovedRegion, ...]
    evaluations: tuple[MatchedEvaluation, ...]
    nothing: Text | None


class MatchView(msgspec.Struct, frozen=True):
    """What a reader sees of a region's problems; `left_out` are the keys of problems that are not worked out here."""

    region: str
    name: str
    audience: Audience
    as_known_on: str
    looked_at: tuple[Text, ...]
    matches: tuple[Match, ...]
    left_out: tuple[str, ...]


class ProblemNotOpen(LookupError):
    """A region has no such open problem that its reader may see; `allowed` are the keys of those there are."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """Take the keys."""
        self.text = texts.not_open(allowed)
        self.allowed = tuple(allowed)
        super().__init__(self.text.en)


class _Place:
    """For whom something is looked up, and what was looked up for them already."""

    def __init__(self, connection: Connection, reader: Audience, now: datetime, region: str, region_set: str) -> None:
        self.connection, self.reader, self.now, self.region, self.region_set = (
            connection,
            reader,
            now,
            region,
            region_set,
        )
        self._rounds: dict[str, tuple[AcceptedAssessment, ...]] = {}

    def rounds(self, instrument: str) -> tuple[AcceptedAssessment, ...]:
        """Return each region's last round of an instrument, by the region's name."""
        if instrument not in self._rounds:
            self._rounds[instrument] = latest_of_each(self.connection, self.reader, instrument)
        return self._rounds[instrument]

    def lessons(self, words: str, facets: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the newest or best lessons of other regions that hold all words and fit the facets."""
        chosen = {"kind": [LESSON], **facets}
        found = find_held(self.connection, self.reader, words, chosen, size=_LOOKED_THROUGH)
        return [one.event_id for one in found.hits if one.region != self.region]


def match(
    engine: Engine,
    reader: Audience,
    now: datetime,
    region: str,
    wanted: str | None = None,
    sources: Sequence[Source] = SOURCES,
) -> MatchView:
    """Return what may help a region with its open problems, or with the `wanted` one, given by its key.

    Raises RegionNotListed or ProblemNotOpen.
    """
    catch_up(engine)
    with engine.connect() as connection:
        known = chains(connection).of.get(region)
        if known is None:
            raise not_listed(connection)
        place = _Place(connection, reader, now, region, known.region_set)
        looked = [source(connection, reader, now, region) for source in sources]
        problems = [problem for one in looked for problem in one.problems]
        asked = problems if wanted is None else [one for one in problems if one.key == wanted]
        if wanted is not None and not asked:
            raise ProblemNotOpen([one.key for one in problems])
        found = tuple(_matched(place, one) for one in asked[:MOST_PROBLEMS])
    left_out = tuple(one.key for one in asked[MOST_PROBLEMS:])
    return MatchView(region, known.name, reader, utc_text(now), tuple(one.text for one in looked), found, left_out)


def _matched(place: _Place, problem: Problem) -> Match:
    if problem.kind == "indicator":
        regions, evaluations = _improved(place, problem), _evaluations(place, problem)
    else:
        regions, evaluations = _more_ready(place, problem), ()
    lessons = _lessons(place, problem, {one.region: one for one in regions}, {one.region for one in evaluations})
    nothing = None if lessons or regions or evaluations else texts.nothing(problem.kind)
    return Match(problem, lessons, regions, evaluations, nothing)


def _improved(place: _Place, problem: Problem) -> tuple[ImprovedRegion, ...]:
    """Return the other regions of the set whose own series goes the favourable way by its trend, by name."""
    series = all_series(place.connection, place.reader, place.now, problem.id, place.region_set)
    if series is None:
        return ()
    return tuple(
        ImprovedRegion(one.region, one.name, (Reason("measured", texts.trend(goes)),))
        for one in series.regions
        if one.region != place.region and (goes := going(one)).turn(series.favourable) == "better"
    )


def _more_ready(place: _Place, problem: Problem) -> tuple[ImprovedRegion, ...]:
    """Return the other regions whose panel's median of a lens surely rose since their round before, by name."""
    instrument = FIVE_LENSES if problem.kind == "lens" else GUIDING_PRINCIPLES
    names = {str(number): name for name, number in principles().items()}
    lens = problem.id if problem.kind == "lens" else names[problem.id]
    return tuple(
        ImprovedRegion(one.region, one.region_name, (Reason("measured", text),))
        for one in place.rounds(instrument)
        if one.region != place.region
        for text in _risen(one, lens)
    )


def _risen(one: AcceptedAssessment, lens: str) -> Iterator[Text]:
    for reading in one.readings:
        if reading.lens == lens and reading.change is not None and float(reading.change.low) > 0:
            yield texts.risen(one.since_period or "", one.payload.period, reading.change)


def _evaluations(place: _Place, problem: Problem) -> tuple[MatchedEvaluation, ...]:
    """Return other regions' evaluations that fit an effect the favourable way, by the region's name."""
    filters = {"indicator": problem.id, "outcome": "fits_effect"}
    page = evaluation_page(place.connection, place.reader, size=_LOOKED_THROUGH, filters=filters)
    favourable = catalogue()[problem.id].favourable if problem.id in catalogue() else "neither"
    found = [
        MatchedEvaluation(
            one.event_id, one.region, one.region_name, one.payload.title, one.evidence_changed, _effect(one)
        )
        for one in page.evaluations
        if one.region != place.region and _direction(one) == favourable
    ]
    return tuple(sorted(found, key=lambda one: (one.region_name, one.region, one.event_id)))


def _direction(one: AcceptedEvaluation) -> str:
    return "higher" if float(one.payload.estimates[0].low) > 0 else "lower"


def _effect(one: AcceptedEvaluation) -> tuple[Reason, ...]:
    reason = Reason("measured", texts.effect(one.payload))
    return (reason, Reason("named", texts.EVIDENCE_CHANGED)) if one.evidence_changed else (reason,)


def _lessons(
    place: _Place, problem: Problem, improved: Mapping[str, ImprovedRegion], evaluated: set[str]
) -> tuple[MatchedLesson, ...]:
    """Return other regions' lessons about the problem; where none says so, some that only have its words or aim."""
    chosen = place.lessons("", {name: [value] for name, value in problem.facets.items()})
    named = dict.fromkeys(chosen, texts.about(problem.kind))
    if not named:
        named = dict(list(_related(place, problem).items())[:_MOST_RELATED])
    read = lessons_of(place.connection, place.reader, list(named))
    counted = tallies(place.connection, place.reader, list(read))
    supported = {one: counts["supporting"] for one, counts in counted.items()}
    found = []
    for event_id, one in read.items():
        reasons = [Reason("named" if chosen else "related", named[event_id])]
        if one.region in improved:
            reasons.append(Reason("measured", texts.improved_there(one.region_name)))
        if one.region in evaluated:
            reasons.append(Reason("measured", texts.evaluated_there(one.region_name)))
        if supported.get(event_id):
            reasons.append(Reason("named", texts.supported(supported[event_id])))
        reasons.sort(key=lambda reason: STRENGTHS.index(reason.strength))
        said = one.payload
        found.append(MatchedLesson(event_id, one.region, one.region_name, said.language, said.title, tuple(reasons)))
    found.sort(key=lambda one: STRENGTHS.index(one.reasons[0].strength))  # within a kind as they were found
    return tuple(found[:MOST_LESSONS])


def _related(place: _Place, problem: Problem) -> dict[str, Text]:
    """Return lessons that hold the words of a problem's name, then those of the same aim, each with which it is."""
    found: dict[str, Text] = {}
    for words in dict.fromkeys((problem.title.nl, problem.title.en)):
        found = dict.fromkeys(place.lessons(words, {}), texts.same_words(words)) | found
    by_words = dict(found)
    if problem.aim is not None:
        by_words |= {
            one: texts.same_aim(problem.aim) for one in place.lessons("", {"aim": [problem.aim]}) if one not in found
        }
    return by_words
