"""Words on their way out: frozen for review, as the commands and the desk's pages do alike."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.config import Settings
from node.knowledge import items
from node.release.candidate import FrozenBundle
from node.release.subject import Words
from node.release.words.deidentifier import Deidentifier
from schemas.codes import Audience
from schemas.items import Item

Clock = Callable[[], datetime]


def keep_items(engine: Engine, found: Sequence[Item], author: str, clock: Clock) -> None:
    """Keep items as drafts, each in the place of an earlier one of its noun and name; raises ItemUnreadable."""
    for one in found:
        items.check_item(one, f"{one.noun} '{one.item}'")
    with writing(engine) as connection:
        for one in found:
            items.keep(connection, one, AuditEntry(author, "item.written", f"{one.noun}:{one.item}", clock()))


def freeze(
    engine: Engine,
    settings: Settings,
    words: Sequence[Words],
    name: str,
    *,
    audience: Audience,
    subject_key: bytes,
    reason: str,
    author: str,
    clock: Clock,
    finder: Deidentifier | None,
) -> FrozenBundle:
    """Scan words and freeze them for review under a name for the audit; raises as `flow.release` does."""
    if finder is not None:
        finder.start()  # takes longer than others should wait for the store
    with writing(engine) as connection:
        return flow.release(
            connection, settings, (), (), words,
            audience=audience, subject_key=subject_key, reason=reason, deidentifier=finder,
            entry=AuditEntry(author, "bundle.prepared", name, clock()),
        )  # fmt: skip
