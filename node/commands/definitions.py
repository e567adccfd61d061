"""Commands on definitions: which there are, what they need, which this region approved, and those of the hub."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import msgspec
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry, record, timestamp
from node.bootstrap import Node, fetch_definitions, now
from node.indicators import approved, requirements
from node.records.store import records_path
from schemas.catalogue import read_file
from schemas.codes import Language
from schemas.definition import IndicatorDefinition, meaning
from schemas.definition_list import Proposal, offered, signed_proposal
from schemas.text import Text, counted, many

from . import options
from .choice import counting_place, open_records

_NO_SOURCE: Final = Text("Er is hier nog geen bron geladen.", "No source is loaded here yet.")
_PERSONS_ALONE: Final = Text("alleen personen en wanneer zij meetellen", "persons and coverage alone")
_version = click.option("--version", type=int, help="An earlier version; the newest without it.")


@click.group("definitions")
def definitions() -> None:
    """See the definitions of indicators, and approve which of them this region computes."""


@definitions.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are taken over from public tables.")
@options.home
@options.lang
@options.json
def list_all(everything: bool, home: Path, lang: Language, as_json: bool) -> None:
    """List every definition: its version, whether it is approved, and whether the loaded sources can feed it."""
    with options.opened(home) as node, node.engine.connect() as connection:
        newest = {name: same[0] for name, same in approved.known(connection).items()}
        shown = [one for one in newest.values() if everything or one.measure is not None]
        states = {one.id: _state(connection, one) for one in shown}
        lacks = _lacks(node, shown)
    if as_json:
        rows = [
            {"id": one.id, "version": one.version, "hash": one.hash, "axis": one.axis, "kind": one.kind,
             "title": msgspec.to_builtins(one.title), "state": states[one.id].en,
             "missing": [lack.en for lack in lacks[one.id]] if one.id in lacks else None}
            for one in shown
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in shown:
        fed = "" if one.measure is None else f"; {_fed(lacks.get(one.id)).told(lang)}"
        click.echo(f"{one.id:<28} {one.version:>2}  {states[one.id].told(lang)}{fed}  - {one.title.told(lang)}")
    following = Text("Verder", "Next").told(lang)
    click.echo(f"{following}: `definitions show ID`, `definitions needs ID`, `definitions approve ID --author NAME`.")


@definitions.command("show")
@click.argument("indicator")
@_version
@options.home
@options.json
def show(indicator: str, version: int | None, home: Path, as_json: bool) -> None:
    """Show the whole definition INDICATOR, newest version unless --version says which, and who approved it."""
    with options.opened(home) as node, node.engine.connect() as connection:
        one = _named(connection, indicator, version=version)
        state = _state(connection, one).en
    whole = meaning(one) | {"hash": one.hash, "provenance": msgspec.to_builtins(one.provenance), "state": state}
    if as_json:
        click.echo(json.dumps(whole, ensure_ascii=False))
        return
    click.echo(f"{one.id} version {one.version}: {one.title.en} / {one.title.nl}")
    click.echo(f"{one.description.en}\n{one.description.nl}")
    click.echo(f"{one.axis}, {one.kind}, per {one.per}; cut by {', '.join(one.dimensions)}; better is {one.favourable}")
    for name, part in (("population", one.population), ("measure", one.measure)):
        if part is not None:
            click.echo(f"{name}: {json.dumps(whole[name], ensure_ascii=False)}")
    click.echo(f"reference: {one.reference}")
    if one.provenance is not None:
        checked = "checked" if one.provenance.verified else "not checked against its source"
        click.echo(f"provenance: {one.provenance.source} ({checked})")
    click.echo(f"hash: {one.hash}\n{state}")


@definitions.command("needs")
@click.argument("names", nargs=-1)
@options.home
@options.lang
def needs(names: Sequence[str], home: Path, lang: Language) -> None:
    """Say what definitions need of the records, and what the loaded sources lack; never a value of a person."""
    with options.opened(home) as node, node.engine.connect() as connection:
        newest = {name: same[0] for name, same in approved.known(connection).items() if same[0].measure is not None}
        chosen = [_named(connection, name) for name in names] or list(newest.values())
        lacks = _lacks(node, chosen)
    found = {one.id: lacks.get(one.id, (_NO_SOURCE,)) for one in chosen}
    shared = [
        one for one in next(iter(found.values()), ()) if len(found) > 1 and all(one in of for of in found.values())
    ]
    for sentence in shared:
        click.echo(f"{Text('ontbreekt voor alle', 'missing for all of them').told(lang)}: {sentence.told(lang)}")
    for one in chosen:
        asked = "; ".join(requirements.described(each).told(lang) for each in requirements.needs(one))
        click.echo(f"{one.id}: {asked or _PERSONS_ALONE.told(lang)}")
        for sentence in found[one.id]:
            if sentence not in shared:
                click.echo(f"    {Text('ontbreekt', 'missing').told(lang)}: {sentence.told(lang)}")
    fed = sum(not lacks.get(one.id, (_NO_SOURCE,)) for one in chosen)
    of = counted(len(chosen), ("definitie", "definities"), ("definition", "definitions"))
    click.echo(
        Text(
            f"De geladen bronnen kunnen {fed} van {of.nl} voeden.", f"The loaded sources can feed {fed} of {of.en}."
        ).told(lang)
    )


@definitions.command("approve")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every definition that is computed from records.")
@click.option("--hash", "seen", help="The hash that `definitions show` gave: approve exactly what was read.")
@options.author
@options.home
def approve(names: Sequence[str], everything: bool, seen: str | None, author: str, home: Path) -> None:
    """Approve definitions in their newest version, in this region's name; only these are computed.

    With --hash it is the version with that hash, and nothing else: one that came since it was shown is not approved.
    """
    if bool(names) == everything:
        raise click.UsageError("Name the definitions, or say --all.")
    if seen is not None and (everything or len(set(names)) != 1):
        raise click.UsageError("--hash is of one definition; name that one.")
    with options.opened(home) as node, writing(node.engine) as connection:
        newest = [same[0] for same in approved.known(connection).values() if same[0].measure is not None]
        chosen = newest if everything else [_named(connection, name, seen) for name in dict.fromkeys(names)]
        fresh = approved.approve(connection, chosen, author, now())
    click.echo(
        f"{many(fresh, 'definition is', 'definitions are')} approved by {author}; {len(chosen) - fresh} were "
        "approved before."
    )


@definitions.command("revoke")
@click.argument("indicator")
@_version
@options.author
@options.home
def revoke(indicator: str, version: int | None, author: str, home: Path) -> None:
    """End the approval of INDICATOR's newest version: it is not computed any more, what was released stands.

    An earlier version that was approved is computed again, until that approval is ended too (--version).
    """
    with options.opened(home) as node, writing(node.engine) as connection:
        one = _named(connection, indicator, version=version)
        approved.revoke(connection, one, author, now())
        left = approved.computable(connection).get(one.id)
    click.echo(f"{one.id} version {one.version} is no longer approved here; what was released of it stands.")
    if left is not None:
        click.echo(f"It is computed by version {left.version}, which is approved; `--version` ends that too.")


@definitions.command("pull")
@options.home
def pull(home: Path) -> None:
    """Fetch the hub's signed definitions and keep what is new; nothing is approved by that."""
    with options.opened(home) as node:
        listed = fetch_definitions(node)
        with writing(node.engine) as connection:
            entry = AuditEntry("hub", "definitions.pulled", listed.as_of, now())
            new = approved.take_in(connection, listed, node.hub_key(), entry)
    for one in new:
        click.echo(f"New: {one.id} version {one.version} - {one.title.en}")
    click.echo(
        f"Verified: {many(len(listed.offered), 'definition', 'definitions')} of the hub of {listed.as_of}; new here: "
        f"{len(new)}."
    )
    if new:
        click.echo("Next: `definitions show ID`, then `definitions approve ID --hash HASH --author NAME`.")


