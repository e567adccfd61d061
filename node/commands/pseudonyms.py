"""Commands on who is in the records: renew the key of the pseudonyms, and leave out who objected."""

import secrets
from pathlib import Path
from typing import Final

import click

from connectors.database import writing
from connectors.secret_files import read_secret, write_secret
from connectors.sources.mapping import Objections
from node.audit import AuditEntry, record
from node.bootstrap import now
from node.records.clerical import delete_sample
from node.records.load import writing_store
from node.records.objections import object_everywhere, withdraw_objections
from node.records.rotate import wrap_pseudonyms
from schemas.quality import LINKAGE_METHODS, LinkageMethod
from schemas.text import many

from . import options

NEXT_KEY: Final = "pseudonym.next"


@click.command("rotate-pseudonym")
@options.records_home
def rotate_pseudonym(home: Path) -> None:
    """Renew the pseudonyms' key: the old pseudonyms are wrapped, and loads afterwards find the same persons.

    Run again after a fall: it goes on with the key that it began with.
    """
    with options.opened(home) as node:
        number = len(node.pseudonym_keys()) + 1
        following = node.settings.secret(NEXT_KEY)
        if not following.is_file():
            write_secret(following, secrets.token_bytes(32))
        wrapped = wrap_pseudonyms(home, read_secret(following), number)
        following.rename(node.settings.secret(f"pseudonym.{number}"))
        with writing(node.engine) as connection:
            record(connection, AuditEntry("operator", "pseudonyms.rotated", f"key {number}", now()))
    click.echo(
        f"{many(wrapped, 'pseudonym is', 'pseudonyms are')} wrapped by key {number}. Take a new backup: an older one "
        "lacks this key."
    )


@click.command("object")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--column", required=True, help="The column that holds the identifiers.")
@click.option(
    "--linkage", type=click.Choice(LINKAGE_METHODS), default="bsn", show_default=True,
    help="What the identifiers are; of `probabilistic` and `none`, name the source.",
)  # fmt: skip
@click.option("--source", help="Whose own numbers they are.")
@click.option("--separator", default=",", show_default=True)
@click.option("--encoding", default="utf-8", show_default=True)
@click.option("--withdraw", is_flag=True, help="Take them off the list; their rows come back with the next load.")
@options.records_home
def object_to_use(
    file: Path, column: str, linkage: LinkageMethod, source: str | None, separator: str, encoding: str, withdraw: bool,
    home: Path,
) -> None:  # fmt: skip
    """Leave the persons in FILE (CSV) out of every source from now on, and delete what was loaded of them at once."""
    listed = Objections(file.name, column, separator, encoding)
    with options.opened(home) as node:
        keys = node.pseudonym_keys()
        with writing_store(home) as connection:
            if withdraw:
                count = withdraw_objections(connection, file, listed, keys, linkage, source)
                lines: tuple[str, ...] = (
                    f"{many(count, 'person is', 'persons are')} off the region's list; load the sources again.",
                )
            else:
                done = object_everywhere(connection, file, listed, keys, linkage, source)
                count, lines = done.listed, done.lines()
        if not withdraw:
            delete_sample(home)  # they may be in it
        with writing(node.engine) as connection:
            action = "objections.withdrawn" if withdraw else "objections.applied"
            record(connection, AuditEntry("operator", action, many(count, "person", "persons"), now()))
    for line in lines:
        click.echo(line)
    if not withdraw:
        click.echo(
            "Next: `release prepare` computes anew; a change of fewer than ten persons waits until it is larger."
        )
