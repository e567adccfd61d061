"""A region's programme for one reader: phases, milestones, who takes part, selection, goals, interventions, actions.

Everything is what the region itself wrote in its items and this reader may see (`hub.serving.items`), put in order by
days and nothing else: no score, and no judgement of what is there. Phases, prerequisites and the three changes are the
Plot model's (organise, finance, monitor differently; each phase its own governance), levels the Rainbow model's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.audit import utc_text
from hub.intake.ledger import not_listed
from hub.serving.assessments import assessment_page
from hub.serving.evaluations import AcceptedEvaluation, evaluation_page
from hub.serving.invented import is_invented
from hub.serving.items import AcceptedItem, live_items
from schemas.about import Change
from schemas.codes import PROGRAMME_NOUNS, Audience, first_day, last_day
from schemas.items import VOICES
from schemas.text import Text

MilestoneStanding = Literal["reached", "reached_late", "due", "late", "missed", "dropped"]
CHANGES: Final[tuple[Change, ...]] = get_args(Change)
_NOUNS: Final = (*PROGRAMME_NOUNS, "question")
_ALL: Final = 1_000_000  # evaluations or rounds on one page


class Milestone(msgspec.Struct, frozen=True):
    """A milestone and how it stands today: what is open past its day is `late`."""

    item: AcceptedItem
    standing: MilestoneStanding


class PhaseView(msgspec.Struct, frozen=True):
    """A phase as the region wrote it (governance, prerequisites, plan, community), with its milestones by day."""

    item: AcceptedItem
    milestones: tuple[Milestone, ...]


class ChangeStands(msgspec.Struct, frozen=True):
    """How far one change is: `state` None where the region says nothing of it; `phase` is the event that says it."""

    change: Change
    state: str | None
    note: str
    phase: str | None


class Composition(msgspec.Struct, frozen=True):
    """Who takes part: how many organisations stand in each helix first, and as well (`also`); shown, not judged.

    An organisation in several helices is a hybrid and counted in each of them, so the counts may exceed `members`.
    """

    item: AcceptedItem
    members: int
    hybrids: int
    first: dict[str, int]
    also: dict[str, int]


class EvaluationTold(msgspec.Struct, frozen=True):
    """What an evaluation found, in short; `level` says of whom: those who took part, or the whole population."""

    event_id: str
    intervention: str
    level: Literal["intervention", "population"]
    title: Text
    indicator: str
    outcome: str
    reading: Text
    began: str
    until: str
    evidence_changed: bool


class Intervention(msgspec.Struct, frozen=True):
    """An intervention and its evaluations, those of who took part apart from those of the population."""

    item: AcceptedItem
    at_intervention: tuple[EvaluationTold, ...]
    at_population: tuple[EvaluationTold, ...]


class Action(msgspec.Struct, frozen=True):
    """An action, and whether it is open past its day."""

    item: AcceptedItem
    is_overdue: bool


class Round(msgspec.Struct, frozen=True):
    """A round of an assessment: when, and by which questionnaire."""

    event_id: str
    accepted_at: str
    title: Text
    period: str


class Programme(msgspec.Struct, frozen=True):
    """One region's programme, for one reader, as it stands on `as_known_on`.

    `present` are the phase or phases that began and did not end. `other_milestones` name no phase that is here,
    `other_evaluations` no intervention. `newest` is when the newest of all this was accepted. A region whose code
    begins with an X is invented: `is_example`.
    """

    region: str
    name: str
    region_set: str
    is_example: bool
    audience: Audience
    as_known_on: str
    present: tuple[PhaseView, ...]
    earlier: tuple[PhaseView, ...]
    coming: tuple[PhaseView, ...]
    other_milestones: tuple[Milestone, ...]
    changes: tuple[ChangeStands, ...]
    composition: Composition | None
    selections: tuple[AcceptedItem, ...]
    goals: tuple[AcceptedItem, ...]
    interventions: tuple[Intervention, ...]
    other_evaluations: tuple[EvaluationTold, ...]
    reflections: tuple[AcceptedItem, ...]
    actions: tuple[Action, ...]
    questions: tuple[AcceptedItem, ...]
    rounds: tuple[Round, ...]
    newest: str | None

    @property
    def is_empty(self) -> bool:
        """Tell whether the region wrote nothing of its programme that this reader may see."""
        said = (self.present, self.earlier, self.coming, self.other_milestones, self.selections, self.goals)
        return not any(said) and not (self.interventions or self.actions or self.composition or self.reflections)


def programme(connection: Connection, reader: Audience, now: datetime, code: str) -> Programme:
    """Return one region's programme; raises RegionNotListed."""
    found = programmes(connection, reader, now, code)
    if not found:
        raise not_listed(connection)
    return found[0]


