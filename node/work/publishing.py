"""Publish what reviewers approved: held against other regions' figures, signed, queued, and scrubbed where needed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.config import Settings
from node.release import redact
from schemas.joint import NeighbourhoodOf
from schemas.signature import SigningKey


@dataclass(frozen=True, slots=True)
class Published:
    """How many events were signed; `is_scrubbed` False where another process keeps destroyed words in a log."""

    events: int
    is_scrubbed: bool


def publish(
    engine: Engine,
    settings: Settings,
    bundle_id: str,
    key: SigningKey,
    neighbourhood: NeighbourhoodOf,
    author: str,
    clock: Callable[[], datetime],
) -> Published:
    """Sign an approved bundle onto the region's chain and put it into the outbox; raises as `flow` does."""
    checked = AuditEntry(author, "bundle.checked", bundle_id, clock())
    flow.check_neighbours(engine, bundle_id, settings, neighbourhood, checked)
    with writing(engine) as connection:
        entry = AuditEntry(author, "bundle.published", bundle_id, clock())
        events = flow.publish(connection, bundle_id, settings.region, key, entry)
        redacts = redact.holds_redaction(connection, bundle_id)
    return Published(events, not redacts or redact.scrub(engine))
