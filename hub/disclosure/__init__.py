"""Prove what the hub shows: that no figure which a region hid can be narrowed by it. Pure functions, no database."""

from .audit import Audit, NotProven, audit
from .outputs import Verdict, judge, together

__all__ = ["Audit", "NotProven", "Verdict", "audit", "judge", "together"]
