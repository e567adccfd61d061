"""Examine what is about to be frozen: whatever can be seen to be wrong or missing without a person looking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy import Connection, select

from node.tables import reviewer as reviewer_table
from schemas.assessment import AssessmentPublished
from schemas.catalogue import catalogue
from schemas.codes import AUDIENCES, TOTAL, Audience
from schemas.definition import IndicatorDefinition
from schemas.evaluation import EvaluationPublished
from schemas.payloads import Computed, Content, IndicatorPublished, LessonPublished, TakenOver
from schemas.values import Exact, Rounded, TypedValue

from .answer import WHOLE_BUNDLE, DeskFinding
from .beside import beside
from .examine_evaluation import evaluation_findings
from .finding_kinds import KINDS, Weight
from .period_before import months_of, months_since, period_before
from .person import same_person
from .proof import Proof
from .refusal import ReleaseRefused
from .standing import StandingItem, standing
from .states import BundleState
from .subject import figures_name, opaque

_MOSTLY: Final = Fraction(1, 2)  # of the cells; from there on a table is more blank than not
_EXTREME: Final = Fraction(3, 2)  # times the period before, or that much less; this project's own, met in no source
_COVERED: Final = Fraction(1, 2)  # of the residents; below that a figure is partial
_RESIDENTS: Final = "pop.persons"
_FEWEST: Final = 50  # persons or events; fewer change by so much by chance
_USUAL_AGE: Final = {12: 24, 3: 12, 1: 6}  # months after a period of so many months; this project's own
_READ: Final = ("title", "context", "action", "consequence", "advice", "author_role", "licence")

Found = Iterator[tuple[str, str]]


class FindingsBlock(ReleaseRefused):
    """Something that has to be put right before it can be frozen."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One item as it will be frozen; `content` is None for a notice, `proof` for whatever is no indicator."""

    subject: str
    audience: Audience
    title: str
    content: Content | None = field(repr=False)
    proof: Proof | None = None


def examine(
    connection: Connection, items: Sequence[Examined], subject_key: bytes, now: datetime, owners: Sequence[str] = ()
) -> tuple[DeskFinding, ...]:
    """Return what a bundle's author has to answer and its reviewers should know, in the order of the table of kinds.

    `owners` are the organisations whose data were used. Raises FindingsBlock, with the repair, for what may not freeze.
    """
    places: dict[str, list[tuple[int, str]]] = {}
    stands = standing(connection, _subjects(items, subject_key))
    residents = _residents([*(one.content for one in items), *(one.content for one in stands.values())])
    for position, one in enumerate(items):
        for code, detail in (*_item(one, now.date()), *_against(one, stands, subject_key), *_covered(one, residents)):
            places.setdefault(code, []).append((position, detail))
        if isinstance(one.content, EvaluationPublished):
            for code, detail in evaluation_findings(connection, one.content):
                places.setdefault(code, []).append((position, detail))
    for code, position, detail in _elsewhere(connection, items):
        places.setdefault(code, []).append((position, detail))
    for owner in _unmandated(connection, owners):
        places.setdefault("owner_without_reviewer", []).append((WHOLE_BUNDLE, owner))
    found = tuple(DeskFinding(kind, tuple(places[code])) for code, kind in KINDS.items() if code in places)
    for finding in found:
        if finding.kind.weight is Weight.BLOCKS:
            position, _ = finding.places[0]
            more = f" and {len(finding.places) - 1} more" if len(finding.places) > 1 else ""
            raise FindingsBlock(f"{items[position].title}{more}: {finding.kind.what.en} {finding.kind.repair.en}")
    return found


def _subjects(items: Sequence[Examined], subject_key: bytes) -> Iterator[str]:
    for one in items:
        yield one.subject
        if isinstance(one.content, IndicatorPublished):
            yield opaque(subject_key, figures_name(_RESIDENTS, one.content.period))
            if before := _before(one.content, subject_key):
                yield before


def _before(figures: IndicatorPublished, subject_key: bytes) -> str | None:
    period = period_before(figures.period)
    return None if period is None else opaque(subject_key, figures_name(figures.indicator, period))


def _item(one: Examined, today: date) -> Found:
    match one.content:
        case IndicatorPublished() as figures:
            yield from _figures(figures, one.proof, today)
        case AssessmentPublished() as assessment:
            unsure = [lens.lens for lens in assessment.lenses if lens.provenance == "unverified"]
            if unsure:
                yield "unverified_questions", ", ".join(unsure)
        case LessonPublished() as lesson:
            blank = [name for name in _READ if not getattr(lesson, name).strip()]
            if blank:
                yield "lesson_incomplete", ", ".join(blank)
            for name in lesson.indicators:
                if name not in catalogue():
                    yield "unknown_indicator", name


def _figures(figures: IndicatorPublished, proof: Proof | None, today: date) -> Found:
    definition = catalogue().get(figures.indicator)
    match figures.origin:
        case TakenOver() as origin:
            yield from _taken_over(figures, origin, today)
        case Computed(sources=()):
            yield "no_sources", ""
    if definition is not None:
        yield from _definition(definition)
    if proof is not None and proof.hidden > proof.cells * _MOSTLY:
        yield "mostly_hidden", f"{proof.hidden}/{proof.cells}"
    for source, reason in proof.not_recorded if proof is not None else ():
        yield "organisations_not_recorded", f"{source}: {reason}"
    if proof is not None and proof.merged:
        yield "bands_merged", "; ".join(proof.merged)
    months, age = months_of(figures.period), months_since(figures.period, today)
    if months is not None and age is not None and age > _USUAL_AGE[months]:
        yield "old_figures", f"{age} mnd / months"


