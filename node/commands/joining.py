"""Commands that make a node, make it known at the hub, and keep it running."""

import logging
import signal
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from sqlalchemy import select

from connectors import allocator, logs
from connectors.database import writing
from node import schedule
from node.audit import AuditEntry
from node.bootstrap import NotEnrolled, create_node, enrol, now, open_heads, open_sender, widen_node
from node.config import SettingWrong, read_settings
from node.release import alarm, keyring, outbox, review, turn
from node.tables import restored
from node.work.take_up import take_up
from schemas.divisions import division
from schemas.fingerprint import fingerprint
from schemas.refused import Refused
from schemas.text import many

from . import acting, catching_up, keys, messages, options, planned, token

log = logging.getLogger(__name__)


class RunsAlready(Refused, RuntimeError):
    """A node that another process keeps running."""


@click.command()
@click.option("--region", required=True, help="The region's code, e.g. GG0111 or XR-DUINRAND.")
@click.option("--name", required=True, help="The region's name.")
@click.option("--region-set", required=True, help="The set of non-overlapping regions it is compared within.")
@click.option("--division-year", type=int, required=True, help="Which year's municipal division its areas follow.")
@click.option("--area", "areas", multiple=True, help="A municipality of the region; repeat for each.")
@click.option("--hub-url", required=True, help="The hub's address.")
@click.option(
    "--light", is_flag=True, help="Words, assessments and published tables only: no records, see docs/light-node.md."
)
@options.home
def init(
    region: str, name: str, region_set: str, division_year: int, areas: Sequence[str], hub_url: str, light: bool,
    home: Path,
) -> None:  # fmt: skip
    """Make a new node: settings, fresh keys, an empty store."""
    _check_areas(areas, division_year)
    values = {
        "region": region, "name": name, "region_set": region_set, "division_year": division_year,
        "areas": list(areas), "hub_url": hub_url, "light": light,
    }  # fmt: skip
    create_node(home, values).engine.dispose()
    made = f"The {'light ' if light else ''}node of {name} ({region}) is made in {home}"
    click.echo(f"{made}. Next: `review join` for two reviewers, then `enrol`.")


class NotLight(Refused, ValueError):
    """A node that may hold records already."""


@click.command("widen")
@click.option("--author", required=True, help="Who answers for it in the region; kept in the audit log.")
@options.home
def widen(author: str, home: Path) -> None:
    """Let this light node hold records of persons, on a machine of the region's own; key, chain and store stay."""
    if not read_settings(home).light:
        raise NotLight(f"{home} is no light node; it may hold records already, so nothing was changed.")
    widen_node(home, AuditEntry(author, "node.widened", home.name, now()))
    click.echo("This node may hold records now, on a machine of the region's own and under a legal record per source.")
    click.echo("Take a new backup: an older one lacks the key of the pseudonyms. Next: `source check MAPPING`.")


def _check_areas(areas: Sequence[str], year: int) -> None:
    """Refuse a municipality that the division does not have any more; raises SettingWrong."""
    to = division(year)
    for area in areas:
        successors = (to.renewed[area],) if area in to.renewed else to.divided.get(area, ())
        if successors:
            raise SettingWrong(
                f"The municipality {area} is not in the division of {year}: it went into {' and '.join(successors)}; "
                "name that, or the division year of the areas."
            )


@click.command("enrol")
@click.option("--invitation", required=True, help="The code the hub's team gave you; it works once.")
@options.home
def enrol_region(invitation: str, home: Path) -> None:
    """Make this node known at the hub, with its reviewers' keys."""
    with options.opened(home) as node:
        with node.engine.connect() as connection:
            people = review.reviewers(connection)
        if len(people) < 2:
            raise NotEnrolled(
                "Two reviewers must have joined before enrolling; run `python -m node review join` for each."
            )
        counts = enrol(node, invitation, people)
        with writing(node.engine) as connection:
            keyring.begin(connection, node.service_key().public)
            entry = AuditEntry("hub", "reviewer.enrolled", "", now())
            keyring.note_enrolled(connection, [person.key for person in people], entry)
        click.echo(
            f"{node.settings.region} is enrolled at {node.settings.hub_url} with "
            f"{many(len(people), 'reviewer', 'reviewers')}."
        )
        key_id = node.hub_key().key_id
        click.echo(f"Have the hub's operator confirm that its key is {key_id} (`python -m hub doctor` names it).")
        if not counts:
            read_out = fingerprint(node.service_key().public.hex, [person.key.hex for person in people])
            click.echo(
                f"Read this fingerprint to the operator, who approves it before anything is taken in: {read_out}"
            )