@definitions.command("propose")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The signed proposal to hand to the hub.")
@click.option("--reason", required=True, help="Why the network should have it.")
@options.author
@options.home
def propose(file: Path, out: Path, reason: str, author: str, home: Path) -> None:
    """Sign the definitions of FILE (YAML, see docs/indicators.md) as a proposal to the network, without any figure."""
    if out.exists():
        raise click.UsageError(f"{out} exists already; name a new file.")
    with options.opened(home) as node:
        found = tuple(read_file(file.read_text(encoding="utf-8"), file.name))
        key, at = node.service_key(), now()
        proposal = signed_proposal(
            Proposal(node.settings.region, timestamp(at), reason, tuple(map(offered, found)), key.public.key_id), key
        )
        with writing(node.engine) as connection:
            for one in found:
                what = f"{one.id} {one.version}"
                record(connection, AuditEntry(author, "definition.proposed", what, at, one.hash))
    out.write_bytes(msgspec.json.format(msgspec.json.encode(proposal)))
    click.echo(
        f"{many(len(found), 'definition is', 'definitions are')} proposed in {out}; give that file to the hub's team."
    )
    click.echo("They adopt it with `python -m hub definitions adopt FILE`; every region then pulls and approves it.")


def _named(
    connection: Connection, name: str, seen: str | None = None, version: int | None = None
) -> IndicatorDefinition:
    same = approved.known(connection).get(name)
    if same is None:
        raise approved.DefinitionUnknown(
            f"There is no definition '{name}'; see `python -m node definitions list --all`."
        )
    if version is not None:
        same = tuple(one for one in same if one.version == version)
        if not same:
            raise approved.DefinitionUnknown(
                f"There is no version {version} of '{name}' here; leave --version out for the newest."
            )
    if seen is None:
        return same[0]
    found = [one for one in same if one.hash == seen.lower()]
    if not found:
        raise approved.DefinitionUnknown(
            f"No version of {name} here has the hash {seen}; version {same[0].version}, the newest, has another one: "
            f"read it with `definitions show {name}`."
        )
    return found[0]


