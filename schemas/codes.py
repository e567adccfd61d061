"""Codes that both sides must read alike: regions, areas, periods, audiences, languages, event types."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Literal

Audience = Literal["public", "partners", "network"]
AUDIENCES: Final[tuple[Audience, ...]] = (
    "public",
    "partners",
    "network",
)  # each reader sees itself and all before it
Language = Literal["nl", "en"]

REGION_CODE: Final = re.compile(r"^[A-Z]{2}[A-Z0-9-]{1,14}$")  # GG0111, ZK02, XR-DUINRAND, ...
AREA_CODE: Final = re.compile(
    r"^(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4}|(?:NL|LD|PV|VR|CR|ZK)\d{2}|GG\d{4}|X[A-Z0-9-]{2,14})$"
)
SOURCE_ID: Final = re.compile(r"^[a-z][a-z0-9_-]{1,40}$")  # of a source of records, and of an instrument to read one
# a year, quarter, month, day, or ISO 8601 week: 2020, 2020-Q1, 2020-03, 2020-03-02, 2020-W10
PERIOD: Final = re.compile(r"^\d{4}(?:-(?:Q[1-4]|W(?:0[1-9]|[1-4]\d|5[0-3])|\d{2}(?:-\d{2})?))?$")
TOTAL: Final = "total"  # the node of a dimension that sums all its leaves
AREA: Final = "area"  # the dimension whose nodes are places within one region


class EventType(StrEnum):
    """CloudEvents types (contracts.md): `nl.regiohelix.<noun>.<verbed>.v<N>`."""

    INDICATOR_PUBLISHED = "nl.regiohelix.indicator.published.v1"
    INDICATOR_CORRECTED = "nl.regiohelix.indicator.corrected.v1"
    INDICATOR_PUBLISHED_V2 = "nl.regiohelix.indicator.published.v2"  # with what is known of their quality
    INDICATOR_CORRECTED_V2 = "nl.regiohelix.indicator.corrected.v2"
    INDICATOR_WITHDRAWN = "nl.regiohelix.indicator.withdrawn.v1"
    INDICATOR_PENDING = "nl.regiohelix.indicator.pending.v1"
    LESSON_PUBLISHED = "nl.regiohelix.lesson.published.v1"
    LESSON_REVISED = "nl.regiohelix.lesson.revised.v1"
    LESSON_PUBLISHED_V2 = "nl.regiohelix.lesson.published.v2"  # with what it is about
    LESSON_REVISED_V2 = "nl.regiohelix.lesson.revised.v2"
    LESSON_WITHDRAWN = "nl.regiohelix.lesson.withdrawn.v1"
    EVALUATION_PUBLISHED = "nl.regiohelix.evaluation.published.v1"
    EVALUATION_REVISED = "nl.regiohelix.evaluation.revised.v1"
    EVALUATION_WITHDRAWN = "nl.regiohelix.evaluation.withdrawn.v1"
    ASSESSMENT_PUBLISHED = "nl.regiohelix.assessment.published.v1"
    ASSESSMENT_REVISED = "nl.regiohelix.assessment.revised.v1"
    ASSESSMENT_WITHDRAWN = "nl.regiohelix.assessment.withdrawn.v1"
    REPLY_PUBLISHED = "nl.regiohelix.reply.published.v1"
    REPLY_REVISED = "nl.regiohelix.reply.revised.v1"
    REPLY_WITHDRAWN = "nl.regiohelix.reply.withdrawn.v1"
    REPLY_WAIVED = "nl.regiohelix.reply.waived.v1"
    CITATION_PUBLISHED = "nl.regiohelix.citation.published.v1"
    CITATION_WITHDRAWN = "nl.regiohelix.citation.withdrawn.v1"
    EVENT_REDACTED = "nl.regiohelix.event.redacted.v1"
    KEY_ENROLLED = "nl.regiohelix.key.enrolled.v1"
    KEY_REVOKED = "nl.regiohelix.key.revoked.v1"


PUBLISHED_FIGURES: Final = (EventType.INDICATOR_PUBLISHED, EventType.INDICATOR_PUBLISHED_V2)
CORRECTED_FIGURES: Final = (EventType.INDICATOR_CORRECTED, EventType.INDICATOR_CORRECTED_V2)
FIGURE_EVENTS: Final = (*PUBLISHED_FIGURES, *CORRECTED_FIGURES)
PUBLISHED_LESSONS: Final = (EventType.LESSON_PUBLISHED, EventType.LESSON_PUBLISHED_V2)
REVISED_LESSONS: Final = (EventType.LESSON_REVISED, EventType.LESSON_REVISED_V2)
LESSONS: Final = (*PUBLISHED_LESSONS, *REVISED_LESSONS)
WITHOUT_ABOUT: Final = frozenset({EventType.LESSON_PUBLISHED, EventType.LESSON_REVISED})
WITHOUT_QUALITY: Final = frozenset({EventType.INDICATOR_PUBLISHED, EventType.INDICATOR_CORRECTED})
REPLIES: Final = (EventType.REPLY_PUBLISHED, EventType.REPLY_REVISED)
KEY_EVENTS: Final = frozenset({EventType.KEY_ENROLLED, EventType.KEY_REVOKED})
INDICATORS_TOPIC: Final = "regiohelix.indicators"
KNOWLEDGE_TOPIC: Final = "regiohelix.knowledge"
EVENT_TOPICS: Final = (INDICATORS_TOPIC, KNOWLEDGE_TOPIC)  # a key event travels on each, ahead of what it signs
TOPICS: Final[dict[EventType, str]] = {
    EventType.INDICATOR_PUBLISHED: INDICATORS_TOPIC,
    EventType.INDICATOR_CORRECTED: INDICATORS_TOPIC,
    EventType.INDICATOR_PUBLISHED_V2: INDICATORS_TOPIC,
    EventType.INDICATOR_CORRECTED_V2: INDICATORS_TOPIC,
    EventType.INDICATOR_WITHDRAWN: INDICATORS_TOPIC,
    EventType.INDICATOR_PENDING: INDICATORS_TOPIC,
    EventType.LESSON_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.LESSON_REVISED: KNOWLEDGE_TOPIC,
    EventType.LESSON_PUBLISHED_V2: KNOWLEDGE_TOPIC,
    EventType.LESSON_REVISED_V2: KNOWLEDGE_TOPIC,
    EventType.LESSON_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_REVISED: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_REVISED: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.REPLY_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.REPLY_REVISED: KNOWLEDGE_TOPIC,
    EventType.REPLY_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.REPLY_WAIVED: KNOWLEDGE_TOPIC,
    EventType.CITATION_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.CITATION_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.EVENT_REDACTED: INDICATORS_TOPIC,
    EventType.KEY_ENROLLED: INDICATORS_TOPIC,
    EventType.KEY_REVOKED: INDICATORS_TOPIC,
}
APPROVALS_NEEDED: Final[dict[EventType, int]] = {
    EventType.INDICATOR_PUBLISHED: 2,  # two reviewers for figures (decision 35),
    EventType.INDICATOR_CORRECTED: 2,
    EventType.INDICATOR_PUBLISHED_V2: 2,
    EventType.INDICATOR_CORRECTED_V2: 2,
    EventType.INDICATOR_WITHDRAWN: 1,  # one where nothing new leaves but words
    EventType.INDICATOR_PENDING: 1,
    EventType.LESSON_PUBLISHED: 1,
    EventType.LESSON_REVISED: 1,
    EventType.LESSON_PUBLISHED_V2: 1,
    EventType.LESSON_REVISED_V2: 1,
    EventType.LESSON_WITHDRAWN: 1,
    EventType.EVALUATION_PUBLISHED: 2,  # numbers, though made of published ones alone
    EventType.EVALUATION_REVISED: 2,
    EventType.EVALUATION_WITHDRAWN: 1,
    EventType.ASSESSMENT_PUBLISHED: 2,  # numbers, of few people
    EventType.ASSESSMENT_REVISED: 2,
    EventType.ASSESSMENT_WITHDRAWN: 1,
    EventType.REPLY_PUBLISHED: 1,
    EventType.REPLY_REVISED: 1,
    EventType.REPLY_WITHDRAWN: 1,
    EventType.REPLY_WAIVED: 1,
    EventType.CITATION_PUBLISHED: 1,
    EventType.CITATION_WITHDRAWN: 1,
    EventType.EVENT_REDACTED: 1,
    EventType.KEY_ENROLLED: 2,  # who may speak for the region
    EventType.KEY_REVOKED: 2,
}
RECEIPTS_TOPIC: Final = "regiohelix.receipts"  # hub to nodes; receipts are signed by the hub
DEAD_LETTERS_TOPIC: Final = "regiohelix.dead-letters"
# Of node and hub; neighbours (one apart) talk with each other, others refuse. 2: receipts may be signed together.
PROTOCOL: Final = 2
PROTOCOL_HEADER: Final = "Regiohelix-Protocol"


def region_urn(code: str) -> str:
    """Return the URN that a region's events carry as their source."""
    return f"urn:regiohelix:region:{code}"


