"""What a lesson is about: read in both versions, and found by its facets on both databases."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hub.flow import receive
from hub.intake.read_payload import PayloadSchemaMismatch, read_canonical, read_payload
from hub.serving.lessons import one_lesson
from hub.serving.search import find
from schemas.about import LessonAbout
from schemas.canonical import canonical_bytes
from schemas.codes import EventType
from schemas.payloads import LessonPublished, LessonRevised
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson

V1, V2 = EventType.LESSON_PUBLISHED, EventType.LESSON_PUBLISHED_V2
ABOUT = LessonAbout(
    aims=("health", "cost"), changes=("finance",), lenses=("gains",), rainbow=("functional",), principles=(3,),
    phases=("execution",), scope="region_wide",
)  # fmt: skip


def about(lesson: LessonPublished, said: LessonAbout | None) -> LessonPublished:
    return msgspec.structs.replace(lesson, about=said)


def test_a_lesson_without_it_has_the_bytes_of_version_1_and_one_with_it_is_none() -> None:
    plain = canonical_bytes(a_lesson())
    assert b"about" not in plain
    for read in (read_canonical, read_payload):
        for type_, said in ((V1, a_lesson()), (V2, about(a_lesson(), ABOUT))):
            assert canonical_bytes(read(type_, canonical_bytes(said))) == canonical_bytes(said)
    with pytest.raises(PayloadSchemaMismatch):
        read_payload(V1, canonical_bytes(about(a_lesson(), ABOUT)))
    assert read_canonical(V1, canonical_bytes(about(a_lesson(), ABOUT))) is None


@pytest.mark.parametrize(
    "bend",
    [
        lambda one: one | {"principles": [9]},
        lambda one: one | {"evidence": ["x"]},
        lambda one: one | {"aims": ["wealth"]},
        lambda one: one | {"lens": ["gains"]},
    ],
)
def test_what_no_classification_has_is_refused(bend: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    payload = json.loads(canonical_bytes(about(a_lesson(), ABOUT)))
    payload["about"] = bend(payload["about"])
    with pytest.raises(PayloadSchemaMismatch):
        read_payload(V2, json.dumps(payload).encode())


def test_lessons_are_found_by_what_they_are_about(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    (told, plain) = region.release([about(a_lesson("les-1"), ABOUT), a_lesson("les-2")], "public")
    assert [told.envelope.type, plain.envelope.type] == [V2, V1]
    assert {one.outcome for one in receive([told.body, plain.body], chains_at_hub.hub)} == {"accepted"}
    engine = chains_at_hub.hub.engine
    everything = find(engine, "public", "", {})
    assert everything.total == 2
    assert {one.value for one in everything.facets["aim"]} == {"health", "cost"}
    chosen = {"aim": ["cost"], "lens": ["gains"], "principle": ["3"], "phase": ["execution"], "scope": ["region_wide"]}
    assert [one.event_id for one in find(engine, "public", "", chosen).hits] == [told.id]
    assert find(engine, "public", "", chosen | {"change": ["monitor"]}).total == 0
    # a later wording of version 1 takes the place of one of version 2, and back
    for said, count in ((None, 0), (LessonAbout(aims=("cost",)), 1)):
        (later,) = region.release([LessonRevised(told.id, "r", about(a_lesson("les-1"), said))], "public")
        assert chains_at_hub.arrive(later) == ["accepted"]
        assert find(engine, "public", "", {"aim": ["cost"]}).total == count
        told = later
    with engine.connect() as connection:
        assert one_lesson(connection, "public", told.id).payload.about == LessonAbout(aims=("cost",))