def _state(connection: Connection, one: IndicatorDefinition) -> Text:
    if one.measure is None:
        return Text("overgenomen uit een openbare tabel", "taken over from a public table")
    usable = approved.computable(connection).get(one.id)
    if usable is None:
        outdated = isinstance(approved.refusal(connection, one.id), approved.DefinitionOutdated)
        return (
            Text("te oud voor de hub", "too old for the hub") if outdated else Text("niet goedgekeurd", "not approved")
        )
    done = approved.approvals(connection)
    by = done.get(one.hash, done[usable.hash])
    told = Text(f"goedgekeurd door {by.by} op {by.at[:10]}", f"approved by {by.by} on {by.at[:10]}")
    if usable == one:
        return told
    if one.hash in done:
        return Text(f"{told.nl}, en berekend met versie {usable.version}",
                    f"{told.en}, and computed by version {usable.version}")  # fmt: skip
    return Text(f"versie {usable.version} {told.nl}, deze niet", f"version {usable.version} {told.en}, this one is not")


def _lacks(node: Node, chosen: Sequence[IndicatorDefinition]) -> dict[str, tuple[Text, ...]]:
    """Return what the loaded sources lack by definition; nothing at all where no source is loaded."""
    home = node.settings.home
    if not records_path(home).is_file():
        return {}
    with open_records(home) as records, counting_place(node, records) as place:
        return {one.id: requirements.missing(place, one) for one in chosen if one.measure is not None}


def _fed(lacks: tuple[Text, ...] | None) -> Text:
    if lacks is None:
        return Text("er is geen bron geladen", "no source is loaded")
    return Text("kan", "can be fed") if not lacks else Text("kan nog niet", "cannot be fed yet")