def first_day(period: str) -> date | None:
    """Return the day on which a period begins; None where the calendar has no such period (2026-13, 2026-W53)."""
    year, _, rest = period.partition("-")
    try:
        if rest.startswith("W"):
            return date.fromisocalendar(int(year), int(rest[1:]), 1)
        if rest.startswith("Q"):
            return date(int(year), 3 * int(rest[1:]) - 2, 1)
        month, _, day = rest.partition("-")
        return date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None


def last_day(period: str) -> date | None:
    """Return the last day of a period, at most the calendar's own; None where the calendar has no such period."""
    first, rest = first_day(period), period[5:]
    if first is None or "-" in rest:
        return first
    if rest.startswith("W"):
        return date.fromordinal(min(first.toordinal() + 6, date.max.toordinal()))
    months = 12 if not rest else 3 if rest.startswith("Q") else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date.max if year > date.max.year else date(year, month + 1, 1) - timedelta(days=1)


def may_read(reader: Audience, audience: Audience) -> bool:
    """Tell whether a reader of one audience may see what was released to another (public < partners < network)."""
    return AUDIENCES.index(audience) <= AUDIENCES.index(reader)


def can_talk(protocol: int) -> bool:
    """Tell whether this version understands another side's protocol: its own, the one before and the one after."""
    return abs(protocol - PROTOCOL) <= 1
