"""Until which day the sources behind a figure are delivered: what lies beyond is not computed, and said."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, column, select, table

from schemas.codes import Language
from schemas.definition import IndicatorDefinition, Text

from .compute import tables_of
from .period import PeriodNotOver, PeriodUnknown, looks_until, read_period
from .warehouse import Place, at


class NothingDelivered(PeriodNotOver):
    """A period of which no indicator that was asked can be computed, since sources are not delivered so far."""


@dataclass(frozen=True)
class NotDelivered:
    """An indicator that is not available over a period: `source` is complete until `until`, and `needed` is later."""

    indicator: str
    period: str
    source: str
    until: datetime.date
    needed: datetime.date

    def sentence(self, lang: Language = "en") -> str:
        """Return it in words."""
        return Text(
            f"{self.indicator} over {self.period} is niet beschikbaar: bron {self.source} is volledig tot en met"
            f" {self.until}, en nodig is {self.needed}; laad een latere levering.",
            f"{self.indicator} over {self.period} is not available: source {self.source} is complete until"
            f" {self.until}, and {self.needed} is needed; load a later delivery.",
        ).told(lang)


def delivered(
    place: Place,
    definitions: Sequence[IndicatorDefinition],
    period: str,
    until: Mapping[str, datetime.date],
) -> tuple[tuple[IndicatorDefinition, ...], tuple[NotDelivered, ...]]:
    """Part definitions into those whose sources are delivered over the whole period, and those that are not.

    `until` has the last complete day of the sources that state one; of the others nothing is known, and nothing held
    back. Needed is the period's last day, or a later one at which the definition looks.
    """
    if not until:
        return tuple(definitions), ()
    filled = _filled(place, definitions)
    sound: list[IndicatorDefinition] = []
    lacking: list[NotDelivered] = []
    for one in definitions:
        needed = _needed(one, period)
        short = [
            (until[source], source)
            for source in sorted(set().union(*(filled[name] for name in tables_of(one))) & set(until))
            if needed is not None and until[source] < needed
        ]
        if short and needed is not None:
            day, source = min(short)
            lacking.append(NotDelivered(one.id, period, source, day, needed))
        else:
            sound.append(one)
    return tuple(sound), tuple(lacking)


def require_some(found: Sequence[IndicatorDefinition], lacking: Sequence[NotDelivered]) -> None:
    """Raise NothingDelivered where sources hold back all that was asked."""
    if lacking and not found:
        more = f" So it is with {len(lacking) - 1} more." if len(lacking) > 1 else ""
        raise NothingDelivered(lacking[0].sentence() + more)


def _needed(definition: IndicatorDefinition, period: str) -> datetime.date | None:
    try:
        days = read_period(period)
    except PeriodUnknown:  # `compile` refuses it
        return None
    last = days.end - datetime.timedelta(days=1)
    return max(last, looks_until(definition, days) or last)


def _filled(place: Place, definitions: Sequence[IndicatorDefinition]) -> dict[str, set[str]]:
    source = column("source", String)
    return {
        name: {row[0] for row in at(place).read(select(source).select_from(table(name)).distinct()) if row[0]}
        for name in sorted({name for one in definitions for name in tables_of(one)})
    }
