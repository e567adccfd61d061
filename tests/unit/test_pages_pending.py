"""A region's word that a correction waits: the hub shows it beside the figure, to its readers, until it is settled."""

import json
from pathlib import Path

import pytest

from hub.bootstrap import application
from hub.intake.rebuild import rebuild
from schemas.payloads import IndicatorCorrected, IndicatorPending, IndicatorWithdrawn
from tests.support.events import SignedEvent
from tests.unit.test_pages_corrections import COMPARISON, Site, dm_prev

WORDS = {"nl": "correctie wacht", "en": "correction pending"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def first(site: Site) -> SignedEvent:
    """Beta's figure stands; it is the one of which something is said."""
    site.say("ALFA", dm_prev(777))
    return site.say("BETA", dm_prev(20))


def pending(site: Site, reader: str | None = None) -> dict[str, str | None]:
    """Return per region since when a correction waits, as the API tells; the page agrees in both languages."""
    rows = json.loads(site.text(COMPARISON, region=reader))["rows"]
    found = {row["name"]: row["pending_since"] for row in rows}
    if reader is None:
        for lang, word in WORDS.items():
            page = site.text(f"/compare/h.dm_prev?lang={lang}")
            assert page.count(f'<span class="word">{word}</span>') == sum(one is not None for one in found.values())
            assert (word.capitalize() in page) == any(found.values())
    return found


def test_a_pending_correction_is_shown_without_its_size_and_changes_no_figure(site: Site, first: SignedEvent) -> None:
    before = json.loads(site.text(COMPARISON))["rows"]
    assert pending(site) == {"Xr-Alfa": None, "Xr-Beta": None}
    site.say("BETA", IndicatorPending(first.id, waits=True))
    found = pending(site)
    assert found["Xr-Alfa"] is None
    assert found["Xr-Beta"] is not None
    after = json.loads(site.text(COMPARISON))["rows"]
    assert [row | {"pending_since": None} for row in after] == before


def test_it_ends_with_the_correction_with_a_word_or_with_a_withdrawal(site: Site, first: SignedEvent) -> None:
    site.say("BETA", IndicatorPending(first.id, waits=True))
    site.say("BETA", IndicatorPending(first.id, waits=False))
    assert pending(site)["Xr-Beta"] is None
    site.say("BETA", IndicatorPending(first.id, waits=True))
    second = site.say("BETA", IndicatorCorrected(first.id, "dubbel geteld", dm_prev(40)))
    assert pending(site)["Xr-Beta"] is None
    site.say("BETA", IndicatorPending(second.id, waits=True))
    assert pending(site)["Xr-Beta"] is not None
    site.say("BETA", IndicatorWithdrawn(second.id, "verkeerde bron"))
    assert pending(site)["Xr-Beta"] is None


def test_a_region_speaks_for_its_own_figures_only(site: Site, first: SignedEvent) -> None:
    site.say("ALFA", IndicatorPending(first.id, waits=True))
    assert set(pending(site).values()) == {None}


def test_only_who_may_read_the_word_sees_it(site: Site, first: SignedEvent) -> None:
    site.say("BETA", IndicatorPending(first.id, waits=True), audience="network")
    assert set(pending(site).values()) == {None}
    assert pending(site, reader="ALFA")["Xr-Beta"] is not None


def test_a_rebuilt_hub_shows_the_same(site: Site, first: SignedEvent) -> None:
    site.say("BETA", IndicatorPending(first.id, waits=True))
    before = pending(site)
    assert rebuild(site.held.hub.engine, check_only=True).is_same
    rebuild(site.held.hub.engine)
    site.client = application(site.held.hub).test_client()
    assert pending(site) == before
