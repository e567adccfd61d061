"""The schemas' commands: `python -m schemas show NAME | check | publish`. Exit 1 where a published one has changed."""

import json
import sys
from pathlib import Path
from typing import Final

import click

from .json_schema import SchemaChanged, SchemaNotPublished, check_published, digest, published, schemas

_FILE: Final = Path(__file__).parent / "published.json"


@click.group()
def cli() -> None:
    """See and guard the JSON Schemas of what crosses the border."""


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


if __name__ == "__main__":
    sys.exit(cli(prog_name="python -m schemas"))
