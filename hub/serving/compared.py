"""One comparison for one reader: which figures, which set of regions, which cut, as known on which moment."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.audit import utc_text
from hub.comparison import compare
from hub.comparison.compare import NothingToCompare
from hub.comparison.together import together
from hub.serving.as_compared import stored_of, withdrawn_of
from hub.serving.dark import last_known
from hub.serving.figures import AcceptedIndicator, Latest, Offer, WithdrawnIndicator, latest
from hub.serving.kept_offers import kept_offers
from hub.serving.offered import NotOffered
from hub.serving.replies import awaited, said
from hub.serving.standard import NONE, allowed, by_standard
from hub.serving.totals import Totals
from hub.serving.view import Asked, IndicatorView, Sort, view_of
from schemas.catalogue import catalogue
from schemas.codes import AREA, TOTAL, Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.joint import Cut

_CUT = re.compile(r"^[a-z_]{1,40}:[A-Za-z0-9_+.-]{1,40}(,[a-z_]{1,40}:[A-Za-z0-9_+.-]{1,40})*$")


class IndicatorUnknown(NotOffered):
    """The catalogue has no indicator with this id."""

    def __init__(self) -> None:
        """Name those that it has."""
        super().__init__(
            Text(
                "De catalogus heeft deze indicator niet; kies een indicator uit het overzicht.",
                "The catalogue has no such indicator; see the list of indicators for the ids.",
            ),
            sorted(catalogue()),
        )


class IndicatorAbsent(NotOffered):
    """No region released this indicator, period or set of regions to this reader."""


class ComparisonHeld(IndicatorAbsent):
    """Regions may still reply to what was asked for; readers outside the network see it from `visible_from` (UTC)."""

    def __init__(self, visible_from: str, allowed: Iterable[str] = ()) -> None:
        """Take the time, and the values that there are besides."""
        moment = f"{visible_from[:10]} {visible_from[11:16]} UTC"
        super().__init__(
            Text(
                "De regio’s kunnen nog op deze cijfers reageren; anderen dan het netwerk zien ze vanaf "
                f"{moment}, of zodra elke regio heeft gereageerd.",
                "The regions may still reply to these figures; others than the network see them from "
                f"{moment}, or as soon as every region has replied.",
            ),
            allowed,
        )
        self.visible_from = visible_from


class RegionAbsent(NotOffered):
    """The region that others are to be laid beside is not in this comparison."""


class CutUnknown(NotOffered):
    """The indicator is not cut this way."""


def parse_cut(text: str) -> dict[str, str]:
    """Read a cut such as `sex:f,age_band:18-44`; an empty text is the total. Raises CutUnknown."""
    if not text:
        return {}
    if not _CUT.match(text):
        raise CutUnknown(
            Text(
                "De groep is niet geschreven als dimensie:waarde, bijvoorbeeld by=sex:f; meer komen achter een komma.",
                "The cut is not written as dimension:node, for instance by=sex:f; several go after a comma.",
            )
        )
    return dict(part.split(":", 1) for part in text.split(","))


def indicator_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    period: str | None = None,
    region_set: str | None = None,
    by: Mapping[str, str] | None = None,
    known_on: str | None = None,
    beside: str | None = None,
    sort: Sort = "name",
    standardise: str | None = None,
) -> IndicatorView:
    """Return the comparison a reader asked for.

    Without period it is the newest that has begun, without set the one with most regions.
    `known_on` (UTC text, see `serving.moment`) asks for the state as known then; `beside` is the code of a region that
    the others are laid beside, `standardise` the name of a standard population. Raises IndicatorUnknown,
    IndicatorAbsent, CutUnknown, RegionAbsent or StandardRefused.
    """
    held = figures_held(connection, reader, now, indicator, period, region_set, known_on)
    cut = dict(by or {})
    check_cut(indicator, held, cut)
    if beside is not None and beside not in {one.region for one in held}:
        raise RegionAbsent(
            Text(
                "De regio om andere naast te leggen heeft hier geen cijfers; kies een regio die ze heeft.",
                "The region to lay others beside has no figures here; choose the code of one that has.",
            ),
            [one.region for one in held],
        )
    stored = stored_of(held)
    moment = known_on or utc_text(now)
    definition, first = catalogue()[indicator], held[0]
    here = first.payload if isinstance(first, AcceptedIndicator) else first
    place = (definition, here.period, here.region_set)

    def totals_of(some: Cut) -> Totals:
        return Totals(connection, reader, *place, some, held, known_on)

    totals = totals_of(tuple(sorted(cut.items())))
    try:
        compared = compare(definition, stored, cut, withdrawn_of(held), totals)
        weighted = None
        if standardise not in (None, NONE):
            weighted = by_standard(compared, stored, str(standardise), totals_of)
            compared = weighted.comparison
        since = totals.since if compared.withheld == "being_proven" else None
        there = [one.region for one in held]
        place_ = (here.period, here.region_set)
        dark = last_known(connection, reader, definition, place_, cut, there, moment, known_on)
        told = said(connection, reader, indicator, *place_, known_on)
        asked = Asked(beside, sort, weighted, allowed(definition, stored, cut), dark, told)
        return view_of(compared, held, reader, moment, since, together(compared, stored), asked)
    except NothingToCompare as error:
        raise IndicatorAbsent(_by_other_versions(definition, held)) from error


def _by_other_versions(definition: IndicatorDefinition, held: Sequence[Latest]) -> Text:
    """Say by which versions regions did count what no region counted by the one that is compared."""
    found = sorted({one.payload.version for one in held if isinstance(one, AcceptedIndicator)} - {definition.version})
    named = ", ".join(map(str, found))
    does, doet = (f"; figures here are by version {named}", f", wel volgens versie {named}") if found else ("", "")
    return Text(
        f"Geen regio heeft hier cijfers volgens versie {definition.version} van de definitie, die van nu{doet}; wacht,"
        " of kies een andere periode.",
        f"No region published {definition.id} version {definition.version} here, the newest{does}; wait, or choose"
        " another period.",
    )


def check_cut(indicator: str, held: Sequence[Latest], cut: Mapping[str, str]) -> None:
    """Raise CutUnknown where none of the figures is cut this way."""
    known = cuts(held)
    for dimension, node in cut.items():
        if node not in known.get(dimension, ()):
            raise CutUnknown(
                Text(
                    "Deze indicator heeft geen cijfers voor deze groep; laat de groep weg voor het totaal.",
                    f"{indicator} has no figures for this node of {dimension}; leave it out for the total.",
                ),
                [f"{name}:{one}" for name, nodes in known.items() for one in nodes],
            )


def figures_held(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    period: str | None,
    region_set: str | None,
    known_on: str | None = None,
) -> tuple[Latest, ...]:
    """Return the figures for a choice with its gaps filled in; raises IndicatorUnknown or IndicatorAbsent."""
    if indicator not in catalogue():
        raise IndicatorUnknown
    if period is not None and region_set is not None:
        held = latest(connection, reader, indicator, period, region_set, known_on)
        if held:
            return held
    offer = offered(connection, reader, now, indicator, region_set, known_on, period)
    wanted = period or offer.periods[0]
    held = latest(connection, reader, indicator, wanted, offer.region_set, known_on)
    if not held:
        _check_not_held(connection, reader, indicator, wanted, region_set, known_on, offer.periods)
        then, toen = ("", "") if known_on is None else (f" by {known_on[:10]}", f" op {known_on[:10]}")
        raise IndicatorAbsent(
            Text(
                f"Geen regio had{toen} cijfers van deze periode gedeeld; kies uit {_said(offer.periods)}.",
                f"No region released {indicator} for this period{then}; choose one of {_said(offer.periods)}.",
            ),
            offer.periods,
        )
    return held


def offered(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    region_set: str | None,
    known_on: str | None = None,
    period: str | None = None,
) -> Offer:
    """Return the best offer of an indicator; raises ComparisonHeld or another IndicatorAbsent."""
    try:
        return best_offer(kept_offers(connection, reader, now, known_on, indicator), indicator, region_set, known_on)
    except IndicatorAbsent as absent:
        _check_not_held(connection, reader, indicator, period, region_set, known_on, absent.allowed)
        raise


def _check_not_held(
    connection: Connection,
    reader: Audience,
    indicator: str,
    period: str | None,
    region_set: str | None,
    known_on: str | None,
    others: Iterable[str],
) -> None:
    waits = awaited(connection, reader, indicator, period, region_set, known_on)
    if waits and reader != "network":
        raise ComparisonHeld(max(one.visible_from for one in waits), others)


def best_offer(found: Sequence[Offer], indicator: str, region_set: str | None, known_on: str | None = None) -> Offer:
    """Return the offer in the set asked for, else in the set where most regions have it; raises IndicatorAbsent."""
    fitting = [one for one in found if one.indicator == indicator and region_set in (None, one.region_set)]
    if not fitting and found and region_set is not None:
        there = sorted({one.region_set for one in found if one.indicator == indicator})
        if there:
            raise IndicatorAbsent(
                Text(
                    f"Geen regio van deze indeling deelde deze indicator; wel regio’s van: {', '.join(there)}.",
                    f"No region of this set released {indicator}; regions of these did: {', '.join(there)}.",
                ),
                there,
            )
    if not fitting and known_on is not None:
        raise IndicatorAbsent(
            Text(
                f"Op {known_on[:10]} had nog geen regio deze indicator gedeeld; kies een later moment.",
                f"No region had released {indicator} by {known_on[:10]}; ask for a later moment.",
            )
        )
    if not fitting:
        raise IndicatorAbsent(
            Text(
                "Nog geen regio deelde deze indicator; kies een indicator uit het overzicht.",
                f"No region of this set released {indicator} yet; see the list of indicators.",
            )
        )
    return max(fitting, key=lambda one: (one.regions, one.region_set))


def cuts(held: Sequence[Latest]) -> dict[str, tuple[str, ...]]:
    """Return the nodes per dimension that regions can be compared by, totals and areas left out."""
    nodes: dict[str, set[str]] = {}
    for one in held:
        if isinstance(one, WithdrawnIndicator):
            continue
        for place, dimension in enumerate(one.payload.dimensions):
            if dimension != AREA:  # areas lie within one region
                nodes.setdefault(dimension, set()).update(cell.nodes[place] for cell in one.payload.cells)
    return {dimension: tuple(sorted(found - {TOTAL})) for dimension, found in nodes.items() if found - {TOTAL}}


def _said(periods: Sequence[str]) -> str:
    return ", ".join(periods)
