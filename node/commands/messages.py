"""Commands on what readers ask or say about this region's lessons; the node fetches it when it calls the hub."""

import logging
from pathlib import Path
from typing import Final

import click
import msgspec
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.trouble import trouble
from node.audit import AuditEntry
from node.bootstrap import Node, now, open_messages
from node.knowledge import messages
from node.work.fetching import fetched
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.text import many

from . import options

_log = logging.getLogger(__name__)
_TITLE: Final = 60


@click.group("messages")
def messages_group() -> None:
    """Read what readers ask or say about this region's lessons; only this region sees it."""


@messages_group.command("fetch")
@options.home
def fetch(home: Path) -> None:
    """Fetch what waits at the hub now; `ship` and `run` do so as well."""
    with options.opened(home) as node:
        click.echo(f"{many(_fetched(node), 'new message', 'new messages')}.")


@messages_group.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those that were seen to as well.")
@options.home
@options.json
def list_messages(is_all: bool, home: Path, as_json: bool) -> None:
    """List the messages that nobody has seen to yet, the oldest first."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = messages.kept(connection, is_all)
    if as_json:
        click.echo(msgspec.json.encode([each._asdict() for each in found]).decode())
        return
    for each in found:
        about = "done" if each.said is None else f"{_line(each.said.to_role)}: {_line(each.said.title)[:_TITLE]}"
        click.echo(f"{each.id[:12]}  {each.fetched_at[:10]}  {about}")
    if not found:
        click.echo("No message waits.")


@messages_group.command("show")
@click.argument("name")
@options.home
@options.json
def show(name: str, home: Path, as_json: bool) -> None:
    """Show the message NAME: about which lesson, for whom, who sent it, what it says, and where to answer."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = messages.one(connection, name)
    if as_json:
        click.echo(msgspec.json.encode(found._asdict()).decode())
        return
    said = found.said
    if said is None:
        click.echo(f"This message was done on {(found.done_at or '')[:10]}; its words are erased.")
        return
    answer = said.answer_to or "no address was given"
    click.echo(f"Lesson:  {_line(said.title)} ({_line(said.lesson[:12])})\nFor:     {_line(said.to_role)}")
    click.echo(
        f"From:    {_line(said.sender)} ({', '.join(said.from_roles)}), {said.sent_at}\nAnswer:  {_line(answer)}\n"
    )
    for line in said.text.splitlines():
        click.echo(f"  {_line(line)}")


@messages_group.command("done")
@click.argument("name")
@options.author
@options.home
def done(name: str, author: str, home: Path) -> None:
    """Erase the words of the message NAME, once somebody has seen to it."""
    with options.opened(home) as node, writing(node.engine) as connection:
        found = messages.done(connection, name, AuditEntry(author, "message.done", name, now()))
    click.echo(f"Message {found.id[:12]} is done; its words are erased.")


def fetch_quietly(node: Node) -> None:
    """Fetch what waits; a hub or a store in the way costs a line in the log, and it is tried at the next call."""
    try:
        new = _fetched(node)
    except (TransportUnavailable, TransportRefused) as error:
        _log.warning("Messages of readers are still to be fetched; %s", error)
    except SQLAlchemyError as error:
        _log.warning("Messages of readers are still to be fetched. The node's store: %s", trouble(error).sentence)
    else:
        if new:
            _log.info("%d new messages of readers; see `python -m node messages list`", new)


def _line(text: str) -> str:
    """Return somebody's words on one line, without signs that steer a terminal or turn the reading order."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _fetched(node: Node) -> int:
    return fetched(node.engine, open_messages(node), now)
