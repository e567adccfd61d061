"""The schemas and the AsyncAPI description that the hub serves fit what really crosses the border."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from schemas.codes import PARTNERS_TOPIC, RECEIPTS_TOPIC, TOPICS, EventType
from schemas.json_schema import published
from tests.support.hub import RunningHub

RECORDED = Path(__file__).parent.parent / "recorded"
NEWEST = sorted(RECORDED.glob("*.json"))[-1]
TOGETHER = RECORDED / "receipts" / "protocol_2.json"


def schema(hub: RunningHub, name: str) -> Any:
    response = hub.client.get(f"/schemas/{name}")
    assert response.status_code == 200
    assert response.content_type == "application/schema+json"
    return json.loads(response.data)


def test_the_list_names_every_published_schema(running_hub: RunningHub) -> None:
    listed = running_hub.client.get("/schemas/").get_json()
    assert set(listed) == set(published())
    assert all(running_hub.client.get(address).status_code == 200 for address in listed.values())


def test_real_events_and_answers_fit_their_schemas(running_hub: RunningHub) -> None:
    cloudevent = jsonschema_rs.validator_for(schema(running_hub, "cloudevent"))
    for recorded in json.loads(NEWEST.read_text(encoding="utf-8"))["events"]:
        cloudevent.validate(json.loads(recorded["body"]))
        form = "answer.v2" if "batch" in recorded["answer"]["receipt"] else "answer"
        jsonschema_rs.validate(schema(running_hub, form), recorded["answer"])
        jsonschema_rs.validate(schema(running_hub, recorded["type"]), recorded["payload"])


def test_receipts_signed_together_fit_the_second_schema_and_others_fit_both(running_hub: RunningHub) -> None:
    first, second = (jsonschema_rs.validator_for(schema(running_hub, name)) for name in ("receipt", "receipt.v2"))
    for receipt in json.loads(TOGETHER.read_text(encoding="utf-8"))["receipts"]:
        second.validate(receipt)
        with pytest.raises(jsonschema_rs.ValidationError):
            first.validate(receipt)
        alone = {name: value for name, value in receipt.items() if name != "batch"}
        first.validate(alone)
        second.validate(alone)


def test_an_event_with_another_field_does_not_fit(running_hub: RunningHub) -> None:
    recorded = json.loads(NEWEST.read_text(encoding="utf-8"))["events"][0]
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema(running_hub, recorded["type"]), {**recorded["payload"], "colour": "red"})


def test_a_schema_that_is_not_there_is_a_problem_in_one_sentence(running_hub: RunningHub) -> None:
    response = running_hub.client.get("/schemas/nothing")
    assert response.status_code == 404
    assert response.get_json()["detail"] == "There is no such schema; see /schemas/ for their names."


def test_asyncapi_names_every_topic_and_type_once(running_hub: RunningHub) -> None:
    told = running_hub.client.get("/asyncapi.json").get_json()
    assert told["asyncapi"].startswith("3.")
    assert set(told["channels"]) == set(TOPICS.values()) | {RECEIPTS_TOPIC, PARTNERS_TOPIC}
    assert told["operations"]["tell-lessons"]["action"] == "send"
    assert "lesson.withdrawn.v1" in told["channels"][PARTNERS_TOPIC]["messages"]
    named = [name for topic in set(TOPICS.values()) for name in told["channels"][topic]["messages"]]
    assert sorted(named) == sorted(type_.removeprefix("nl.regiohelix.") for type_ in EventType)
    assert set(told["components"]["messages"]) == {*named, "answer", "answer.v2", "standing"}
    for operation in told["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in told["channels"]
