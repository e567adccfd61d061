"""The command that puts a file beside a lesson, method, instrument or training."""

from pathlib import Path

import click
from sqlalchemy import Connection

from node.bootstrap import Node
from node.knowledge.attachments import read_attachment
from node.release.host import HostUnfit
from node.release.standing import StandingItem, standing
from node.release.subject import item_name, lesson_name, opaque
from schemas.attachment import HOSTS
from schemas.codes import Audience, Language

from . import options
from .freezing import keep_and_freeze


@click.command("attach")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "host", nargs=2, required=True, metavar="NOUN NAME",
              help=f"What it stands beside: {', '.join(HOSTS)}, and its name here.")  # fmt: skip
@click.option("--name", required=True, help="Your own name for the file: small letters, digits, hyphens.")
@click.option("--title", required=True, help="What readers call it.")
@click.option("--alternative", required=True, help="What it shows or says, for who does not see it.")
@click.option("--licence", required=True, help="Under which others may use it, such as CC-BY-4.0.")
@click.option("--language", type=click.Choice(["nl", "en"]), required=True, help="In which language it is.")
@click.option("--audience", type=click.Choice(["network", "partners", "public"]),
              help="Who may read it; else whoever reads what it stands beside.")  # fmt: skip
@options.author
@options.reason
@options.lang
@options.home
def attach(
    file: Path,
    host: tuple[str, str],
    name: str,
    title: str,
    alternative: str,
    licence: str,
    language: Language,
    audience: Audience | None,
    author: str,
    reason: str,
    lang: Language,
    home: Path,
) -> None:
    """Look FILE through, scan its words, and freeze it for two reviewers beside a lesson or item that readers see.

    PNG, JPEG, text, Markdown or DOCX, at most 512 KiB (docs/attachments.md). The same --name takes the place of the
    file that readers see; --reason says why. `item list|findings|resolve|withdraw` work on noun `attachment`.
    """
    with options.opened(home) as node, node.engine.connect() as connection:
        there = _standing(connection, node, *host)
    found = read_attachment(file, name, there.event_id, language, title, alternative, licence)
    keep_and_freeze(home, (found,), author, audience or there.audience, reason, lang)


def _standing(connection: Connection, node: Node, noun: str, name: str) -> StandingItem:
    """Return what readers see of a lesson or item; raises HostUnfit."""
    natural = lesson_name(name) if noun == "lesson" else item_name(noun, name)
    subject = opaque(node.secret("subject"), natural)
    there = standing(connection, [subject]).get(subject) if noun in HOSTS else None
    if there is None:
        raise HostUnfit(
            f"Readers see no such lesson or item of this region; write --to {'|'.join(HOSTS)} NAME, of one that "
            "`python -m node ledger` lists, and release it first."
        )
    return there
