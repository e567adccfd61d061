"""What was loaded before: for every source its loads with the hash of their content and their profile."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import duckdb
import msgspec

from .profile import Profile

LOAD_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS source_load (
  source VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL, content VARCHAR NOT NULL, mapping_sha256 VARCHAR NOT NULL,
  instrument VARCHAR, profile VARCHAR NOT NULL);
"""


@dataclass(frozen=True)
class Load:
    """One load of a source: when, the keyed hash of its rows, of its mapping, and its profile."""

    loaded_at: datetime
    content: str
    mapping_sha256: str
    instrument: str | None
    profile: Profile

    def is_repeated_by(self, other: "Load") -> bool:
        """Tell whether another load brought the same rows under the same mapping."""
        return (self.content, self.mapping_sha256) == (other.content, other.mapping_sha256)


def last_load(connection: duckdb.DuckDBPyConnection, source: str) -> Load | None:
    """Return the last load of a source that changed anything, None before its first."""
    row = connection.execute(
        """SELECT loaded_at, content, mapping_sha256, instrument, profile FROM source_load WHERE source = ?
        ORDER BY loaded_at DESC LIMIT 1""",
        [source],
    ).fetchone()
    if row is None:
        return None
    profile = msgspec.json.decode(row[4], type=Profile)
    return Load(row[0].replace(tzinfo=UTC), row[1], row[2], row[3], profile)


def keep_load(connection: duckdb.DuckDBPyConnection, source: str, load: Load) -> None:
    """Remember a load, in the caller's transaction."""
    connection.execute(
        "INSERT INTO source_load VALUES (?, ?, ?, ?, ?, ?)",
        [
            source, load.loaded_at.astimezone(UTC).replace(tzinfo=None), load.content, load.mapping_sha256,
            load.instrument, msgspec.json.encode(load.profile).decode(),
        ],
    )  # fmt: skip
