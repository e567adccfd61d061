"""The first versions of figures and lessons, as published: their schemas stay. They are read as the present ones."""

from typing import Literal

import msgspec

from .codes import Language
from .payloads import Cell, Computed, IndicatorKind, TakenOver


class IndicatorPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of one indicator, one period, one region, without what is known of their quality."""

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


class IndicatorCorrected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New figures in the place of an earlier event's; the earlier event stays, and stays readable as known then."""

    corrects: str
    reason: str
    figures: IndicatorPublished


class LessonPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson, without what it is about."""

    lesson: str
    language: Language
    title: str
    context: str
    barrier_or_opportunity: str
    action: str
    consequence: str
    advice: str
    author_role: str
    themes: tuple[str, ...]
    steps: tuple[int, ...]
    helix_voices: tuple[Literal["government", "practice", "knowledge", "citizens"], ...]
    indicators: tuple[str, ...]
    licence: str


class LessonRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson's new wording in the place of an earlier event's."""

    revises: str
    reason: str
    lesson: LessonPublished
