"""Two keys with one short name: made on purpose with 2**32 tries, and here with a few, as names hold one digit only."""

from collections.abc import Iterator

import pytest

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive
from hub.intake.enrol import EnrolmentKeyInUse, ReviewerKeysWrong, invite_again
from schemas.canonical import sha256_hex
from schemas.signature import PublicKey, SigningKey
from tests.support.events import TestRegion, diabetes
from tests.support.hub_stores import join, new_key


@pytest.fixture(autouse=True)
def short_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a key's name be one digit of its hash, sixteen times."""
    name = property(lambda key: sha256_hex(bytes.fromhex(key.hex))[0] * 16)
    monkeypatch.setattr(PublicKey, "key_id", name)


def _keys() -> Iterator[SigningKey]:
    while True:
        yield SigningKey.generate()


def _twin(of: SigningKey) -> SigningKey:
    return next(key for key in _keys() if key.public.key_id == of.public.key_id)


def _region() -> TestRegion:
    found: dict[str, SigningKey] = {}
    for key in _keys():
        found[key.public.key_id] = key
        if len(found) == 4:
            service, *reviewers = found.values()
            return TestRegion(service=service, reviewers=tuple(reviewers))
    raise AssertionError("there are always more keys")


@pytest.mark.parametrize("use", ["service", "reviewer"])
def test_a_key_event_takes_no_name_of_another_key_and_stops_nothing(stored_hub: Hub, use: str) -> None:
    region = join(stored_hub, _region())
    for named in (region.service, region.reviewers[0]):
        (made,) = region.release([new_key(region.code, _twin(named), use)])
        assert [answer.reason for answer in receive([made.body], stored_hub)] == ["key_in_use"]
        region.chain.pop()
    (after,) = region.release([diabetes(800)])
    assert [answer.outcome for answer in receive([after.body], stored_hub)] == ["accepted"]


def test_an_enrolment_with_two_keys_of_one_name_is_refused(stored_hub: Hub) -> None:
    region = _region()
    region.reviewers = (*region.reviewers, _twin(region.service))
    with pytest.raises(ReviewerKeysWrong, match="same short name"):
        join(stored_hub, region)


def test_a_region_that_comes_back_takes_no_name_of_a_key_it_had(stored_hub: Hub) -> None:
    region = join(stored_hub, _region())
    again = TestRegion(service=_twin(region.service), reviewers=region.reviewers)
    with writing(stored_hub.engine) as connection:
        invitation = invite_again(connection, region.code, stored_hub.clock())
    with pytest.raises(EnrolmentKeyInUse, match="short name of another key"):
        join(stored_hub, again, invitation)
