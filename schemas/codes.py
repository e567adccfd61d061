"""Codes that both sides must read alike: regions, areas, periods, audiences, languages, event types."""

import re
from datetime import date, timedelta
from typing import Final, Literal

from .event_types import (
    APPROVALS_NEEDED,
    CORRECTED_FIGURES,
    EVENT_TOPICS,
    FIGURE_EVENTS,
    INDICATORS_TOPIC,
    ITEMS,
    KEY_EVENTS,
    KNOWLEDGE_NOUNS,
    KNOWLEDGE_TOPIC,
    LESSONS,
    NOUNS,
    PROGRAMME_NOUNS,
    PROGRAMME_TOPIC,
    PUBLISHED_FIGURES,
    PUBLISHED_ITEMS,
    PUBLISHED_LESSONS,
    REPLIES,
    REVISED_ITEMS,
    REVISED_LESSONS,
    TOPICS,
    WITHDRAWN_ITEMS,
    WITHOUT_ABOUT,
    WITHOUT_QUALITY,
    EventType,
    noun_of,
)

__all__ = [
    "APPROVALS_NEEDED",
    "AREA",
    "AREA_CODE",
    "AUDIENCES",
    "CORRECTED_FIGURES",
    "DEAD_LETTERS_TOPIC",
    "EVENT_TOPICS",
    "FIGURE_EVENTS",
    "INDICATORS_TOPIC",
    "ITEMS",
    "KEY_EVENTS",
    "KNOWLEDGE_NOUNS",
    "KNOWLEDGE_TOPIC",
    "LESSONS",
    "NOUNS",
    "PERIOD",
    "PROGRAMME_NOUNS",
    "PROGRAMME_TOPIC",
    "PROTOCOL",
    "PROTOCOL_HEADER",
    "PUBLISHED_FIGURES",
    "PUBLISHED_ITEMS",
    "PUBLISHED_LESSONS",
    "RECEIPTS_TOPIC",
    "REGION_CODE",
    "REPLIES",
    "REVISED_ITEMS",
    "REVISED_LESSONS",
    "SOURCE_ID",
    "TOPICS",
    "TOTAL",
    "WITHDRAWN_ITEMS",
    "WITHOUT_ABOUT",
    "WITHOUT_QUALITY",
    "Audience",
    "EventType",
    "Language",
    "can_talk",
    "first_day",
    "last_day",
    "may_read",
    "noun_of",
    "region_urn",
]
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
RECEIPTS_TOPIC: Final = "regiohelix.receipts"  # hub to nodes; receipts are signed by the hub
DEAD_LETTERS_TOPIC: Final = "regiohelix.dead-letters"
PARTNERS_TOPIC: Final = "regiohelix.partners.lessons"  # hub to partners: lessons that they may read, compacted
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
