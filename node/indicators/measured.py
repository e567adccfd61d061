"""Several indicators at once: those that fit a plan together, each of the others by its own statement."""

from collections.abc import Sequence

import duckdb

from node.records.store import organisations_not_recorded
from schemas.definition import IndicatorDefinition

from .compute import attributed, compute
from .figures import ComputedIndicator
from .fused import compute_fused
from .fusible import is_fusible
from .state import Kept
from .warehouse import OnDuckDB


def compute_all(
    connection: duckdb.DuckDBPyConnection,
    definitions: Sequence[IndicatorDefinition],
    periods: Sequence[str],
    areas: tuple[str, ...],
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators over periods from the linked store, period by period, in the order given.

    A store opened for writing keeps what was found per person for the next time. The figures are the same whichever
    way they were counted. Raises NothingToCount, PeriodUnknown and AreaTwice.
    """
    places = [place for place, one in enumerate(definitions) if is_fusible(one)]
    together = [definitions[place] for place in places]
    if len(together) > 1:
        state = Kept(connection)
        counted = compute_fused(OnDuckDB(connection), together, periods, areas, state)
        decided = organisations_not_recorded(connection)
        done = iter(attributed(connection, one, areas, state.paid(one), decided) for one in counted)
        found = {(period, place): next(done) for period in periods for place in places}
    else:
        found = {}
    return tuple(
        found.get((period, place)) or compute(connection, one, period, areas)
        for period in periods
        for place, one in enumerate(definitions)
    )
