"""Look at a load that is under way: its profile, what cannot be right, and what moved since the last one."""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from connectors.sources.mapping import SourceMapping
from schemas.codes import Language
from schemas.definition import Text

from .drift import drift
from .finding import SEVERITIES, Finding
from .ingest import Ingested
from .load_history import Load, last_load
from .profile import profiled
from .sanity import findings


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

    def against(self, lang: Language) -> str:
        """Return in one sentence how this extract stands to what is loaded now."""
        if self.unchanged_since is not None:
            said = Text(
                "Ongewijzigd sinds {day:%Y-%m-%d}: dezelfde rijen onder dezelfde mapping.",
                "Unchanged since {day:%Y-%m-%d}: the same rows under the same mapping.",
            )
        elif self.before is not None:
            said = Text(
                "Komt in de plaats van wat op {day:%Y-%m-%d} is geladen.",
                "Takes the place of what was loaded on {day:%Y-%m-%d}.",
            )
        else:
            said = Text("Nog niet eerder geladen.", "Not loaded before.")
        return said.told(lang).format(day=self.before.loaded_at if self.before else None)

    def lines(self, lang: Language) -> tuple[str, ...]:
        """Return what a load's report says of it."""
        serious = sum(one.severity == "serious" for one in self.findings)
        number, is_one = len(self.findings), len(self.findings) == 1
        found = Text(
            f"{number} {'bevinding' if is_one else 'bevindingen'}, waarvan {serious} ernstig; `source check` noemt ze.",
            f"{number} {'finding' if is_one else 'findings'}, {serious} of them serious; `source check` says what they"
            " are.",
        )
        under = Text(f"Gelezen met instrument {self.load.instrument}.", f"Read by instrument {self.load.instrument}.")
        return (
            self.against(lang),
            *(() if self.load.instrument is None else (under.told(lang),)),
            *((found.told(lang),) if self.findings else ()),
        )


def look(
    connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, ingested: Ingested, content: str, now: datetime,
    today: date,
) -> Look:  # fmt: skip
    """Count and compare the rows of a load after they were linked, in the caller's transaction."""
    profile = profiled(connection, ingested)
    load = Load(now, content, mapping.sha256, mapping.instrument, profile)
    before = last_load(connection, mapping.id)
    found = findings(connection, ingested, profile, today, mapping.legal.organisations_not_recorded is not None)
    if before is not None:
        found += drift(before.profile, profile)
    order = tuple(SEVERITIES)
    return Look(load, before, tuple(sorted(found, key=lambda one: order.index(one.severity))))
