"""Commands on the network's definitions: see them, read a region's proposal, adopt it, ask for a version."""

from pathlib import Path

import click

from connectors.database import writing
from hub.intake import definitions as intake
from hub.intake.proposals import read_proposed

from . import options

_file = click.argument("file", type=click.Path(path_type=Path))
_by = click.option("--by", required=True, help="Who decides this for the network.")


@click.group("definitions")
def definitions() -> None:
    """See and adopt the definitions by which figures are made and compared."""


@definitions.command("list")
@options.home
@options.as_json
def list_all(home: Path, as_json: bool) -> None:
    """List the newest version of every definition, where it comes from and which version is asked for."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        newest, least = intake.newest(connection), intake.least_versions(connection)
        later = {one.hash for one in intake.adopted(connection)}
    rows = [
        {"id": name, "version": one.version, "hash": one.hash, "least_version": least.get(name, 1),
         "adopted": one.hash in later, "title": one.title.en}
        for name, one in newest.items()
    ]  # fmt: skip
    lines = [
        f"{row['id']:<36} {row['version']:>2}  {'adopted' if row['adopted'] else 'packaged'}"
        + (f"; version {row['least_version']} or newer is asked for" if row["least_version"] != 1 else "")
        for row in rows
    ]
    options.say(rows, "\n".join(lines), as_json)


@definitions.command("read")
@_file
@options.home
def read(file: Path, home: Path) -> None:
    """Read FILE as `adopt` would and say what is in it: whose it is, why, and what each definition counts."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found, proposal = read_proposed(connection, file.read_bytes(), file.name)
    if proposal is not None:
        click.echo(f"Proposed and signed by {proposal.region} at {proposal.proposed_at}: {proposal.reason}")
    for one in found:
        click.echo(f"{one.id} version {one.version}: {one.title.en} / {one.title.nl}\n    {one.description.en}")
    click.echo(f"Next: python -m hub definitions adopt {file} --by NAME")


@definitions.command("adopt")
@_file
@_by
@click.option("--demand", is_flag=True, help="Older versions of these are no longer asked for.")
@options.home
def adopt(file: Path, by: str, demand: bool, home: Path) -> None:
    """Adopt the definitions of FILE, a region's signed proposal or YAML of the hub's own team, all or none."""
    with options.opened(home) as hub:
        with hub.engine.connect() as connection:
            found, proposal = read_proposed(connection, file.read_bytes(), file.name)
        with writing(hub.engine) as connection:
            intake.adopt(
                connection, found, by, hub.clock(), demand=demand,
                proposed_by=None if proposal is None else proposal.region,
                reason="" if proposal is None else proposal.reason,
            )  # fmt: skip
    for one in found:
        click.echo(f"Adopted: {one.id} version {one.version} ({one.hash[:16]})")
    click.echo("Regions see it after `python -m node definitions pull`, and compute it once they approved it.")


@definitions.command("demand")
@click.argument("indicator")
@click.argument("version", type=int)
@_by
@options.home
def demand_version(indicator: str, version: int, by: str, home: Path) -> None:
    """Ask regions to count INDICATOR by VERSION or newer; what was released by an older one stays."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        intake.ask_at_least(connection, indicator, version, by, hub.clock())
    click.echo(f"From its next pull on, no node computes {indicator} by a version before {version}.")
