"""Payloads of every type, made by somebody whose signature holds: read, or refused as not fitting their schema."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.read_payload import read_canonical, read_payload
from hub.intake.refusal import Refusal
from schemas.about import LessonAbout
from schemas.assessment import AssessmentRevised, AssessmentWithdrawn, ExpertVerdict
from schemas.canonical import canonical_bytes
from schemas.citation import CitationPublished, CitationWithdrawn, CitedEvaluation, CitedExperience, CitedFigures
from schemas.codes import EventType
from schemas.evaluation import EvaluationRevised, EvaluationWithdrawn
from schemas.item_kinds import KINDS, published_type, revised_type, revision, withdrawn_type
from schemas.items import ItemWithdrawn
from schemas.payloads import (
    EventRedacted,
    IndicatorCorrected,
    IndicatorPending,
    IndicatorWithdrawn,
    KeyRevoked,
    LessonRevised,
    LessonWithdrawn,
    ReplyPublished,
    ReplyRevised,
    ReplyWaived,
    ReplyWithdrawn,
)
from schemas.quality import Coverage, LinkageQuality, Quality
from schemas.signature import SigningKey
from tests.support.evaluations import an_evaluation
from tests.support.events import diabetes, lesson
from tests.support.hub_stores import new_key
from tests.support.items import an_item
from tests.support.panels import an_assessment, with_means

ID = "a" * 64
QUALITY = Quality(LinkageQuality(("probabilistic",), 996, 951, "clerk"), Coverage("practices", 51, True))
REPLY = ReplyPublished("antwoord-1", "h.dm_prev", "2025", "invented", "2026-11-22T12:00:00Z", "nl", "Woorden.", "rol")
PIECES = (CitedFigures(ID, "h.dm_prev", "2025"), CitedEvaluation("b" * 64), CitedExperience("residents", "Verslag."))
CITATION = CitationPublished("c-1", ID, "XR-A", "nl", "supporting", "epidemioloog", "Ook bij ons.", PIECES)
TOLD = msgspec.structs.replace(lesson(), about=LessonAbout(aims=("cost",), principles=(8,), evidence=(ID,)))
KNOWN = msgspec.structs.replace(diabetes(800), quality=QUALITY)
VERDICT = ExpertVerdict("organisation", False, "nl", "Zonder mandaat geen besluit.")
ASSESSMENT = an_assessment(with_means((349, 304, 320, 302, 304), ("practice",) * 25), verdicts=[VERDICT])
EVALUATION = an_evaluation([("1" * 64, "2021"), ("2" * 64, "2022")])
VALID = {
    EventType.INDICATOR_PUBLISHED: diabetes(800),
    EventType.INDICATOR_CORRECTED: IndicatorCorrected(ID, "why", diabetes(800)),
    EventType.INDICATOR_PUBLISHED_V2: KNOWN,
    EventType.INDICATOR_CORRECTED_V2: IndicatorCorrected(ID, "why", KNOWN),
    EventType.INDICATOR_WITHDRAWN: IndicatorWithdrawn(ID, "why"),
    EventType.INDICATOR_PENDING: IndicatorPending(ID, True),
    EventType.LESSON_PUBLISHED: lesson(),
    EventType.LESSON_REVISED: LessonRevised(ID, "why", lesson()),
    EventType.LESSON_PUBLISHED_V2: TOLD,
    EventType.LESSON_REVISED_V2: LessonRevised(ID, "why", TOLD),
    EventType.LESSON_WITHDRAWN: LessonWithdrawn(ID, "why"),
    EventType.ASSESSMENT_PUBLISHED: ASSESSMENT,
    EventType.ASSESSMENT_REVISED: AssessmentRevised(ID, "why", ASSESSMENT),
    EventType.ASSESSMENT_WITHDRAWN: AssessmentWithdrawn(ID, "why"),
    EventType.EVALUATION_PUBLISHED: EVALUATION,
    EventType.EVALUATION_REVISED: EvaluationRevised(ID, "why", EVALUATION),
    EventType.EVALUATION_WITHDRAWN: EvaluationWithdrawn(ID, "why"),
    EventType.REPLY_PUBLISHED: REPLY,
    EventType.REPLY_REVISED: ReplyRevised(ID, "why", REPLY),
    EventType.REPLY_WITHDRAWN: ReplyWithdrawn(ID, "why"),
    EventType.REPLY_WAIVED: ReplyWaived("h.dm_prev", "2025", "invented", "2026-11-22T12:00:00Z"),
    EventType.CITATION_PUBLISHED: CITATION,
    EventType.CITATION_WITHDRAWN: CitationWithdrawn(ID, "why"),
    **{published_type(noun): an_item(noun) for noun in KINDS},
    **{revised_type(noun): revision(ID, "why", an_item(noun)) for noun in KINDS},
    **{withdrawn_type(noun): ItemWithdrawn(ID, "why") for noun in KINDS},
    EventType.EVENT_REDACTED: EventRedacted(ID, "why"),
    EventType.KEY_ENROLLED: new_key("XR-A", SigningKey.generate()),
    EventType.KEY_REVOKED: KeyRevoked("b" * 16, "why"),
}
TYPES = list(EventType)
TEXT = st.text(max_size=8) | st.sampled_from(["\x00", "\ud800", "9" * 400, "=1+1", "\x1b[2J", "1e999", "٣"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def _read(type_: EventType, payload: bytes) -> None:
    """Read a payload both ways; what comes out is a payload or one of the hub's own refusals."""
    for read in (read_canonical, read_payload):
        try:
            read(type_, payload)
        except Refusal as refusal:
            assert refusal.reason  # noqa: PT017 - the one thing that may be raised


def _bent(value: Any, data: st.DataObject) -> Any:
    """Replace one part, somewhere in the tree."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(value)))
        return value | {data.draw(st.just(name) | TEXT): _bent(value[name], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], _bent(value[place], data), *value[place + 1 :]]
    return data.draw(ANYTHING)


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a character cannot be written as UTF-8, and can be sent all the same
        return repr(value).encode(errors="surrogatepass")


def test_every_type_has_a_valid_payload_here_that_reads() -> None:
    assert set(VALID) == set(TYPES)
    for type_, payload in VALID.items():
        assert read_payload(type_, canonical_bytes(payload)) == payload


@pytest.mark.parametrize("type_", TYPES)
@given(payload=st.binary(max_size=200) | ANYTHING.map(_json))
@settings(max_examples=60)
def test_any_bytes_as_a_payload_are_read_or_refused(type_: EventType, payload: bytes) -> None:
    _read(type_, payload)


@pytest.mark.parametrize("type_", TYPES)
@given(data=st.data())
@settings(max_examples=100)
def test_a_payload_with_any_part_replaced_is_read_or_refused(type_: EventType, data: st.DataObject) -> None:
    _read(type_, _json(_bent(msgspec.json.decode(canonical_bytes(VALID[type_])), data)))


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("brackets", [b"[", b'{"a":', b'{"figures":', b'{"lesson":', b'{"reply":'])
def test_a_payload_that_nests_without_end_is_refused(type_: EventType, brackets: bytes) -> None:
    _read(type_, brackets * 100_000)