def _taken_over(figures: IndicatorPublished, origin: TakenOver, today: date) -> Found:
    if not (origin.owner.strip() and origin.table.strip() and origin.url.strip()):
        yield "no_owner", ""
    if not origin.licence.strip():
        yield "no_licence", ""
    fetched = _day(origin.retrieved_on)
    if fetched is None:
        yield "no_source_date", ""
    elif fetched > today + timedelta(days=1):  # the region's day may have begun before ours
        yield "source_date_ahead", origin.retrieved_on
    if figures.indicator_kind == "percentage" and any(isinstance(cell.value, Rounded) for cell in figures.cells):
        yield "no_denominator", ""
    small = sum(isinstance(cell.value, Exact) and 0 < cell.value.numerator < 10 for cell in figures.cells)
    if small:
        yield "small_counts_taken_over", f"{small}/{len(figures.cells)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _definition(definition: IndicatorDefinition) -> Found:
    if definition.measure is not None and definition.measure.count == "records":
        is_rate = definition.measure.denominator == "covered_days"
        yield ("events_counted" if is_rate else "rows_counted"), ""
    if "unverified" in definition.reference or (definition.provenance and not definition.provenance.verified):
        yield "unverified_definition", ""


def _against(one: Examined, stands: dict[str, StandingItem], subject_key: bytes) -> Found:
    last = stands.get(one.subject)
    if last is not None and AUDIENCES.index(one.audience) < AUDIENCES.index(last.audience):
        yield "wider_audience", f"{last.audience} → {one.audience}"
    if not isinstance(one.content, IndicatorPublished):
        return
    earlier = stands.get(_before(one.content, subject_key) or "")
    if earlier is None or not isinstance(earlier.content, IndicatorPublished):
        return
    then, now = _total(earlier.content), _total(one.content)
    if then is None or now is None or max(then[1], now[1]) < _FEWEST or 0 in (then[0], now[0]):
        return
    if not 1 / _EXTREME <= now[0] / then[0] <= _EXTREME:
        is_ours = isinstance(one.content.origin, Computed)
        detail = f"{earlier.content.period} → {one.content.period}: × {float(now[0] / then[0]):.2f}"
        yield ("extreme_change" if is_ours else "extreme_change_taken_over"), detail


def _residents(contents: Sequence[object]) -> dict[str, int]:
    """Return how many residents readers know of, by period: those about to be released before those that stand."""
    found: dict[str, int] = {}
    for one in contents:
        if isinstance(one, IndicatorPublished) and one.indicator == _RESIDENTS and (total := _total(one)) is not None:
            found.setdefault(one.period, total[1])
    return found


def _covered(one: Examined, residents: Mapping[str, int]) -> Found:
    """Yield a finding on figures among those who answered or were measured, where these are few (decision 38)."""
    definition = None if not isinstance(one.content, IndicatorPublished) else catalogue().get(one.content.indicator)
    if definition is None or definition.measure is None or not isinstance(one.content, IndicatorPublished):
        return
    criteria = () if definition.population is None else definition.population.criteria
    is_sample = definition.measure.denominator == "records" or any(c.record == "measurement" for c in criteria)
    whole = next((cell.value for cell in one.content.cells if set(cell.nodes) <= {TOTAL}), None)
    everyone = residents.get(one.content.period)
    counted = whole.denominator if isinstance(whole, Exact) else None
    if is_sample and everyone and counted is not None and counted < everyone * _COVERED:
        yield "partial_coverage", f"{counted}/{everyone}"


def _total(figures: IndicatorPublished) -> tuple[Fraction, int] | None:
    """Return what readers see of an indicator as a whole, and the count behind it; of one area its only row."""
    whole: TypedValue | None = next((cell.value for cell in figures.cells if set(cell.nodes) <= {TOTAL}), None)
    if whole is None and figures.dimensions == ("area",) and figures.cells:
        whole = figures.cells[0].value  # of a table taken over: the region's own row
    match whole:
        case Exact(numerator, denominator):
            return Fraction(numerator, denominator or 1), numerator
        case Rounded(value):
            return Fraction(value), _FEWEST
    return None


def _elsewhere(connection: Connection, items: Sequence[Examined]) -> Iterator[tuple[str, int, str]]:
    """Yield what other bundles that did not leave say of the same items."""
    if not items:
        return
    position_of = {one.subject: place for place, one in enumerate(items) if one.content is not None}
    seen: set[tuple[str, int, str]] = set()
    for row in beside(connection):
        place = position_of.get(row.subject)
        if place is None:
            continue
        if row.is_held:
            code = "held_before" if row.state is BundleState.REJECTED else "held_elsewhere"
        elif row.state is BundleState.REJECTED:
            continue
        else:
            code = "also_in_review"
        if (key := (code, place, row.bundle_id)) not in seen:
            seen.add(key)
            yield key


def _unmandated(connection: Connection, owners: Sequence[str]) -> Iterator[str]:
    mandates = connection.scalars(select(reviewer_table.c.organisation).where(reviewer_table.c.revoked_at.is_(None)))
    known = tuple(mandates)
    for owner in dict.fromkeys(owners):
        if not any(same_person(owner, one) for one in known):
            yield owner
