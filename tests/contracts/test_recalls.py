"""Who is told that something was taken back, and whose word is kept that they acted on it; on both databases."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from connectors.database import writing
from hub.__main__ import cli
from hub.bootstrap import application
from hub.identity.tokens import account_owner, issue_token
from hub.intake.enrol import add_partner
from hub.serving.recalls import answered_recalls
from hub.tables import dead_letter, event
from schemas.codes import Audience
from schemas.payloads import EventRedacted, IndicatorWithdrawn, LessonWithdrawn
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import a_lesson, figures

ADDRESS = "/api/v1/recalls"


class Told:
    """A hub with two regions, a partner, and one item per audience that Alfa took back."""

    def __init__(self, held: ChainsAtHub) -> None:
        self.held = held
        self.alfa, self.beta = (held.enrolled(f"XR-{name}") for name in ("ALFA", "BETA"))
        with writing(held.hub.engine) as connection:
            self.partner = add_partner(connection, "Vilans", held.now)
        self.by: dict[str, SignedEvent] = {}
        for audience in ("public", "partners", "network"):
            item = self.said(self.alfa, a_lesson(f"les-{audience}", title=audience), audience)
            held.arrive(item)
            self.by[audience] = self.said(self.alfa, LessonWithdrawn(item.id, f"reden {audience}"), audience)
            held.arrive(self.by[audience])

    @staticmethod
    def said(region: TestRegion, payload: Any, audience: Audience = "public") -> SignedEvent:
        return region.release([payload], audience)[0]

    @property
    def client(self) -> FlaskClient:
        return application(self.held.hub).test_client()

    def as_(self, who: str | None) -> dict[str, str]:
        tokens = {"partner": self.partner, **self.held.tokens}
        return {} if who is None else {"Authorization": f"Bearer {tokens[who]}"}

    def listed(self, who: str | None, query: str = "") -> dict[str, Any]:
        answer = self.client.get(ADDRESS + query, headers=self.as_(who))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        return dict(answer.get_json())

    def acknowledge(self, who: str | None, by_event: str) -> Any:
        return self.client.post(f"{ADDRESS}/{by_event}/acknowledgements", headers=self.as_(who))


@pytest.fixture
def told(chains_at_hub: ChainsAtHub) -> Told:
    return Told(chains_at_hub)


def test_each_reader_is_told_of_what_they_could_see_and_no_more(told: Told) -> None:
    seen = {who: [one["reason"] for one in told.listed(who)["recalls"]] for who in (None, "partner", "XR-BETA")}
    assert seen == {
        None: ["reden public"],
        "partner": ["reden public", "reden partners"],
        "XR-BETA": ["reden public", "reden partners", "reden network"],
    }
    (one,) = told.listed(None)["recalls"]
    assert (one["region"], one["kind"], one["by_event"]) == ("XR-ALFA", "withdrawn", told.by["public"].id)
    assert one["event_id"] == told.alfa.chain[0].id
    assert one["accepted_at"] == "2026-11-01T14:00:00Z"


def test_a_recall_is_told_when_what_it_takes_back_is_here_and_is_the_regions_own(told: Told) -> None:
    late = told.said(told.alfa, figures("h.dm_prev", {}, region_set="invented"))
    early = told.said(told.alfa, IndicatorWithdrawn(late.id, "voor de tijd"))
    foreign = told.said(told.beta, LessonWithdrawn(told.alfa.chain[0].id, "niet van mij"))
    unheard = told.said(told.alfa, EventRedacted("0" * 64, "nooit gekomen"))
    told.held.arrive(early, foreign, unheard)
    assert [one["reason"] for one in told.listed(None)["recalls"]] == ["reden public"]
    told.held.arrive(late)
    assert [one["reason"] for one in told.listed(None)["recalls"]] == ["reden public", "voor de tijd"]
    assert told.listed(None)["recalls"][-1]["told_at"] > told.listed(None)["recalls"][-1]["accepted_at"]


def test_paging_misses_nothing_and_ends_a_minute_back(told: Told) -> None:
    for number in range(4):  # all within one second
        item = told.said(
            told.alfa, figures("h.dm_prev", {("t", "t", "t"): Exact(100 + number, 1000)}, region_set="invented")
        )
        told.held.arrive(item, told.said(told.alfa, EventRedacted(item.id, str(number))))
    told.held.now += timedelta(minutes=5)
    found, query = [], "?limit=2"
    while True:
        page = told.listed("XR-BETA", query)
        found += [one["by_event"] for one in page["recalls"]]
        query = f"?limit=2&after={page['next']}"
        if not page["more"]:
            break
    assert len(found) == len(set(found)) == 7
    assert told.listed("XR-BETA")["next"] == page["next"] < f"{told.held.now:%Y-%m-%dT%H:%M:%SZ}"
    assert told.listed("XR-BETA", query) == {"recalls": [], "next": page["next"], "more": False}
    assert told.client.get(f"{ADDRESS}?after=yesterday").status_code == 422


def test_an_acknowledgement_is_kept_once_under_the_tokens_name(told: Told) -> None:
    by_event = told.by["partners"].id
    first = told.acknowledge("partner", by_event)
    told.held.now += timedelta(days=1)
    again = told.acknowledge("partner", by_event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json() == {
        "by_event": by_event, "subscriber": "partner Vilans", "acknowledged_at": "2026-11-01T18:00:00Z",
    }  # fmt: skip
    own = {one["reason"]: one["acknowledged_at"] for one in told.listed("partner")["recalls"]}
    assert own == {"reden public": None, "reden partners": "2026-11-01T18:00:00Z"}
    assert {one["acknowledged_at"] for one in told.listed("XR-BETA")["recalls"]} == {None}


def test_only_a_region_or_partner_that_may_know_acknowledges(told: Told) -> None:
    with writing(told.held.hub.engine) as connection:
        _, token = issue_token(connection, told.held.now, "script", account_owner("anna"), ("read:network",))
    told.held.tokens["anna"] = token
    assert told.acknowledge(None, told.by["public"].id).status_code == 401
    assert told.acknowledge("anna", told.by["public"].id).status_code == 403
    assert told.acknowledge("partner", told.by["network"].id).status_code == 404
    assert told.acknowledge("partner", "0" * 64).status_code == 404
    assert told.acknowledge("partner", told.alfa.chain[0].id).status_code == 404


def test_who_has_not_acknowledged_is_named_and_who_could_not_see_it_is_not(told: Told) -> None:
    told.held.now += timedelta(days=1)
    told.held.enrolled("XR-LATER")
    told.acknowledge("XR-BETA", told.by["public"].id)
    with told.held.hub.engine.connect() as connection:
        waits = {one.recall.reason: one.open for one in answered_recalls(connection)}
    assert waits == {
        "reden public": ("partner Vilans",),
        "reden partners": ("partner Vilans", "region XR-BETA"),
        "reden network": ("region XR-BETA",),
    }


def test_the_command_lists_what_is_open_and_scrubs(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told.held.hub.settings
    if told.held.hub.engine.dialect.name == "postgresql":
        monkeypatch.setenv("REGIOHELIX_HUB_DATABASE", settings.database)
    home = ["--home", str(settings.home)]
    told.acknowledge("XR-BETA", told.by["network"].id)
    called = {"all": ["list"], "open": ["list", "--open"], "json": ["list", "--json"], "scrub": ["scrub"]}
    said = {name: CliRunner().invoke(cli, ["recalls", *words, *home]) for name, words in called.items()}
    assert {name: (one.exit_code, one.exception) for name, one in said.items()} == dict.fromkeys(said, (0, None))
    assert len(said["all"].output.splitlines()) == 3
    assert "waits for: partner Vilans, region XR-BETA" in said["open"].output
    assert told.by["network"].id not in said["open"].output
    assert [one["recall"]["kind"] for one in json.loads(said["json"].output)] == ["withdrawn"] * 3


def test_a_scrub_destroys_what_was_left(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told.held.hub.settings
    if told.held.hub.engine.dialect.name == "postgresql":
        monkeypatch.setenv("REGIOHELIX_HUB_DATABASE", settings.database)
    item = told.alfa.chain[0]
    told.held.arrive(told.said(told.alfa, EventRedacted(item.id, "een naam")))
    with writing(told.held.hub.engine) as connection:  # as a second worker could have left it
        left = {"event_id": item.id, "received_at": "t", "reason": "r", "detail": "d", "body": item.body}
        connection.execute(insert(dead_letter).values(region=told.alfa.code, **left))
        connection.execute(update(event).where(event.c.id == item.id).values(payload=item.payload))
    done = CliRunner().invoke(cli, ["recalls", "scrub", "--json", "--home", str(settings.home)])
    assert json.loads(done.output)["destroyed"] == 1
    with told.held.hub.engine.connect() as connection:
        assert connection.scalars(select(dead_letter.c.body)).all() == [b""]
        assert connection.scalar(select(event.c.payload).where(event.c.id == item.id)) == b""
