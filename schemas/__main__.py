"""The schemas' commands: `python -m schemas show NAME | check | publish | verify FILE`.

Exit 1 where a published schema has changed, or a ledger file does not hold.
"""

import json
import sys
from pathlib import Path
from typing import Final

import click
import msgspec

from .heads import Heads
from .history import HistoryRewritten
from .json_schema import SchemaChanged, SchemaNotPublished, check_published, digest, published, schemas
from .ledger_file import lines_of
from .ledger_proofs import LedgerFileWrong
from .ledger_verify import VerifiedLedger, verify_ledger
from .signature import PublicKey, SignatureMismatch

_FILE: Final = Path(__file__).parent / "published.json"


@click.group()
def cli() -> None:
    """See and guard the JSON Schemas of what crosses the border, and verify a region's ledger."""


@cli.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print the schema NAME, or the names of all."""
    found = schemas()
    if name is None:
        click.echo("\n".join(found))
    elif name in found:
        click.echo(json.dumps(found[name], indent=2, sort_keys=True))
    else:
        raise click.ClickException(f"There is no schema {name}; see: python -m schemas show")


@cli.command()
def check() -> None:
    """Refuse a change to a published schema."""
    try:
        check_published(schemas(), published())
    except (SchemaChanged, SchemaNotPublished) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(published())} published schemas are as they were published.")


@cli.command()
def publish() -> None:
    """Add new schemas to the published ones; those that are there stay as they are."""
    current = schemas()
    before = published() if _FILE.exists() else {}
    try:
        check_published({name: current[name] for name in current if name in before}, before)
    except SchemaChanged as error:
        raise click.ClickException(str(error)) from error
    added = {name: digest(schema) for name, schema in current.items() if name not in before}
    _FILE.write_text(json.dumps(before | added, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    click.echo(f"{len(added)} schemas were added to {_FILE.name}.")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--heads", type=click.Path(path_type=Path), help="The hub's daily heads: GET /api/v1/heads?days=400.")
@click.option("--hub-key", help="The hub's key as its team gave it, 64 hexadecimal digits.")
def verify(file: Path, heads: Path | None, hub_key: str | None) -> None:
    """Verify the ledger FILE of a region: signatures, approvals, hashes, chain, receipts, and daily heads if given."""
    try:
        days = msgspec.json.decode(heads.read_bytes(), type=tuple[Heads, ...]) if heads else ()
        with file.open("rb") as opened:
            done = verify_ledger(lines_of(opened), days, PublicKey(hub_key) if hub_key else None)
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{heads} is no list of daily heads; fetch /api/v1/heads?days=400.") from error
    except (LedgerFileWrong, HistoryRewritten, SignatureMismatch) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from error
    click.echo(told(done))


def told(done: VerifiedLedger) -> str:
    """Return in words what was verified, and what a reader must compare himself."""
    header = done.header
    held = (
        f"Held against {done.days} days of heads."
        if done.days
        else "Not held against daily heads: a cut tail may hide."
    )
    return (
        f"The ledger of {header.region} verifies: {done.events} events, {done.receipts} with the hub's receipt, "
        f"{done.destroyed} destroyed, {done.left_out} payloads left out ({header.audience}).\n"
        f"{held}\nCompare the hub's key: {header.hub_key or 'none'}\n"
        f"Compare the region's fingerprint: {header.fingerprint}"
    )


if __name__ == "__main__":
    sys.exit(cli(prog_name="python -m schemas"))
