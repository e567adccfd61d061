"""The first version of figures, as it was published: its schema stays what it was. They are read as the present one."""

import msgspec

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
