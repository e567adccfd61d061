"""Take back words that readers see, by the name that the region gave them, and say how far a draft of them is."""

from pathlib import Path

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem
from node.release.subject import Words
from node.work import taking_back

from . import changes, inspection, options


def take_back(home: Path, natural_name: str, unseen: ReleaseRefused, reason: str, author: str) -> None:
    """Freeze for one reviewer that words are taken back, and show it; raises `unseen` where no reader sees them."""
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "withdrawal.prepared", natural_name, now())
        bundle = taking_back.take_back(connection, node.secret("subject"), natural_name, unseen, reason, entry)
        inspection.show(bundle)
        changes.say_changes(connection, bundle)


def state(draft: Words, there: StandingItem | None) -> str:
    """Say whether readers see a draft, and as it reads now."""
    if there is None:
        return "not released"
    return "released" if there.content == draft else "released with other words"
