"""What is checked of a frozen bundle before anyone signs it: the bytes are those that were frozen, and still fit."""

from sqlalchemy import Connection

from schemas import merkle
from schemas.assessment import AssessmentRevised, AssessmentWithdrawn
from schemas.attachment import AttachmentPublished
from schemas.citation import CitationPublished, CitationWithdrawn
from schemas.envelope import payload_hash
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.items import Item, ItemRevised, ItemWithdrawn
from schemas.payloads import (
    IndicatorCorrected,
    IndicatorPending,
    IndicatorWithdrawn,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
    ReplyRevised,
    ReplyWithdrawn,
)
from schemas.upcast import read_payload

from .candidate import FrozenBundle
from .ground import check_figures
from .host import check_host
from .own_evidence import check_evaluations, check_evidence
from .refusal import ReleaseRefused
from .revise import check_current
from .standing import content_of


class PayloadDestroyed(ReleaseRefused):
    """A bundle with an item whose payload a redaction has destroyed."""


class BundleAltered(ReleaseRefused):
    """A frozen copy whose bytes are not those it was frozen with."""


def check_unaltered(bundle: FrozenBundle) -> None:
    """Raise BundleAltered unless the bytes are those that the root was made of; destroyed ones are passed over."""
    kept = all(not one.payload or payload_hash(one.salt, one.payload) == one.payload_hash for one in bundle.items)
    if not kept or merkle.root(bundle.leaves()) != bundle.root:
        raise BundleAltered(
            f"The bytes of bundle {bundle.id} are not those that were frozen; reject it, look at who can write to the "
            "store, and prepare it again."
        )


def check_publishable(connection: Connection, bundle: FrozenBundle) -> None:
    """Check that a bundle is whole and that what it replaces or takes back still stands.

    An evaluation's figures and a citation's evidence must stand as well. Raises BundleAltered, PayloadDestroyed,
    StandingChanged where another bundle was signed since it was frozen, and as `ground`, `own_evidence` and `host` do.
    """
    check_unaltered(bundle)
    replaced: dict[str, str] = {}
    withdrawn: dict[str, str] = {}
    for item in bundle.items:
        if not item.payload:
            raise PayloadDestroyed(
                f"An item of bundle {bundle.id} was destroyed by a redaction; prepare a new bundle without it."
            )
        payload = read_payload(item.type, item.payload)
        if isinstance(content := content_of(payload), EvaluationPublished):
            check_figures(connection, content, item.audience)
        if isinstance(payload, CitationPublished):
            check_evidence(connection, payload, item.audience)
        if isinstance(content, LessonPublished | Item):
            check_evaluations(connection, content, item.audience)
        if isinstance(content, AttachmentPublished):
            check_host(connection, content, item.audience)
        match payload:
            case (
                IndicatorCorrected(corrects=event_id)
                | LessonRevised(revises=event_id)
                | EvaluationRevised(revises=event_id)
                | AssessmentRevised(revises=event_id)
                | ReplyRevised(revises=event_id)
                | ItemRevised(revises=event_id)
            ):
                replaced[item.subject] = event_id
            case (
                IndicatorWithdrawn(withdraws=event_id)
                | LessonWithdrawn(withdraws=event_id)
                | EvaluationWithdrawn(withdraws=event_id)
                | AssessmentWithdrawn(withdraws=event_id)
                | ReplyWithdrawn(withdraws=event_id)
                | CitationWithdrawn(withdraws=event_id)
                | ItemWithdrawn(withdraws=event_id)
                | IndicatorPending(concerns=event_id)
            ):
                withdrawn[item.subject] = event_id
    check_current(connection, replaced, withdrawn)
