"""Count what is asked for a release: the indicators, whose records they are, and what and who was not counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from node.config import Settings
from node.indicators import approved
from node.indicators.compute import outside
from node.indicators.figures import ComputedIndicator
from node.indicators.requirements import unfed
from node.records.store import records_path
from node.release import memory
from node.release.alternatives import Alternative, alternatives
from node.release.cuts import AS_DEFINED, Cut
from node.release.disclosure import DisclosurePolicy
from node.release.disclosure.rounding import Random

from .counting import CountingPlace, measured, open_records, owners


@dataclass(frozen=True, slots=True)
class Counted:
    """Indicators over one period, the organisations whose records were counted, and sentences for the reviewers."""

    computed: tuple[ComputedIndicator, ...] = ()
    owners: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def counted(
    engine: Engine,
    settings: Settings,
    place_of: CountingPlace,
    period: str,
    names: Sequence[str],
    has_more: bool = False,
    cut: Cut = AS_DEFINED,
) -> Counted:
    """Count the named indicators, or all that are permitted; nothing where the bundle holds only other things.

    Raises NoRecords and what `counting.measured` raises.
    """
    if has_more and not names and not records_path(settings.home).is_file():
        return Counted()
    with open_records(settings.home) as records:
        with engine.connect() as connection:
            if has_more and not names and not approved.computable(connection):
                return Counted()
            with place_of(records) as place:
                found = measured(connection, records, place, names, period, settings, cut=cut)
                notes = (*found.notes, *unfed(place, found.computed), *outside(place, settings.areas))
        return Counted(found.computed, owners(records, found.computed), notes)


def tried(
    engine: Engine,
    settings: Settings,
    place_of: CountingPlace,
    period: str,
    names: Sequence[str],
    random: Random,
    tell: Callable[[str], None] = lambda said: None,
) -> tuple[tuple[ComputedIndicator, ...], tuple[Alternative, ...]]:
    """Count indicators, and try each coarser way to release them through the whole audit; nothing is kept.

    `tell` is told how far it is. Raises as `counting.measured` does.
    """
    with engine.connect() as connection, open_records(settings.home) as records:
        tell("counting ...")
        with place_of(records) as place:
            computed = measured(connection, records, place, names, period, settings, to_release=False).computed
        found = []
        for one in alternatives(computed, memory.earlier(connection), DisclosurePolicy(), random):
            tell(f"tried: {one.words.en}")
            found.append(one)
        return computed, tuple(found)
