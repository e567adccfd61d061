"""Commands that decide who comes in: people with their roles and sessions, and programs with their tokens."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import msgspec
from sqlalchemy import Connection

from connectors.database import writing
from hub.audit import OPERATOR
from hub.config import Hub
from hub.identity import accounts, tokens
from hub.identity.sessions import end_sessions_of, session_counts
from hub.identity.token_ends import end_of, last_day

from . import options

_ORIGIN = "terminal"
_EXPIRES = "The last day it holds; a year from now by default, two at most."


@contextmanager
def _writing(home: Path) -> Iterator[tuple[Hub, Connection]]:
    with options.opened(home) as hub, writing(hub.engine) as connection:
        yield hub, connection


@click.group("user")
def users() -> None:
    """Let people sign in, and say what they may do."""


@users.command("add")
@click.argument("name")
@click.option("--email", required=True, help="Where their own organisation knows them; it admits them once.")
@click.option("--role", "roles", multiple=True, required=True, help="national, partner, administrator or region:CODE.")
@click.option("--password", "ask", is_flag=True, help="Ask for a password on this terminal instead of making a code.")
@click.option("--provider", "at_provider", is_flag=True, help="They sign in at their own organisation: make no code.")
@options.home
@options.as_json
def add_user(
    name: str, email: str, roles: tuple[str, ...], ask: bool, at_provider: bool, home: Path, as_json: bool
) -> None:
    """Make an account for NAME and print the code with which they set a password, once."""
    if ask and at_provider:
        raise click.UsageError("Choose --password or --provider; somebody who signs in elsewhere needs no password.")
    password = _asked() if ask else None
    code = None
    with _writing(home) as (hub, connection):
        now = hub.clock()
        accounts.add_account(connection, name, email, roles, now)
        if password is not None:
            accounts.set_password(connection, name, password, now, _ORIGIN)
        elif not at_provider:
            code = accounts.issue_code(connection, name, now)
        where = hub.settings.public_url or ""
    _say_code(name, code, where, as_json)


@users.command("code")
@click.argument("name")
@options.home
@options.as_json
def new_code(name: str, home: Path, as_json: bool) -> None:
    """Print a new code with which NAME sets a password, once; earlier codes end, and so does waiting after failures."""
    with _writing(home) as (hub, connection):
        code = accounts.issue_code(connection, name, hub.clock())
        where = hub.settings.public_url or ""
    _say_code(name, code, where, as_json)


@users.command("list")
@options.home
@options.as_json
def list_users(home: Path, as_json: bool) -> None:
    """List every account: its roles, how it signs in, and whether it is disabled."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = accounts.kept_accounts(connection)
    lines = [
        f"{one.name}  {', '.join(one.roles)}  {_ways(one)}  sessions: {one.sessions}"
        + (f"  disabled {one.disabled_at}" if one.disabled_at else "")
        for one in found
    ]
    options.say([msgspec.to_builtins(one) for one in found], "\n".join(lines) or "There are no accounts.", as_json)


@users.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Open the account again; its sessions and tokens stay ended.")
@options.home
@options.as_json
def disable_user(name: str, undo: bool, home: Path, as_json: bool) -> None:
    """Shut the account NAME, and end its sessions, codes and tokens at once."""
    with _writing(home) as (hub, connection):
        (accounts.enable_account if undo else accounts.disable_account)(connection, name, hub.clock())
    told = f"Account {name} may sign in again." if undo else f"Account {name} is shut."
    options.say({"account": name, "disabled": not undo}, told, as_json)


@users.command("roles")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, help="national, partner, administrator or region:CODE.")
@options.home
@options.as_json
def change_roles(name: str, roles: tuple[str, ...], home: Path, as_json: bool) -> None:
    """Give NAME these roles and no others, from the next request on."""
    with _writing(home) as (hub, connection):
        accounts.set_roles(connection, name, roles, hub.clock())
    options.say({"account": name, "roles": sorted(roles)}, f"{name}: {', '.join(sorted(roles))}", as_json)


