"""Disclosure control for additive tables: hide what must be hidden, and prove that it stays hidden."""

from .audit import AuditReport, Finding, audit
from .model import FigureRevised, ReleaseModel, TableTooLarge, build
from .organisations import Organisations
from .policy import DisclosurePolicy, PolicyTooLax
from .ranges import plain_ranges
from .relations import Dimension, Group
from .settle import Rounding, Settled, settle, together
from .statistic import CellKey, Earlier, Statistic, SubsetLink, Vintage, coarsen
from .suppress import CannotProtect, Status, Suppression, suppress

__all__ = [
    "AuditReport",
    "CannotProtect",
    "CellKey",
    "Dimension",
    "DisclosurePolicy",
    "Earlier",
    "FigureRevised",
    "Finding",
    "Group",
    "Organisations",
    "PolicyTooLax",
    "ReleaseModel",
    "Rounding",
    "Settled",
    "Statistic",
    "Status",
    "SubsetLink",
    "Suppression",
    "TableTooLarge",
    "Vintage",
    "audit",
    "build",
    "coarsen",
    "plain_ranges",
    "settle",
    "suppress",
    "together",
]
