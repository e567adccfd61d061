"""An application that shares with others what is alike answers as one that makes everything for itself."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import BuildError

from hub.bootstrap import application, make_hub
from tests.support.apps_made_once import OWN

ASKED = ("/", "/compare", "/knowledge", "/about?lang=en", "/openapi.json", "/openapi.json", "/nowhere")


def _answers(app: Flask) -> list[tuple[int, str]]:
    client = app.test_client()
    return [(answer.status_code, answer.text) for answer in map(client.get, ASKED)]


def _addresses(app: Flask) -> dict[str, str]:
    found = {}
    write = app.url_map.bind("hub.example")
    for rule in app.url_map.iter_rules():
        try:
            found[rule.endpoint] = write.build(rule.endpoint, {**dict.fromkeys(rule.arguments, "1"), "lang": "en"})
        except BuildError:
            found[rule.endpoint] = "cannot be written so"
    return found


def test_an_application_that_shares_answers_as_one_that_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = make_hub(tmp_path / "hub", {})
    first, shared = application(hub), application(hub)
    assert _answers(first) == _answers(shared)
    for owner, name, own in OWN:
        assert getattr(owner, name) is not own
        monkeypatch.setattr(owner, name, own)
    alone = application(hub)
    told = _answers(alone)
    assert _answers(shared) == told
    assert [status for status, _ in told] == [200] * 6 + [404]
    assert "/api/v1/events" in told[4][1]
    assert _addresses(shared) == _addresses(alone)
    assert len(set(_addresses(alone).values())) > 100
    hub.engine.dispose()
