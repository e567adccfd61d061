"""Everybody who can hold a lesson, each by another way: what they keep of it, if they do as the documentation says."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition

from connectors.database import writing
from connectors.mail import MailServer
from connectors.transport.kafka_topic import KafkaTopicWriter
from hub.digests.subscribe import Wish
from hub.identity import accounts
from hub.partners_topic import PartnersTopic
from hub.partners_topic.batch import EVIDENCE, Message
from schemas.cloudevents import CloudEvent, from_cloudevent
from schemas.payloads import LessonPublished, LessonRevised
from schemas.upcast import read_payload
from tests.support.digests import Mails, with_mail
from tests.support.event_stream import received
from tests.support.followers import Followers
from tests.support.kafka.administration import SecuredBroker
from tests.support.mail_server import Letterbox, text_of
from tests.support.partners_topic import Topic
from tests.support.transports_kafka import HASTE, new_topic

URN: Final = "urn:regiohelix:event:"


class Held(NamedTuple):
    """What somebody keeps of a lesson: its title, and the events of which they know that these changed its evidence."""

    title: str
    changed_by: frozenset[str]


Copy = dict[str, Held]  # by entry


class StreamReader:
    """Follows the stream over HTTP and comes back after the last id each time."""

    def __init__(self, get: Callable[..., Any], headers: dict[str, str], since: str = "from=beginning") -> None:
        self._get, self._headers, self._since = get, headers, since
        self.copy: Copy = {}
        self.kinds: list[str] = []

    def read(self) -> Copy:
        """Do what a reader does with each event."""
        body = self._get(f"/feeds/lessons/stream?{self._since}", headers=self._headers).data
        for one in received(body):
            self._since = f"since={one.last_id}"
            self.kinds.append(one.type)
            item = json.loads(one.data)
            if one.type in ("published", "revised", "evidence_changed"):
                self.copy[item["id"]] = Held(item["title"], _changes(item["_regiohelix"]))
            elif not item["_regiohelix"]["stands"]:
                self.copy.pop(item["id"], None)
        return self.copy


def from_feed(get: Callable[..., Any], headers: dict[str, str]) -> Copy:
    """Return what a reader of the JSON feed keeps, through all pages."""
    found: Copy = {}
    address: str | None = "/feeds/lessons.json"
    while address is not None:
        page = get(address, headers=headers).get_json()
        found |= {one["id"]: Held(one["title"], _changes(one.get("_regiohelix", {}))) for one in page["items"]}
        address = page.get("next_url")
    return found


def from_messages(said: list[dict[str, Any]]) -> Copy:
    """Return what a receiver of webhooks keeps of the data of messages, in their order."""
    found: Copy = {}
    for data in said:
        if "lesson" in data:
            lesson = data["lesson"]
            title = str(msgspec.convert(lesson["payload"], LessonPublished).title)
            found[f"{URN}{lesson['entry']}"] = Held(title, _changes(lesson))
    return found


def from_topic(messages: list[Message]) -> Copy:
    """Return what a partner keeps who reads the topic; its keys are those of first events here."""
    titles: dict[str, str] = {}
    changes: dict[str, set[str]] = {}
    for name, body in messages:
        key, _, is_evidence = name.decode().partition(EVIDENCE[0])
        if is_evidence:
            if body is None:
                changes.pop(key, None)
            else:
                changes.setdefault(key, set()).add(msgspec.json.decode(body)["id"])
        elif body is None:
            titles.pop(key, None)
        else:
            envelope, _, payload = from_cloudevent(msgspec.json.decode(body, type=CloudEvent))
            assert payload is not None
            words: Any = read_payload(envelope.type, payload)
            titles[key] = words.lesson.title if isinstance(words, LessonRevised) else words.title
    return {f"{URN}{key}": Held(title, frozenset(changes.get(key, ()))) for key, title in titles.items()}


class RealTopic:
    """A topic of its own on a real broker."""

    def __init__(self, broker: SecuredBroker) -> None:
        self._broker, self._name = broker, new_topic(broker)
        self._writer = KafkaTopicWriter({**broker.client_config(), **HASTE}, self._name)
        self.write, self.close = self._writer.write, self._writer.close

    @property
    def messages(self) -> list[Message]:
        """Return all that is there."""
        place, read = TopicPartition(self._name, 0), list[Message]()
        with closing(KafkaConsumer(**self._broker.client_config(), auto_offset_reset="earliest")) as consumer:
            consumer.assign([place])
            while consumer.position(place) < consumer.end_offsets([place])[place]:
                read += [(one.key, one.value) for found in consumer.poll(timeout_ms=1000).values() for one in found]
        return read


class _Clock:
    """The clock of followers, as mails are moved on by."""

    def __init__(self, followers: Followers) -> None:
        self._followers = followers

    @property
    def now(self) -> datetime:
        return self._followers.held.now

    def move(self, **by: float) -> None:
        self._followers.later(**by)


class Holders:
    """One of each who holds lessons for partners, from now on; the partner's account and token are there already."""

    def __init__(
        self,
        followers: Followers,
        headers: dict[str, str],
        topic: Topic | RealTopic,
        mail: tuple[Letterbox, MailServer],
    ) -> None:
        self._followers, self._headers, self._topic = followers, headers, topic
        self.get = followers.held.app.test_client().get
        self.stream = StreamReader(self.get, headers)
        self._writes = PartnersTopic(followers.hub, topic)
        box, server = mail
        self._mails = Mails(with_mail(followers.hub, server), box, _Clock(followers))
        with writing(followers.hub.engine) as connection:
            accounts.add_account(connection, "anna", "anna@example.nl", ["partner"], followers.held.now)
        self._mails.subscribe("anna@example.nl", Wish("en", "weekly", "", {}), account="anna")

    def messages(self) -> list[Message]:
        """Write to the topic what waits, and return all that is there."""
        while self._writes.write():
            pass
        return self._topic.messages

    def digest(self) -> str:
        """Let a week pass and return the mail that came, empty where none did."""
        mail = self._mails.next_mail(7)
        return "" if mail is None else text_of(mail)

    def atom(self) -> str:
        """Return the first page of the Atom feed."""
        return str(self.get("/feeds/lessons.atom", headers=self._headers).text)

    def hold(self, said: list[dict[str, Any]]) -> Copy:
        """Return what everybody holds, and see that it is the same; `said` is the data of webhook messages."""
        found = from_messages(said)
        assert self.stream.read() == found
        assert from_feed(self.get, self._headers) == found
        assert from_topic(self.messages()) == found
        return found


def _changes(about: dict[str, Any]) -> frozenset[str]:
    return frozenset(one["changed"]["event_id"] for one in about.get("evidence_changed", ()))
