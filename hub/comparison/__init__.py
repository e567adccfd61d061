"""Compare regions on one indicator: estimates, intervals, standing. Pure functions without a database."""

from .compare import RegionComparison, compare, reference_of
from .intervals import CONFIDENCE_95, CONFIDENCE_998, Interval, byar, exact_poisson, poisson, wilson
from .reference import Permit, Reference, Withheld
from .rows import ComparedRegion
from .standing import Favour, Standing, favour, standing
from .stored import StoredIndicator, WithdrawnRegion

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
    "reference_of",
    "standing",
    "wilson",
]
