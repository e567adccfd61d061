"""The hub's reading of delivered bytes: only its own refusals come out, and the quick way reads as the slow one."""

from functools import reduce
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.intake.keyring import HeldKey, RegionKeys
from hub.intake.read_event import ReadEvent, envelope_in_bytes, read_event
from hub.intake.read_payload import PayloadSchemaMismatch, read_canonical, read_payload
from hub.intake.refusal import EventUnreadable, Refusal
from hub.intake.verify import Verifier
from schemas.assessment import AssessmentPublished
from schemas.canonical import canonical_bytes
from schemas.codes import EventType
from schemas.evaluation import EvaluationPublished
from schemas.payloads import PAYLOADS, Cell, IndicatorCorrected, IndicatorPublished, LessonPublished
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.panels import an_assessment, with_means

REGION = TestRegion()
EVENTS = REGION.release([diabetes(800), lesson()])
KEYRING = {
    REGION.code: RegionKeys(
        {REGION.service.public.key_id: HeldKey(REGION.service.public, 1, None)},
        {key.public.key_id: HeldKey(key.public, 1, None) for key in REGION.reviewers},
        "invented",
    )
}
BODIES = [one.body for one in EVENTS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["\x00", "exact"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.integers(-3, 2**54)
VALUES = st.one_of(
    st.builds(Exact, COUNTS, st.none() | COUNTS),
    st.builds(Suppressed, COUNTS, st.none() | COUNTS, st.none() | COUNTS),
    st.builds(
        Rounded, st.sampled_from(["1", "-1.5", "1e3", "٣", "1\n", "NaN"]), st.sampled_from(["0.1", "0", "-1", "10"])
    ),
    st.just(NotAvailable()),
)


def refusal_of(body: bytes) -> Refusal | None:
    """Read and verify a body as the hub does; return why it is refused, None where it holds."""
    try:
        event = read_event(body)
        Verifier(KEYRING, None, [event]).verify(event)
    except Refusal as refusal:
        return refusal
    return None


def read_and_verified(body: bytes) -> None:
    """Hold reading to foreseen refusals; whatever else is raised ends the test."""
    assert not isinstance(refusal_of(body), EventUnreadable)


@settings(max_examples=800)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    read_and_verified(body)


@settings(max_examples=800)
@given(st.sampled_from(BODIES), st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 6))
def test_a_valid_event_with_bytes_put_in_or_taken_out_is_refused_or_read(
    body: bytes, place: int, put: bytes, taken: int
) -> None:
    at = place % len(body)
    read_and_verified(body[:at] + put + body[at + taken :])


@settings(max_examples=800)
@given(st.sampled_from(BODIES), st.data(), JSON)
def test_a_valid_event_with_any_part_replaced_is_refused_or_read(body: bytes, data: st.DataObject, value: Any) -> None:
    event = msgspec.json.decode(body)
    part: Any = event
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        assume(keys)
        key = data.draw(st.sampled_from(keys))
        if not isinstance(part[key], dict | list) or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = value
    try:
        bent = msgspec.json.encode(event)
    except (UnicodeEncodeError, OverflowError):
        assume(False)
    read_and_verified(bent)


@pytest.mark.parametrize("depth", [10, 900, 1_100, 100_000])
@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_anywhere_is_refused(depth: int, brackets: tuple[bytes, bytes]) -> None:
    deep = brackets[0] * depth + b"1" + brackets[1] * depth
    payload = EVENTS[0].payload
    for body in (
        deep,
        EVENTS[0].body.replace(payload, deep),
        EVENTS[0].body.replace(b'"subject":', b'"subject":' + deep + b',"x":'),
    ):
        refusal = refusal_of(body)
        assert refusal is not None
        assert not isinstance(refusal, EventUnreadable)


@pytest.mark.parametrize(
    "put",
    [b"9" * 5_000, b"-1", b"1e400", b"0.5", b'"\\ud800"', b'"\\u0000"', b'"\xed\xa0\x80"', b'"\xff"', b"NaN", b"null"],
)
def test_what_no_event_can_hold_is_refused_wherever_it_stands(put: bytes) -> None:
    body = EVENTS[0].body
    spots = (b'"numerator":800', b'"sequence":1', b'"version":1', b'"subject":', b'"period":"2025"')
    for spot in spots:
        assert spot in body
        name = spot.split(b":")[0]
        bent = body.replace(spot, name + b":" + put + (b',"x":' if spot.endswith(b":") else b""), 1)
        refusal = refusal_of(bent)
        assert refusal is not None
        assert not isinstance(refusal, EventUnreadable)


@given(
    st.sampled_from(["2025", "2025-W99", "x" * 20_001]),
    st.lists(VALUES, max_size=3),
    st.lists(st.sampled_from("fm"), max_size=3),
)
def test_the_quick_way_reads_figures_only_as_the_slow_way_does(
    period: str, values: list[TypedValue], nodes: list[str]
) -> None:
    cells = tuple(Cell((node,), value) for node, value in zip(nodes, values, strict=False))
    payload = msgspec.structs.replace(diabetes(800, period), cells=cells)
    both_ways(EventType.INDICATOR_PUBLISHED, msgspec.json.encode(payload, order="sorted"))
    corrected = IndicatorCorrected("a" * 64, "r", payload)
    both_ways(EventType.INDICATOR_CORRECTED, msgspec.json.encode(corrected, order="sorted"))


@given(
    st.text(max_size=4) | st.sampled_from(["\x00", "x" * 20_001, "\\u0000"]),
    st.lists(st.integers(-1, 2**54), max_size=2),
)
def test_the_quick_way_reads_words_only_as_the_slow_way_does(text: str, steps: list[int]) -> None:
    payload = msgspec.structs.replace(lesson(), context=text, steps=tuple(steps))
    both_ways(EventType.LESSON_PUBLISHED, msgspec.json.encode(payload, order="sorted"))


@given(
    st.text(max_size=4) | st.sampled_from(["\x00", "GM0037", "2021", "0.5", "a" * 64, "2021-02-30"]),
    st.sampled_from([field.name for field in msgspec.structs.fields(EvaluationPublished)]),
    st.integers(-1, 2**54),
)
def test_the_quick_way_reads_evaluations_only_as_the_slow_way_does(text: str, name: str, number: int) -> None:
    whole = msgspec.to_builtins(an_evaluation([("1" * 64, "2021"), ("2" * 64, "2022")]))
    held = whole[name]
    put: object = number if isinstance(held, int) else [text] if isinstance(held, list) else text
    changed = whole | {name: held | {"nl": text} if isinstance(held, dict) else put}
    bent = msgspec.json.encode(changed, order="sorted")  # also integers that the canonical form has no place for
    both_ways(EventType.EVALUATION_PUBLISHED, bent)
    both_ways(EventType.EVALUATION_REVISED, canonical_bytes({"revises": "a" * 64, "reason": "r", "evaluation": whole}))


@given(
    st.text(max_size=4) | st.sampled_from(["\x00", "2021", "a" * 64, "2021-02-30", "gains"]),
    st.sampled_from([field.name for field in msgspec.structs.fields(AssessmentPublished)]),
    st.integers(-1, 2**54),
)
def test_the_quick_way_reads_assessments_only_as_the_slow_way_does(text: str, name: str, number: int) -> None:
    whole = msgspec.to_builtins(an_assessment(with_means((349, 304, 320, 302, 304), ("practice",) * 25)))
    held = whole[name]
    put: object = number if isinstance(held, int) else [text] if isinstance(held, list) else text
    changed = whole | {name: held | {"nl": text} if isinstance(held, dict) else put}
    both_ways(EventType.ASSESSMENT_PUBLISHED, msgspec.json.encode(changed, order="sorted"))
    score = {"kind": "banded", "answers": number, "median": {"low": number, "high": 325}}
    whole["lenses"][0]["panel"] = score
    bent = msgspec.json.encode({"revises": "a" * 64, "reason": "r", "assessment": whole}, order="sorted")
    both_ways(EventType.ASSESSMENT_REVISED, bent)


def both_ways(type_: EventType, payload_bytes: bytes) -> None:
    """Hold the quick reading to the slow one: what it accepts is canonical, is accepted there, and reads the same."""
    quick = read_canonical(type_, payload_bytes)
    try:
        slow = read_payload(type_, payload_bytes)
        is_canonical = canonical_bytes(msgspec.json.decode(payload_bytes)) == payload_bytes
    except (PayloadSchemaMismatch, ValueError):
        assert quick is None
    else:
        assert quick is None or is_canonical
        assert quick is not None or not is_canonical or b"\\" in payload_bytes
        if quick is not None:
            assert isinstance(quick, PAYLOADS[type_])
            assert msgspec.to_builtins(quick) == msgspec.to_builtins(slow)


def test_a_payload_in_another_order_is_left_to_the_slow_way() -> None:
    payload = EVENTS[0].payload
    assert isinstance(read_canonical(EventType.INDICATOR_PUBLISHED, payload), IndicatorPublished)
    assert read_canonical(EventType.INDICATOR_PUBLISHED, payload + b" ") is None
    assert read_canonical(EventType.INDICATOR_PUBLISHED, msgspec.json.encode(diabetes(800))) is None
    assert isinstance(read_canonical(EventType.LESSON_PUBLISHED, EVENTS[1].payload), LessonPublished)


def test_an_envelopes_quick_bytes_are_its_canonical_bytes() -> None:
    for one in (*EVENTS, *TestRegion("ZK02").release([lesson("é\u2028\U0001f600")], "public", 1)):
        read = read_event(one.body)
        assert read.envelope == one.envelope
        assert read.envelope_bytes == envelope_in_bytes(one.envelope) == canonical_bytes(one.envelope)


@settings(max_examples=30)
@given(st.text(max_size=10))
def test_a_subject_of_any_text_is_read_as_its_canonical_bytes(subject: str) -> None:
    assume(subject and "\x00" not in subject)
    changed = TestRegion().release([lesson()])[0]
    envelope = msgspec.structs.replace(changed.envelope, subject=subject)
    assert envelope_in_bytes(envelope) == canonical_bytes(envelope)


def test_a_failure_that_nobody_foresaw_is_a_refusal_of_that_event_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("Jan Jansen")

    good, bad = (read_event(body) for body in BODIES)
    verifier = Verifier(KEYRING, None, [good, bad])
    monkeypatch.setattr("hub.intake.verify.check_in_bundle", fail)
    with pytest.raises(EventUnreadable) as caught:
        verifier.verify(bad)
    assert (caught.value.event_id, caught.value.region) == (bad.id, REGION.code)
    assert "Jan" not in str(caught.value)
    monkeypatch.setattr("hub.intake.read_event._decoder", None)
    with pytest.raises(EventUnreadable):
        read_event(BODIES[0])


def test_the_number_of_parts_of_a_body_is_no_limit() -> None:
    many = reduce(lambda text, _: text + ",1", range(1000), "1")
    read_and_verified(f'{{"approvals":[{many}]}}'.encode())
    assert isinstance(read_event(BODIES[0]), ReadEvent)
