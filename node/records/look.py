"""Look at a load that is under way: its profile, what cannot be right, and what moved since the last one."""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from connectors.sources.mapping import SourceMapping

from .drift import drift
from .finding import Finding
from .ingest import Ingested
from .load_history import Load, last_load
from .profile import profiled
from .quality import findings


@dataclass(frozen=True)
class Look:
    """What a load is like: itself, the last one that changed anything, and findings, the most serious first."""

    load: Load
    before: Load | None
    findings: tuple[Finding, ...]

    @property
    def unchanged_since(self) -> datetime | None:
        """Return when the same rows were first loaded under the same mapping, None where these are others."""
        return self.before.loaded_at if self.before is not None and self.before.is_repeated_by(self.load) else None

    def lines(self) -> tuple[str, ...]:
        """Return what a load's report says of it."""
        if self.unchanged_since is not None:
            came = f"unchanged since {self.unchanged_since:%Y-%m-%d}: the same rows under the same mapping"
        elif self.before is not None:
            came = f"takes the place of what was loaded on {self.before.loaded_at:%Y-%m-%d}"
        else:
            came = "loaded for the first time"
        serious = sum(one.severity == "serious" for one in self.findings)
        found = f"{len(self.findings)} findings, {serious} of them serious; `source check` says what they are"
        under = () if self.load.instrument is None else (f"read by instrument {self.load.instrument}",)
        return (came, *under, *((found,) if self.findings else ()))


_ORDER = ("serious", "warning", "note")


def look(
    connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, ingested: Ingested, content: str, now: datetime,
    today: date,
) -> Look:  # fmt: skip
    """Count and compare the rows of a load after they were linked, in the caller's transaction."""
    profile = profiled(connection, ingested)
    load = Load(now, content, mapping.sha256, mapping.instrument, profile)
    before = last_load(connection, mapping.id)
    found = findings(connection, ingested, profile, today)
    if before is not None:
        found += drift(before.profile, profile)
    return Look(load, before, tuple(sorted(found, key=lambda one: _ORDER.index(one.severity))))
