"""A region's commands: `python -m node VERB`. Exit 0 on success, 2 on a wrong call, 1 on a refusal in one line."""

import sys
from collections.abc import Sequence

import click
import duckdb
from sqlalchemy.exc import SQLAlchemyError

from connectors import archive, snapshot
from connectors.database import DatabaseNewer, DatabaseUrlUnknown
from connectors.sources import SourceRefused
from connectors.trouble import of_file, trouble
from node.bootstrap import HomeTaken, NotEnrolled, SecretExposed, StoreGone
from node.commands import (
    assessing,
    backups,
    catching_up,
    citing,
    definitions,
    doctor,
    evaluating,
    guiding,
    inspection,
    joining,
    keys,
    ledger,
    linking,
    metrics,
    planning,
    pseudonyms,
    recalling,
    releasing,
    replying,
    reviewing,
    scenarios,
    serving,
    sources,
)
from node.commands.choice import NoRecords, NotPermitted
from node.config import HomeMissing, SettingWrong
from node.evaluation.refusal import EvaluationRefused
from node.indicators import approved
from node.indicators.compile import NothingToCount
from node.indicators.compute import AreaTwice
from node.indicators.period import PeriodNotOver, PeriodUnknown
from node.indicators.warehouse import WarehouseUnfit
from node.knowledge import answers, citations, interventions, lessons, questioned, replies, rounds, written
from node.records import clerical, link_persons, linkage_model, objections
from node.records.identity_tables import PseudonymKeysDiffer
from node.records.pseudonymise import PseudonymKeyTooShort
from node.records.store import RecordStoreBusy, SourceUnknown
from node.release import alarm, candidate, keyring, review, sign, states
from node.release.refusal import ReleaseRefused
from node.work import plans, take_up, timetable
from schemas import ledger_keys, ledger_proofs
from schemas.definition_schema import DefinitionInvalid
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.signature import KeyUnreadable, SignatureMismatch

_REFUSALS = (
    StoreGone, DatabaseUrlUnknown, DatabaseNewer, SourceRefused, HomeTaken,
    HomeMissing, SettingWrong, NotEnrolled, SecretExposed, PseudonymKeyTooShort,
    RecordStoreBusy, SourceUnknown, sources.FileThere, ReleaseRefused, NothingToCount, AreaTwice, PeriodNotOver,
    approved.DefinitionUnknown, approved.DefinitionNotApproved, approved.DefinitionOutdated, approved.DefinitionChanged,
    DefinitionInvalid, NoRecords, NotPermitted, WarehouseUnfit, TransportRefused, TransportUnavailable,
    KeyUnreadable, SignatureMismatch, lessons.LessonUnreadable, lessons.LessonUnknown, states.BundleNotInState,
    replies.ReplyUnreadable, replies.ReplyUnknown, citations.CitationUnreadable, citations.CitationUnknown,
    candidate.BundleUnknown, candidate.LessonNamesPerson, candidate.NothingToRelease, review.ReviewerIsAuthor,
    review.ReviewerUnknown, review.ReviewedTwice, review.ReviewerTaken, inspection.ChainBroken, sign.NodeNotCaughtUp,
    archive.ArchiveExists, archive.ArchiveUnreadable, archive.ArchiveDamaged, archive.PassphraseMissing,
    archive.PassphraseWrong, archive.PassphraseTooShort, snapshot.DatabaseEmpty, snapshot.DatabaseNotEmpty,
    snapshot.SnapshotDamaged, snapshot.SnapshotNotTaken, backups.HomeInUse, backups.BackupOfAnother,
    alarm.HubSaysOtherwise, alarm.NoAlarm, joining.RunsAlready, review.ReviewerNotEnrolled, review.ReviewerRevoked,
    keyring.KeyDoesNotHold, keyring.KeyNotHere, keyring.KeyInUse,
    ledger_proofs.LedgerFileWrong, ledger_keys.KeyHistoryWrong,
    keys.ReviewerEnrolledAlready, keys.KeyNotTheReviewers, keys.ReviewerNotHere,
    plans.PlanWrong, plans.PlanUnknown, timetable.TimetableWrong, take_up.WorkGoesOn, planning.PlanFailed,
    interventions.InterventionUnreadable, interventions.InterventionUnknown, written.WrittenUnreadable,
    PseudonymKeysDiffer, objections.SourceNotNamed, linkage_model.LinkageNotInstalled, linkage_model.TooLittleToCompare,
    linkage_model.LinkageFailed,
    link_persons.LinkageIncomplete, clerical.SampleMissing, clerical.SampleExpired, clerical.SampleUnreadable,
    answers.AnswersUnreadable, answers.InvitationUnknown, questioned.QuestionnaireUnknown,
    rounds.RoundRefused, rounds.RoundUnknown,
    linking.NoLinkage, EvaluationRefused, PeriodUnknown,
)  # fmt: skip


@click.group()
def cli() -> None:
    """Run a region's side of Regiohelix: records stay here, only approved figures and words leave."""


for command in (
    joining.init, joining.show_fingerprint, joining.enrol_region,
    sources.source, definitions.definitions, releasing.measure, releasing.release_group,
    recalling.withdraw_event, recalling.redact_event, recalling.scrub_store,
    reviewing.review_group, reviewing.lesson_group, replying.reply_group, citing.cite_group,
    assessing.assess_group, serving.serve,
    joining.ship, joining.run, joining.resume, planning.plan_group,
    guiding.show_steps, guiding.intervention_group, evaluating.evaluate_intervention, scenarios.payment,
    ledger.ledger, doctor.doctor, keys.key_group,
    backups.backup, backups.restore, catching_up.catch_up, metrics.metrics, linking.linkage_group,
):  # fmt: skip
    cli.add_command(command)
sources.source.add_command(pseudonyms.object_to_use)
keys.key_group.add_command(pseudonyms.rotate_pseudonym)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        cli.main(arguments, prog_name="python -m node", standalone_mode=False)
    except _REFUSALS as error:
        click.echo(f"Refused: {error}", err=True)
        return 1
    except SQLAlchemyError as error:  # its text could hold what was to be stored
        click.echo(f"Refused: the node's store: {trouble(error).sentence}", err=True)
        return 1
    except duckdb.Error:  # its message could hold a record's value, so it is not passed on
        click.echo("Refused: the record store failed; check the disk's free space, then load again.", err=True)
        return 1
    except OSError as error:
        click.echo(f"Refused: {of_file(error)}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
