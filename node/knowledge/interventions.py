"""Interventions as a region records them: for whom, since when, with what goal, and by which indicators it is judged.

Step 4 of population management: a portfolio from prevention to palliative care, with the enabling measures it needs.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import intervention as intervention_table
from schemas.catalogue import catalogue
from schemas.definition import Text
from schemas.refused import Refused

from .written import WrittenUnreadable, read_written

Stage = Literal["prevention", "early_detection", "treatment", "rehabilitation", "long_term_care", "palliative_care"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


class InterventionUnreadable(Refused, ValueError):
    """An intervention's file that is not YAML, lacks a field, or contradicts itself."""


class InterventionUnknown(Refused, LookupError):
    """An intervention that this node does not know."""


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which indicator should reach which value (as the indicator is shown), and by which day."""

    indicator: str
    value: Decimal
    by: date


class Intervention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One intervention; no name of a person belongs in it. `end` is the first day without it.

    `stage` None: an enabling measure (of organisation, finance or information), for all stages. `areas` empty: all.
    """

    id: str
    title: Text
    description: Text
    population: str
    segment: str
    start: date
    goal: Goal
    outcomes: tuple[str, ...]
    stage: Stage | None = None
    end: date | None = None
    areas: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """Return every indicator that it is judged by, the goal's first."""
        return tuple(dict.fromkeys((self.goal.indicator, *self.outcomes)))

    def runs_on(self, day: date) -> bool:
        """Tell whether it has begun and has not ended."""
        return self.start <= day and (self.end is None or day < self.end)


def read_intervention(file: Path) -> Intervention:
    """Read one intervention from YAML; raises InterventionUnreadable naming the file, the field and the remedy."""
    try:
        found = read_written(file, Intervention, "docs/steps.md")
    except WrittenUnreadable as error:
        raise InterventionUnreadable(str(error)) from error
    check(found, str(file))
    return found


def check(found: Intervention, where: str) -> None:
    """Raise InterventionUnreadable where an intervention contradicts itself or cannot be judged; `where` it stands."""
    for wrong in _wrong(found):
        raise InterventionUnreadable(f"{where}: {wrong}")


def _wrong(found: Intervention) -> list[str]:
    known = catalogue()
    sentences = [
        f"'{one}' is no indicator of the catalogue; write the id of one, see docs/indicators.md."
        for one in found.measures
        if one not in known
    ]
    if not found.id.replace("-", "").isalnum() or found.id != found.id.lower() or len(found.id) > 64:
        sentences.append("field `id`: write lower-case letters, digits and hyphens, at most 64.")
    if found.end is not None and found.end <= found.start:
        sentences.append("field `end`: the first day without the intervention lies after `start`; correct one of them.")
    if found.goal.by <= found.start:
        sentences.append("field `goal.by`: a goal is for a day after `start`; correct one of them.")
    if not found.goal.value.is_finite():
        sentences.append("field `goal.value`: this is no number; write one such as 90 or 12.5.")
    return sentences


def keep(connection: Connection, found: Intervention, entry: AuditEntry) -> bool:
    """Keep an intervention in place of what was recorded under its id; return whether there was something."""
    removed = connection.execute(delete(intervention_table).where(intervention_table.c.id == found.id)).rowcount
    connection.execute(
        insert(intervention_table).values(
            id=found.id,
            body=msgspec.json.encode(found).decode(),
            author=entry.actor,
            written_at=timestamp(entry.at),
        )
    )
    record(connection, entry)
    return bool(removed)


def remove(connection: Connection, intervention_id: str, entry: AuditEntry) -> None:
    """Forget an intervention that was recorded by mistake; raises InterventionUnknown."""
    gone = delete(intervention_table).where(intervention_table.c.id == intervention_id)
    if connection.execute(gone).rowcount == 0:
        raise InterventionUnknown(
            f"There is no intervention '{intervention_id}' here; `python -m node intervention list` names them."
        )
    record(connection, entry)


def find(connection: Connection, intervention_id: str) -> Intervention:
    """Return one intervention; raises InterventionUnknown."""
    for found in interventions(connection):
        if found.id == intervention_id:
            return found
    raise InterventionUnknown(
        f"There is no intervention '{intervention_id}' here; `python -m node intervention list` names them."
    )


def interventions(connection: Connection) -> tuple[Intervention, ...]:
    """Return every intervention: by stage from prevention to palliative care, enabling ones last, then by start."""
    bodies = connection.execute(select(intervention_table.c.body)).scalars()
    found = [msgspec.json.decode(body, type=Intervention) for body in bodies]
    return tuple(sorted(found, key=lambda one: (_place(one.stage), one.start, one.id)))


def _place(stage: Stage | None) -> int:
    return len(STAGES) if stage is None else STAGES.index(stage)
