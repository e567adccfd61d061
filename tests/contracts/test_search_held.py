"""What a process holds of an index: read once, and again where something came for that audience; on both databases."""

from typing import Any

from sqlalchemy import event

from hub.serving import search_held
from schemas.codes import AUDIENCES, Audience
from tests.contracts.test_search import found, held_lessons, three
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson


def test_facets_are_read_again_only_by_those_for_whom_something_came(chains_at_hub: ChainsAtHub) -> None:
    held_lessons(chains_at_hub, *three())
    read: list[str] = []

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        read.append(statement)

    def readers_that_read() -> list[str]:
        told = []
        for one in AUDIENCES:
            found(chains_at_hub, reader=one)  # brings the index up to date, for whoever asks first
            read.clear()
            for question, chosen in (("", {}), ("", {"theme": ["zorg"]}), ("besparing", {"step": ["4"]})):
                found(chains_at_hub, question, one, **chosen)
            told += [one] if any("search_facet" in statement for statement in read) else []
        return told

    event.listen(chains_at_hub.hub.engine, "before_cursor_execute", look)
    assert readers_that_read() == []
    before = {one: held_by(chains_at_hub, one) for one in AUDIENCES}
    held_lessons(chains_at_hub, a_lesson("p", "Een les voor partners"), audience="partners")
    after = {one: held_by(chains_at_hub, one) for one in AUDIENCES}
    assert [one for one in AUDIENCES if after[one] is not before[one]] == ["partners", "network"]
    assert readers_that_read() == []


def held_by(held: ChainsAtHub, reader: Audience) -> Any:
    """Return the very object that this process holds of an audience's index once that is up to date."""
    found(held, reader=reader)
    with held.hub.engine.connect() as connection:
        return search_held.held(connection, reader)
