"""Resolve: keep a person's decision that a finding in a lesson or reply may stand, with who, when and why."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import finding as finding_table
from schemas.citation import CitationPublished
from schemas.items import Item
from schemas.payloads import LessonPublished, ReplyPublished

from .refusal import ReleaseRefused
from .scan import Finding, ScannedLesson, text_of, traces, words_at
from .subject import Words, draft_of

_LONGEST_REASON = 1000  # characters
# what people call words, and the command for them
_KINDS: Final[dict[type[Words], tuple[str, str]]] = {
    LessonPublished: ("Lesson", "lesson"),
    ReplyPublished: ("Reply", "reply"),
    CitationPublished: ("Citation", "cite"),
}


class FindingUnknown(ReleaseRefused):
    """A finding that the lesson as it reads now does not have."""


class ResolutionUnfit(ReleaseRefused):
    """A reason to let words stand that is empty, too long, or repeats them."""


@dataclass(frozen=True, slots=True)
class ResolvedFinding:
    """A finding that somebody let stand."""

    finding: Finding
    reason: str
    author: str
    at: str

    def __str__(self) -> str:
        """Return what reviewers read: place, kind, who, when and why, and not the words."""
        return f"{self.finding}, let stand by {self.author} on {self.at[:10]}: {self.reason}"


def resolve(
    connection: Connection, lesson: ScannedLesson, finding_id: str, reason: str, entry: AuditEntry
) -> ResolvedFinding:
    """Keep the decision of the entry's actor that a finding may stand; a second decision replaces the first.

    It holds for this very text: a changed one asks again. Raises FindingUnknown or ResolutionUnfit.
    """
    name = draft_of(lesson.payload)
    one = next((found for found in lesson.findings if found.id == finding_id), None)
    if one is None:
        raise FindingUnknown(
            f"{called(lesson.payload)} as it reads now has no finding {finding_id}; "
            f"`python -m node {findings_command(lesson.payload)}` lists them."
        )
    _check_reason(lesson.payload, one, reason)
    connection.execute(delete(finding_table).where(finding_table.c.id == one.id))
    connection.execute(
        insert(finding_table).values(
            id=one.id,
            lesson=name,
            field=one.field,
            position=one.position,
            start=one.start,
            end=one.end,
            kind=one.kind,
            reason=reason,
            author=entry.actor,
            decided_at=timestamp(entry.at),
        )
    )
    record(connection, AuditEntry(entry.actor, entry.action, name, entry.at, f"{one.id} {one}: {reason}"))
    return ResolvedFinding(one, reason, entry.actor, timestamp(entry.at))


def called(words: Words) -> str:
    """Return what people call words, by kind and name."""
    if isinstance(words, Item):
        return f"{words.noun.capitalize()} '{words.item}'"
    return f"{_KINDS[type(words)][0]} '{_short(words)}'"


def findings_command(words: Words) -> str:
    """Return the command that lists what may point at a person in these words."""
    if isinstance(words, Item):
        return f"item findings {words.noun} {words.item}"
    return f"{_KINDS[type(words)][1]} findings {_short(words)}"


def _short(words: Words) -> str:
    return draft_of(words).removeprefix("reply:").removeprefix("citation:")


def resolved(connection: Connection, lesson: Words) -> tuple[ResolvedFinding, ...]:
    """Return what was let stand in a lesson as it reads now, in order of place."""
    rows = connection.execute(
        select(finding_table)
        .where(finding_table.c.lesson == draft_of(lesson))
        .order_by(finding_table.c.field, finding_table.c.position, finding_table.c.start)
    )
    kept = (
        ResolvedFinding(Finding(r.id, r.field, r.position, r.start, r.end, r.kind), r.reason, r.author, r.decided_at)
        for r in rows
    )
    return tuple(one for one in kept if words_at(lesson, one.finding) is not None)


def open_findings(connection: Connection, lesson: ScannedLesson) -> tuple[Finding, ...]:
    """Return the findings on which nobody has decided yet."""
    decided = {one.finding.id for one in resolved(connection, lesson.payload)}
    return tuple(one for one in lesson.findings if one.id not in decided)


def forget(connection: Connection, lesson: str) -> None:
    """Delete the decisions about a lesson whose words are destroyed."""
    connection.execute(delete(finding_table).where(finding_table.c.lesson == lesson))


def _check_reason(lesson: Words, one: Finding, reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise ResolutionUnfit(
            f"A reason of 1 to {_LONGEST_REASON} characters is needed; say why these words may stand."
        )
    text = text_of(lesson, one.field, one.position) or ""
    if traces(reason) or text[one.start : one.end].casefold() in reason.casefold():
        raise ResolutionUnfit("The reason repeats the words or may name a person; say why they may stand without them.")
