"""Keep an item and freeze it for review: what every command that writes an item ends with."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from node.bootstrap import Node, now
from node.release.candidate import FrozenBundle
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem, standing
from node.release.subject import name_of, opaque
from node.release.words import deidentifier
from node.work import writing as work
from schemas.codes import Audience, Language
from schemas.items import Item

from . import changes, desk, inspection, options


class AudienceNotSaid(ReleaseRefused):
    """An item that nobody sees yet, and of which nobody said who may read it."""


def keep_and_freeze(
    home: Path, found: Sequence[Item], author: str, audience: Audience | None, reason: str, lang: Language
) -> None:
    """Keep items, scan their words and freeze all for review; without an audience, for whom the first is.

    Raises ItemUnreadable where no hub would take it, AudienceNotSaid, and what `flow.release` raises.
    """
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        with node.engine.connect() as connection:
            readers = audience or _readers(connection, node, found[0])
        work.keep_items(node.engine, found, author, now)
        bundle = work.freeze(
            node.engine, node.settings, found, ", ".join(f"{one.noun}:{one.item}" for one in found),
            audience=readers, subject_key=node.secret("subject"), reason=reason, author=author, clock=now,
            finder=finder,
        )  # fmt: skip
        say_frozen(node, bundle, lang)


def say_frozen(node: Node, bundle: FrozenBundle, lang: Language) -> None:
    """Show a bundle that was just frozen: what would leave, what changes for readers, and what the desk found."""
    inspection.show(bundle)
    with node.engine.connect() as connection:
        changes.say_changes(connection, bundle)
        desk.say_findings(connection, bundle, lang)


def seen(connection: Connection, node: Node, found: Item) -> StandingItem | None:
    """Return what readers see of an item, None where they see nothing."""
    subject = opaque(node.secret("subject"), name_of(found))
    return standing(connection, [subject]).get(subject)


def _readers(connection: Connection, node: Node, found: Item) -> Audience:
    there = seen(connection, node, found)
    if there is None:
        raise AudienceNotSaid(
            f"No reader sees {found.noun} '{found.item}' yet; say who may read it with --audience partners, network or "
            "public."
        )
    return there.audience
