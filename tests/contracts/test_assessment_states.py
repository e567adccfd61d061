"""What became of an assessment, in every order of arrival; on SQLite and on a real PostgreSQL."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from hub.config import Hub
from hub.intake.rebuild import rebuild
from hub.intake.replay_ledger import replay_ledger
from hub.serving.assessments import (
    AssessmentTakenBack,
    WithdrawnAssessment,
    assessment_feed_page,
    assessment_page,
    one_assessment,
)
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn, ExpertVerdict
from schemas.ledger_file import write_ledger
from schemas.payloads import EventRedacted
from schemas.signature import SigningKey
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.ledgers import entries_of, header_of
from tests.support.panels import an_assessment, with_means

Shown = tuple[list[str], list[str]]  # reasons of verdicts, entries with a tombstone
ROWS = with_means((300,) * 5, ("practice",) * 8)


def said(region: TestRegion, payload: Any) -> SignedEvent:
    return region.release([payload], "public")[0]


def because(reason: str) -> AssessmentPublished:
    return an_assessment(ROWS, verdicts=[ExpertVerdict("gains", True, "nl", reason)])


def revised(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, because("a"))
    return [first, said(region, AssessmentRevised(first.id, "r", because("b")))], (["b"], [])


def withdrawn(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, because("a"))
    second = said(region, AssessmentRevised(first.id, "r", because("b")))
    return [first, second, said(region, AssessmentWithdrawn(second.id, "r"))], ([], [first.id])


def revision_destroyed(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, because("a"))
    second = said(region, AssessmentRevised(first.id, "r", because("b")))
    return [first, second, said(region, EventRedacted(second.id, "r"))], ([], [first.id])


@pytest.mark.parametrize("story", [revised, withdrawn, revision_destroyed])
def test_every_order_of_arrival_ends_in_the_same(
    chains_at_hub: ChainsAtHub, story: Callable[[TestRegion], tuple[list[SignedEvent], Shown]]
) -> None:
    expected = {}
    for number, order in enumerate(permutations(range(len(story(TestRegion())[0])))):
        region = chains_at_hub.enrolled(f"XR-{number}")
        events, expected[region.code] = story(region)
        for place in order:
            assert chains_at_hub.arrive(events[place]) == ["accepted"]
    for _ in range(2):
        assert shown(chains_at_hub) == expected
        rebuild(chains_at_hub.hub.engine)


def shown(held: ChainsAtHub) -> dict[str, Shown]:
    found: dict[str, Shown] = {code: ([], []) for code in held.regions}
    with held.hub.engine.connect() as connection:
        for one in assessment_page(connection, "public", size=1000).assessments:
            found[one.region][0].append(one.payload.verdicts[0].reason)
        for entry in assessment_feed_page(connection, "public", size=1000).entries:
            if isinstance(entry, WithdrawnAssessment):
                found[entry.region][1].append(entry.entry)
    return found


class OneSubject(TestRegion):
    """A region all of whose events are about one thing, as the versions of one assessment are."""

    __test__ = False

    def _item(self, payload: Any, audience: Any) -> Any:
        type_, _, salt, data, hash_ = super()._item(payload, audience)
        return type_, "a" * 32, salt, data, hash_


def test_a_destroyed_version_in_a_ledger_file_leaves_the_one_before_it_gone(stored_hub: Hub) -> None:
    region, key = OneSubject("XR-DUINRAND"), SigningKey.generate()
    first = said(region, because("a"))
    second = said(region, AssessmentRevised(first.id, "r", because("b")))
    said(region, EventRedacted(second.id, "r"))
    header = header_of(region, region.service, key)
    done = replay_ledger(
        stored_hub, list(write_ledger(header, entries_of(region, key))), key.public, [header.fingerprint]
    )
    assert (done.events, done.destroyed) == (3, 1)
    with stored_hub.engine.connect() as connection:
        assert assessment_page(connection, "public").total == 0
        with pytest.raises(AssessmentTakenBack, match="was destroyed"):
            one_assessment(connection, "public", first.id)
