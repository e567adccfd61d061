"""Commands that make a node, make it known at the hub, and keep it running."""

from collections.abc import Sequence
from pathlib import Path

import click

from node import schedule
from node.bootstrap import NotEnrolled, create_node, enrol, now, open_sender
from node.release import review

from . import inspection, options


@click.command()
@click.option("--region", required=True, help="The region's code, e.g. GG0111 or XR-DUINRAND.")
@click.option("--name", required=True, help="The region's name.")
@click.option("--region-set", required=True, help="The set of non-overlapping regions it is compared within.")
@click.option("--division-year", type=int, required=True, help="Which year's municipal division its areas follow.")
@click.option("--area", "areas", multiple=True, help="A municipality of the region; repeat for each.")
@click.option("--hub-url", required=True, help="The hub's address.")
@options.home
def init(
    region: str, name: str, region_set: str, division_year: int, areas: Sequence[str], hub_url: str, home: Path
) -> None:
    """Make a new node: settings, fresh keys, an empty store."""
    values = {
        "region": region, "name": name, "region_set": region_set, "division_year": division_year,
        "areas": list(areas), "hub_url": hub_url,
    }  # fmt: skip
    create_node(home, values).engine.dispose()
    click.echo(f"The node of {name} ({region}) is made in {home}. Next: `review join` for two reviewers, then `enrol`.")


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
        enrol(node, invitation, people)
        click.echo(f"{node.settings.region} is enrolled at {node.settings.hub_url} with {len(people)} reviewers.")


@click.command("ship")
@options.home
def ship(home: Path) -> None:
    """Send what waits in the outbox and take in the hub's answers."""
    with options.opened(home) as node:
        done = schedule.ship_once(node.engine, node.settings.region, open_sender(node), node.hub_key(), now)
    click.echo(f"{done.sent} events sent, {done.accepted} accepted, {done.refused} refused.")
    if done.refused:
        raise click.ClickException("The hub refused events; ask its team for the reason in its dead letters.")


@click.command("run")
@click.option("--every", default=60, show_default=True, help="Seconds between two rounds of shipping.")
@options.home
def run(every: int, home: Path) -> None:
    """Keep shipping until stopped; a hub that is away costs freshness only."""
    with options.opened(home) as node:
        schedule.run(node.engine, home, node.settings.region, open_sender(node), node.hub_key(), now, every)


@click.command("ledger")
@options.home
@options.json
def ledger(home: Path, as_json: bool) -> None:
    """Verify this region's chain and list everything that left."""
    with options.opened(home) as node, node.engine.connect() as connection:
        inspection.say_ledger(connection, node.service_key().public, as_json)


@click.command("doctor")
@options.home
def doctor(home: Path) -> None:
    """Check settings, secrets, store, chain and outbox."""
    with options.opened(home) as node, node.engine.connect() as connection:
        inspection.say_health(connection, node.service_key().public, home)
