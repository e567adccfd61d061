"""Totals as readers are shown them: judged first, kept with what they were made of, and given again as they were.

A total belongs to an audience, a cut and a vintage: what stood of which region at the moment that was asked for.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from connectors.database import writing
from hub import tables
from hub.audit import utc_text
from hub.comparison import Reference, Withheld
from hub.comparison.compare import referred
from hub.disclosure import judge
from hub.serving.figures import Latest, readable
from hub.serving.published import scope, seen, sets
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.joint import Cut, Total

_log = logging.getLogger(__name__)
_REASONS: Final[dict[str, Withheld]] = {reason: reason for reason in get_args(Withheld)}


@dataclass(frozen=True, slots=True)
class Totals:
    """Says of one comparison's total whether, and as what, its reader may see it (`hub.comparison.Permit`)."""

    connection: Connection
    reader: Audience
    now: datetime
    definition: IndicatorDefinition
    period: str
    region_set: str
    cut: Cut
    held: Sequence[Latest]
    known_on: str | None

    def __call__(self, reference: Reference) -> Reference | Withheld:
        """Return the total as it was shown of this vintage before, else this one; or why none is shown."""
        kept = self._kept()
        if kept is not None and kept.numerator is None:
            return "made_of_destroyed_figure"
        events = {one.region: one.event_id for one in self.held}
        parts = tuple((region, events[region]) for region in reference.parts)
        if kept is not None:
            parts = self._parts(kept.id)
            named = tuple(region for region, _ in parts)
            again = referred(self.definition, kept.numerator, kept.denominator, kept.out_of, named)
            reference = again or reference
        withheld = self._withheld(Total(self.cut, reference.numerator, reference.denominator, parts))
        if withheld is not None:
            return withheld
        if kept is None and not self._keep(reference, parts):
            return "not_proven"  # what cannot be kept cannot be held against what comes later
        return reference

    @property
    def _place(self) -> dict[str, str]:
        return {
            "indicator": self.definition.id,
            "period": self.period,
            "region_set": self.region_set,
            "cut": ",".join(f"{dimension}:{node}" for dimension, node in self.cut),
            "audience": self.reader,
            "vintage": self._vintage(),
        }

    def _vintage(self) -> str:
        """Name what stood then; that something was destroyed counts from when it was."""
        stood = []
        for one in self.held:
            notes = [
                note.event_id
                for note in one.corrections
                if note.kind != "redacted" or self.known_on is None or note.at <= self.known_on
            ]
            stood.append([one.region, one.event_id, notes])
        return sha256_hex(canonical_bytes([self.definition.hash, sorted(stood, key=str)]))

    def _kept(self) -> Row[Any] | None:
        total = tables.shown_total
        here = [total.c[name] == value for name, value in self._place.items()]
        return self.connection.execute(select(total).where(*here)).one_or_none()

    def _parts(self, number: int) -> tuple[tuple[str, str], ...]:
        part = tables.shown_total_part
        rows = self.connection.execute(
            select(part.c.region, part.c.event_id).where(part.c.total == number).order_by(part.c.region)
        )
        return tuple((row.region, row.event_id) for row in rows)

    def _withheld(self, total: Total) -> Withheld | None:
        """Return why a total may not be shown; what was proven from the same figures is not proven again."""
        indicator, period = self.definition.id, self.period
        here = scope(self.connection, self.reader, indicator, period)
        figures = [str(total.numerator), str(total.denominator)]
        about = sha256_hex(canonical_bytes([here, total.cut, total.parts, figures]))
        judged = tables.judged_total
        verdict = self.connection.scalar(select(judged.c.verdict).where(judged.c.about == about))
        if verdict is None:
            published = seen(self.connection, self.reader, indicator, period)
            verdict = judge(total, published, self._earlier({one.event_id for one in published}), sets(self.connection))
            self._write([(judged, {"about": about, "verdict": verdict, "judged_at": utc_text(self.now)})])
        return _REASONS.get(verdict)

    def _earlier(self, visible: set[str]) -> list[Total]:
        """Return the totals that this reader was shown and that are made of something the reader does not see now.

        Of the others every part is known, so that they tell nothing beside their parts.
        """
        total, part = tables.shown_total, tables.shown_total_part
        rows = self.connection.execute(
            select(total.c.id, total.c.cut, total.c.numerator, total.c.denominator, part.c.region, part.c.event_id)
            .join(part, part.c.total == total.c.id)
            .where(
                total.c.indicator == self.definition.id,
                total.c.period == self.period,
                total.c.audience.in_(readable(self.reader)),
                total.c.numerator.is_not(None),
            )
            .order_by(total.c.id, part.c.region)
        )
        parts: dict[int, list[tuple[str, str]]] = {}
        figures: dict[int, Any] = {}
        for row in rows:
            figures[row.id] = row
            parts.setdefault(row.id, []).append((row.region, row.event_id))
        return [
            Total(cut_of(row.cut), row.numerator, row.denominator, tuple(parts[number]))
            for number, row in figures.items()
            if any(event_id not in visible for _, event_id in parts[number])
        ]

    def _keep(self, reference: Reference, parts: Sequence[tuple[str, str]]) -> bool:
        accepted = {one.event_id: one.accepted_at for one in self.held}
        values = self._place | {
            "numerator": reference.numerator,
            "denominator": reference.denominator,
            "regions": reference.regions,
            "out_of": reference.out_of,
            "accepted_at": max(accepted[event_id] for _, event_id in parts),
            "shown_at": utc_text(self.now),
        }
        return self._write([(tables.shown_total, values)], parts)

    def _write(self, rows: Sequence[tuple[Any, dict[str, Any]]], parts: Sequence[tuple[str, str]] = ()) -> bool:
        """Keep rows in a transaction of their own, and tell whether they are kept; another may have been quicker."""
        try:
            with writing(self.connection.engine) as connection:
                for table, values in rows:
                    (number,) = connection.execute(insert(table).values(values)).inserted_primary_key or (None,)
                    for region, event_id in parts:
                        part = {"total": number, "event_id": event_id, "region": region}
                        connection.execute(insert(tables.shown_total_part).values(part))
        except IntegrityError:
            return True
        except OperationalError:
            _log.warning("What was proven of a total was not kept; the database is busy.")
            return False
        return True


def cut_of(text: str) -> Cut:
    """Read a cut as it is kept; empty is the total."""
    pairs = (part.split(":", 1) for part in text.split(",") if part)
    return tuple(sorted((dimension, node) for dimension, node in pairs))
