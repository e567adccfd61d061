"""Prove what the hub shows: that no figure which a region hid can be narrowed by it. Pure functions, no database."""

from .audit import Audit, Finding, NotProven, audit
from .outputs import Verdict, judge

__all__ = ["Audit", "Finding", "NotProven", "Verdict", "audit", "judge"]
