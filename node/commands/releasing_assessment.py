"""The command that prepares a closed round for review: what the rule for panels tells, findings and verdicts."""

from pathlib import Path

import click

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import now
from node.release.panel import AskedAssessment
from node.release.words import deidentifier
from schemas.codes import Audience, Language

from . import changes, desk, inspection, options


@click.command("assessment")
@click.argument("round_id", metavar="ROUND")
@click.option("--role", required=True, help="On whose behalf it is made: a role such as `programme office`, no name.")
@options.author
@options.audience
@options.reason
@options.lang
@options.home
def release_assessment(
    round_id: str, role: str, author: str, audience: Audience, reason: str, lang: Language, home: Path
) -> None:
    """Freeze the closed ROUND for review: medians in bands, findings and verdicts, and no answer of anyone."""
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        if finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(node.engine) as connection:
            entry = AuditEntry(author, "bundle.prepared", round_id, now())
            bundle = flow.release(
                connection, node.settings, (), (), (), (), (AskedAssessment(round_id, role),),
                audience=audience, subject_key=node.secret("subject"), entry=entry, reason=reason, deidentifier=finder,
            )  # fmt: skip
            inspection.show(bundle)
            changes.say_changes(connection, bundle)
            desk.say_findings(connection, bundle, lang)
