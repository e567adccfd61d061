"""The hub's operator in the demonstration: invites a region for the keys whose fingerprint it read out."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from connectors.database import open_engine, writing
from hub.intake.enrol import invite


def inviting(hub_home: Path, code: str, name: str, region_set: str) -> Callable[[str], str]:
    """Return what gives a region its invitation once it has read out its fingerprint."""

    def invited(fingerprint: str) -> str:
        engine = open_engine(f"sqlite:///{hub_home / 'hub.sqlite'}")
        try:
            with writing(engine) as connection:
                return invite(connection, code, name, region_set, datetime.now(UTC), fingerprint)
        finally:
            engine.dispose()

    return invited
