"""Which rows of a comparison can be set beside others in a further calculation, and why the rest cannot."""

from hub.comparison.known import Known, known
from hub.serving.view import IndicatorView, RegionRow
from schemas.catalogue import catalogue


def figures_of(view: IndicatorView) -> dict[str, Known]:
    """Return by region what its figure is or can be; without those that are no figures or cover too few."""
    definition = catalogue()[view.indicator]
    found = {row.region: known(definition, row.value) for row in view.rows if why_left_out(row) is None}
    return {region: one for region, one in found.items() if one is not None}


def why_left_out(row: RegionRow) -> str | None:
    """Return in a comparison's code why a row takes no part: another kind of figure, too few covered, none there."""
    if not row.is_comparable or row.why_not in ("withdrawn", "partial", "cell_missing"):
        return row.why_not
    return None