@users.command("sessions")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="End them all.")
@options.home
@options.as_json
def sessions(name: str, revoke: bool, home: Path, as_json: bool) -> None:
    """Count the sessions of NAME or, with --revoke, end them."""
    with _writing(home) as (hub, connection):
        accounts.check_account(connection, name)
        if revoke:
            count = end_sessions_of(connection, name, hub.clock(), OPERATOR)
        else:
            count = session_counts(connection).get(name, 0)
    said = f"{count} sessions of {name}" + (" are ended." if revoke else ".")
    options.say({"account": name, "sessions": count, "revoked": revoke}, said, as_json)


@click.group("token")
def program_tokens() -> None:
    """Let programs in."""


@program_tokens.command("add")
@click.argument("name")
@click.option("--owner", required=True, help="Whose program it is; the name of an account binds it to that.")
@click.option("--scope", "scopes", multiple=True, required=True, help="send:REGION, read:AUDIENCE or manage.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help=_EXPIRES)
@options.home
@options.as_json
def add_token(
    name: str, owner: str, scopes: tuple[str, ...], expires: datetime | None, home: Path, as_json: bool
) -> None:
    """Make a token called NAME and print it, once."""
    with _writing(home) as (hub, connection):
        now = hub.clock()
        last = last_day(now) if expires is None else expires.date()
        if owner in {one.name for one in accounts.kept_accounts(connection)}:
            owner = tokens.account_owner(owner)  # shut together with the account
        made, token = tokens.issue_token(connection, now, name, owner, scopes, end_of(last))
    shown = {"id": made, "name": name, "owner": owner, "scopes": sorted(scopes), "expires": f"{last}", "token": token}
    options.say(shown, token, as_json)


@program_tokens.command("renew")
@click.argument("identifier")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help=_EXPIRES)
@options.home
@options.as_json
def renew_token(identifier: str, expires: datetime | None, home: Path, as_json: bool) -> None:
    """Print another token for the use of the one with this id, once; that one holds for 30 days more at most."""
    with _writing(home) as (hub, connection):
        now = hub.clock()
        last = last_day(now) if expires is None else expires.date()
        made, token = tokens.renew_token(connection, identifier, now, end_of(last))
    options.say({"id": made, "former": identifier, "expires": f"{last}", "token": token}, token, as_json)


@program_tokens.command("list")
@options.home
@options.as_json
def list_tokens(home: Path, as_json: bool) -> None:
    """List what is kept of every token; never the token itself."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = tokens.kept_tokens(connection)
    lines = [
        f"{one.id}  {one.name}  {one.owner}  {' '.join(one.scopes)}  {_until(one)}"
        f"  last used {one.last_used or 'never'}" + (f"  revoked {one.revoked_at}" if one.revoked_at else "")
        for one in found
    ]
    options.say([msgspec.to_builtins(one) for one in found], "\n".join(lines) or "There are no tokens.", as_json)


@program_tokens.command("revoke")
@click.argument("identifier")
@options.home
@options.as_json
def revoke_token(identifier: str, home: Path, as_json: bool) -> None:
    """Take the token with this id back, at once and for good."""
    with _writing(home) as (hub, connection):
        tokens.revoke_token(connection, identifier, hub.clock())
    options.say({"id": identifier, "revoked": True}, f"Token {identifier} holds no longer.", as_json)


def _until(one: tokens.KeptToken) -> str:
    if one.expires_at is not None:
        return f"until {one.expires_at}"
    return "revoked" if one.revoked_at else "without an end"


def _asked() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("A password is asked on a terminal only; leave --password out and pass the code on.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _say_code(name: str, code: str | None, where: str, as_json: bool) -> None:
    if code is None:
        options.say({"account": name}, f"Account {name} is made.", as_json)
        return
    told = f"{code}\nOnce, within 72 hours, {name} sets a password with it at {where}/set-password"
    options.say({"account": name, "code": code, "set_password": f"{where}/set-password"}, told, as_json)


def _ways(one: accounts.KeptAccount) -> str:
    ways = [word for word, has in (("password", one.has_password), ("own organisation", one.is_at_provider)) if has]
    return " and ".join(ways) or "has not signed in yet"
