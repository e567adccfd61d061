"""Compare regions on one indicator: estimates, intervals, standing. Pure functions without a database."""

from .compare import ComparedRegion, Reference, RegionComparison, StoredIndicator, WithdrawnRegion, compare
from .intervals import CONFIDENCE_95, CONFIDENCE_998, Interval, byar, exact_poisson, poisson, wilson
from .standing import Favour, Standing, favour, standing

__all__ = [
    "CONFIDENCE_95",
    "CONFIDENCE_998",
    "ComparedRegion",
    "Favour",
    "Interval",
    "Reference",
    "RegionComparison",
    "Standing",
    "StoredIndicator",
    "WithdrawnRegion",
    "byar",
    "compare",
    "exact_poisson",
    "favour",
    "poisson",
    "standing",
    "wilson",
]