@click.command("fingerprint")
@options.home
def show_fingerprint(home: Path) -> None:
    """Print the fingerprint of this node's key and its reviewers' keys, to be read to the hub's operator."""
    with options.opened(home) as node, node.engine.connect() as connection:
        people = [person.key.hex for person in review.reviewers(connection)]
        click.echo(fingerprint(node.service_key().public.hex, people))


@click.command("ship")
@click.option("--again", is_flag=True, help="Send what the hub refused as well, now.")
@options.home
def ship(again: bool, home: Path) -> None:
    """Send what waits in the outbox and take in the hub's answers."""
    with options.opened(home) as node:
        region, sender = node.settings.region, open_sender(node)
        if again:
            with writing(node.engine) as connection:
                outbox.send_again(connection, AuditEntry("operator", "outbox.again", region, now()))
        token.Renewals(node).go()
        done = schedule.ship_once(node.engine, region, sender, node.hub_key(), now, open_heads(node))
        keys.take_up(node)
        messages.fetch_quietly(node)
        with node.engine.connect() as connection:
            is_restored = connection.execute(select(restored.c.made_at)).first() is not None
    if done.elsewhere:
        click.echo("Another process of this node is shipping now; it takes what waits.")
        return
    events = "1 event" if done.sent == 1 else f"{done.sent} events"
    click.echo(f"{events} sent, {done.accepted} accepted, {done.refused} refused.")
    if is_restored:
        click.echo("This node was restored and signs nothing until it has caught up. Next: `python -m node catch-up`.")
    if done.doubted:
        raise click.ClickException(
            f"{many(done.doubted, 'answer bears', 'answers bear')} no signature of the hub; tell its team."
        )
    if done.refused:
        raise click.ClickException("The hub refused events; ask its team for the reason in its dead letters.")


@click.command("run")
@click.option("--every", default=60, show_default=True, help="Seconds between two rounds of shipping.")
@options.home
def run(every: int, home: Path) -> None:
    """Keep shipping, and do what is planned, until stopped; a hub that is away costs freshness only."""
    allocator.settle()
    logs.set_up()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with options.opened(home) as node, turn.holding(home / "run.lock") as mine:
        if not mine:
            raise RunsAlready(f"Another `run` keeps {home} shipping already; one is enough, so this one ends.")
        region, sender = node.settings.region, open_sender(node)
        log.info("%s ships every %d seconds.", region, every)

        def afterwards() -> None:
            catching_up.catch_up_if_restored(node)
            keys.take_up(node)
            messages.fetch_quietly(node)

        catching_up.catch_up_if_restored(node)
        work = partial(take_up, node.engine, home, planned.doing(node, home), now)
        schedule.run(
            node.engine, home, region, sender, node.hub_key(), now, every, stop, open_heads(node), afterwards, work,
            acting.reminding(node), beforehand=token.Renewals(node).go,
        )  # fmt: skip
        log.info("%s has finished its round and stops.", region)


@click.command("resume")
@click.option("--author", required=True, help="Who looked into it.")
@click.option("--reason", required=True, help="What was found, for the audit log.")
@options.home
def resume(author: str, reason: str, home: Path) -> None:
    """Sign and send again after an alarm: the hub's word on this region's chain contradicted this node's."""
    with options.opened(home) as node, writing(node.engine) as connection:
        alarm.close(connection, AuditEntry(author, alarm.CLOSED, node.settings.region, now(), reason))
    click.echo("The alarm is closed. If the hub still says the same, the next round of shipping raises it again.")
