"""What the hub refuses, by name; every refusal is kept with its reason, and nothing of it is stored."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import func, select

from hub.flow import receive
from hub.intake.read_event import LARGEST_EVENT
from hub.tables import dead_letter, event, indicator_payload
from schemas.cloudevents import to_cloudevent
from schemas.envelope import signed
from schemas.signature import SigningKey
from tests.support.events import SignedEvent, TestRegion, diabetes, lesson
from tests.support.hub import RunningHub


@pytest.fixture
def region(running_hub: RunningHub) -> TestRegion:
    return running_hub.enrol(TestRegion())


def refused(running_hub: RunningHub, region: TestRegion, body: bytes) -> str:
    """Push one body that must be refused; return the reason after checking what was kept."""
    before = _counts(running_hub)
    (answer,) = running_hub.push(region.code, [body])
    after = _counts(running_hub)
    assert answer.outcome == "refused"
    assert answer.receipt is None
    assert answer.reason is not None
    assert answer.detail
    assert after == (before[0], before[1], before[2] + 1)
    with running_hub.hub.engine.connect() as connection:
        kept = connection.execute(select(dead_letter).order_by(dead_letter.c.id.desc()).limit(1)).one()
    assert (kept.reason, kept.region, kept.body) == (answer.reason, region.code, body[:LARGEST_EVENT])
    return answer.reason


def _counts(running_hub: RunningHub) -> tuple[int, ...]:
    with running_hub.hub.engine.connect() as connection:
        return tuple(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (event, indicator_payload, dead_letter)
        )


def resigned(one: SignedEvent, key: SigningKey, **changes: object) -> bytes:
    """Return an event with a changed envelope, signed by a key."""
    return to_cloudevent(signed(msgspec.structs.replace(one.envelope, **changes), key), one.salt, one.payload)


def test_a_flipped_byte_anywhere_in_an_event_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    body = region.release([diabetes(800)])[0].body
    flipped = [body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :] for place in range(len(body))]
    answers = receive(flipped, running_hub.hub, region.code)
    assert [place for place, answer in enumerate(answers) if answer.outcome != "refused"] == []
    assert _counts(running_hub)[:2] == (0, 0)


def test_a_changed_figure_is_refused_as_an_altered_payload(running_hub: RunningHub, region: TestRegion) -> None:
    one = region.release([diabetes(800)])[0]
    body = to_cloudevent(one.envelope, one.salt, one.payload.replace(b"800", b"801"))
    assert refused(running_hub, region, body) == "payload_altered"


def test_a_key_that_was_not_enrolled_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    stranger = SigningKey.generate()
    one = region.release([diabetes(800)])[0]
    assert refused(running_hub, region, resigned(one, stranger, key_id=stranger.public.key_id)) == "unknown_key"


def test_a_signature_by_another_key_under_the_enrolled_name_is_refused(
    running_hub: RunningHub, region: TestRegion
) -> None:
    one = region.release([diabetes(800)])[0]
    assert refused(running_hub, region, resigned(one, SigningKey.generate())) == "signature_mismatch"


def test_a_reviewers_key_cannot_stand_in_for_the_service_key(running_hub: RunningHub, region: TestRegion) -> None:
    reviewer = region.reviewers[0]
    one = region.release([diabetes(800)])[0]
    assert refused(running_hub, region, resigned(one, reviewer, key_id=reviewer.public.key_id)) == "unknown_key"


@pytest.mark.parametrize("held_first", [True, False])
def test_a_broken_chain_is_refused_whichever_side_came_first(
    running_hub: RunningHub, region: TestRegion, held_first: bool
) -> None:
    one, two = region.release([diabetes(800), diabetes(810, "2024")])
    other = resigned(two, region.service, previous="d" * 64)
    if held_first:
        running_hub.push(region.code, [one.body])
        assert refused(running_hub, region, other) == "chain_broken"
    else:
        running_hub.push(region.code, [other])
        assert refused(running_hub, region, one.body) == "chain_broken"


@pytest.mark.parametrize(("sequence", "previous"), [(1, "d" * 64), (2, "0" * 64)])
def test_only_the_first_event_starts_a_chain(
    running_hub: RunningHub, region: TestRegion, sequence: int, previous: str
) -> None:
    one = region.release([diabetes(800)])[0]
    body = resigned(one, region.service, sequence=sequence, previous=previous)
    assert refused(running_hub, region, body) == "chain_broken"


def test_a_sequence_number_used_for_another_event_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    one = region.release([diabetes(800)])[0]
    running_hub.push(region.code, [one.body])
    other = resigned(one, region.service, time="2026-11-22T11:00:00.000Z")
    assert refused(running_hub, region, other) == "sequence_conflict"


def test_a_region_that_is_not_enrolled_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    stranger = TestRegion("XR-NERGENS")
    assert refused(running_hub, region, stranger.release([diabetes(800)])[0].body) == "unknown_region"


def test_an_invited_region_without_keys_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    running_hub.invite("XR-LATER")
    assert refused(running_hub, region, TestRegion("XR-LATER").release([diabetes(800)])[0].body) == "unknown_region"


def test_another_regions_event_is_refused_under_this_regions_token(running_hub: RunningHub, region: TestRegion) -> None:
    other = running_hub.enrol(TestRegion("XR-VEENKANT"))
    body = other.release([diabetes(800)])[0].body
    assert refused(running_hub, region, body) == "region_mismatch"
    assert running_hub.push(other.code, [body])[0].outcome == "accepted"


@pytest.mark.parametrize("approvers", [0, 1])
def test_figures_with_fewer_than_two_approvals_are_refused(
    running_hub: RunningHub, region: TestRegion, approvers: int
) -> None:
    body = region.release([diabetes(800)], approvers=approvers)[0].body
    assert refused(running_hub, region, body) == "approval_missing"


def test_words_need_one_approval_and_no_less(running_hub: RunningHub, region: TestRegion) -> None:
    with_one = region.release([lesson()], approvers=1)[0].body
    assert running_hub.push(region.code, [with_one])[0].outcome == "accepted"
    assert refused(running_hub, region, region.release([lesson()], approvers=0)[0].body) == "approval_missing"


def test_one_reviewer_signing_twice_counts_once(running_hub: RunningHub, region: TestRegion) -> None:
    one = region.release([diabetes(800)], approvers=1)[0]
    twice = one.envelope.approvals * 2
    assert refused(running_hub, region, resigned(one, region.service, approvals=twice)) == "approval_missing"


def test_an_approval_by_a_stranger_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    region.reviewers = (region.reviewers[0], SigningKey.generate())
    assert refused(running_hub, region, region.release([diabetes(800)])[0].body) == "unknown_key"


def test_approvals_of_another_bundle_are_refused(running_hub: RunningHub, region: TestRegion) -> None:
    one = region.release([diabetes(800)])[0]
    two = region.release([diabetes(900)])[0]
    body = resigned(two, region.service, approvals=one.envelope.approvals)
    assert refused(running_hub, region, body) == "signature_mismatch"


def test_an_event_outside_the_approved_bundle_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    one = region.release([diabetes(800)])[0]
    assert refused(running_hub, region, resigned(one, region.service, audience="public")) == "not_in_bundle"


def test_a_payload_outside_its_schema_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    wrong = msgspec.structs.replace(diabetes(800), period="vorig jaar")
    assert refused(running_hub, region, region.release([wrong])[0].body) == "schema_mismatch"


@pytest.mark.parametrize(
    "bend",
    [
        lambda event: {**event, "id": "f" * 64},
        lambda event: {**event, "signature": event["signature"].upper()},
        lambda event: {**event, "specversion": "0.3"},
        lambda event: {**event, "extra": 1},
        lambda event: {**event, "data": {**event["data"], "payload": {"share": 0.5}}},
        lambda event: {**event, "bundle": "nonsense"},
    ],
    ids=["id", "spelling", "version", "extra", "float", "bundle"],
)
def test_what_is_not_our_one_form_is_refused(
    running_hub: RunningHub, region: TestRegion, bend: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    body = msgspec.json.decode(region.release([diabetes(800)])[0].body)
    assert refused(running_hub, region, msgspec.json.encode(bend(body))) == "not_canonical"


def test_a_signature_respelt_with_blanks_is_refused_though_it_would_verify(
    running_hub: RunningHub, region: TestRegion
) -> None:
    one = region.release([diabetes(800)])[0]
    respelt = msgspec.structs.replace(one.envelope, signature=" " + one.envelope.signature)
    assert refused(running_hub, region, to_cloudevent(respelt, one.salt, one.payload)) == "not_canonical"


def test_deep_nesting_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    body = msgspec.json.decode(region.release([diabetes(800)])[0].body)
    for depth in (200, 600, 900):
        nested: object = 1
        for _ in range(depth):
            nested = [nested]
        body["data"]["payload"] = {"deep": nested}
        assert refused(running_hub, region, msgspec.json.encode(body)) in ("not_canonical", "payload_altered")


def test_more_than_two_mebibytes_is_refused(running_hub: RunningHub, region: TestRegion) -> None:
    body = b'{"a":"' + b"x" * LARGEST_EVENT + b'"}'
    assert refused(running_hub, region, body) == "too_large"


def test_a_refused_event_leaves_the_rest_of_its_batch_accepted(running_hub: RunningHub, region: TestRegion) -> None:
    one, two, three = region.release([diabetes(800), diabetes(810, "2024"), diabetes(820, "2023")])
    answers = running_hub.push(region.code, [one.body, resigned(two, SigningKey.generate()), three.body])
    assert [answer.outcome for answer in answers] == ["accepted", "refused", "accepted"]
