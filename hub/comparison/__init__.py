"""Compare regions on one indicator: estimates, intervals, standing. Pure functions without a database."""

from .compare import (
    ComparedRegion,
    Permit,
    Reference,
    RegionComparison,
    StoredIndicator,
    WithdrawnRegion,
    Withheld,
    compare,
)
from .intervals import CONFIDENCE_95, CONFIDENCE_998, Interval, byar, exact_poisson, poisson, wilson
from .standing import Favour, Standing, favour, standing

__all__ = [
    "CONFIDENCE_95",
    "CONFIDENCE_998",
    "ComparedRegion",
    "Favour",
    "Interval",
    "Permit",
    "Reference",
    "RegionComparison",
    "Standing",
    "StoredIndicator",
    "WithdrawnRegion",
    "Withheld",
    "byar",
    "compare",
    "exact_poisson",
    "favour",
    "poisson",
    "standing",
    "wilson",
]
