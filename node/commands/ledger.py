"""Commands on the egress ledger: what left this region, listed, verified, and as a file that anyone can verify."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from node.release import signed_decisions
from node.release.export import export as export_ledger
from schemas.codes import AUDIENCES, Audience
from schemas.ledger_file import lines_of
from schemas.ledger_verify import verify_ledger
from schemas.text import many

from . import inspection, options


@click.group("ledger", invoke_without_command=True)
@click.option("--home", type=click.Path(path_type=Path), envvar="REGIOHELIX_NODE_HOME", help="The node's folder.")
@options.json
@click.pass_context
def ledger(context: click.Context, home: Path | None, as_json: bool) -> None:
    """Verify this region's chain and list everything that left; the same as `ledger show`."""
    if context.invoked_subcommand is not None:
        return
    if home is None:
        raise click.UsageError("Missing option '--home'.")
    _show(home, as_json)


@ledger.command("show")
@options.home
@options.json
def show(home: Path, as_json: bool) -> None:
    """Verify this region's chain and list everything that left."""
    _show(home, as_json)


@ledger.command("verify")
@options.home
def verify(home: Path) -> None:
    """Verify this region's chain: numbers, links, signatures, places in the approved bundles; and what was decided."""
    with options.opened(home) as node, node.engine.connect() as connection:
        length = inspection.verify_chain(connection, node.service_key().public)
        signed, unsigned = signed_decisions.check(connection, node.settings.region)
    click.echo(f"The chain of {many(length, 'event', 'events')} verifies.")
    click.echo(f"Rejections, holds and advice: {signed} as signed, {unsigned} from before signatures were kept.")


@ledger.command("decisions")
@click.argument("bundle_id", required=False)
@options.home
@options.json
def decisions(bundle_id: str | None, home: Path, as_json: bool) -> None:
    """List rejections, holds, lifted holds and advice, of one bundle or of all, each held against its signature."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = signed_decisions.checked(connection, node.settings.region, bundle_id)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        click.echo(
            f"{one.at[:19]}Z  {one.bundle_id}  {signed_decisions.STEPS[one.step].en} by {one.name}: {one.reason}"
        )
        click.echo(f"       {signed_decisions.FOUND[one.found].en}")
    if not found:
        click.echo("Nothing was rejected, held or advised on yet.")


@ledger.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--audience", type=click.Choice(AUDIENCES), required=True, help="Leave payloads out that it may not read."
)
@options.home
def export(file: Path, audience: Audience, home: Path) -> None:
    """Write the ledger to a new FILE, which anyone verifies with `python -m schemas verify FILE`."""
    with options.opened(home) as node, node.engine.connect() as connection:
        settings = node.settings
        hub_key = node.hub_key() if settings.secret("hub.pub").is_file() else None
        with file.open("xb") as opened:
            try:
                region = (settings.region, settings.name, settings.region_set)
                opened.writelines(export_ledger(connection, region, node.service_key().public, hub_key, audience))
                opened.flush()
                with file.open("rb") as written:
                    done = verify_ledger(lines_of(written), hub_key=hub_key)
            except BaseException:
                file.unlink()
                raise
    click.echo(
        f"{many(done.events, 'event is', 'events are')} in {file}, {done.receipts} with the hub's receipt, "
        f"{done.destroyed} destroyed, "
        f"{done.left_out} payloads left out."
    )


def _show(home: Path, as_json: bool) -> None:
    with options.opened(home) as node, node.engine.connect() as connection:
        inspection.say_ledger(connection, node.service_key().public, as_json)
