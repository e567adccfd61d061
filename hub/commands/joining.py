"""Commands that make a hub and let others in: regions and reading partners."""

from pathlib import Path

import click

from connectors.database import writing
from hub import flow
from hub.bootstrap import make_hub
from hub.config import HOME_VARIABLE
from hub.intake import enrol

from . import options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--home", type=click.Path(path_type=Path), envvar=HOME_VARIABLE, help="The same, as an option.")
def init(folder: Path | None, home: Path | None) -> None:
    """Make a new hub in FOLDER: settings, signing key, empty store."""
    place = folder or home
    if place is None:
        raise click.UsageError("Name the folder for the new hub.")
    hub = make_hub(place)
    click.echo(f"The hub is made in {place}; its key is {hub.key.public.key_id}.")
    hub.engine.dispose()


@click.command()
@click.argument("region")
@click.option("--name", help="The region's name, as readers will see it.")
@click.option("--region-set", help="The set of regions, which do not overlap, that it belongs to.")
@click.option("--again", is_flag=True, help="Let an enrolled region state its keys anew and go on with its chain.")
@click.option("--fingerprint", help="Of its keys, as its people read it to you: they then count at once.")
@options.home
@options.as_json
def invite(
    region: str, name: str | None, region_set: str | None, again: bool, fingerprint: str | None, home: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Register REGION and print its invitation, once; with --again, one to come back with after losing its keys."""
    if again and (name or region_set):
        raise click.UsageError("A region that comes back keeps its --name and --region-set; leave them out.")
    if not again and not (name and region_set):
        raise click.UsageError("Give the region's --name and its --region-set.")
    with options.opened(home) as hub, writing(hub.engine) as connection:
        if again:
            invitation = enrol.invite_again(connection, region, hub.clock(), fingerprint)
        else:
            invitation = enrol.invite(connection, region, name or "", region_set or "", hub.clock(), fingerprint)
    options.say({"region": region, "invitation": invitation}, invitation, as_json)


@click.command()
@click.argument("region")
@click.option("--fingerprint", required=True, help="As the region's people read it to you, not as a message said it.")
@options.home
def approve(region: str, fingerprint: str, home: Path) -> None:
    """Let REGION's keys count: compare their fingerprint with what its people read out (`node fingerprint`)."""
    with options.opened(home) as hub:
        done = flow.approve(hub, region, fingerprint)
    click.echo(f"The keys of {region} count from now on." + (f" {_waited(done)}." if done else ""))


@click.group("partner")
def partners() -> None:
    """Let partners read."""


@partners.command("add")
@click.argument("name")
@options.home
@options.as_json
def add_partner(name: str, home: Path, as_json: bool) -> None:
    """Register partner NAME and print its reading token, once."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        token = enrol.add_partner(connection, name, hub.clock())
    options.say({"partner": name, "token": token}, token, as_json)


def _waited(events: int) -> str:
    return "1 event that waited is in" if events == 1 else f"{events} events that waited are in"
