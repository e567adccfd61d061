"""Revise: hold what is to be released against what stands, and let out what is new or changed and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, select

from node.indicators.figures import PROVISIONAL, WholeTable
from node.tables import event, item
from schemas.assessment import AssessmentPublished, AssessmentRevised
from schemas.citation import CitationPublished
from schemas.codes import Audience
from schemas.evaluation import EvaluationRevised
from schemas.item_kinds import revision
from schemas.items import Item
from schemas.payloads import (
    Cell,
    Computed,
    Content,
    IndicatorCorrected,
    IndicatorPublished,
    LessonPublished,
    LessonRevised,
    ReplyRevised,
    TakenOver,
)
from schemas.values import TypedValue, Withdrawn

from .beside import beside
from .disclosure.audit import ORGANISATION
from .event_kind import Revision
from .ground import GroundedEvaluation
from .notice import Notice
from .panel import PanelAssessment
from .pending import words
from .protect import ProtectedIndicator
from .refusal import ReleaseRefused
from .scan import ScannedLesson
from .standing import StandingItem, of_indicators, same_place, shown, standing
from .states import Step, ends
from .subject import name_of, opaque, title_of
from .withdraw import notice


class ReasonMissing(ReleaseRefused):
    """Something released before that comes with other figures or words, and nobody said why."""


class NothingChanged(ReleaseRefused):
    """A release of nothing but what stands already."""


class CorrectionWaits(ReleaseRefused):
    """A release in which nothing is left but corrections that tell of fewer than ten persons: they wait."""


class ScoresChanged(ReleaseRefused):
    """An assessment whose panel has other scores than readers know: the difference would tell of a respondent."""


class CitationStands(ReleaseRefused):
    """A citation in other words than those that readers see, which are to be taken back first."""


class StandingChanged(ReleaseRefused):
    """A bundle that replaces or takes back an event which, since the bundle was frozen, no longer stands."""


Fresh = (
    ProtectedIndicator | ScannedLesson | GroundedEvaluation | PanelAssessment
)  # what a release may bring, new or changed


@dataclass(frozen=True, slots=True)
class RevisedItem:
    """Figures or words to take the place of an own event that stands; only revise makes one.

    `before` is what readers see until then.
    """

    new: Fresh
    payload: Revision = field(repr=False)
    before: Content = field(repr=False)


Releasable = Fresh | RevisedItem | Notice


@dataclass(frozen=True, slots=True)
class RevisedRelease:
    """What is to be frozen, and what was left out because it stands as it is.

    `unreleased` tells of bundles under review that hold figures beside which a correction waits.
    """

    items: tuple[Releasable, ...]
    new: int
    corrected: int
    withdrawn: int
    unchanged: int
    unreleased: tuple[str, ...] = ()

    @property
    def summary(self) -> tuple[str, ...]:
        """Return sentences for reviewers: the counts unless all is new, and which bundles what waits waits for."""
        if len(self.items) == self.new and not self.unchanged:
            return self.unreleased
        return (
            f"Against what stands: {self.new} new, {self.corrected} corrected, {self.withdrawn} withdrawn, "
            f"{self.unchanged} unchanged and left out.",
            *self.unreleased,
        )


def revise(
    connection: Connection,
    items: Sequence[Fresh],
    *,
    audience: Audience,
    subject_key: bytes,
    reason: str = "",
    whole: WholeTable | None = None,
    waiting: Sequence[str] = (),
) -> RevisedRelease:
    """Return what is new, what takes the place of an own event, and (with `whole`) what is withdrawn.

    Unchanged means the same values at the same places for the same audience; where a table came from and when it was
    fetched is no change. An area that stood in a taken-over table and is missing now becomes a `withdrawn` cell.
    Figures in which a correction waits, and of which nothing is new, are left out even where they were withdrawn; where
    they stand, a notice tells readers that one waits, unless they know.
    Raises ReasonMissing where something changed or vanished and no reason is given, and where nothing is left
    CorrectionWaits with the first of `waiting`, or NothingChanged.
    """
    subjects = [opaque(subject_key, name_of(one.payload)) for one in items]
    stands = standing(connection, subjects)
    kept: list[Releasable] = []
    same: list[tuple[ProtectedIndicator, StandingItem]] = []
    corrected = 0
    for one, subject in zip(items, subjects, strict=True):
        before = stands.get(subject)
        if before is None:
            if not (isinstance(one, ProtectedIndicator) and one.facts.held):
                kept.append(one)
        elif (correction := _correction(one, before, audience, reason)) is not None:
            kept.append(correction)
            corrected += 1
        elif isinstance(one, ProtectedIndicator):
            same.append((one, before))
    gone = [] if whole is None else _gone(connection, whole, set(subjects), reason)
    told = words(connection, same)
    unreleased = _unreleased(connection, zip(items, subjects, strict=True), stands)
    if waiting and not kept and not gone and not told:
        more = f" So it is in {len(waiting) - 1} more." if len(waiting) > 1 else ""
        raise CorrectionWaits(" ".join([f"{waiting[0]}{more}", *unreleased]))
    if items and not kept and not gone and not told:
        raise NothingChanged(
            "The item stands already as it is; nothing needs a new signature."
            if len(items) == 1
            else f"All {len(items)} items stand already as they are; nothing needs a new signature."
        )
    new = len(kept) - corrected
    if (corrected or gone) and not reason.strip():
        raise ReasonMissing(
            f"{corrected} items stand already with other figures or words and {len(gone)} are gone from the source, "
            f"the first is {_first(kept, gone)}; say why with --reason."
        )
    return RevisedRelease((*kept, *gone, *told), new, corrected, len(gone), len(items) - len(kept), unreleased)


def check_current(connection: Connection, replaced: dict[str, str], withdrawn: dict[str, str]) -> None:
    """Check that events about to be replaced or taken back (subject to event id) are still what readers see.

    Raises StandingChanged: another bundle may have been quicker between freezing and signing.
    """
    stands = standing(connection, replaced)
    now = {subject: stands[subject].event_id if subject in stands else None for subject in replaced}
    now |= {subject: shown(connection, subject) for subject in withdrawn}
    for subject, event_id in (replaced | withdrawn).items():
        if now[subject] != event_id:
            raise StandingChanged(
                f"Event {event_id[:16]} was replaced or withdrawn after this bundle was frozen; "
                "reject the bundle or leave it, and prepare it again."
            )


def places(figures: IndicatorPublished) -> dict[tuple[str, ...], TypedValue]:
    """Return the figures that there are, by their nodes: cells that were taken back are not among them."""
    return {cell.nodes: cell.value for cell in figures.cells if not isinstance(cell.value, Withdrawn)}


def _correction(one: Fresh, before: StandingItem, audience: Audience, reason: str) -> RevisedItem | None:
    if not isinstance(one, ProtectedIndicator):
        if one.payload == before.content and audience == before.audience:
            return None
        if isinstance(one, GroundedEvaluation):
            return RevisedItem(one, EvaluationRevised(before.event_id, reason, one.payload), before.content)
        if isinstance(one, PanelAssessment):
            _check_scores(one.payload, before)
            return RevisedItem(one, AssessmentRevised(before.event_id, reason, one.payload), before.content)
        if isinstance(one.payload, CitationPublished):
            raise CitationStands(
                f"Readers see citation '{one.payload.citation}' with other words (event {before.event_id[:16]}); take "
                f"it back with `python -m node cite withdraw {one.payload.citation}`, then write it anew."
            )
        if isinstance(one.payload, Item):
            return RevisedItem(one, revision(before.event_id, reason, one.payload), before.content)
        words, place = one.payload, (before.event_id, reason)
        made = LessonRevised(*place, words) if isinstance(words, LessonPublished) else ReplyRevised(*place, words)
        return RevisedItem(one, made, before.content)
    stood = before.content
    if not isinstance(stood, IndicatorPublished):  # two kinds of things never share a subject's name
        raise StandingChanged(f"Event {before.event_id[:16]} is no indicator; restore the store from backup.")
    if _frame(one.payload) == _frame(stood) and places(one.payload) == places(stood) and audience == before.audience:
        return None
    figures = _with_withdrawn(one.payload, stood)
    return RevisedItem(one, IndicatorCorrected(before.event_id, reason, figures), stood)


def _check_scores(payload: AssessmentPublished, before: StandingItem) -> None:
    stood = before.content
    if not isinstance(stood, AssessmentPublished) or stood.lenses != payload.lenses:
        raise ScoresChanged(
            f"Round '{payload.assessment}' was released with other scores (event {before.event_id[:16]}) and a closed "
            "round does not change; restore the store from backup, or withdraw that event."
        )


def _with_withdrawn(figures: IndicatorPublished, stood: IndicatorPublished) -> IndicatorPublished:
    """Say of every place that a public table once had and has no more that its figure was taken back."""
    if not isinstance(figures.origin, TakenOver) or figures.dimensions != stood.dimensions:
        return figures
    here = {cell.nodes for cell in figures.cells}
    back = tuple(Cell(cell.nodes, Withdrawn()) for cell in stood.cells if cell.nodes not in here)
    return msgspec.structs.replace(figures, cells=(*figures.cells, *back))


def _frame(figures: IndicatorPublished) -> tuple[IndicatorPublished, bool]:
    """Return all but the cells and what is no change of figures: the audit's hash, the day and hash of a file.

    Neither is that the audit now withstands organisations too: figures that stand need no correction for that. Another
    share linked or covered is none either; whether they are partial is, since readers judge by it.
    """
    origin = figures.origin
    plain = (
        msgspec.structs.replace(origin, audit="", protection=origin.protection.replace(f", {ORGANISATION}", ""))
        if isinstance(origin, Computed)
        else msgspec.structs.replace(origin, retrieved_on="", file_sha256="")
    )
    is_partial = figures.quality is not None and figures.quality.is_partial
    return msgspec.structs.replace(figures, cells=(), origin=plain, quality=None), is_partial


def _gone(connection: Connection, whole: WholeTable, present: set[str], reason: str) -> list[Notice]:
    stand = of_indicators(connection, whole.indicators)
    return [
        notice(one, reason)
        for one in sorted(stand, key=lambda one: one.sequence)
        if one.subject not in present and _is_of(one, whole)
    ]


def _is_of(one: StandingItem, whole: WholeTable) -> bool:
    origin = one.content.origin if isinstance(one.content, IndicatorPublished) else None
    return isinstance(origin, TakenOver) and (
        (origin.owner, origin.table.removesuffix(PROVISIONAL)) == (whole.owner, whole.table)
    )


def _unreleased(
    connection: Connection,
    items: Iterable[tuple[Fresh, str]],
    stands: Mapping[str, StandingItem],
) -> tuple[str, ...]:
    """Say which bundles, not released yet, hold the figures beside which a correction waits, and how to be rid of them.

    No reader ever saw these figures, so that nothing can be worked out once such a bundle is rejected.
    """
    wait = {
        subject
        for one, subject in items
        if subject not in stands and isinstance(one, ProtectedIndicator) and one.facts.waits
    }
    if not wait:
        return ()
    wait -= set(connection.scalars(select(item.c.subject).join(event, same_place()).where(item.c.subject.in_(wait))))
    found = (one for one in beside(connection) if one.subject in wait and ends(one.state, Step.REJECT))
    return tuple(
        f"Bundle {name} holds figures beside which it waits and is not released yet; where the new ones are to take "
        f"their place, reject it first (`python -m node review reject {name} --key FILE --reason TEXT`)."
        for name in dict.fromkeys(one.bundle_id for one in found)
    )


def _first(kept: Sequence[Releasable], gone: Sequence[Notice]) -> str:
    for one in kept:
        if isinstance(one, RevisedItem):
            return title_of(one.before)
    return gone[0].title
