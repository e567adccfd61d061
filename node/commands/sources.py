"""Commands for extracts: propose a mapping, look before loading, load, list, remove, and show what was rejected."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import click
import yaml

from connectors.database import writing
from connectors.sources import SourceRefused
from connectors.sources.instrument import file_name, instrument_of, read_instrument
from connectors.sources.mapping import read_document, read_mapping
from connectors.sources.sample import samples
from connectors.sources.suggest import suggest
from connectors.sources.suggestion_text import mapping_from_instrument, mapping_text
from node.audit import AuditEntry, record
from node.bootstrap import now
from node.records.check import CheckReport, check
from node.records.in_dutch import column_in_dutch, in_dutch
from node.records.listing import listed_sources, rejected_rows
from node.records.load import load
from node.records.profile import filled_line
from node.records.store import remove_source, require_source
from schemas.codes import Language
from schemas.refused import Refused

from . import options, pseudonyms
from .choice import open_records
from .progress import Progress

_to = click.option("--to", type=click.Path(path_type=Path), help="Write it to this file; default: show it.")
_FORMULA = ("=", "+", "-", "@")  # a spreadsheet would take a cell that begins so for a formula


class FileThere(Refused, FileExistsError):
    """A file that would be written over."""


@click.group()
def source() -> None:
    """Bring in extracts; they never leave."""


source.add_command(pseudonyms.object_to_use)


@source.command("suggest")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--id", "name", default="source", show_default=True, help="The source's short name.")
@_to
def suggest_mapping(files: Sequence[Path], name: str, to: Path | None) -> None:
    """Propose a mapping for FILES from their headings and the forms of a sample of values; no value is shown."""
    found = [suggest(sample) for file in files for sample in samples(file)]
    if not found:
        raise SourceRefused(f"{files[0].name}: has no sheet that shows; unhide the one to read.")
    kinds = {one.sample.kind for one in found}
    if len(kinds) > 1:
        named = " and ".join(sorted(kinds))
        raise SourceRefused(f"The files are of several kinds, {named}; run this once for each kind, with its own --id.")
    _written(mapping_text(found, name), to)


@source.command("check")
@click.argument("mapping", type=click.Path(path_type=Path))
@options.json
@options.lang
@options.records_home
def check_source(mapping: Path, as_json: bool, lang: Language, home: Path) -> None:
    """Read the source that MAPPING describes as a load would, and keep nothing: counts, rejects and findings."""
    with options.opened(home) as node, Progress(lang) as progress:
        found = check(
            home, mapping, node.pseudonym_keys(), progress.tell, progress.share,
            division_year=node.settings.division_year,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(found.document(), ensure_ascii=False, indent=2, default=str))
    else:
        _show_check(found, lang)
    if found.refusal is not None:
        raise SourceRefused(found.refusal)


def _show_check(found: CheckReport, lang: Language) -> None:
    for line in found.report.account(lang):
        click.echo(line)
    click.echo("Gevuld:" if lang == "nl" else "Filled:")
    for file in found.report.look.load.profile:
        click.echo(f"  {filled_line(file)}")
    click.echo(found.report.look.against(lang))
    for one in found.findings:
        click.echo(one.line(lang))
    if not found.findings:
        click.echo("Geen bevindingen." if lang == "nl" else "No findings.")
    kept = "Er is niets bewaard; `source load` laadt de bron." if lang == "nl" else (
        "Nothing was kept; `source load` loads the source."
    )  # fmt: skip
    click.echo(kept)


@source.command("load")
@click.argument("mapping", type=click.Path(path_type=Path))
@options.lang
@options.records_home
def load_source(mapping: Path, lang: Language, home: Path) -> None:
    """Load the source that MAPPING (YAML) describes, whole or not at all."""
    with options.opened(home) as node, Progress(lang) as progress:
        report = load(
            home, mapping, node.pseudonym_keys(), progress.tell, on_share=progress.share,
            division_year=node.settings.division_year,
        )  # fmt: skip
    for line in report.lines(lang):
        click.echo(line)


@source.command("list")
@options.json
@options.lang
@options.records_home
def list_sources(as_json: bool, lang: Language, home: Path) -> None:
    """Show which sources are loaded: whose, until when, how many rows, when they last changed."""
    with options.opened(home), open_records(home) as records:
        found = listed_sources(records)
    if as_json:
        click.echo(json.dumps([vars(one) for one in found], ensure_ascii=False, indent=2, default=str))
        return
    for one in found:
        click.echo(one.told().told(lang))


@source.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.records_home
def remove(name: str, yes: bool, home: Path) -> None:
    """Delete all that source NAME brought, and whoever only it described; published figures are not touched."""
    with options.opened(home) as node:
        with open_records(home) as records:
            require_source(records, name)
        if not yes:
            click.confirm(f"Delete every row of {name} here? Only loading it again brings them back", abort=True)
        with writing(node.engine) as connection:
            record(connection, AuditEntry("operator", "source.removed", name, now()))
            remove_source(home, name)
    click.echo(f"{name}: deleted.")


@source.command("rejects")
@click.argument("name")
@click.option("--csv", "to", type=click.Path(path_type=Path), help="Write them to this CSV file; default: show them.")
@options.lang
@options.records_home
def rejects(name: str, to: Path | None, lang: Language, home: Path) -> None:
    """Show where rows of source NAME were rejected and why, for its holder to correct; no value is in it."""
    with options.opened(home), open_records(home) as records:
        rows = rejected_rows(records, name)
        if to is None:
            for one in rows:
                click.echo(one.told().told(lang))
            return
        _require_new(to)
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            is_dutch = lang == "nl"
            writer.writerow(["bestand", "rij", "kolom", "reden"] if is_dutch else ["file", "row", "column", "reason"])
            for one in rows:
                reason = in_dutch(one.reason) if is_dutch else one.reason
                column = column_in_dutch(one.column) if is_dutch else one.column
                writer.writerow([_harmless(one.file), one.row, _harmless(column), reason])
    click.echo(f"{to.name}: written.")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


@source.group("instrument")
def instrument_group() -> None:
    """Share how one supplier's files are read, without legal ground or names of files."""


