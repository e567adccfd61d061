"""What several publications tell together of figures that one of them hid: a model of sums, without a solver.

Every figure of one indicator and period is a variable. What was published bounds it; sums over dimensions,
part + rest = whole, the nation as the sum of a set of regions, and totals that were shown are equations between them.
Whoever solves a part of it learns how far a hidden figure can still move (docs/disclosure.md).
"""

from .build import joint, place
from .finding import Finding, Neighbourhood, NeighbourhoodOf, NeighbourhoodPage, Reopened, in_pairs, narrowest, taken
from .model import WIDTH, Cut, Hidden, Joint, Key, Publication, Row, Total
from .split import Part, split

__all__ = [
    "WIDTH",
    "Cut",
    "Finding",
    "Hidden",
    "Joint",
    "Key",
    "Neighbourhood",
    "NeighbourhoodOf",
    "NeighbourhoodPage",
    "Part",
    "Publication",
    "Reopened",
    "Row",
    "Total",
    "in_pairs",
    "joint",
    "narrowest",
    "place",
    "split",
    "taken",
]
