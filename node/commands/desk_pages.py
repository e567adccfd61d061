"""Commands of the desk's pages: who may sign in, and serving them until told to stop."""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click
import duckdb

from connectors.database import writing
from connectors.outside import LOOPBACK
from node import schedule
from node.audit import AuditEntry
from node.bootstrap import (
    Node,
    fetch_heard_of,
    now,
    open_comparisons,
    open_heads,
    open_messages,
    open_neighbourhood,
    open_sender,
)
from node.flow import Shipped
from node.indicators.warehouse import Place
from node.web.desk import accounts
from node.web.desk.accounts import ROLES, DeskRefused, Role
from node.web.desk.application import application
from node.web.desk.visit import Desk
from node.work import inbox
from node.work.fetching import fetched

from . import keys, messages, options, planned, token
from .choice import counting_place
from .serving import keep_serving

_PATIENCE = 3600.0  # seconds, for who signed in: a source is loaded, and a year is counted, while its page waits


@click.group("desk")
def desk_group() -> None:
    """Let people work at the release desk in a browser."""


@desk_group.command("invite")
@click.option("--name", required=True, help="As colleagues know them; the audit log and the desk show it.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they do.")
@click.option("--organisation", default="", help="Which mandates a reviewer.")
@click.option("--hours", default=72, show_default=True, type=click.IntRange(1, 720), help="How long the link holds.")
@click.option("--url", default="http://127.0.0.1:8081", show_default=True, help="Where `desk serve` is reached.")
@options.home
def invite(name: str, role: Role, organisation: str, hours: int, url: str, home: Path) -> None:
    """Make a one-time link by which somebody chooses a passphrase; a new link ends what they had."""
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry("operator", "desk.invited", f"{role} {name}", now())
        account, token = accounts.invite(connection, name, role, organisation, hours, entry)
    click.echo(f"{url.rstrip('/')}/join/{token}")
    click.echo(f"Hand this link to {account.name} alone; it holds once, for {hours} hours, and is not shown again.")


@desk_group.command("list")
@options.home
def list_accounts(home: Path) -> None:
    """Name who may sign in."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = accounts.accounts(connection)
    for one in found:
        state = "ended " + one.ended_at[:10] if one.ended_at else "joined" if one.has_joined else "invited"
        click.echo(f"{one.name:<24}  {one.role:<10}  {state:<16}  {one.organisation}".rstrip())
    if not found:
        click.echo("Nobody yet; `python -m node desk invite --name NAME --role ROLE` makes a link.")


@desk_group.command("end")
@click.option("--name", required=True, help="Whose account ends.")
@options.home
def end(name: str, home: Path) -> None:
    """End somebody's account and sessions at once; a reviewer's key is taken back with `key revoke`."""
    with options.opened(home) as node, writing(node.engine) as connection:
        accounts.end(connection, name, AuditEntry("operator", "desk.ended", name, now()))
    click.echo(f"{name} is signed out and cannot sign in any more.")


@desk_group.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="The port.")
@click.option("--url", default="", help="The https address of the web server in front; empty: this machine alone.")
@options.home
def serve(host: str, port: int, url: str, home: Path) -> None:
    """Serve the desk's pages to this machine, or behind a web server with TLS."""
    parts = urlsplit(url)
    if url and (parts.scheme != "https" or not parts.netloc or parts.path.strip("/")):
        raise DeskRefused(f"'{url}' is no https address of a host; write it as https://desk.region.example.")
    if not url and host not in LOOPBACK:
        raise DeskRefused(
            f"Passphrases would travel to {host} unprotected; put a web server with TLS in front and name its address "
            "with --url, or listen on 127.0.0.1."
        )
    with options.opened(home) as node:
        inbox.clear_all(node.settings.home)
        keep_serving(host, port, application(desk_of(node, url)), "The desk is served on", patience=_PATIENCE)


def desk_of(node: Node, url: str = "") -> Desk:
    """Return what the pages work with."""

    def place(records: duckdb.DuckDBPyConnection) -> AbstractContextManager[Place]:
        return counting_place(node, records)

    return Desk(
        node.engine, node.settings, now, url,
        service_key=node.service_key, hub_key=node.hub_key, secret=node.secret, pseudonym_keys=node.pseudonym_keys,
        counting_place=place, neighbourhood=partial(open_neighbourhood, node), ship=partial(_ship, node),
        do_plan=planned.doing(node, node.settings.home),
        fetch_messages=lambda: fetched(node.engine, open_messages(node), now), heard=partial(fetch_heard_of, node),
        awaited=lambda: open_comparisons(node).awaited(),
        has_figures=lambda indicator, period: open_comparisons(node).has_figures(indicator, period),
    )  # fmt: skip


def _ship(node: Node) -> Shipped:
    token.Renewals(node).go()
    done = schedule.ship_once(
        node.engine, node.settings.region, open_sender(node), node.hub_key(), now, open_heads(node)
    )
    keys.take_up(node)
    messages.fetch_quietly(node)
    return done
