"""What a subscriber is sent: thin JSON, signed as Standard Webhooks 1.0 asks, under a number that never changes.

<https://www.standardwebhooks.com>: the signature is HMAC-SHA256 over number, time of sending and body. Where a secret
was renewed a short while ago there are two signatures, one for each.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from hub.config import Settings
from hub.serving.announced import TAKES_BACK, change_of_evidence
from hub.serving.evidence_text import evidence_said
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lesson_states import LESSON_TYPES
from hub.serving.lessons import AcceptedLesson, EvidenceChange, lessons_of
from hub.serving.recalls import one_recall
from hub.serving.sealed import PREFIX
from hub.serving.telling import EVIDENCE_CHANGED, PUBLISHED, REVISED
from hub.tables import announcement, event
from hub.tables.search import search_item
from schemas.canonical import sha256_hex
from schemas.codes import Audience

TEST: Final = "webhook.test"
_NUMBER_SIGNS: Final = 32


class LessonGone(LookupError):
    """A lesson that was taken back or published over since it was chosen to be told, or rests on something else."""


class Told(NamedTuple):
    """What a message is about: an item that is there, or one that was taken back by the event `told`.

    For a change of evidence `told` is made of the lesson's event and the one that changed it.
    """

    kind: str
    told: str
    event_id: str
    entry: str
    at: str


class Message(NamedTuple):
    """A message as it is sent; `event_id` is empty for a test."""

    number: str
    type: str
    event_id: str
    body: bytes


def number_of(subscription: str, told: str) -> str:
    """Return the number of a message, the same whenever and however often it is sent."""
    return f"msg_{sha256_hex(f'{subscription} {told}'.encode())[:_NUMBER_SIGNS]}"


def message_of(
    connection: Connection, settings: Settings, subscription: str, reader: Audience, subscriber: str, one: Told
) -> Message:
    """Return the message that tells a reader of something; raises RecallUnknown or LessonGone."""
    if one.kind in TAKES_BACK:
        type_, data = f"recall.{one.kind}", _recall(connection, reader, subscriber, one)
    else:
        found = with_evidence(connection, reader, lessons_of(connection, reader, [one.event_id]))
        if one.event_id not in found:
            raise LessonGone(one.event_id)
        type_, data = f"lesson.{one.kind}", _lesson(found[one.event_id], one)
    is_lesson = one.kind not in TAKES_BACK or _is_lesson(connection, one.event_id)
    where = f"lessons/{one.event_id}" if is_lesson else "recalls"
    data = {"address": f"{site(settings)}api/v1/{where}"} | data
    return Message(number_of(subscription, one.told), type_, one.event_id, _body(type_, one.at, data))


def _lesson(lesson: AcceptedLesson, one: Told) -> dict[str, Any]:
    if one.kind != EVIDENCE_CHANGED:
        return {"lesson": lesson}
    change = change_told(lesson, one.told)
    if change is None:
        raise LessonGone(one.event_id)
    return {"lesson": lesson, "change": change, "words": evidence_said(change)}


def change_told(lesson: AcceptedLesson, told: str) -> EvidenceChange | None:
    """Return the change of a lesson's evidence that an announcement tells; None where it rests on that no more."""
    changes = lesson.evidence_changed
    return next((one for one in changes if change_of_evidence(lesson.event_id, one.changed.event_id) == told), None)


def message_for_test(number: str, subscription: str, at: str) -> Message:
    """Return a message that says nothing but that it is a test."""
    return Message(number, TEST, "", _body(TEST, at, {"subscription": subscription}))


def headers_of(message: Message, seconds: int, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers that go with a message sent at a Unix time, signed with each secret."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Regiohelix",
        "webhook-id": message.number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(message, seconds, one) for one in secrets),
    }


def signature(message: Message, seconds: int, secret: str) -> str:
    """Return the signature with one secret, in the form `v1,BASE64`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message.number}.{seconds}.".encode() + message.body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def site(settings: Settings) -> str:
    """Return the hub's address with a closing slash, as the operator told it."""
    return f"{settings.public_url or f'http://{settings.host}:{settings.port}'}/"


def _recall(connection: Connection, reader: Audience, subscriber: str, one: Told) -> dict[str, Any]:
    """Return a recall as the list of recalls has it, with the entry and what now stands there, if anything does."""
    recall = one_recall(connection, reader, subscriber, one.told)
    known, found = announcement.c, search_item.c
    stands = select(known.event_id).join(search_item, (found.event_id == known.event_id) & (found.reader == reader))
    stands = stands.where(known.audience == reader, known.entry == one.entry, known.kind.in_((PUBLISHED, REVISED)))
    return {"recall": recall, "entry": one.entry, "current": connection.scalar(stands.limit(1))}


def _is_lesson(connection: Connection, event_id: str) -> bool:
    return connection.scalar(select(event.c.type).where(event.c.id == event_id)) in LESSON_TYPES


def _body(type_: str, at: str, data: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"type": type_, "timestamp": at, "data": data})
