"""Published figures laid out for evaluation: what is estimated from these alone tells nothing that readers cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from node.release.standing import StandingItem
from schemas.codes import AUDIENCES, TOTAL, Audience
from schemas.definition import IndicatorDefinition
from schemas.divisions import redrawn
from schemas.payloads import IndicatorPublished
from schemas.values import Exact

from .figures_over_time import FiguresOverTime
from .refusal import EvaluationRefused


class NothingPublished(EvaluationRefused):
    """An indicator of which no figures by area, as they are defined now, stand for the periods."""


@dataclass(frozen=True, slots=True)
class Published:
    """Published figures over time; `readers` may read every one of them. Whatever is not shown exactly is NaN.

    `events` holds, by period, the event that the figures stand in.
    """

    figures: FiguresOverTime
    readers: Audience
    events: Mapping[str, str]


def published_over_time(
    items: Sequence[StandingItem], definition: IndicatorDefinition, periods: Sequence[str]
) -> Published:
    """Lay what stands of one indicator by area over periods; raises NothingPublished.

    Only exact figures with their denominator count: a hidden or rounded one takes no part, and nothing is worked out
    for it. Figures of another definition, or that cover too few, are passed over. A municipality that merged or was
    divided meanwhile is another one before: of such only figures in the newest division take part.
    """
    used: dict[str, tuple[IndicatorPublished, Audience]] = {}
    events: dict[str, str] = {}
    for item in items:
        content = item.content
        if isinstance(content, IndicatorPublished) and _fits(content, definition) and content.period in periods:
            used[content.period] = (content, item.audience)
            events[content.period] = item.event_id
    if not used:
        raise NothingPublished(
            f"No figures of {definition.id} by area, as it is defined now, stand for {periods[0]} to {periods[-1]}; "
            "publish them, or leave out --published."
        )
    cells = {period: _by_area(content) for period, (content, _) in used.items()}
    newest = max(content.division_year for content, _ in used.values())
    for period, (content, _) in used.items():
        for area in redrawn(content.division_year, newest) & cells[period].keys():
            cells[period][area] = (np.nan, np.nan)
    areas = tuple(sorted({area for found in cells.values() for area in found}))
    nothing = (np.nan, np.nan)
    laid = np.array([[cells.get(period, {}).get(area, nothing) for period in periods] for area in areas])
    readers = max((audience for _, audience in used.values()), key=AUDIENCES.index)
    figures = FiguresOverTime(definition, areas, tuple(periods), laid[:, :, 0], laid[:, :, 1])
    return Published(figures, readers, events)


def _fits(content: IndicatorPublished, definition: IndicatorDefinition) -> bool:
    is_same = (content.indicator, content.definition_hash) == (definition.id, definition.hash)
    is_partial = content.quality is not None and content.quality.is_partial
    return is_same and "area" in content.dimensions and not is_partial


def _by_area(content: IndicatorPublished) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator of each area as a whole; NaN where that is not shown exactly."""
    place = content.dimensions.index("area")
    found: dict[str, tuple[float, float]] = {}
    for cell in content.cells:
        area, others = cell.nodes[place], (*cell.nodes[:place], *cell.nodes[place + 1 :])
        if area != TOTAL and set(others) <= {TOTAL}:
            match cell.value:
                case Exact(numerator, int(denominator)):
                    found[area] = (float(numerator), float(denominator))
                case _:
                    found[area] = (np.nan, np.nan)
    return found
