"""Commands by which a region cites another region's lesson, and takes a citation back."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.knowledge import citations
from node.release.refusal import ReleaseRefused
from node.release.standing import standing
from node.release.subject import citation_name, name_of, opaque
from node.work.citing import freeze
from schemas.codes import Audience, Language

from . import deciding, desk, inspection, options, taking_back


class CitationNotReleased(ReleaseRefused):
    """A citation that nobody can see, so that there is nothing to take back."""


@click.group("cite")
def cite_group() -> None:
    """Say of another region's lesson whether it held here: supporting, contrasting, or only mentioning it."""


@cite_group.command("write")
@click.argument("file", type=click.Path(path_type=Path))
@options.author
@options.lesson_audience
@options.lang
@options.home
def write(file: Path, author: str, audience: Audience, lang: Language, home: Path) -> None:
    """Keep the citation in FILE (YAML), hold its evidence to this region's chain, scan its words, freeze it for review.

    One that readers see is not reworded: withdraw it, then write it anew.
    """
    with options.opened(home) as node:
        found = citations.read_citation(file, node.settings.region)
        with writing(node.engine) as connection:
            citations.keep(connection, found, AuditEntry(author, "citation.written", found.citation, now()))
        entry = AuditEntry(author, "bundle.prepared", found.citation, now())
        bundle = freeze(node.engine, node.settings, node.secret("subject"), found, audience, entry)
        inspection.show(bundle)
        with node.engine.connect() as connection:
            desk.say_findings(connection, bundle, lang)


@cite_group.command("list")
@options.home
@options.json
def list_citations(home: Path, as_json: bool) -> None:
    """Name every citation that is kept here, and whether readers see it as it reads here."""
    with options.opened(home) as node, node.engine.connect() as connection:
        key = node.secret("subject")
        kept = citations.drafts(connection)
        stands = standing(connection, [opaque(key, name_of(one)) for one in kept])
        rows = [(one, stands.get(opaque(key, name_of(one)))) for one in kept]
    if as_json:
        listed = [
            {"state": taking_back.state(one, there), "event": there and there.event_id, **msgspec.to_builtins(one)}
            for one, there in rows
        ]
        click.echo(msgspec.json.encode(listed).decode())
        return
    for one, there in rows:
        about = f"{one.classified} {one.lesson[:16]} ({one.lesson_region})"
        click.echo(f"{one.citation:<24}  {about}  {taking_back.state(one, there)}")
    if not rows:
        click.echo("No citation yet; write one with `cite write FILE`, see docs/knowledge.md.")


@cite_group.command("withdraw")
@click.argument("name")
@options.reason_required
@options.author
@options.home
def withdraw_citation(name: str, reason: str, author: str, home: Path) -> None:
    """Take back the citation NAME that readers see; the event stays in the ledger. Frozen for one reviewer."""
    unseen = CitationNotReleased(
        f"Readers see no citation '{name}' of this region; `python -m node cite list` names those that they see."
    )
    taking_back.take_back(home, citation_name(name), unseen, reason, author)


@cite_group.command("findings")
@click.argument("name")
@options.home
def findings(name: str, home: Path) -> None:
    """List what in a citation may point at a person, with the words around it and what was decided."""
    deciding.say_findings(home, citations.find, name, "cite resolve")


@cite_group.command("resolve")
@click.argument("name")
@click.argument("finding_ids", metavar="FINDING...", nargs=-1, required=True)
@click.option(
    "--reason", required=True, help="Why these words may stand; reviewers read it, so it does not repeat them."
)
@options.author
@options.home
def resolve_findings(name: str, finding_ids: Sequence[str], reason: str, author: str, home: Path) -> None:
    """Let findings stand, as the citation reads now; all of them or, where one is refused, none."""
    left = deciding.let_stand(home, citations.find, name, finding_ids, reason, author)
    click.echo(f"{left} Next: `cite write` it again.")
