"""What only HTTP can do to the transport: statuses, lost answers, batches, and a token to keep secret."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from connectors.transport.http import BATCH_BYTES, HttpSender
from connectors.transport.hub_http import BearerToken, enrol, fetch_definitions, fetch_heads
from schemas.codes import PROTOCOL, PROTOCOL_HEADER
from schemas.delivery import Parcel, TransportRefused, TransportUnavailable
from schemas.heads import FIRST_DAY_BEFORE, Heads, signed_heads
from tests.support.transports import TOKEN, HttpLine, Reply, parcel, problem


@pytest.fixture
def line() -> Iterator[HttpLine]:
    with closing(HttpLine()) as opened:
        yield opened


def parcels(line: HttpLine, count: int, filling: str = "") -> list[Parcel]:
    return [parcel(line.region, sequence, line.topic, filling=filling) for sequence in range(1, count + 1)]


def posted(line: HttpLine) -> list[bytes]:
    return [body for method, _, _, body in line.server.calls if method == "POST"]


def answering(line: HttpLine, reply: Reply) -> None:
    line.server.reply = lambda honest: reply


def test_many_events_go_in_batches_of_two_hundred(line: HttpLine) -> None:
    assert len(line.sender.send(parcels(line, 450))) == 450
    assert [body.count(b'"id"') for body in posted(line)] == [200, 200, 50]


def test_batches_stay_within_four_mebibytes_unless_one_event_is_larger(line: HttpLine) -> None:
    line.sender.send([*parcels(line, 5, filling="x" * 1_500_000)])
    line.sender.send([parcel(line.region, 9, line.topic, filling="x" * (BATCH_BYTES + 1))])
    sizes = [len(body) for body in posted(line)]
    assert [round(size / 1_500_000) for size in sizes] == [2, 2, 1, 3]
    assert max(sizes[:3]) <= BATCH_BYTES


def test_answers_lost_on_the_way_back_are_collected_without_sending_again(line: HttpLine) -> None:
    line.sender.send(parcels(line, 2))
    later = [parcel(line.region, sequence, line.topic) for sequence in (3, 4)]
    answering(line, problem(502, "A gateway is in trouble."))
    with pytest.raises(TransportUnavailable, match="502"):
        line.sender.send(later)
    line.server.reply = lambda honest: honest
    assert [answer.event_id for answer in line.sender.collect()] == [item.event_id for item in later]
    assert line.server.calls[-1][1] == "/api/v1/receipts?after=2"
    assert list(line.sender.collect()) == []
    assert len(posted(line)) == 2


def test_answers_to_the_first_batches_outlast_the_failure_of_a_later_one(line: HttpLine) -> None:
    line.server.reply = lambda honest: honest if len(line.server.calls) < 3 else problem(403, "Enough.")
    with pytest.raises(TransportRefused):
        line.sender.send(parcels(line, 450))
    assert len(line.sender.collect()) == 400


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hub_in_trouble_is_unavailable(line: HttpLine, status: int) -> None:
    answering(line, problem(status, "Come back\nlater"))
    with pytest.raises(TransportUnavailable, match=rf"/api/v1/events with {status}: Come back later\.$"):
        line.sender.send(parcels(line, 1))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), ("0", 0), ("soon", None), ("-5", None), ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Fri, 31 Dec 2060 23:59:59 GMT", 10**9),
    ],
)  # fmt: skip
def test_how_long_a_hub_wants_to_be_left_alone_is_read_in_every_form(
    line: HttpLine, header: str, seconds: float | None
) -> None:
    line.server.headers["Retry-After"] = header
    answering(line, problem(503, "Busy."))
    with pytest.raises(TransportUnavailable) as said:
        line.sender.send(parcels(line, 1))
    if seconds == 10**9:
        assert said.value.retry_after is not None
        assert said.value.retry_after > seconds
    else:
        assert said.value.retry_after == seconds


@pytest.mark.parametrize("number", [str(PROTOCOL + 2), "99999", "1.0", "²", "-1", "x" * 50])
def test_a_hub_of_no_neighbouring_protocol_is_refused_whatever_it_answers(line: HttpLine, number: str) -> None:
    line.server.headers[PROTOCOL_HEADER] = number.encode().decode("latin-1")
    told = number if number.isascii() and number.isdigit() else "of no known form"
    with pytest.raises(TransportRefused, match=rf"speaks protocol {told} and this node protocol {PROTOCOL};"):
        line.sender.send(parcels(line, 1))


def test_an_answer_without_a_protocol_may_come_from_something_on_the_way(line: HttpLine) -> None:
    del line.server.headers[PROTOCOL_HEADER]
    assert len(line.sender.send(parcels(line, 1))) == 1


def test_every_call_says_which_protocol_this_side_speaks(line: HttpLine) -> None:
    line.sender.send(parcels(line, 1))
    line.sender.standing()
    fetch_definitions(line.server.url)
    assert [headers[PROTOCOL_HEADER] for _, _, headers, _ in line.server.calls] == [str(PROTOCOL)] * 3


def test_heads_of_many_days_are_one_request_and_their_absence_is_no_trouble(line: HttpLine) -> None:
    key = line.hub.key
    heads = signed_heads(Heads("2026-11-21T23:59:59Z", FIRST_DAY_BEFORE, (), key.public.key_id), key)
    answering(line, (200, "application/json", msgspec.json.encode(heads)))
    assert fetch_heads(line.server.url, None) == (heads,)
    answering(line, (200, "application/json", msgspec.json.encode([heads, heads])))
    assert fetch_heads(line.server.url, 32) == (heads, heads)
    assert [path for _, path, _, _ in line.server.calls] == ["/api/v1/heads", "/api/v1/heads?days=32"]
    answering(line, problem(404, "This hub keeps no heads."))
    assert fetch_heads(line.server.url, 32) == ()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415])
def test_a_hub_that_says_no_refuses_with_its_reason(line: HttpLine, status: int) -> None:
    answering(line, problem(status, "This region was closed."))
    with pytest.raises(TransportRefused, match=rf"/api/v1/events with {status}: This region was closed\.$"):
        line.sender.send(parcels(line, 1))


def test_a_refusal_without_a_readable_reason_is_still_one(line: HttpLine) -> None:
    answering(line, (403, "text/html", b"<html>\xff"))
    with pytest.raises(TransportRefused, match="with 403: Forbidden"):
        line.sender.send(parcels(line, 1))


def test_a_redirect_is_refused_and_not_followed(line: HttpLine) -> None:
    answering(line, (308, "text/plain", b""))
    with pytest.raises(TransportRefused, match="with 308"):
        line.sender.send(parcels(line, 1))
    assert len(line.server.calls) == 1


@pytest.mark.parametrize("body", [b"<html>", b"\xff", b'[{"event":1}]'])
def test_an_answer_that_cannot_be_read_is_refused(line: HttpLine, body: bytes) -> None:
    answering(line, (200, "application/json", body))
    with pytest.raises(TransportRefused, match="cannot read"):
        line.sender.send(parcels(line, 1))


def test_too_few_answers_are_refused(line: HttpLine) -> None:
    answering(line, (200, "application/json", b"[]"))
    with pytest.raises(TransportRefused, match="0 answers to 1 events"):
        line.sender.send(parcels(line, 1))


def test_a_hub_that_keeps_silent_is_unavailable() -> None:
    with closing(HttpLine(timeout=0.1)) as line:

        def slow(honest: Reply) -> Reply:
            time.sleep(0.3)
            return honest

        line.server.reply = slow
        with pytest.raises(TransportUnavailable, match=r"did not answer within 0\.1 s"):
            line.sender.send(parcels(line, 1))


def test_a_hub_without_tls_behind_an_https_address_is_unavailable(line: HttpLine) -> None:
    sender = HttpSender(line.server.url.replace("http:", "https:"), TOKEN, 2.0)
    with closing(sender), pytest.raises(TransportUnavailable, match="certificate"):
        sender.send(parcels(line, 1))


def test_an_address_that_is_none_is_refused(line: HttpLine) -> None:
    with closing(HttpSender("hub.example", TOKEN)) as sender, pytest.raises(TransportRefused, match="https://name"):
        sender.send(parcels(line, 1))


def test_the_token_shows_nowhere(line: HttpLine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line.sender.send(parcels(line, 1))
    answering(line, problem(401, f"Bearer {TOKEN} is not known"))
    with pytest.raises(TransportRefused) as said:
        line.sender.send(parcels(line, 1))
    assert "***" in str(said.value)
    assert TOKEN not in f"{said.value}{said.value.__cause__}{BearerToken(TOKEN)}{caplog.text}"


def test_an_address_with_a_password_in_it_is_not_repeated() -> None:
    sender = HttpSender("http://name:secret@127.0.0.1:9", TOKEN)
    with closing(sender), pytest.raises(TransportUnavailable) as said:
        sender.send([parcel("XR-ONE", 1, "regiohelix.indicators")])
    assert "secret" not in str(said.value)


def test_a_netrc_file_does_not_replace_the_token(
    line: HttpLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    line.sender.send(parcels(line, 1))
    assert line.server.calls[0][2]["Authorization"] == f"Bearer {TOKEN}"


def test_enrolment_and_definitions_need_no_token(line: HttpLine) -> None:
    request = {"region": "XR-ONE", "reviewer_keys": [{"hex": "00", "role": "analyst"}]}
    assert enrol(line.server.url, request) == request
    assert fetch_definitions(line.server.url + "/") == [{"id": "smoking"}]
    assert all("Authorization" not in headers for _, _, headers, _ in line.server.calls)


def test_a_refused_enrolment_says_why(line: HttpLine) -> None:
    answering(line, problem(403, "The invitation was used before."))
    with pytest.raises(TransportRefused, match=r"enrolments with 403: The invitation was used before\.$"):
        enrol(line.server.url, {})
