"""Catching up: a restored node puts back what the hub has seen since, on demand or, under `run`, by itself."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, now, open_ledger
from node.release import catch_up as release_catch_up
from node.release import keyring
from node.release.refusal import ReleaseRefused
from node.release.sign import own_head
from node.tables import restored, service_key
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.signature import PublicKey, SignatureMismatch
from schemas.standing import check_standing
from schemas.text import many

from . import options

_log = logging.getLogger(__name__)


@click.command("catch-up")
@options.home
@options.json
def catch_up(home: Path, as_json: bool) -> None:
    """Put back what this region released after its backup, from the hub's ledger; then it may sign again."""
    with options.opened(home) as node:
        done = caught_up(node)
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    events, bundles = many(done.events, "event", "events"), many(done.bundles, "bundle", "bundles")
    figures = many(done.figures, "figure", "figures")
    click.echo(f"Put back: {events} in {bundles}, with {figures} as known.")
    if done.unknown_reviewers:
        click.echo(
            f"{many(done.unknown_reviewers, 'approval is', 'approvals are')} by keys unknown here: let those "
            "reviewers join again."
        )
    if done.destroyed:
        click.echo(
            f"{many(done.destroyed, 'payload was', 'payloads were')} redacted since and lost; do not release such "
            "figures "
            "again."
        )
    click.echo("Drafts, bundles under review and the audit log since the backup are lost. The node may sign again.")


def catch_up_if_restored(node: Node) -> None:
    """Catch up where a backup was restored here, as `run` does by itself; what stands in the way is logged."""
    with node.engine.connect() as connection:
        if connection.scalar(select(restored.c.made_at).limit(1)) is None:
            return
    try:
        done = caught_up(node)
    except (ReleaseRefused, TransportRefused, TransportUnavailable, SignatureMismatch) as error:
        _log.warning("This restored node has not caught up and signs nothing: %s", error)
    else:
        _log.info("This restored node has caught up: %d events are put back", done.events)


def caught_up(node: Node) -> release_catch_up.CaughtUp:
    """Catch up with the hub; raises what node.release.catch_up and the transport raise, with nothing changed."""
    ledger = open_ledger(node)
    try:
        standing = ledger.standing()
        if standing is None:
            raise release_catch_up.LedgerIncomplete(
                "The hub is too old to say what it holds; ask its team to update it."
            )
        check_standing(standing, node.hub_key())
        if standing.region != node.settings.region:
            raise release_catch_up.HistoriesDiffer("The hub answered about another region; tell its team.")
        with writing(node.engine) as connection:
            past = connection.scalars(select(service_key.c.public_hex).order_by(service_key.c.from_sequence))
            keys = [*(PublicKey(hex_) for hex_ in past), node.service_key().public]
            after, _ = own_head(connection)
            entry = AuditEntry("operator", "node.caught up", node.settings.region, now())
            anew = None
            if after == 0 and (said := ledger.service_keys()):  # an older hub says none
                before = [keyring.ServiceKey(PublicKey(k.key), k.from_sequence, k.until_sequence) for k in said]
                anew = release_catch_up.BegunAnew(before, node.secret("subject"))
            return release_catch_up.catch_up(
                connection, ledger.links(after), standing, keys, node.settings.region, entry, anew
            )
    finally:
        ledger.close()