def programmes(
    connection: Connection, reader: Audience, now: datetime, region: str | None = None
) -> tuple[Programme, ...]:
    """Return the programme of every enrolled region, or of one, by name."""
    table = tables.region.c
    wanted = select(table.code, table.name, table.region_set).where(table.enrolled_at.is_not(None))
    rows = connection.execute(wanted if region is None else wanted.where(table.code == region)).all()
    held: dict[str, dict[str, list[AcceptedItem]]] = defaultdict(lambda: defaultdict(list))
    for one in live_items(connection, reader, _NOUNS, region):
        held[one.region][one.noun].append(one)
    told: dict[str, list[AcceptedEvaluation]] = defaultdict(list)
    for done in evaluation_page(connection, reader, size=_ALL, filters={"region": region}).evaluations:
        told[done.region].append(done)
    rounds: dict[str, list[Round]] = defaultdict(list)
    for asked in assessment_page(connection, reader, size=_ALL, filters={"region": region}).assessments:
        said = asked.payload
        rounds[asked.region].append(Round(asked.event_id, asked.accepted_at, said.title, said.period))
    head = (reader, utc_text(now))
    return tuple(
        _programme((row.code, row.name, row.region_set), head, held[row.code], told[row.code], rounds[row.code])
        for row in sorted(rows, key=lambda row: (row.name, row.code))
    )


def _programme(
    place: tuple[str, str, str],
    head: tuple[Audience, str],
    held: dict[str, list[AcceptedItem]],
    told: Sequence[AcceptedEvaluation],
    rounds: Sequence[Round],
) -> Programme:
    today = date.fromisoformat(head[1][:10])
    phases, others = _phases(held["phase"], held["milestone"], today)
    present = tuple(one for one in phases if _is_present(one.item.payload, today))
    begun = tuple(one for one in phases if _began(one.item.payload) <= today)
    interventions, rest = _interventions(held["intervention"], told)
    known = [one.accepted_at for items in held.values() for one in items] + [one.told_at for one in told]
    known += [one.accepted_at for one in rounds]
    return Programme(
        *place,
        is_invented(place[0]),
        *head,
        present=present,
        earlier=tuple(one for one in begun if one not in present),
        coming=tuple(one for one in phases if one not in begun),
        other_milestones=others,
        changes=_changes([*present, *reversed(begun)]),
        composition=_composition(held["composition"]),
        selections=tuple(sorted(held["selection"], key=lambda one: (str(first_day(one.payload.held_on)), one.entry))),
        goals=tuple(sorted(held["goal"], key=lambda one: (one.payload.level, one.payload.indicator, one.entry))),
        interventions=interventions,
        other_evaluations=rest,
        reflections=tuple(sorted(held["reflection"], key=lambda one: (one.payload.held_on, one.entry))),
        actions=_actions(held["action"], today),
        questions=tuple(one for one in held["question"] if one.payload.state == "open"),
        rounds=tuple(sorted(rounds, key=lambda one: (str(first_day(one.period)), one.event_id))),
        newest=max(known, default=None),
    )


