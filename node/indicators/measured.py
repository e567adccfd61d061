"""Several indicators at once: those that fit a plan together, each of the others by its own statement."""

from collections.abc import Sequence

from schemas.definition import IndicatorDefinition

from .compute import attributed, compute
from .figures import ComputedIndicator
from .fused import compute_fused
from .fusible import is_fusible
from .state import Kept
from .warehouse import OnPostgreSQL, Place, at, decided


def compute_all(
    place: Place,
    definitions: Sequence[IndicatorDefinition],
    periods: Sequence[str],
    areas: tuple[str, ...],
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators over periods from the linked store or a warehouse, period by period, in the order given.

    A store opened for writing keeps what was found per person for the next time. The figures are the same whichever
    way they were counted. Raises NothingToCount, PeriodUnknown and AreaTwice.
    """
    fusible = [number for number, one in enumerate(definitions) if is_fusible(one)]
    together = [definitions[number] for number in fusible]
    if len(together) > 1:
        state = None if isinstance(place, OnPostgreSQL) else Kept(place)
        counted = compute_fused(at(place), together, periods, areas, state)
        reasons = decided(place)
        done = iter(attributed(place, one, areas, state.paid(one) if state else None, reasons) for one in counted)
        found = {(period, number): next(done) for period in periods for number in fusible}
    else:
        found = {}
    return tuple(
        found.get((period, number)) or compute(place, one, period, areas)
        for period in periods
        for number, one in enumerate(definitions)
    )
