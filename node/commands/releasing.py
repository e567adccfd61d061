"""Commands on the way out: measure, prepare a release, publish what was approved."""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Connection

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import now, open_neighbourhood
from node.indicators.compute import outside
from node.indicators.requirements import unfed
from node.indicators.standardised import inside
from node.knowledge import lessons
from node.release.candidate import FrozenBundle
from node.release.cuts import Cut
from node.release.words import deidentifier
from node.work import publishing, taking_over
from node.work.preparing import counted
from schemas.codes import Audience, Language

from . import alternatives, changes, desk, inspection, options, releasing_assessment, releasing_evaluation
from .choice import counting_place, measured, open_records


@click.command("measure")
@options.period_option
@options.indicators
@options.lang
@options.records_home
def measure(period: str, names: Sequence[str], lang: Language, home: Path) -> None:
    """Compute indicators and show the totals, inside the region only: nothing is protected or kept."""
    with options.opened(home) as node, open_records(home) as records:
        with node.engine.connect() as connection, counting_place(node, records) as place:
            found = measured(connection, records, place, names, period, node.settings, to_release=False)
            definitions = [one.definition for one in found.computed]
            advice = flow.release_advice(connection, definitions, period, node.settings.areas)
            notes = (*unfed(place, found.computed), *outside(place, node.settings.areas), *advice)
        for result in found.computed:
            click.echo(inspection.total_line(result))
            if (standardised := inside(result, lang)) is not None:
                click.echo(f"    {standardised}")
        for lack in found.lacking:
            click.echo(lack.sentence(lang))
        for sentence in notes:
            click.echo(f"Note: {sentence}")


@click.group("release")
def release_group() -> None:
    """Prepare what is to leave, and publish what was approved."""


@release_group.command("prepare")
@options.period_option
@options.indicators
@click.option("--lesson", "lesson_ids", multiple=True, help="A lesson to go in the same bundle; may be repeated.")
@click.option(
    "--table", "taken", nargs=2, type=click.Path(path_type=Path),
    help="A public table (file and mapping) to go in the same bundle.",
)  # fmt: skip
@options.author
@options.audience
@options.reason
@click.option(
    "--round",
    "is_rounded",
    is_flag=True,
    help="Let what waits in counts without a denominator out rounded to tens: once per count and period, for good.",
)
@alternatives.cut_options
@options.lang
@options.home
def prepare(
    period: str,
    names: Sequence[str],
    lesson_ids: Sequence[str],
    taken: tuple[Path, Path] | None,
    author: str,
    audience: Audience,
    reason: str,
    is_rounded: bool,
    without: tuple[str, ...],
    ages: Mapping[str, tuple[str, ...]],
    lang: Language,
    home: Path,
) -> None:
    """Compute, protect, audit and freeze indicators for review, with lessons and a table in the same bundle."""
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        found = counted(
            node.engine, node.settings, partial(counting_place, node), period, names, bool(lesson_ids or taken),
            Cut(without, ages),
        )  # fmt: skip
        table = taking_over.taken(*taken, node.settings.region) if taken else None
        if lesson_ids and finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(node.engine) as connection:
            entry = AuditEntry(author, "bundle.prepared", period, now())
            bundle = flow.release(
                connection, node.settings, found.computed, table.tables if table else (),
                [lessons.find(connection, one) for one in lesson_ids],
                audience=audience, subject_key=node.secret("subject"), entry=entry, reason=reason,
                whole=table.whole if table else None, notes=(*found.notes, *(table.notes if table else ())),
                owners=found.owners, deidentifier=finder, random=secrets.SystemRandom() if is_rounded else None,
            )  # fmt: skip
            _show(connection, bundle, lang)


@release_group.command("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("mapping", type=click.Path(path_type=Path))
@options.author
@options.audience
@options.reason
@options.lang
@options.home
def table(file: Path, mapping: Path, author: str, audience: Audience, reason: str, lang: Language, home: Path) -> None:
    """Take this region's rows of an already public table over, frozen for review: what is new, changed or gone."""
    with options.opened(home) as node, writing(node.engine) as connection:
        found = taking_over.taken(file, mapping, node.settings.region)
        entry = AuditEntry(author, "bundle.prepared", file.name, now())
        bundle = taking_over.freeze(
            connection, node.settings, found,
            audience=audience, subject_key=node.secret("subject"), reason=reason, entry=entry,
        )  # fmt: skip
        _show(connection, bundle, lang)


@release_group.command("lesson")
@click.argument("lesson_id")
@options.author
@options.lesson_audience
@options.reason
@options.lang
@options.home
def release_lesson(lesson_id: str, author: str, audience: Audience, reason: str, lang: Language, home: Path) -> None:
    """Scan a lesson for traces of persons and freeze it for review; an edited one revises what was released."""
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        if finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(node.engine) as connection:
            found = lessons.find(connection, lesson_id)
            entry = AuditEntry(author, "bundle.prepared", lesson_id, now())
            bundle = flow.release(
                connection, node.settings, (), (), (found,),
                audience=audience, subject_key=node.secret("subject"), entry=entry, reason=reason, deidentifier=finder,
            )  # fmt: skip
            _show(connection, bundle, lang)


@release_group.command("list")
@options.home
@options.json
def list_bundles(home: Path, as_json: bool) -> None:
    """Name every bundle with its state."""
    with options.opened(home) as node, node.engine.connect() as connection:
        inspection.say_bundles(connection, as_json, node.settings.release_every_months, now().date())


@release_group.command("publish")
@click.argument("bundle_id")
@options.author
@options.home
def publish(bundle_id: str, author: str, home: Path) -> None:
    """Sign an approved bundle onto the region's chain and put it into the outbox."""
    with options.opened(home) as node:
        node.check_enrolled()
        done = publishing.publish(
            node.engine, node.settings, bundle_id, node.service_key(), open_neighbourhood(node), author, now
        )
    click.echo(f"Bundle {bundle_id} is signed: {_waiting(done.events)} in the outbox. Next: `ship`.")
    if not done.is_scrubbed:
        click.echo(
            "Another process reads the store, so its log still holds what was destroyed: stop it, that clears it."
        )


def _show(connection: Connection, bundle: FrozenBundle, lang: Language) -> None:
    inspection.show(bundle)
    changes.say_changes(connection, bundle)
    desk.say_findings(connection, bundle, lang)


release_group.add_command(desk.answer_findings)
release_group.add_command(desk.certificate)
release_group.add_command(alternatives.show_alternatives)
release_group.add_command(releasing_evaluation.release_evaluation)
release_group.add_command(releasing_assessment.release_assessment)


def _waiting(events: int) -> str:
    return "1 event waits" if events == 1 else f"{events} events wait"
