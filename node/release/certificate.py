"""The certificate of a release: on one page what was proven, against whom, and what is not promised; for a DPIA file.

It holds no figure and no range of a hidden cell. The three criteria are those of the Article 29 Working Party, Opinion
05/2014 on Anonymisation Techniques (WP216): singling out, linking and inference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from node.tables import event as event_table
from schemas.assessment import AssessmentPublished
from schemas.citation import CitationPublished
from schemas.codes import Audience
from schemas.evaluation import EvaluationPublished
from schemas.items import Item
from schemas.payloads import Computed, Content, IndicatorPublished, LessonPublished, ReplyPublished

from .answer import DeskFinding, findings_of
from .candidate import FrozenBundle, FrozenItem, load
from .disclosure.audit import ORGANISATION
from .officer import Advice, Hold, advice, holds, officers
from .proof import Proof, promised
from .refusal import ReleaseRefused
from .review import Decision, decisions, has_approvals
from .rhythm import time_of
from .standing import content_in
from .states import BundleState


class CertificateTooEarly(ReleaseRefused):
    """A certificate of a bundle that reviewers have not approved, or that may not leave."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the page is written from; `proofs` are of indicators computed here, `events` the first and last sequence.

    `answered` are the desk's findings with their answers, `officers` how many data protection officers are registered.
    """

    bundle: str
    root: str
    state: BundleState
    author: str
    audiences: tuple[Audience, ...]
    proofs: tuple[Proof, ...]
    attackers: tuple[str, ...]
    audits: tuple[str, ...]
    taken_over: int
    lessons: int
    evaluations: int
    assessments: int
    replies: int
    citations: int
    items: int
    notices: int
    approvers: tuple[Decision, ...]
    answered: tuple[DeskFinding, ...]
    officers: int
    holds: tuple[Hold, ...]
    advice: tuple[Advice, ...]
    events: tuple[int, int] | None
    signed_at: str | None

    @property
    def words(self) -> tuple[int, ...]:
        """Return how many lessons, evaluations, assessments, replies, citations and other items it holds."""
        return self.lessons, self.evaluations, self.assessments, self.replies, self.citations, self.items

    @property
    def cells(self) -> int:
        """Return the number of cells computed here."""
        return sum(one.cells for one in self.proofs)

    @property
    def hidden(self) -> int:
        """Return how many of them are hidden."""
        return sum(one.hidden for one in self.proofs)

    @property
    def room(self) -> int | None:
        """Return the least room of any protected count, None where no count is hidden."""
        return min((one.room for one in self.proofs if one.room is not None), default=None)

    @property
    def outsider(self) -> int | None:
        """Return the least number of values an outsider is left with for any protected count."""
        return min((one.outsider for one in self.proofs if one.outsider is not None), default=None)

    @property
    def share(self) -> int | None:
        """Return the least range of any protected sum in percents of it, None where no sum is hidden."""
        return min((one.share for one in self.proofs if one.share is not None), default=None)


def certify(connection: Connection, bundle_id: str) -> Certificate:
    """Return what can be certified of an approved or signed bundle; raises BundleUnknown or CertificateTooEarly."""
    bundle = load(connection, bundle_id)
    lacks = bundle.state is BundleState.APPROVED and not has_approvals(connection, bundle)
    if lacks or bundle.state not in (BundleState.APPROVED, BundleState.SIGNED):
        raise CertificateTooEarly(
            f"Bundle {bundle_id} is {'short of an approval' if lacks else bundle.state.words}; its certificate is "
            "written once its reviewers approved it."
        )
    contents = [(item, _content(item)) for item in bundle.items]
    figures = [(item, one) for item, one in contents if isinstance(one, IndicatorPublished)]
    computed = [(item, one, one.origin) for item, one in figures if isinstance(one.origin, Computed)]
    lessons = sum(isinstance(one, LessonPublished) for _, one in contents)
    evaluations = sum(isinstance(one, EvaluationPublished) for _, one in contents)
    assessments = sum(isinstance(one, AssessmentPublished) for _, one in contents)
    replies = sum(isinstance(one, ReplyPublished) for _, one in contents)
    citations = sum(isinstance(one, CitationPublished) for _, one in contents)
    said = sum(isinstance(one, Item) for _, one in contents)
    events, signed_at = _signed(connection, bundle)
    return Certificate(
        bundle=bundle.id,
        root=bundle.root,
        state=bundle.state,
        author=bundle.author,
        audiences=tuple(dict.fromkeys(item.audience for item in bundle.items)),
        proofs=tuple(item.proof or promised(one) for item, one, _ in computed),
        attackers=_withstood([_attackers(origin) for *_, origin in computed]),
        audits=tuple(dict.fromkeys(origin.audit for *_, origin in computed)),
        taken_over=len(figures) - len(computed),
        lessons=lessons,
        evaluations=evaluations,
        assessments=assessments,
        replies=replies,
        citations=citations,
        items=said,
        notices=len(contents) - len(figures) - lessons - evaluations - assessments - replies - citations - said,
        approvers=tuple(one for one in decisions(connection, bundle_id) if one.approved and _counted(one, signed_at)),
        answered=tuple(one for one in findings_of(connection, bundle_id) if one.answer is not None),
        officers=len(officers(connection)),
        holds=holds(connection, bundle_id),
        advice=advice(connection, bundle_id),
        events=events,
        signed_at=signed_at,
    )


def _counted(one: Decision, signed_at: str | None) -> bool:
    """Tell whether an approval's key still held when the bundle was signed, or holds where it is not signed yet."""
    return one.revoked_at is None or (signed_at is not None and signed_at <= one.revoked_at)


def _content(item: FrozenItem) -> Content | None:
    return content_in(item.type, item.payload)


def _attackers(origin: Computed) -> tuple[str, ...]:
    """Return the attackers that the figures themselves say they withstand."""
    return tuple(name.strip() for name in origin.protection.partition(";")[0].split(","))


def _withstood(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what all indicators withstand: less is never claimed of one, nor more of the bundle.

    Organisations attack sums of money alone: it is named where some withstand them, and what does not is a limit.
    """
    first = lists[0] if lists else ()
    found = tuple(name for name in first if name != ORGANISATION and all(name in one for one in lists))
    return (*found, ORGANISATION) if any(ORGANISATION in one for one in lists) else found


def _signed(connection: Connection, bundle: FrozenBundle) -> tuple[tuple[int, int] | None, str | None]:
    rows = connection.execute(
        select(event_table.c.sequence, event_table.c.envelope)
        .where(event_table.c.bundle_id == bundle.id)
        .order_by(event_table.c.sequence)
    ).all()
    if not rows:
        return None, None
    return (rows[0].sequence, rows[-1].sequence), time_of(rows[0].envelope)
