"""Commands on subscriptions by webhook: whose they are, how they are doing, and stopping or starting one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import Connection

from connectors.database import writing
from hub.audit import OPERATOR
from hub.config import Hub
from hub.serving import subscriptions as held
from hub.serving.delivery_log import Attempt, attempts
from hub.serving.subscriptions import BY_OPERATOR, Subscription

from . import options


@click.group()
def subscriptions() -> None:
    """See who is told by webhook and how that goes; pause, resume or replay one."""


@subscriptions.command("list")
@click.option("--paused", "only_paused", is_flag=True, help="Only what is paused.")
@options.home
@options.as_json
def list_subscriptions(only_paused: bool, home: Path, as_json: bool) -> None:
    """List the subscriptions of all owners, oldest first; never a secret."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = [one for one in held.subscriptions(connection) if one.state == held.PAUSED or not only_paused]
    options.say(msgspec.to_builtins(found), "\n".join(map(_line, found)) or "There are no such ones.", as_json)


@subscriptions.command("show")
@click.argument("identifier")
@options.home
@options.as_json
def show_subscription(identifier: str, home: Path, as_json: bool) -> None:
    """Show one subscription and its last attempts."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        one = held.one_subscription(connection, identifier)
        log = attempts(connection, identifier, limit=20).deliveries
    lines = [f"{name}: {value}" for name, value in msgspec.to_builtins(one).items()]
    options.say(msgspec.to_builtins({"subscription": one, "deliveries": log}), "\n".join(lines + _log(log)), as_json)


@subscriptions.command("pause")
@click.argument("identifier")
@options.home
@options.as_json
def pause_subscription(identifier: str, home: Path, as_json: bool) -> None:
    """Send nothing until the subscription is resumed; nothing is lost meanwhile."""
    _do(home, identifier, as_json, lambda hub, connection, one: held.pause(
        connection, one, hub.clock(), OPERATOR, BY_OPERATOR))  # fmt: skip


@subscriptions.command("resume")
@click.argument("identifier")
@options.home
@options.as_json
def resume_subscription(identifier: str, home: Path, as_json: bool) -> None:
    """Go on at once where it stopped."""
    _do(home, identifier, as_json, lambda hub, connection, one: held.resume(connection, one, hub.clock(), OPERATOR))


@subscriptions.command("replay")
@click.argument("identifier")
@click.option("--since", required=True, help="A day, or a moment in UTC like 2026-01-31T12:00:00Z.")
@options.home
@options.as_json
def replay_subscription(identifier: str, since: str, home: Path, as_json: bool) -> None:
    """Send again, in order and under the same numbers, all that became readable since a moment."""
    _do(home, identifier, as_json, lambda hub, connection, one: held.replay(
        connection, one, held.since_of(since, hub.clock()), hub.clock(), OPERATOR))  # fmt: skip


def _do(
    home: Path, identifier: str, as_json: bool, act: Callable[[Hub, Connection, Subscription], Subscription]
) -> None:
    with options.opened(home) as hub, writing(hub.engine) as connection:
        one = act(hub, connection, held.one_subscription(connection, identifier))
    options.say(msgspec.to_builtins(one), _line(one), as_json)


def _line(one: Subscription) -> str:
    state = f"{one.state} ({one.why})" if one.why else one.state
    failing = f"  {one.failures} attempts in vain" if one.failures else ""
    return f"{one.id}  {one.owner}  {one.audience}  {state}{failing}  {one.address}"


def _log(log: tuple[Attempt, ...]) -> list[Any]:
    return [
        f"{one.at}  {one.type}  attempt {one.number}  {one.outcome}  {one.status or '-'}  {one.milliseconds} ms"
        for one in log
    ]
