"""The whole story: a lesson with evidence is found through a weak lens, tried, contradicted, revised; all agree.

Whoever holds the lesson by then, by whatever way, is told that its evidence was corrected. On the embedded default
(SQLite, HTTP) and over a real broker into a real PostgreSQL.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer
from kafka.errors import TopicAlreadyExistsError

from connectors.database import writing
from connectors.mail import MailServer
from hub.bootstrap import EVENT_TOPICS, open_receiver
from hub.identity.tokens import issue_token, partner_owner
from schemas.about import LessonAbout
from schemas.citation import CitationPublished, CitedFigures
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import PROTOCOL_HEADER, RECEIPTS_TOPIC, TOPICS
from schemas.payloads import IndicatorCorrected, LessonRevised
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.events import SignedEvent, TestRegion
from tests.support.followers import Followers, following
from tests.support.held_by_hub import a_lesson, figures
from tests.support.holders import Held, Holders, RealTopic, StreamReader, from_topic
from tests.support.items import an_item
from tests.support.mail_server import Letterbox, mail_server
from tests.support.panels import an_assessment, with_means
from tests.support.partners_topic import Topic
from tests.support.transports_kafka import HASTE

ROUNDS = 60  # of half a second, until the broker has given everything
TOTAL = ("total", "total", "total")
Carry = Callable[[ChainsAtHub, Sequence[SignedEvent]], None]


def of(numerator: int, denominator: int, period: str = "2024") -> Any:
    return figures("h.dm_prev", {TOTAL: Exact(numerator, denominator)}, period, "invented")


def over_http(held: ChainsAtHub, events: Sequence[SignedEvent]) -> None:
    code = events[0].envelope.region
    answer = held.app.test_client().post(
        "/api/v1/events",
        data=b"[" + b",".join(one.body for one in events) + b"]",
        content_type=BATCH_MEDIA_TYPE,
        headers={"Authorization": f"Bearer {held.tokens[code]}", PROTOCOL_HEADER: "2"},
    )
    assert [one["outcome"] for one in answer.get_json()] == ["accepted"] * len(events)


def over_kafka(broker: Any) -> Carry:
    for topic in (*EVENT_TOPICS, RECEIPTS_TOPIC):
        with suppress(TopicAlreadyExistsError):
            broker.create_topic(topic)
    config = {**broker.client_config(), **HASTE}

    def carry(held: ChainsAtHub, events: Sequence[SignedEvent]) -> None:
        with closing(KafkaProducer(**config)) as producer:
            for one in events:
                key = one.envelope.region.encode()
                headers = [(PROTOCOL_HEADER, b"2")]
                producer.send(TOPICS[one.envelope.type], key=key, value=one.body, headers=headers).get(timeout=30)
        with closing(open_receiver(held.hub, config)) as receiver:
            for _ in range(ROUNDS):
                receiver.receive(0.5)
                if _holds(held, events):
                    return
        raise AssertionError("the hub did not get the events over the broker")

    return carry


def _holds(held: ChainsAtHub, events: Sequence[SignedEvent]) -> bool:
    code = events[0].envelope.region
    told = held.app.test_client().get(f"/api/v1/regions/{code}").get_json()
    return bool(told["last_sequence"] == events[-1].envelope.sequence)


@pytest.fixture
def carry(chains_at_hub: ChainsAtHub, request: pytest.FixtureRequest) -> Carry:
    if chains_at_hub.made.engine.dialect.name == "postgresql":
        return over_kafka(request.getfixturevalue("kafka_broker"))
    return over_http


@pytest.fixture
def followers(chains_at_hub: ChainsAtHub) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


@pytest.fixture
def topic(chains_at_hub: ChainsAtHub, request: pytest.FixtureRequest) -> Topic | RealTopic:
    """Offer the topic of partners: in memory, or on the real broker where the hub is on PostgreSQL."""
    if chains_at_hub.made.engine.dialect.name == "postgresql":
        return RealTopic(request.getfixturevalue("kafka_broker"))
    return Topic()


class Story:
    """A hub, its regions, and how their events travel."""

    def __init__(
        self, followers: Followers, carry: Carry, topic: Topic | RealTopic, mail: tuple[Letterbox, MailServer]
    ) -> None:
        self.followers, self.held, self._carry = followers, followers.held, carry
        self._topic, self._mail = topic, mail
        self.alfa, self.beta = followers.region, followers.held.enrolled("XR-BETA")
        with writing(self.held.hub.engine) as connection:
            told = issue_token(connection, self.held.now, "late", partner_owner("Later"), ["read:partners"])
        self.late = {"Authorization": f"Bearer {told[1]}"}

    def say(self, region: TestRegion, payload: Any) -> str:
        self.followers.later(hours=1)
        (made,) = region.release([payload], "partners")
        self._carry(self.held, [made])
        self.followers.tell()
        return made.id

    def get(self, path: str) -> Any:
        answer = self.held.app.test_client().get(path, headers=self.late)
        assert answer.status_code == 200, (path, answer.text)
        return answer.get_json()

    def holders(self) -> Holders:
        """Return everybody who holds lessons, each by another way, from the beginning on."""
        return Holders(self.followers, self.late, self._topic, self._mail)


def test_the_network_learns(followers: Followers, carry: Carry, topic: Topic | RealTopic, tmp_path: Path) -> None:
    with mail_server(tmp_path) as mail:
        the_network_learns(Story(followers, carry, topic, mail))


def the_network_learns(story: Story) -> None:
    followers = story.followers
    alfa, beta = story.alfa, story.beta

    # A region learnt something, and shows on what that rests.
    before, after = story.say(alfa, of(90, 1000, "2023")), story.say(alfa, of(70, 1000))
    worked = an_evaluation([(before, "2023"), (after, "2024")], indicator="h.dm_prev")
    evaluation = story.say(alfa, worked)
    about = LessonAbout(lenses=("process",), evidence=(evaluation,))
    lesson = msgspec.structs.replace(
        a_lesson("besluiten", "Eén besluitenlijst"), indicators=("h.dm_prev",), about=about
    )
    first = story.say(alfa, lesson)

    # Another finds it through what goes least well there, and the reason is said.
    helices = ("government",) * 10 + ("practice",) * 10
    story.say(beta, an_assessment(with_means((350, 350, 350, 350, 200), helices)))
    matched = story.get("/api/v1/match?region=XR-BETA&for=lens:process")
    (problem,) = matched["matches"]
    assert [one["event_id"] for one in problem["lessons"]] == [first]
    assert problem["lessons"][0]["reasons"]

    # Partners follow from here on, each by another way.
    hook = followers.follow("/partner", followers.partner(), "partners", since="2026-11-01")
    followers.tell()
    holders, entry = story.holders(), f"urn:regiohelix:event:{first}"
    assert holders.hold(_said(followers, hook)) == {entry: Held(lesson.title, frozenset())}

    # The other region tries it, and its own figures say otherwise.
    tried = story.say(beta, an_item("reuse", of=first, of_region="XR-ALFA"))
    own = story.say(beta, of(80, 1000))
    cited = CitationPublished(
        "besluiten-bij-ons", first, "XR-ALFA", "nl", "contrasting", "epidemioloog", "Bij ons veranderde er niets.",
        (CitedFigures(own, "h.dm_prev", "2024"),),
    )  # fmt: skip
    story.say(beta, cited)
    counts = story.get(f"/api/v1/lessons/{first}/citations")["counts"]
    assert (counts["contrasting"], counts["supporting"]) == (1, 0)
    assert story.get(f"/api/v1/items/{tried}")["payload"]["stage"] == "tried"

    # The first region takes that in.
    better = msgspec.structs.replace(lesson, title="Eén besluitenlijst, met tijd om te wennen")
    second = story.say(alfa, LessonRevised(first, "Elsewhere it took longer.", better))

    # Who followed and who comes a month later hold the same.
    assert better.title in holders.digest()
    followers.later(days=30)
    assert holders.hold(_said(followers, hook)) == {entry: Held(better.title, frozenset())}

    # The evidence is corrected: whoever looks at the lesson, its citation or the evaluation is told.
    contrary = story.say(beta, IndicatorCorrected(own, "Counted twice.", of(60, 1000)))
    corrected = story.say(alfa, IndicatorCorrected(after, "Not all were asked.", of(85, 1000)))
    (citation,) = story.get(f"/api/v1/lessons/{second}/citations")["citations"]
    assert citation["evidence_changed"] is True
    assert story.get(f"/api/v1/evaluations/{evaluation}")["evidence_changed"] is True
    assert story.get(f"/api/v1/lessons/{second}/citations")["counts"]["contrasting"] == 1

    # And so is everybody who holds it, once for each change; all end with the same, as does who comes now.
    now = {entry: Held(better.title, frozenset({contrary, corrected}))}
    assert holders.hold(_said(followers, hook)) == now
    assert holders.stream.kinds == ["published", "revised", "evidence_changed", "evidence_changed"]
    told = [data["change"]["changed"]["event_id"] for data in _said(followers, hook) if "change" in data]
    assert told == [contrary, corrected]
    mail = holders.digest()
    for text in (mail, holders.atom()):
        assert "Counted twice." in text
        assert "Not all were asked." in text
    assert "THE EVIDENCE CHANGED" in mail
    assert holders.digest() == ""
    assert StreamReader(holders.get, story.late).read() == now
    compacted = from_topic(list(dict(holders.messages()).items()))
    assert compacted == {entry: Held(better.title, frozenset({corrected}))}


def _said(followers: Followers, hook: str) -> list[dict[str, Any]]:
    """Return what came, each verified at the moment that it names."""
    came = followers.receiver.at("/partner")
    moments = [datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC) for one in came]
    return [one.read(followers.secrets[hook], at)["data"] for one, at in zip(came, moments, strict=True)]
