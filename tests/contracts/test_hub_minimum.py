"""Figures below the network's minimum become dead letters; what was accepted before stays as it is."""

import msgspec
import pytest
from sqlalchemy import func, select

from hub.config import Hub
from hub.flow import receive, replay
from hub.intake import minimum
from hub.intake.rebuild import rebuild
from hub.intake.replay_ledger import replay_ledger
from hub.tables import dead_letter, event, indicator_payload
from schemas.ledger_file import write_ledger
from schemas.payloads import IndicatorCorrected
from schemas.signature import SigningKey
from tests.support.events import SignedEvent, TestRegion, diabetes
from tests.support.held_by_hub import TAKEN_OVER
from tests.support.hub_stores import join
from tests.support.ledgers import entries_of, header_of


def said(hub: Hub, *events: SignedEvent) -> list[str]:
    answers = receive([one.body for one in events], hub)
    return [answer.outcome if answer.outcome != "refused" else answer.reason or "" for answer in answers]


def test_a_small_figure_is_set_aside_and_the_rest_of_the_bundle_is_accepted(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    made = region.release([diabetes(800), diabetes(9, "2024"), diabetes(810, "2023")])
    assert said(stored_hub, *made) == ["accepted", "below_minimum", "accepted"]
    with stored_hub.engine.connect() as connection:
        (letter,) = connection.execute(select(dead_letter)).all()
        held = connection.scalar(select(func.count()).select_from(indicator_payload))
    assert (letter.reason, letter.event_id, letter.region) == ("below_minimum", made[1].id, region.code)
    assert letter.detail.startswith("Cell 0 counts 1 to 9")
    assert held == 2
    answers = replay(stored_hub, [letter.id])  # it does not grow by waiting
    assert [one.reason for one in answers.values()] == ["below_minimum"]


def test_a_small_correction_is_set_aside_and_a_public_table_is_not(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    (first,) = region.release([diabetes(800)])
    (small,) = region.release([IndicatorCorrected(first.id, "counted again", diabetes(9))])
    (public,) = region.release([msgspec.structs.replace(diabetes(9, "2024"), origin=TAKEN_OVER)])
    assert said(stored_hub, first, small, public) == ["accepted", "below_minimum", "accepted"]


def test_what_was_accepted_before_the_rule_is_rebuilt_and_stays_a_duplicate(
    stored_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = join(stored_hub, TestRegion())
    (old,) = region.release([diabetes(9)])
    with monkeypatch.context() as before:
        before.setattr(minimum, "MINIMUM", 1)  # a hub of before the rule
        assert said(stored_hub, old) == ["accepted"]
    assert said(stored_hub, old) == ["duplicate"]
    assert rebuild(stored_hub.engine).is_same
    with stored_hub.engine.connect() as connection:
        assert connection.scalars(select(event.c.id)).all() == [old.id]
        assert connection.scalars(select(indicator_payload.c.event_id)).all() == [old.id]


def test_what_another_hub_accepted_before_the_rule_is_replayed(stored_hub: Hub) -> None:
    old = SigningKey.generate()
    region = TestRegion()
    region.release([diabetes(800), diabetes(9, "2024")], "public")
    lines = write_ledger(header_of(region, region.service, old), entries_of(region, old))
    done = replay_ledger(stored_hub, lines, old.public, [region.fingerprint])
    assert (done.events, done.without_receipt) == (2, 0)
