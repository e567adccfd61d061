"""Commands for items of knowledge and of the programme: write one, list them, take one back."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from sqlalchemy import Connection

from node.bootstrap import now
from node.knowledge import items
from node.release.refusal import ReleaseRefused
from node.release.standing import standing
from node.release.subject import Words, item_name, name_of, opaque
from schemas.codes import NOUNS, Audience, Language
from schemas.item_kinds import KINDS
from schemas.items import Item
from schemas.learning import STATE_WORDS, action_state
from schemas.programme_items import ActionPublished

from . import deciding, options, taking_back
from .freezing import keep_and_freeze

_noun = click.argument("noun", type=click.Choice(NOUNS))
_name = click.argument("name")


class ItemNotReleased(ReleaseRefused):
    """An item that nobody can see, so that there is nothing to take back."""


@click.group("item")
def item_group() -> None:
    """Methods, instruments, trainings, questions and answers; phases, milestones, goals, reflections and actions."""


@item_group.command("write")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.author
@options.lesson_audience
@options.reason
@options.lang
@options.home
def write(files: Sequence[Path], author: str, audience: Audience, reason: str, lang: Language, home: Path) -> None:
    """Keep the item in each FILE (YAML, docs/items.md), scan its words, and freeze all together for one reviewer.

    One of the same noun and name takes the place of what readers see; --reason says why.
    """
    keep_and_freeze(home, items.read_items(files), author, audience, reason, lang)


@item_group.command("list")
@click.option("--noun", "nouns", type=click.Choice(NOUNS), multiple=True, help="Only this kind; may be repeated.")
@options.home
@options.json
def list_items(nouns: Sequence[str], home: Path, as_json: bool) -> None:
    """Name every item that is kept here, and whether readers see it as it reads here."""
    with options.opened(home) as node, node.engine.connect() as connection:
        key = node.secret("subject")
        kept = items.drafts(connection, nouns or tuple(KINDS))
        stands = standing(connection, [opaque(key, name_of(one)) for one in kept])
        rows = [(one, stands.get(opaque(key, name_of(one)))) for one in kept]
    if as_json:
        listed = [
            {"noun": one.noun, "state": taking_back.state(one, there), "event": there and there.event_id}
            | {name: value for name, value in msgspec.to_builtins(one).items() if name != "content"}
            for one, there in rows
        ]
        click.echo(msgspec.json.encode(listed).decode())
        return
    for one, there in rows:
        click.echo(f"{one.noun:<12}  {one.item:<24}  {one.title}  ({_due(one)}{taking_back.state(one, there)})")
    if not rows:
        click.echo("No item yet; write one with `item write FILE`, see docs/items.md.")


def _due(one: Item) -> str:
    """Return how far an action is today; nothing for other items."""
    return f"{STATE_WORDS[action_state(one, now().date())].en}, " if isinstance(one, ActionPublished) else ""


@item_group.command("fields")
@_noun
def fields(noun: str) -> None:
    """Print a file to fill in, with the fields of one NOUN and what each takes."""
    click.echo(f"noun: {noun}")
    for one in msgspec.structs.fields(KINDS[noun]):
        needed = one.default is msgspec.NODEFAULT
        click.echo(f"{'' if needed else '# '}{one.name}:   # {_kind(one.type)}{'' if needed else ', may be left out'}")


def _kind(hint: object) -> str:
    """Return a field's type in words."""
    found = msgspec.json.schema(hint)
    (part,) = [found] if "anyOf" not in found else [next(one for one in found["anyOf"] if one != {"type": "null"})]
    if "$ref" in part or part.get("type") == "object":
        return "several fields, see docs/items.md"
    if "enum" in part:
        return "one of " + ", ".join(map(str, part["enum"]))
    if part.get("type") == "array":
        inner = part.get("items", {})
        return "a list" + (f" of {', '.join(inner['enum'])}" if "enum" in inner else "")
    return {"integer": "a whole number", "string": "text"}.get(str(part.get("type")), "text")


@item_group.command("withdraw")
@_noun
@_name
@options.reason_required
@options.author
@options.home
def withdraw_item(noun: str, name: str, reason: str, author: str, home: Path) -> None:
    """Take back an item that readers see; the event stays in the ledger. Frozen for one reviewer."""
    unseen = ItemNotReleased(
        f"Readers see no {noun} '{name}' of this region; `python -m node item list` names those that they see."
    )
    taking_back.take_back(home, item_name(noun, name), unseen, reason, author)


@item_group.command("findings")
@_noun
@_name
@options.home
def findings(noun: str, name: str, home: Path) -> None:
    """List what in an item may point at a person, with the words around it and what was decided."""
    deciding.say_findings(home, _finder(noun), name, f"item resolve {noun}")


@item_group.command("resolve")
@_noun
@_name
@click.argument("finding_ids", metavar="FINDING...", nargs=-1, required=True)
@click.option(
    "--reason", required=True, help="Why these words may stand; reviewers read it, so it does not repeat them."
)
@options.author
@options.home
def resolve_findings(noun: str, name: str, finding_ids: Sequence[str], reason: str, author: str, home: Path) -> None:
    """Let findings stand, as the item reads now; all of them or, where one is refused, none."""
    left = deciding.let_stand(home, _finder(noun), name, finding_ids, reason, author)
    click.echo(f"{left} Next: `item write` it again.")


def _finder(noun: str) -> deciding.Find:
    def find(connection: Connection, name: str) -> Words:
        return items.find(connection, noun, name)

    return find
