"""What somebody at the hub's address can send to bring it down or to learn something: each ends in one plain answer."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.identity.tokens import issue_token, revoke_token
from schemas.cloudevents import BATCH_MEDIA_TYPE
from tests.support.events import TestRegion, lesson
from tests.support.hub import RunningHub

REFUSED = {400, 401, 403, 404, 413, 415, 422, 429}
MAIL_LINKS = ("/digests/confirm/x", "/digests/leave/x")
FORMS = ("application/json", BATCH_MEDIA_TYPE, "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
BODIES = {
    "large": b'"' + b"x" * 70_000 + b'"',
    "larger than any": b'"' + b"x" * (17 * 1024 * 1024) + b'"',
    "deep lists": b"[" * 30_000,
    "deep objects": b'{"a":' * 10_000,
    "endless number": b'{"name":' + b"9" * 6000 + b"}",
    "infinite": b'{"name":1e999,"owner":NaN}',
    "half a character": b'{"\\ud800":"\\udfff"}',
    "zero byte": b"name=a%00b&password=x&code=%00&csrf=%00",
    "many fields": b"&".join(b"f%d=1" % number for number in range(6000)),
    "many parts": b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' * 1100 + b"--x--",
    "other bytes": bytes(range(256)),
    "wide": '{"a":1}'.encode("utf-32"),
    "packed": gzip.compress(b"[" + b" " * 1_000_000 + b"]"),
}  # fmt: skip


@pytest.fixture
def callers(running_hub: RunningHub) -> list[dict[str, str]]:
    """Offer nobody, a region and an administrator."""
    running_hub.enrol(TestRegion("XR-A"))
    hub = running_hub.hub
    with writing(hub.engine) as connection:
        until = hub.clock() + timedelta(days=1)
        _, token = issue_token(connection, hub.clock(), "all", "test", ["manage"], until)
    return [{}, running_hub.as_region("XR-A"), {"Authorization": f"Bearer {token}"}]


def _posts(running_hub: RunningHub) -> list[str]:
    def path(rule: Rule) -> str:
        return re.sub(r"<[^>]*>", "x", rule.rule)

    return [
        path(rule) for rule in running_hub.client.application.url_map.iter_rules() if "POST" in (rule.methods or ())
    ]


@pytest.mark.parametrize("body", BODIES)
def test_no_body_on_any_route_is_more_than_refused(
    running_hub: RunningHub, callers: list[dict[str, str]], body: str
) -> None:
    paths = _posts(running_hub)
    assert len(paths) > 6
    found = {}
    for path in paths:
        for form in FORMS:
            for headers in callers:
                packed = {"Content-Encoding": "gzip"} if body == "packed" else {}
                answer = running_hub.client.post(
                    path, data=BODIES[body], content_type=form, headers={**headers, **packed}
                )
                is_led_on = path in MAIL_LINKS and answer.status_code == 303  # to the page that says the link ended
                longest = 4096 if path.startswith("/api/") else 32_768  # a form is shown again with what is wrong
                if not (answer.status_code in REFUSED or is_led_on) or len(answer.data) > longest:
                    found[path, form] = answer.status_code
    assert found == {}


def test_a_token_that_was_and_one_that_never_was_get_the_same_answer(running_hub: RunningHub) -> None:
    hub = running_hub.hub
    with writing(hub.engine) as connection:
        until = hub.clock() + timedelta(days=1)
        known, shown = issue_token(connection, hub.clock(), "gone", "test", ["read:network"], until)
        revoke_token(connection, known, hub.clock())
    answers = [
        running_hub.client.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
        for token in (shown, shown[:-1] + "A", known, "x", "é" * 50)
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}
    names = {frozenset(name for name, _ in answer.headers) for answer in answers}
    assert len(names) == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99999", "[::1", "a/b@evil.example"])
def test_a_caller_cannot_choose_the_address_in_feeds(tmp_path: Path, host: str) -> None:
    made = make_hub(tmp_path / "hub", {"REGIOHELIX_HUB_PUBLIC_URL": "https://hub.example.nl"})
    inside = RunningHub(made)
    region = inside.enrol(TestRegion())
    inside.push(region.code, [region.release([lesson()], "public")[0].body])
    for feed in ("atom", "json"):
        answer = application(made).test_client().get(f"/feeds/lessons.{feed}", headers={"Host": host})
        if answer.status_code == 200:
            assert "evil" not in answer.text
            assert "https://hub.example.nl/lessons" in answer.text
    made.engine.dispose()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serve a hub as it is in real life, and offer its port."""
    make_hub(tmp_path / "hub", {}).engine.dispose()
    command = [sys.executable, "-m", "hub", "serve", "--home", str(tmp_path / "hub"), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        found = re.search(rb":(\d+)/", process.stdout.readline())
        assert found
        yield int(found[1])
        process.send_signal(signal.SIGKILL)


def _said(port: int, *parts: bytes) -> bytes:
    said = b""
    # The hub may answer, and hang up on the rest.
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection, suppress(ConnectionError):
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        while more := connection.recv(65536):
            said += more
    return said


POST = b"POST /api/v1/enrolments HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"


def test_no_form_of_a_request_gets_around_the_limits(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    tried = {
        "chunks without end": (POST + b"Transfer-Encoding: chunked\r\n\r\n", *([chunk] * 4), b"0\r\n\r\n"),
        "a length that is none": (POST + b"Content-Length: -1\r\n\r\n",),
        "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",),
        "length and chunks": (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",),
        "an unknown coding": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",),
        "a length of gigabytes": (POST + b"Content-Length: 9999999999\r\n\r\n{}",),
        "a header without end": (b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",),
        "a line feed in a header": (b"GET /healthz HTTP/1.1\r\nHost: a\nX-Injected: 1\r\nConnection: close\r\n\r\n",),
        "a line feed in a path": (b"GET /healthz%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: a\r\n\r\n",),
    }  # fmt: skip
    answers = {name: _said(port, *parts) for name, parts in tried.items()}
    statuses = {name: answer[9:12].decode() for name, answer in answers.items()}
    assert {name: status for name, status in statuses.items() if not status.startswith("4")} == {
        "an unknown coding": "501"
    }
    assert [name for name, answer in answers.items() if b"X-Injected" in answer.split(b"\r\n\r\n")[0]] == []
    assert _said(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_slow_senders_keep_nobody_from_reading(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
    try:
        for connection in slow:
            connection.sendall(POST + b"Content-Length: 1000\r\n\r\n{")
        before = time.monotonic()
        answer = _said(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200")
        assert time.monotonic() - before < 5
    finally:
        for connection in slow:
            connection.close()