@instrument_group.command("save")
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option("--id", "name", required=True, help="The instrument's short name.")
@click.option("--version", type=click.IntRange(min=1), required=True, help="Raise it with every change.")
@click.option("--supplier", required=True, help="Whose files it reads.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Default: beside the mapping.")
def save_instrument(mapping: Path, name: str, version: int, supplier: str, folder: Path | None) -> None:
    """Take from MAPPING how its files are read, and write that as an instrument."""
    read_mapping(mapping, now().date())
    document = read_document(mapping)
    to = (folder or mapping.parent) / file_name(name, version)
    _require_new(to)
    made = instrument_of(document, mapping.name, name, version, supplier)
    to.write_text(yaml.safe_dump(made, sort_keys=False, allow_unicode=True), encoding="utf-8")
    try:
        read_instrument(to)
    except SourceRefused:
        to.unlink()
        raise
    click.echo(f"{to.name}: written.")


@instrument_group.command("use")
@click.argument("instrument", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1)
@click.option("--id", "name", default="source", show_default=True, help="The source's short name.")
@_to
def use_instrument(instrument: Path, files: Sequence[str], name: str, to: Path | None) -> None:
    """Write a mapping that is read by INSTRUMENT; FILES say which file plays which role, as ROLE=FILE."""
    _, document = read_instrument(instrument)
    named: dict[str, str] = {}
    for pair in files:
        role, _, file = pair.partition("=")
        if not file or role not in document["roles"]:
            raise click.BadParameter(f"write ROLE=FILE, with one of the roles {', '.join(document['roles'])}.")
        named[role] = file
    _written(mapping_from_instrument(document, named, name), to)


def _written(text: str, to: Path | None) -> None:
    if to is None:
        click.echo(text, nl=False)
        return
    _require_new(to)
    to.write_text(text, encoding="utf-8")
    click.echo(f"{to.name}: written; complete what is marked FILL IN.")


def _require_new(to: Path) -> None:
    if to.exists():
        raise FileThere(f"{to.name} exists already; name another file, or move that one away first.")
