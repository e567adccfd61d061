"""What the pages of administration tell: what needs a hand, definitions and who counts by them, the log, all words."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import pytest

from connectors.database import writing
from hub.audit import record
from hub.bootstrap import application
from hub.doctor.examine import examine
from hub.doctor.words import SENTENCES
from hub.intake.refusal import Refusal
from hub.web.administration import overview
from hub.web.words import WORDS
from schemas.catalogue import catalogue, forget
from schemas.definition_list import Proposal, offered, signed_proposal
from schemas.values import Exact
from tests.integration.test_definitions import FILE
from tests.support.access import serving
from tests.support.administering import Desk, said
from tests.support.events import TestRegion
from tests.support.held_by_hub import HeldByHub, figures
from tests.support.hub_stores import join

TOTAL = ("total", "total", "total")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path) as served:
        yield Desk(served)
    forget()


def test_what_needs_a_hand_stands_first_in_both_languages(desk: Desk) -> None:
    assert "There is nothing to do." in desk.get()
    join(desk.hub, TestRegion("XR-STIL"))
    desk.refuse(TestRegion())
    desk.served.clock.pass_by(days=80)
    desk.browser = desk.as_("bea")
    assert "nothing came for more than 45 days" in desk.get()
    assert "refused (the region is not enrolled): 1" in desk.get()
    told = desk.get(lang="nl")
    assert "er kwam meer dan 45 dagen niets" in told
    assert "geweigerd (de regio is niet ingeschreven): 1" in told


def test_the_doctor_looks_again_once_something_happened_and_no_sooner(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def examined(*asked: Any) -> Any:
        looked.append(1)
        return examine(*asked)

    monkeypatch.setattr(overview, "examine", examined)
    for _ in range(3):
        assert "There is nothing to do." in desk.get()
    assert len(looked) == 1, "it takes seconds where many regions take part"
    desk.refuse(TestRegion())
    assert "refused (the region is not enrolled): 1" in desk.get()
    assert "was given up" in said(desk.send("/dead-letters/1", "discard", reason="van niemand", sure="1"))
    assert "There is nothing to do." in desk.get()
    desk.served.clock.pass_by(minutes=1)
    desk.get()
    assert len(looked) == 4


def test_a_definition_is_seen_before_it_is_adopted_and_who_counts_by_it_is_told(desk: Desk) -> None:
    region = join(desk.hub, TestRegion())
    held = HeldByHub(desk.hub, application(desk.hub))
    held.region("XR-OUD", "Oudland", "invented")
    held.accept("XR-OUD", figures("h.dm_prev", {TOTAL: Exact(50, 1000)}, region_set="invented"))
    assert "at version 1: XR-OUD" in desk.get("/definitions")
    newer = msgspec.structs.replace(catalogue()["h.dm_prev"], version=2)
    key = region.service
    proposal = Proposal(region.code, "2026-11-22T12:00:00Z", "Beter.", (offered(newer),), key.public.key_id)
    text = msgspec.json.encode(signed_proposal(proposal, key)).decode()
    assert "signature does not fit" in said(desk.send("/definitions", "read", text=text.replace("Beter", "Anders")))
    seen = said(desk.send("/definitions", "read", text=text))
    assert f"Signed by {region.code} on 22 Nov 2026: Beter." in seen
    assert "h.dm_prev, version 2 (instead of version 1)" in seen
    assert "adopted by" not in desk.get("/definitions"), "it was only seen"
    assert "Adopted." in said(desk.send("/definitions", "read", text=text, sure="1", demand="1"))
    told = desk.get("/definitions")
    assert f"proposed by {region.code}" in told
    assert "2 (asked for: 2 or newer)" in told
    assert "still at version 1: XR-OUD" in told
    assert "Definitions of which one or more regions still count by an older version: 1." in told
    assert "known here already" in said(desk.send("/definitions", "read", text=text, sure="1"))
    own = FILE.format(version=1)
    assert "Of the own team" in said(desk.send("/definitions", "read", text=own))
    wrong = said(desk.send("/definitions", "read", text=own.replace("axis: health", "axis: hope")))
    assert "Nothing was adopted" in wrong
    assert "axis" in wrong
    assert "larger than 50 kB" in said(desk.send("/definitions", "read", text="x" * 51_000))
    assert "not known here" in said(desk.send("/definitions", "demand", indicator="h.dm_prev", version="3"))
    assert "asked for no longer" in said(desk.send("/definitions", "demand", indicator="h.dm_prev", version="1"))
    assert [act for act, _ in desk.acts()] == ["definition adopted", "least version set", "least version set"]


def test_the_log_is_paged_narrowed_and_in_the_readers_language(desk: Desk) -> None:
    with writing(desk.hub.engine) as connection:
        for number in range(60):
            record(connection, desk.hub.clock(), "operator", "backup made", file=f"file-{number}")
    first = desk.browser.get("/administration/log?lang=nl&actor=operator&action=backup+made").text
    assert re.findall(r"bestand: file-(\d+)", first) == [str(number) for number in range(59, 9, -1)]
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = desk.browser.get(older.replace("&amp;", "&")).text
    assert re.findall(r"bestand: file-(\d+)", second) == [str(number) for number in range(9, -1, -1)]
    assert "reservekopie gemaakt" in second
    assert "There are no such lines." in desk.get("/log?actor=nobody")
    assert "There are no such lines." in desk.get("/log?until=2020-01-01")
    assert "sign-in" in desk.get("/log?actor=bea")


def test_everything_that_can_be_refused_or_found_has_words_in_both_languages() -> None:
    refused: set[type[Exception]] = set()
    for name in ("regions", "letters", "definitions", "users", "tokens"):
        module: Any = import_module(f"hub.web.administration.{name}")
        refused |= {*getattr(module, "_REFUSED", ()), *getattr(module, "REFUSALS", ())}
    assert len(refused) > 20
    assert [one.__name__ for one in refused if f"refusal_{one.__name__}" not in WORDS] == []
    reasons = [one.reason for one in Refusal.__subclasses__()]
    assert len(reasons) > 20
    assert [one for one in reasons if not {f"letter_{one}", f"remedy_{one}"} <= set(WORDS)] == []
    for name, texts in SENTENCES.items():
        for text in texts:
            facts = [{fact for _, fact, _, _ in Formatter().parse(said_) if fact} for said_ in (text.nl, text.en)]
            assert facts[0] == facts[1], name
