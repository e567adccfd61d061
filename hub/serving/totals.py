"""Totals as readers are shown them: only those that were proven and kept before anybody asked (`hub.serving.prove`).

A total belongs to an audience, a cut and a vintage: what stood of which region at the moment that was asked for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from sqlalchemy import Connection, Row, select

from hub import tables
from hub.comparison import Reference, Withheld
from hub.comparison.compare import referred
from hub.serving.figures import Latest
from hub.serving.published import newest, scope
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.joint import Cut

_REASONS: Final[dict[str, Withheld]] = {reason: reason for reason in get_args(Withheld)}


@dataclass(frozen=True, slots=True)
class Totals:
    """Says of one comparison's total whether, and as what, its reader may see it (`hub.comparison.Permit`).

    It proves nothing and keeps nothing: what is not proven yet is withheld, with since when.
    """

    connection: Connection
    reader: Audience
    definition: IndicatorDefinition
    period: str
    region_set: str
    cut: Cut
    held: Sequence[Latest]
    known_on: str | None

    def __call__(self, reference: Reference) -> Reference | Withheld:
        """Return the total that was kept of this vintage, or why none is shown."""
        found = self.found()
        if found is None:
            is_late = self.known_on is not None and self.since < self._audited_at()
            return "not_kept" if is_late else "being_proven"
        return found if isinstance(found, str) else self._referred(found) or reference

    def reference(self) -> Reference | Withheld | None:
        """Return the total that was kept, or why none is shown; None where the figures as they stand give none."""
        found = self.found()
        return found if found is None or isinstance(found, str) else self._referred(found)

    def found(self) -> Row[Any] | Withheld | None:
        """Return the row of the total kept of this vintage, or why none is shown; None: it is proven and none is."""
        kept = self._kept()
        if kept is not None and kept.numerator is None:
            return "made_of_destroyed_figure"
        proof = self._proof()
        if proof is None or proof.scope != scope(self.connection, self.reader, self.definition.id, self.period):
            return "being_proven"
        if proof.verdict in _REASONS:
            return _REASONS[proof.verdict]
        if cut_text(self.cut) in json.loads(proof.told_cuts):
            return "would_narrow_hidden_figure"
        return kept

    def _referred(self, kept: Row[Any]) -> Reference | None:
        return referred(self.definition, kept.numerator, kept.denominator, kept.out_of, self._parts(kept.id))

    def _audited_at(self) -> str:
        proof = self._proof()
        return "" if proof is None else str(proof.audited_at)

    @property
    def since(self) -> str:
        """When the newest of what its reader sees here was accepted: since then it is, or waits to be, proven."""
        told = [note.at for one in self.held for note in one.corrections]
        if self.known_on is not None:
            return max([*told, *(one.accepted_at for one in self.held)])
        return max([*told, newest(self.connection, self.reader, self.definition.id, self.period)])

    def _kept(self) -> Row[Any] | None:
        total = tables.shown_total
        place = {
            "indicator": self.definition.id,
            "period": self.period,
            "region_set": self.region_set,
            "cut": cut_text(self.cut),
            "audience": self.reader,
            "vintage": vintage_of(self.definition, self.held, self.known_on),
        }
        here = [total.c[name] == value for name, value in place.items()]
        return self.connection.execute(select(total).where(*here)).one_or_none()

    def _proof(self) -> Row[Any] | None:
        done = tables.joint_audit
        here = (done.c.indicator == self.definition.id, done.c.period == self.period, done.c.audience == self.reader)
        return self.connection.execute(select(done).where(*here)).one_or_none()

    def _parts(self, number: int) -> tuple[str, ...]:
        part = tables.shown_total_part
        return tuple(
            self.connection.scalars(select(part.c.region).where(part.c.total == number).order_by(part.c.region))
        )


def vintage_of(definition: IndicatorDefinition, held: Sequence[Latest], known_on: str | None) -> str:
    """Name what stood at a moment, None for now; that something was destroyed counts from when it was."""
    stood = []
    for one in held:
        notes = [
            note.event_id
            for note in one.corrections
            if note.kind != "redacted" or known_on is None or note.at <= known_on
        ]
        stood.append([one.region, one.event_id, notes])
    return sha256_hex(canonical_bytes([definition.hash, sorted(stood, key=str)]))


def cut_text(cut: Cut) -> str:
    """Write a cut as readers ask for it, in order; empty is the total."""
    return ",".join(f"{dimension}:{node}" for dimension, node in cut)


def cut_of(text: str) -> Cut:
    """Read a cut as it is kept; empty is the total."""
    pairs = (part.split(":", 1) for part in text.split(",") if part)
    return tuple(sorted((dimension, node) for dimension, node in pairs))