def _began(phase: Any) -> date:
    """Return a phase's first day; the last day there is where it has not begun."""
    return date.max if phase.began is None else first_day(phase.began) or date.max


def _is_present(phase: Any, today: date) -> bool:
    return _began(phase) <= today and (phase.ended is None or (last_day(phase.ended) or date.max) >= today)


def _phases(
    phases: Iterable[AcceptedItem], milestones: Iterable[AcceptedItem], today: date
) -> tuple[list[PhaseView], tuple[Milestone, ...]]:
    """Return the phases in order of their first days, and the milestones of none of them."""
    of_phase: dict[str, list[Milestone]] = defaultdict(list)
    for one in sorted(milestones, key=lambda one: (one.payload.due, one.entry)):
        of_phase[one.payload.phase].append(Milestone(one, _stands(one.payload, today)))
    ordered = sorted(phases, key=lambda one: (_began(one.payload), one.published_at, one.entry))
    views = [PhaseView(one, tuple(of_phase.pop(one.payload.item, ()))) for one in ordered]
    return views, tuple(one for left in of_phase.values() for one in left)


def _stands(milestone: Any, today: date) -> MilestoneStanding:
    due = date.fromisoformat(milestone.due)
    if milestone.state == "open":
        return "late" if due < today else "due"
    if milestone.state == "reached":
        on = milestone.reached_on
        return "reached_late" if on is not None and date.fromisoformat(on) > due else "reached"
    found: MilestoneStanding = milestone.state
    return found


def _changes(phases: Sequence[PhaseView]) -> tuple[ChangeStands, ...]:
    """Return the three changes, each as the first of these phases that speaks of it says."""
    found: dict[str, ChangeStands] = {}
    for one in phases:
        for said in one.item.payload.changes:
            found.setdefault(said.change, ChangeStands(said.change, said.state, said.note, one.item.event_id))
    return tuple(found.get(name, ChangeStands(name, None, "", None)) for name in CHANGES)


def _composition(held: Sequence[AcceptedItem]) -> Composition | None:
    if not held:
        return None
    newest = max(held, key=lambda one: (one.payload.as_of, one.accepted_at, one.event_id))
    members = newest.payload.members
    first = Counter(one.helix for one in members)
    also = Counter(helix for one in members for helix in dict.fromkeys(one.also) if helix != one.helix)
    return Composition(
        newest,
        len(members),
        sum(bool(set(one.also) - {one.helix}) for one in members),
        {name: first[name] for name in VOICES},
        {name: also[name] for name in VOICES},
    )


def _interventions(
    held: Iterable[AcceptedItem], told: Sequence[AcceptedEvaluation]
) -> tuple[tuple[Intervention, ...], tuple[EvaluationTold, ...]]:
    """Return the interventions by first day with their evaluations, and the evaluations of none of them."""
    short = [_short(one) for one in told]
    ordered = sorted(held, key=lambda one: (str(first_day(one.payload.starts_on)), one.entry))
    names = {one.payload.item for one in ordered}
    found = []
    for one in ordered:
        own = [done for done in short if done.intervention == one.payload.item]
        at = {level: tuple(done for done in own if done.level == level) for level in ("intervention", "population")}
        found.append(Intervention(one, at["intervention"], at["population"]))
    return tuple(found), tuple(one for one in short if one.intervention not in names)


def _short(one: AcceptedEvaluation) -> EvaluationTold:
    said = one.payload
    return EvaluationTold(
        one.event_id, said.intervention, said.level, said.title, said.indicator, one.outcome, said.reading,
        min(said.before, default=said.start), max(said.after, default=said.start), one.evidence_changed,
    )  # fmt: skip


def _actions(held: Iterable[AcceptedItem], today: date) -> tuple[Action, ...]:
    ordered = sorted(held, key=lambda one: (one.payload.due, one.entry))
    return tuple(
        Action(one, one.payload.state == "open" and date.fromisoformat(one.payload.due) < today) for one in ordered
    )
