"""What may point at a person in words of the region: listed for their writer, who lets it stand with a reason."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.release import resolve
from node.release.scan import scan, words_at
from node.release.subject import Words
from node.release.words import deidentifier
from schemas.text import many

from . import options

Find = Callable[[Connection, str], Words]


def say_findings(home: Path, find: Find, name: str, command: str) -> None:
    """List what was found in the words of a name, with what stands around it and what was decided.

    `command` is the one that decides, such as `lesson resolve`. Raises as `find` does.
    """
    with options.opened(home) as node, deidentifier.at_hand() as finder, node.engine.connect() as connection:
        scanned = scan(find(connection, name), finder)
        decided = {one.finding.id: one for one in resolve.resolved(connection, scanned.payload)}
    for one in scanned.findings:
        click.echo(f"{one.id}  {decided.get(one.id, one)}")
        click.echo(f"              {words_at(scanned.payload, one)}")
    remaining = sum(one.id not in decided for one in scanned.findings)
    click.echo(f"{len(scanned.findings)} findings, {remaining} to decide on.")
    if scanned.unseen:
        click.echo(scanned.unseen)
    if remaining:
        click.echo(f"Next: reword them, or `python -m node {command} {name} FINDING --reason TEXT --author NAME`.")


def let_stand(home: Path, find: Find, name: str, finding_ids: Sequence[str], reason: str, author: str) -> str:
    """Let findings stand, all of them or, where one is refused, none; return how many are left to decide on, in words.

    Raises as `find` and `resolve.resolve` do.
    """
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        with node.engine.connect() as connection:
            scanned = scan(find(connection, name), finder)
        with writing(node.engine) as connection:
            entry = AuditEntry(author, "finding.resolved", name, now())
            kept = [resolve.resolve(connection, scanned, finding_id, reason, entry) for finding_id in finding_ids]
            remaining = len(resolve.open_findings(connection, scanned))
    for one in kept:
        click.echo(f"{one.finding.id}  {one}")
    return f"{many(remaining, 'finding is', 'findings are')} left to decide on."
