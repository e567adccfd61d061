"""The guide through the six steps of population management, and the interventions of a region's portfolio."""

from pathlib import Path
from typing import Final

import click
import msgspec

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.knowledge import interventions, steps
from node.work.guide import facts
from schemas.codes import Language
from schemas.definition import Text

from . import options

_STATES: Final = {
    "done": Text("gedaan", "done"),
    "under_way": Text("bezig", "under way"),
    "not_begun": Text("nog niet", "not begun"),
}
_NEXT: Final = Text("Volgende stap", "Next")
_CYCLE: Final = Text(
    "Alle zes stappen zijn gezet; het is een kring: begin weer bij stap 1 met wat is geleerd.",
    "All six steps were taken; it is a cycle: begin again at step 1 with what was learnt.",
)


@click.command("steps")
@options.lang
@options.home
@options.json
def show_steps(lang: Language, home: Path, as_json: bool) -> None:
    """Show in which of the six steps this region is, what it has, and what comes next."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = steps.steps(facts(home, connection, now().date()))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        click.echo(f"{one.number}. {one.title.told(lang)}: {_STATES[one.state].told(lang)}")
        for line in one.there_is:
            click.echo(f"     {line.told(lang)}")
        if one.advice is not None:
            click.echo(f"     {_NEXT.told(lang)}: {one.advice.told(lang)}")
    if steps.at_step(found) is None:
        click.echo(_CYCLE.told(lang))


@click.group("intervention")
def intervention_group() -> None:
    """Record what the region does: for whom, since when, with what goal and by which indicators it is judged."""


@intervention_group.command("record")
@click.argument("file", type=click.Path(path_type=Path))
@options.author
@options.home
def record_intervention(file: Path, author: str, home: Path) -> None:
    """Keep the intervention in FILE (YAML); one with the same id is replaced."""
    found = interventions.read_intervention(file)
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "intervention.recorded", found.id, now())
        replaced = interventions.keep(connection, found, entry)
    click.echo(f"Intervention '{found.id}' is {'changed' if replaced else 'recorded'}.")
    click.echo(f"It is judged by {', '.join(found.measures)}; publish these for a period before {found.start} as well.")


@intervention_group.command("list")
@options.lang
@options.home
@options.json
def list_interventions(lang: Language, home: Path, as_json: bool) -> None:
    """Name every intervention: from prevention to palliative care, enabling measures last."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = interventions.interventions(connection)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    today = now().date()
    for one in found:
        when = f"{one.start} -" if one.end is None else f"{one.start} - {one.end}"
        state = "running" if one.runs_on(today) else "to come" if today < one.start else "ended"
        click.echo(f"{one.id:<24}  {(one.stage or 'enabling').replace('_', ' '):<16}  {when}  {state}")
        click.echo(f"     {one.title.told(lang)}; segment {one.segment}; goal {one.goal.indicator} "
                   f"{one.goal.value} by {one.goal.by}")  # fmt: skip
    if not found:
        click.echo("No intervention yet; record one with `intervention record FILE`, see docs/steps.md.")


@intervention_group.command("remove")
@click.argument("intervention_id")
@options.author
@options.home
def remove_intervention(intervention_id: str, author: str, home: Path) -> None:
    """Forget an intervention that was recorded by mistake; one that ended gets an `end` instead."""
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "intervention.removed", intervention_id, now())
        interventions.remove(connection, intervention_id, entry)
    click.echo(f"Intervention '{intervention_id}' is removed.")
