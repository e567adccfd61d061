"""Prove what the hub shows: that no figure which a region hid can be narrowed by it. Pure functions, no database."""

from .audit import Audit, audit
from .budget import Budget, BudgetSpent, NotProven
from .outputs import SHOWN, Verdict, adds_nothing, exact_figures, judge, together

__all__ = [
    "SHOWN",
    "Audit",
    "Budget",
    "BudgetSpent",
    "NotProven",
    "Verdict",
    "adds_nothing",
    "audit",
    "exact_figures",
    "judge",
    "together",
]
