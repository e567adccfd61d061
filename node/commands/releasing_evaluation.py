"""The command that prepares an evaluation for review: made of published figures alone, it may leave the region."""

from collections.abc import Sequence
from pathlib import Path

import click

from node.audit import AuditEntry
from node.bootstrap import now
from node.evaluation.asked import AskedEvaluation
from node.evaluation.evaluate import Method
from node.evaluation.figures_over_time import periods_between
from node.evaluation.interrupted import Season
from node.release.words import deidentifier
from node.work.evaluating import freeze
from schemas.codes import Audience, Language
from schemas.evaluation import EvaluationLevel

from . import changes, desk, inspection, options
from .questions import question


@click.command("evaluation")
@question
@click.option(
    "--level",
    type=click.Choice(["population", "intervention"]),
    default="population",
    show_default=True,
    help="population: everyone whom the outcome covers in the areas; intervention: those who took part alone.",
)
@click.option("--role", required=True, help="On whose behalf it is made: a role such as `analyst of the GGD`, no name.")
@options.author
@options.audience
@options.reason
@options.lang
@options.home
def release_evaluation(
    intervention_id: str,
    first: str,
    last: str,
    outcome: str | None,
    method: Method,
    compared: Sequence[str],
    season: Season | None,
    level: EvaluationLevel,
    role: str,
    author: str,
    audience: Audience,
    reason: str,
    lang: Language,
    home: Path,
) -> None:
    """Evaluate an intervention by published figures alone and freeze the outcome for review."""
    asked = AskedEvaluation(
        intervention_id, periods_between(first, last), role, outcome, method, compared, season, level
    )
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        bundle = freeze(
            node.engine, node.settings, asked, audience=audience, subject_key=node.secret("subject"), reason=reason,
            entry=AuditEntry(author, "bundle.prepared", intervention_id, now()), finder=finder,
        )  # fmt: skip
        with node.engine.connect() as connection:
            inspection.show(bundle)
            changes.say_changes(connection, bundle)
            desk.say_findings(connection, bundle, lang)
