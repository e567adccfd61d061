"""Codes that both sides must read alike: regions, areas, periods, audiences, languages, event types."""

import re
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
PERIOD: Final = re.compile(r"^\d{4}(?:-(?:Q[1-4]|\d{2}))?$")
TOTAL: Final = "total"  # the node of a dimension that sums all its leaves


class EventType(StrEnum):
    """CloudEvents types (contracts.md): `nl.regiohelix.<noun>.<verbed>.v<N>`."""

    INDICATOR_PUBLISHED = "nl.regiohelix.indicator.published.v1"
    LESSON_PUBLISHED = "nl.regiohelix.lesson.published.v1"


TOPICS: Final[dict[EventType, str]] = {
    EventType.INDICATOR_PUBLISHED: "regiohelix.indicators",
    EventType.LESSON_PUBLISHED: "regiohelix.knowledge",
}
RECEIPTS_TOPIC: Final = "regiohelix.receipts"  # hub to nodes; receipts are signed by the hub
DEAD_LETTERS_TOPIC: Final = "regiohelix.dead-letters"


def region_urn(code: str) -> str:
    """Return the URN that a region's events carry as their source."""
    return f"urn:regiohelix:region:{code}"


def may_read(reader: Audience, audience: Audience) -> bool:
    """Tell whether a reader of one audience may see what was released to another (public < partners < network)."""
    return AUDIENCES.index(audience) <= AUDIENCES.index(reader)
