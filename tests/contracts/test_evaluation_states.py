"""What became of an evaluation and its figures, in every order of arrival; on SQLite and on a real PostgreSQL."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from hub.config import Hub
from hub.intake.rebuild import rebuild
from hub.intake.replay_ledger import replay_ledger
from hub.serving.evaluations import (
    EvaluationTakenBack,
    WithdrawnEvaluation,
    evaluation_feed_page,
    evaluation_page,
    one_evaluation,
)
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.ledger_file import write_ledger
from schemas.payloads import EventRedacted, IndicatorCorrected
from schemas.signature import SigningKey
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import figures
from tests.support.ledgers import entries_of, header_of

Shown = tuple[list[str], list[str], list[str]]  # who made them, states of their figures, entries with a tombstone


def said(region: TestRegion, payload: Any) -> SignedEvent:
    return region.release([payload], "public")[0]


def visitors(count: int) -> Any:
    return figures("h.dm_prev", {("total",) * 3: Exact(count, 1000)}, "2021", "invented")


def made_by(name: str, resting: str = "1" * 64) -> EvaluationPublished:
    made = an_evaluation([(resting, "2021"), ("2" * 64, "2022")], indicator="h.dm_prev")
    return EvaluationPublished(**{part: getattr(made, part) for part in made.__struct_fields__} | {"made_by": name})


def corrected_figures(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, visitors(100))
    evaluated = said(region, made_by("a", first.id))
    later = said(region, IndicatorCorrected(first.id, "r", visitors(130)))
    return [first, evaluated, later], (["a"], ["corrected", "not_held"], [])


def destroyed_figures(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, visitors(100))
    evaluated = said(region, made_by("a", first.id))
    return [first, evaluated, said(region, EventRedacted(first.id, "r"))], (["a"], ["redacted", "not_held"], [])


def revised(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, made_by("a"))
    second = said(region, EvaluationRevised(first.id, "r", made_by("b")))
    return [first, second], (["b"], ["not_held", "not_held"], [])


def withdrawn(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, made_by("a"))
    second = said(region, EvaluationRevised(first.id, "r", made_by("b")))
    return [first, second, said(region, EvaluationWithdrawn(second.id, "r"))], ([], [], [first.id])


def revision_destroyed(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, made_by("a"))
    second = said(region, EvaluationRevised(first.id, "r", made_by("b")))
    return [first, second, said(region, EventRedacted(second.id, "r"))], ([], [], [first.id])


@pytest.mark.parametrize("story", [corrected_figures, destroyed_figures, revised, withdrawn, revision_destroyed])
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
    found: dict[str, Shown] = {code: ([], [], []) for code in held.regions}
    with held.hub.engine.connect() as connection:
        for one in evaluation_page(connection, "network", size=1000).evaluations:
            found[one.region][0].append(one.payload.made_by)
            found[one.region][1].extend(figure.state for figure in one.evidence)
        for entry in evaluation_feed_page(connection, "network", size=1000).entries:
            if isinstance(entry, WithdrawnEvaluation):
                found[entry.region][2].append(entry.entry)
    return found


def test_every_version_of_one_that_was_taken_back_says_so(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events, _ = withdrawn(region)
    chains_at_hub.arrive(*events)
    with chains_at_hub.hub.engine.connect() as connection:
        for version in events[:2]:
            with pytest.raises(EvaluationTakenBack, match="withdrawn by Xr-Duinrand on 2026-11-01: r"):
                one_evaluation(connection, "network", version.id)


class OneSubject(TestRegion):
    """A region all of whose events are about one thing, as the versions of one evaluation are."""

    __test__ = False

    def _item(self, payload: Any, audience: Any) -> Any:
        type_, _, salt, data, hash_ = super()._item(payload, audience)
        return type_, "a" * 32, salt, data, hash_


def test_a_destroyed_version_in_a_ledger_file_leaves_the_one_before_it_gone(stored_hub: Hub) -> None:
    region, key = OneSubject("XR-DUINRAND"), SigningKey.generate()
    first = said(region, made_by("a"))
    second = said(region, EvaluationRevised(first.id, "r", made_by("b")))
    said(region, EventRedacted(second.id, "r"))
    header = header_of(region, region.service, key)
    done = replay_ledger(
        stored_hub, list(write_ledger(header, entries_of(region, key))), key.public, [header.fingerprint]
    )
    assert (done.events, done.destroyed) == (3, 1)
    with stored_hub.engine.connect() as connection:
        assert evaluation_page(connection, "network").total == 0
        with pytest.raises(EvaluationTakenBack, match="was destroyed"):
            one_evaluation(connection, "network", first.id)
