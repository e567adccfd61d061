"""A node's metrics as a file for Prometheus' node exporter, since nothing connects to a node from outside."""

import errno
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection, func, select

from node.bootstrap import now
from node.release import alarm, outbox
from node.tables import answer, audit_log, restored
from node.tables import outbox as outbox_table
from node.work import plans, runs

from . import options
from .backups import BACKED_UP


@click.command()
@click.option("--metrics-file", type=click.Path(path_type=Path), help="Where to write; the screen where it is not set.")
@options.home
def metrics(metrics_file: Path | None, home: Path) -> None:
    """Write how many events wait, since when, and when the hub last accepted one; counts only, for a timer to call."""
    with options.opened(home) as node, node.engine.connect() as connection:
        text = "".join(f"{line}\n" for line in _lines(connection, now()))
    if metrics_file is None:
        click.echo(text, nl=False)
        return
    if not metrics_file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder", os.fspath(metrics_file.parent))
    unfinished = metrics_file.with_name(f".{metrics_file.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, metrics_file)
    finally:
        unfinished.unlink(missing_ok=True)


def _lines(connection: Connection, at: datetime) -> Iterator[str]:
    yield from _family("outbox_events", "Events by what became of them.")
    for state, number in outbox.counts(connection).items():
        yield f'regiohelix_node_outbox_events{{state="{state}"}} {number}'
    oldest = outbox.oldest_waiting(connection)
    yield from _family("oldest_waiting_seconds", "Since the oldest unanswered event was signed; 0 without one.")
    waiting = 0.0 if oldest is None else (at - _moment(oldest)).total_seconds()
    yield f"regiohelix_node_oldest_waiting_seconds {max(0.0, waiting):.0f}"
    last = connection.scalar(
        select(func.max(answer.c.received_at))
        .join(outbox_table, outbox_table.c.event_id == answer.c.event_id)
        .where(outbox_table.c.state == "accepted")
    )
    if last is not None:
        yield from _family("last_accepted_timestamp_seconds", "When the hub's last receipt came in.")
        yield f"regiohelix_node_last_accepted_timestamp_seconds {_moment(last).timestamp():.0f}"
    yield from _family("restored", "1 while a restored store has not caught up; it signs nothing.")
    yield f"regiohelix_node_restored {connection.scalar(select(func.count()).select_from(restored))}"
    yield from _family("alarm", "1 while the hub's words contradict this chain and nobody ran `resume`.")
    yield f"regiohelix_node_alarm {int(alarm.standing_alarm(connection) is not None)}"
    yield from _plans(connection)
    last = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == BACKED_UP))
    if last is not None:
        yield from _family("last_backup_timestamp_seconds", "When the last backup was made.")
        yield f"regiohelix_node_last_backup_timestamp_seconds {_moment(last).timestamp():.0f}"
    yield from _family("seen_timestamp_seconds", "When this was written.")
    yield f"regiohelix_node_seen_timestamp_seconds {at.timestamp():.0f}"


def _plans(connection: Connection) -> Iterator[str]:
    """How each plan's last run ended, and when: a name that people gave, never a record's value."""
    last = [(plan.id, runs.newest(connection, plan.id)) for plan in plans.plans(connection)]
    ended = [(name, run) for name, run in last if run is not None]
    if ended:
        yield from _family("plan_failed", "1 where the plan's last run failed.")
    for name, run in ended:
        yield f'regiohelix_node_plan_failed{{plan="{name}"}} {int(run.outcome == "failed")}'
    if ended:
        yield from _family("plan_started_timestamp_seconds", "When the plan's last run began.")
    for name, run in ended:
        yield f'regiohelix_node_plan_started_timestamp_seconds{{plan="{name}"}} {run.started_at.timestamp():.0f}'


def _family(name: str, words: str) -> Iterator[str]:
    yield f"# HELP regiohelix_node_{name} {words}"
    yield f"# TYPE regiohelix_node_{name} gauge"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
