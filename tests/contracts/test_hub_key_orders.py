"""A chain with two rotations and a change of reviewers ends the same in every order of arrival, by itself."""

import random

import pytest
from sqlalchemy import select

from hub.config import Hub
from hub.flow import receive, replay_waiting
from hub.tables import dead_letter, event, key
from schemas.signature import SigningKey
from tests.support.events import TestRegion, diabetes
from tests.support.hub_stores import Clock, join, new_key, old_key


def long_chain(region: TestRegion) -> list[bytes]:
    """Sign eleven events: figures between a new reviewer, two new service keys, and the end of what they replace."""
    first, second, third = (region.service, SigningKey.generate(), SigningKey.generate())
    chief, deputy, spare = region.reviewers
    newcomer = SigningKey.generate()
    region.release([diabetes(800, "2011")])
    region.release([new_key(region.code, newcomer, "reviewer")])
    region.reviewers = (chief, newcomer, deputy)
    region.release([diabetes(800, "2012")])
    region.release([new_key(region.code, second)])
    region.service = second
    region.release([diabetes(800, "2013")])
    region.release([old_key(first), old_key(chief)])
    region.reviewers = (deputy, newcomer, spare)
    region.release([diabetes(800, "2014")])
    region.release([new_key(region.code, third)])
    region.service = third
    region.release([old_key(second), diabetes(800, "2015")])
    return [one.body for one in region.chain]


@pytest.mark.parametrize("seed", range(8))
def test_every_order_of_arrival_ends_with_the_same_keys_and_events(stored_hub: Hub, clock: Clock, seed: int) -> None:
    region = join(stored_hub, TestRegion())
    chain = long_chain(region)
    dice = random.Random(seed)  # noqa: S311 - orders events, guards nothing
    arrivals = [*chain, *dice.sample(chain, 3)] if seed else list(chain)
    if seed:
        dice.shuffle(arrivals)
    while arrivals:
        size = dice.randint(1, 4)
        receive(arrivals[:size], stored_hub)
        arrivals = arrivals[size:]
    clock.move(minutes=2)
    replay_waiting(stored_hub)
    with stored_hub.engine.connect() as connection:
        held = connection.execute(select(event.c.sequence, event.c.id).order_by(event.c.sequence)).all()
        states = set(connection.scalars(select(dead_letter.c.state)))
        stretches = connection.execute(select(key.c.use, key.c.from_sequence, key.c.until_sequence)).all()
    assert [row.id for row in held] == [one.id for one in region.chain]
    assert states <= {"accepted"}
    assert sorted(tuple(row) for row in stretches if row.use == "service") == [
        ("service", 1, 7),
        ("service", 5, 11),
        ("service", 10, None),
    ]
    assert sorted((row.from_sequence, row.until_sequence or 99) for row in stretches if row.use == "reviewer") == [
        (1, 8),
        (1, 99),
        (1, 99),
        (3, 99),
    ]
