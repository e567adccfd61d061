"""What an event says: indicator figures and lessons. Defined here, so they may travel; JSON Schemas come from here."""

from typing import Literal

import msgspec

from .codes import Language
from .values import TypedValue

IndicatorKind = Literal["count", "proportion", "rate", "mean", "cost_per_person", "percentage"]


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure: a node per dimension of its payload (`total` sums a dimension), and its typed value."""

    nodes: tuple[str, ...]
    value: TypedValue


class Computed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="computed"):
    """Origin of figures that a region counted from its own records."""

    sources: tuple[str, ...]  # kinds of source, e.g. ("gp", "insurer"); never file names
    protection: str  # the attackers withstood, e.g. "plain, status, contributor; width 3"
    audit: str  # SHA-256 over the published rows that were audited


class TakenOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="taken_over"):
    """Origin of figures that were public already: taken over, not protected here."""

    owner: str
    table: str
    url: str
    licence: str
    retrieved_on: str
    file_sha256: str


class IndicatorPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of one indicator, one period, one region.

    `cells[i].nodes` follows `dimensions`; numerators are in the definition's smallest unit (persons, events, cents,
    hundredths of a score), denominators in persons, records or person-days as the definition says.
    """

    indicator: str
    version: int
    definition_hash: str
    period: str
    region_set: str
    division_year: int
    indicator_kind: IndicatorKind
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    origin: Computed | TakenOver


class LessonPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson: context, what stood in the way or helped, what was done, what followed, what the region advises."""

    lesson: str  # stable id within the region
    language: Language
    title: str
    context: str
    barrier_or_opportunity: str
    action: str
    consequence: str
    advice: str
    author_role: str
    themes: tuple[str, ...]
    steps: tuple[int, ...]  # population-management steps 1-6
    helix_voices: tuple[Literal["government", "practice", "knowledge", "citizens"], ...]
    indicators: tuple[str, ...]  # indicator ids this lesson points to
    licence: str


Payload = IndicatorPublished | LessonPublished
