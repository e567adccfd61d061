"""Items of a region's programme: who takes part, selection, phases, goals, interventions, reflection and action."""

from typing import ClassVar, Literal

import msgspec

from .about import Change, Phase, Scope
from .items import Day, EventId, Figure, Id, Indicator, Item, Period, Region, Voice

# A plot's prerequisites as the selection names them (Kavelmodel); the first three are the short form of the network.
PrerequisiteName = Literal[
    "urgency", "community_involvement", "governance", "health_gain", "savings", "payment_models",
]  # fmt: skip
Level = Literal["micro", "meso", "macro"]  # of the Rainbow model
Standing = Literal["informed", "consulted", "involved", "decides_along", "leads", "contested"]  # of the community
Condition = Literal["expertise", "leadership", "environment"]  # of learning: the three conditions


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An organisation that takes part, by its first helix and others that it stands in as well (a hybrid)."""

    organisation: str
    helix: Voice
    role: str
    also: tuple[Voice, ...] = ()

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.organisation} ({', '.join((self.helix, *self.also))}): {self.role}"


class Prerequisite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a prerequisite is met, and what was seen."""

    name: PrerequisiteName
    state: Literal["met", "partly", "open"]
    note: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.name}: {self.state}. {self.note}"


class Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One activity of a phase's plan."""

    what: str
    owner_role: str
    state: Literal["planned", "under_way", "done", "dropped"]
    due: Day | None = None

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.what} ({self.owner_role}, {self.state}{f', {self.due}' if self.due else ''})"


class ChangeState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the region organises, finances or monitors differently."""

    change: Change
    state: Literal["not_begun", "designed", "agreed", "in_use"]
    note: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.change}: {self.state}. {self.note}"


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the community stands at one level of the Rainbow model."""

    level: Level
    standing: Standing
    note: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.level}: {self.standing}. {self.note}"


class ConditionState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a condition of learning is there."""

    condition: Condition
    state: Literal["absent", "partly", "present"]
    note: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.condition}: {self.state}. {self.note}"


class CompositionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which organisations take part in a region's network, over the four helices."""

    noun: ClassVar[str] = "composition"
    as_of: Day
    members: tuple[Member, ...]


class SelectionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A region in a round of selection: its prerequisites, and how far it came."""

    noun: ClassVar[str] = "selection"
    held_on: Period  # a day, or a month or year where no more is known
    outcome: Literal["eligible", "assessed", "selected", "not_selected"]
    prerequisites: tuple[Prerequisite, ...]
    reason: str


class PhasePublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A phase of the programme with a governance, prerequisites and plan of its own."""

    noun: ClassVar[str] = "phase"
    phase: Phase
    governance: str
    began: Period | None = None  # a day, or a month or year where no more is known
    ended: Period | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    activities: tuple[Activity, ...] = ()
    changes: tuple[ChangeState, ...] = ()
    community: tuple[Position, ...] = ()


class MilestonePublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A milestone of a phase (the region's own name of it), when it is due and whether it was reached."""

    noun: ClassVar[str] = "milestone"
    phase: Id
    due: Day
    state: Literal["open", "reached", "missed", "dropped"]
    reached_on: Day | None = None
    note: str = ""


class GoalPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which value (as readers see it) an indicator should reach in a period, for all or by one intervention."""

    noun: ClassVar[str] = "goal"
    indicator: Indicator
    at: Literal["at_least", "at_most"]
    value: Figure
    period: Period
    level: Literal["intervention", "population"]
    why: str
    intervention: Id | None = None


class InterventionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An intervention: what is done, for whom, since when, and by which indicators it is judged.

    Without a `stage` it is an enabling measure (of organisation, finance or information) for all of them.
    """

    noun: ClassVar[str] = "intervention"
    description: str
    for_whom: str
    starts_on: Period  # a day, or a month or year where no more is known
    indicators: tuple[Indicator, ...]
    stage: (
        Literal["prevention", "early_detection", "treatment", "rehabilitation", "long_term_care", "palliative_care"]
        | None
    ) = None
    ends_on: Period | None = None


class ReflectionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A session in which a region looked back: on a theme or region-wide, who was heard, and what it led to.

    `actions` are the region's own names of the actions that it was translated into.
    """

    noun: ClassVar[str] = "reflection"
    held_on: Day
    scope: Scope
    heard: tuple[Voice, ...]
    observed: str
    outcomes: tuple[str, ...]
    theme: str = ""
    actions: tuple[Id, ...] = ()
    lessons: tuple[EventId, ...] = ()
    conditions: tuple[ConditionState, ...] = ()


class ActionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is to be done, by which role and by when; it translates a reflection, or a lesson of any region."""

    noun: ClassVar[str] = "action"
    owner_role: str
    due: Day
    state: Literal["open", "done", "dropped"]
    done_on: Day | None = None
    result: str = ""
    reflection: Id | None = None
    lesson: EventId | None = None
    lesson_region: Region | None = None
