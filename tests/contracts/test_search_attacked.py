"""What a region sends, or somebody asks, in order to end finding for all; on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator

import msgspec
import pytest

from hub.bootstrap import application
from tests.contracts.test_search import counts, found, ids, said
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson

LONG = "\ufdfa"  # one character that is eighteen when it is written plainly


def unlike(size: int) -> Iterator[str]:
    """Yield words that are all different and grow tenfold when they are written plainly, of so many characters."""
    for number in range(size // 8):
        yield f"{LONG * 5}{chr(0x4E00 + number % 8000)}{chr(0x4E00 + number // 8000)}"


def test_a_lesson_of_more_words_than_an_index_holds_ends_no_finding(chains_at_hub: ChainsAtHub) -> None:
    """A tsvector holds a megabyte; on PostgreSQL every search of every reader failed until the lesson was gone."""
    text = list(unlike(99_900))
    parts = [" ".join(text[place::5]) for place in range(5)]
    names = ("context", "barrier_or_opportunity", "action", "consequence", "advice")
    large = msgspec.structs.replace(a_lesson("l", "Groot"), **dict(zip(names, parts, strict=True)))
    region = chains_at_hub.enrolled()
    events = said(region, large, a_lesson("m", "Klein"))
    assert set(chains_at_hub.arrive(*events)) == {"accepted"}
    assert ids(found(chains_at_hub, "klein")) == [events[1].id]
    assert ids(found(chains_at_hub, "groot")) == [events[0].id]


def test_of_a_lesson_with_a_thousand_themes_a_hundred_are_choices(chains_at_hub: ChainsAtHub) -> None:
    themes = tuple(f"thema-{number}" for number in range(1000))
    region = chains_at_hub.enrolled()
    chains_at_hub.arrive(*said(region, msgspec.structs.replace(a_lesson(), themes=themes)))
    assert found(chains_at_hub, theme=[themes[0]]).total == 1
    assert found(chains_at_hub, theme=[themes[500]]).total == 0
    assert len(counts(found(chains_at_hub), "theme")) == 100


@pytest.mark.parametrize("asked", ["", "&q=les"])
def test_a_page_beyond_what_a_database_counts_to_is_not_there(chains_at_hub: ChainsAtHub, asked: str) -> None:
    chains_at_hub.arrive(*said(chains_at_hub.enrolled(), a_lesson()))
    answer = application(chains_at_hub.hub).test_client().get(f"/api/v1/lessons?page={10**25}{asked}")
    assert answer.status_code == 404
