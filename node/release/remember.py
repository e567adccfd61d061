"""Remember: work out from a released payload what disclosure control must go on counting as known."""

from collections.abc import Iterator

import numpy as np

from node.indicators.figures import Axis, ComputedIndicator
from schemas.catalogue import by_hash
from schemas.codes import TOTAL
from schemas.definition import IndicatorDefinition, denominator_key, numerator_key
from schemas.payloads import Cell, IndicatorPublished, TakenOver
from schemas.values import Exact, Rounded, Suppressed, TypedValue

from .cube import placed, statistic_keys
from .disclosure import CellKey
from .refusal import ReleaseRefused


class DefinitionGone(ReleaseRefused):
    """Figures by a definition that this version's catalogue does not have."""


def remember(payload: IndicatorPublished) -> dict[CellKey, int | None]:
    """Return what protect remembered when it made this payload: published figures, None for each hidden one.

    Raises DefinitionGone.
    """
    definition = by_hash(payload.indicator, payload.definition_hash)
    if definition is None:
        raise DefinitionGone(
            f"Indicator {payload.indicator} was released by another definition than this version has; use the version "
            "that released it."
        )
    key = numerator_key(definition)
    if isinstance(payload.origin, TakenOver):
        exact = (cell for cell in payload.cells if key is not None and isinstance(cell.value, Exact))
        return {CellKey(key or "", payload.period, cell.nodes): _numerator(cell.value) for cell in exact}
    return dict(_computed(payload, definition))


def _computed(payload: IndicatorPublished, definition: IndicatorDefinition) -> Iterator[tuple[CellKey, int | None]]:
    shape = _shape(payload, definition)
    part, whole = statistic_keys(shape)
    for cell in payload.cells:
        nodes = placed(shape, cell.nodes)
        yield CellKey(part, payload.period, nodes), _numerator(cell.value)
        if whole is not None:
            yield CellKey(whole, payload.period, nodes), _denominator(cell.value)


def _shape(payload: IndicatorPublished, definition: IndicatorDefinition) -> ComputedIndicator:
    """Return the payload's axes as the computation had them; its counts are not looked at."""
    axes = tuple(Axis(name, _leaves(payload.cells, place)) for place, name in enumerate(payload.dimensions))
    none = np.zeros(tuple(len(axis.leaves) for axis in axes), dtype=np.int64)
    whole = None if denominator_key(definition) is None else none
    return ComputedIndicator(definition, payload.period, axes, none, none, whole, whole)


def _leaves(cells: tuple[Cell, ...], place: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.nodes[place] for cell in cells if cell.nodes[place] != TOTAL))


def _numerator(value: TypedValue) -> int | None:
    match value:
        case Exact(numerator=numerator):
            return numerator
        case Rounded(value=rounded):
            return int(rounded)
        case Suppressed(lo=lo, hi=hi) if lo == hi:  # a published numerator whose denominator is hidden
            return lo
    return None


def _denominator(value: TypedValue) -> int | None:
    return value.denominator if isinstance(value, Exact | Suppressed) else None
