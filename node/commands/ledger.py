"""Commands on the egress ledger: what left this region, listed, verified, and as a file that anyone can verify."""

from pathlib import Path

import click

from node.release.export import export as export_ledger
from schemas.codes import AUDIENCES, Audience
from schemas.ledger_file import lines_of
from schemas.ledger_verify import verify_ledger

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
    """Verify this region's chain: numbers, links, signatures, places in the approved bundles."""
    with options.opened(home) as node, node.engine.connect() as connection:
        length = inspection.verify_chain(connection, node.service_key().public)
    click.echo(f"The chain of {length} events verifies.")


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
        f"{done.events} events are in {file}, {done.receipts} with the hub's receipt, {done.destroyed} destroyed, "
        f"{done.left_out} payloads left out."
    )


def _show(home: Path, as_json: bool) -> None:
    with options.opened(home) as node, node.engine.connect() as connection:
        inspection.say_ledger(connection, node.service_key().public, as_json)
