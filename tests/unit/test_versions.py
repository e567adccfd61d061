"""Published schemas stay as they are, older payloads are read step by step, newer ones are refused by name."""

import copy
from typing import Any

import msgspec
import pytest

from schemas.canonical import canonical_bytes
from schemas.codes import APPROVALS_NEEDED, PROTOCOL, TOPICS, EventType, can_talk
from schemas.json_schema import SchemaChanged, SchemaNotPublished, check_published, digest, published, schemas
from schemas.payloads import PAYLOADS, LessonWithdrawn
from schemas.upcast import VERSIONS, EventTypeUnknown, Versions, read_payload

WITHDRAWN = "nl.regiohelix.lesson.withdrawn.v1"


def test_the_published_schemas_are_those_of_this_version() -> None:
    check_published(schemas(), published())


def test_every_event_type_can_be_sent_approved_and_read() -> None:
    assert set(TOPICS) == set(APPROVALS_NEEDED) == set(EventType)
    assert set(EventType) == set(PAYLOADS) | {EventType(type_) for type_ in VERSIONS.steps}


def changed(how: str) -> dict[str, dict[str, Any]]:
    found = copy.deepcopy(schemas())
    struct = found[WITHDRAWN]["$defs"]["LessonWithdrawn"]
    match how:
        case "field added":
            struct["properties"]["colour"] = {"type": "string", "default": ""}
        case "field gone":
            del struct["properties"]["reason"]
        case "field demanded":
            struct["required"].append("colour")
        case "type changed":
            struct["properties"]["reason"] = {"type": "integer"}
        case "schema gone":
            del found[WITHDRAWN]
    return found


@pytest.mark.parametrize("how", ["field added", "field gone", "field demanded", "type changed", "schema gone"])
def test_a_change_to_a_published_schema_is_refused_by_name(how: str) -> None:
    with pytest.raises(SchemaChanged, match=r"lesson\.withdrawn\.v1"):
        check_published(changed(how), published())


def test_a_new_type_must_be_published_and_changes_no_other_schema() -> None:
    found = copy.deepcopy(schemas())
    found["nl.regiohelix.goal.set.v1"] = {"type": "object"}
    found["envelope"]["$defs"]["EventType"]["enum"].append("nl.regiohelix.goal.set.v1")
    with pytest.raises(SchemaNotPublished, match=r"goal\.set\.v1"):
        check_published(found, published())


def test_better_words_for_readers_are_no_change() -> None:
    found = copy.deepcopy(schemas())
    before = digest(found[WITHDRAWN])
    found[WITHDRAWN]["$defs"]["LessonWithdrawn"]["description"] = "Said better."
    assert digest(found[WITHDRAWN]) == before


def second(value: dict[str, Any]) -> dict[str, Any]:
    return {"withdraws": value["was"], "reason": value["reason"]}


def first(value: dict[str, Any]) -> dict[str, Any]:
    return {"was": value["id"], "reason": "not asked"}


def test_an_old_payload_goes_through_every_step() -> None:
    """As a third version would be read: v1 and v2 are steps, v3 is the type."""
    third = "nl.regiohelix.lesson.withdrawn.v3"
    versions = Versions({third: LessonWithdrawn}, {WITHDRAWN: first, "nl.regiohelix.lesson.withdrawn.v2": second})
    assert versions.read(WITHDRAWN, canonical_bytes({"id": "a" * 64})) == LessonWithdrawn("a" * 64, "not asked")
    newest = canonical_bytes({"withdraws": "b" * 64, "reason": "r"})
    assert versions.read(third, newest) == LessonWithdrawn("b" * 64, "r")
    with pytest.raises(EventTypeUnknown, match=r"v12 and this side reads up to .*v3"):
        versions.check_readable("nl.regiohelix.lesson.withdrawn.v12")


def test_a_newer_version_is_refused_naming_both() -> None:
    with pytest.raises(EventTypeUnknown, match=r"lesson\.withdrawn\.v2 and this side reads up to .*v1"):
        read_payload("nl.regiohelix.lesson.withdrawn.v2", b"{}")


@pytest.mark.parametrize("type_", ["", "x", "nl.regiohelix.lesson.withdrawn", "nl.regiohelix.tea.made.v1"])
def test_a_type_that_is_not_ours_is_refused(type_: str) -> None:
    with pytest.raises(EventTypeUnknown, match="none that this version knows"):
        read_payload(type_, b"{}")


def test_a_payload_that_does_not_fit_its_version_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_payload(WITHDRAWN, b'{"withdraws":"x"}')


def test_neighbouring_protocols_talk_and_others_do_not() -> None:
    assert [number for number in range(PROTOCOL - 3, PROTOCOL + 4) if can_talk(number)] == [
        PROTOCOL - 1,
        PROTOCOL,
        PROTOCOL + 1,
    ]
