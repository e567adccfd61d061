"""Assessments of readiness as a typed table."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .tables import Row, Table


@dataclass(frozen=True, slots=True)
class Assessment(Row):
    """One assessment of readiness in its latest version; `payload` is all that its region said.

    `least_integrated` names the lenses whose median may be the lowest: several where their bands touch. `readings` says
    per lens how far helices are apart and between which bounds it changed since the event `since`.
    """

    event_id: str
    region: str
    region_name: str
    published_at: str
    accepted_at: str
    least_integrated: tuple[str, ...]
    readings: tuple[Mapping[str, Any], ...]
    since: str | None
    payload: Mapping[str, Any]

    def flat(self) -> dict[str, Any]:
        """Return the assessment with the median band of each lens as columns, in points; None where none is told."""
        left = ("event_id", "region", "region_name", "published_at", "accepted_at", "since")
        row = {name: getattr(self, name) for name in left}
        row |= {name: self.payload[name] for name in ("instrument", "period", "answered", "invited")}
        for lens in self.payload["lenses"]:
            median = lens["panel"].get("median")
            for end in ("low", "high"):
                row[f"{lens['lens']}_{end}"] = None if median is None else Decimal(median[end]) / 100
        return row


@dataclass(frozen=True)
class Assessments(Table[Assessment]):
    """Assessments, newest first; `total` says how many the hub holds for this reader."""

    row_type = Assessment
    total: int
