"""A hub's intake that remembers, and each transport between it and a region, for the one contract suite."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.transport.http import HttpSender
from connectors.transport.memory import MemoryTransport
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import PROTOCOL, PROTOCOL_HEADER
from schemas.delivery import Parcel, Sender
from schemas.receipt import Answer, Receipt, issued
from schemas.signature import SigningKey
from schemas.standing import Standing, signed_standing

TOKEN = "token-of-a-test"
ACCEPTED_AT = "2026-01-01T00:00:00Z"


class Body(msgspec.Struct):
    """What the test's events hold; the rest of a CloudEvent is of no concern to a transport."""

    id: str
    region: str
    sequence: int
    filling: str = ""
    refuse: bool = False


def parcel(region: str, sequence: int, topic: str, *, filling: str = "", refuse: bool = False) -> Parcel:
    """Make a parcel; the spaces in its body show whether bytes arrive as they were."""
    event_id = f"{region}-{sequence}"
    body = msgspec.json.format(msgspec.json.encode(Body(event_id, region, sequence, filling, refuse)), indent=1)
    return Parcel(event_id, region, topic, body)


class RememberingHub:
    """An intake that keeps what it accepts and answers with signed receipts, as the contract asks."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()
        self.kept: list[bytes] = []
        self._receipts: dict[str, Receipt] = {}
        self.word: Standing | None = None  # what it says of the region's chain, if anything

    def say(self, region: str) -> Standing:
        """Say something of a region's chain, and return what was said."""
        numbers = [receipt.sequence for receipt in self._receipts.values() if receipt.region == region]
        last = max(numbers, default=0)
        gaps = ((2, 3), (5, 5)) if last > 6 else ()
        word = Standing(region, last, "a" * 64 if last else "", gaps, ACCEPTED_AT, self.key.public.key_id)
        self.word = signed_standing(word, self.key)
        return self.word

    def standings(self) -> tuple[Standing, ...]:
        """Give what it says of all chains."""
        return () if self.word is None else (self.word,)

    def take(self, bodies: Sequence[bytes]) -> list[Answer]:
        """Answer each body."""
        return [self._answer(bytes(body)) for body in bodies]

    def kept_of(self, region: str) -> list[bytes]:
        """Give the kept bodies of a region in the order in which they came."""
        return [body for body in self.kept if msgspec.json.decode(body, type=Body).region == region]

    def receipts(self, after: int) -> list[Answer]:
        """Give the receipts of events past a place in the chain."""
        found = [receipt for receipt in self._receipts.values() if receipt.sequence > after]
        return [Answer(receipt.event_id, "accepted", receipt=receipt) for receipt in found]

    def _answer(self, body: bytes) -> Answer:
        try:
            event = msgspec.json.decode(body, type=Body)
        except msgspec.DecodeError:
            return Answer("", "refused", reason="NotCanonical", detail="The body is no event.")
        if event.refuse:
            return Answer(event.id, "refused", reason="SignatureMismatch", detail="The signature does not fit.")
        if event.id in self._receipts:
            return Answer(event.id, "duplicate", receipt=self._receipts[event.id])
        unsigned = Receipt(event.id, event.region, event.sequence, ACCEPTED_AT, self.key.public.key_id)
        self._receipts[event.id] = issued(unsigned, self.key)
        self.kept.append(body)
        return Answer(event.id, "accepted", receipt=self._receipts[event.id])


class Line(Protocol):
    """A region's sender, the hub at the other end, and power over what lies between."""

    sender: Sender
    region: str
    topic: str

    @property
    def hub(self) -> RememberingHub:
        """Give the hub at the other end."""
        ...

    def settle(self, events: int) -> None:
        """Let the hub take the events that wait for it, if this transport has a place to wait."""
        ...

    def speak(self, protocol: int) -> None:
        """Let the hub speak as one of this protocol does from now on."""
        ...

    def cut(self) -> None:
        """Take the other side away."""
        ...

    def restore(self) -> None:
        """Bring the other side back."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...


class MemoryLine:
    """Both sides in one process."""

    region = "XR-ONE"
    topic = "regiohelix.indicators"

    def __init__(self) -> None:
        self.hub = RememberingHub()
        self.transport = MemoryTransport(self.hub.take, lambda: self.hub.word)
        self.sender: Sender = self.transport

    def settle(self, events: int) -> None:
        """Do nothing: the answers came at once."""

    def speak(self, protocol: int) -> None:
        """Let the hub speak as one of this protocol does."""
        self.transport.protocol = protocol

    def hold_off(self, seconds: int | None) -> None:
        """Let the hub ask to be left alone for so long, None to end that."""
        self.transport.busy = seconds

    def cut(self) -> None:
        """Take the other side away."""
        self.transport.reachable = False

    def restore(self) -> None:
        """Bring the other side back."""
        self.transport.reachable = True

    def close(self) -> None:
        """Release everything."""
        self.sender.close()


class HttpLine:
    """A real HTTP server in front of the hub."""

    region = "XR-ONE"
    topic = "regiohelix.indicators"

    def __init__(self, timeout: float = 5.0) -> None:
        self.hub = RememberingHub()
        self.server = HubServer(self.hub)
        self.sender: Sender = HttpSender(self.server.url, TOKEN, timeout)

    def settle(self, events: int) -> None:
        """Do nothing: the answers came at once."""

    def speak(self, protocol: int) -> None:
        """Let the hub speak as one of this protocol does."""
        self.server.headers[PROTOCOL_HEADER] = str(protocol)

    def hold_off(self, seconds: int | None) -> None:
        """Let the hub ask to be left alone for so long, None to end that."""
        self.server.headers["Retry-After"] = str(seconds)
        busy = problem(429, "Too many calls.")
        self.server.reply = (lambda honest: honest) if seconds is None else (lambda honest: busy)

    def cut(self) -> None:
        """Take the other side away."""
        self.server.stop()

    def restore(self) -> None:
        """Bring the other side back."""
        self.server.start()

    def close(self) -> None:
        """Release everything."""
        self.sender.close()
        self.server.stop()


Reply = tuple[int, str, bytes]  # status, media type, body


class HubServer:
    """The hub's API as far as transports use it; `reply` set replaces its answer to every call."""

    def __init__(self, hub: RememberingHub) -> None:
        self.hub = hub
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        self.reply: Callable[[Reply], Reply] = lambda honest: honest
        self.headers = {PROTOCOL_HEADER: str(PROTOCOL)}
        self._port = 0
        self._running: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        """Give the address."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.handle(self)

            def do_GET(self) -> None:
                outer.handle(self)

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self._running = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._running.server_address[1]
        threading.Thread(target=self._running.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening; harmless when it does not."""
        if self._running is not None:
            self._running.shutdown()
            self._running.server_close()
            self._running = None

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one call."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.calls.append((request.command, request.path, dict(request.headers), body))
        status, media_type, answer = self.reply(self._honest(request, body))
        request.send_response(status)
        request.send_header("Content-Type", media_type)
        request.send_header("Content-Length", str(len(answer)))
        for name, value in self.headers.items():
            request.send_header(name, value)
        if 300 <= status < 400:
            request.send_header("Location", f"{self.url}/elsewhere")
        # A caller whose patience ended has hung up, as some tests want it.
        with contextlib.suppress(ConnectionError):
            request.end_headers()
            request.wfile.write(answer)

    def _honest(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        address = urlsplit(request.path)
        if address.path == "/api/v1/definitions":
            return 200, "application/json", b'[{"id":"smoking"}]'
        if address.path == "/api/v1/enrolments":
            return 201, "application/json", body
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "The token is not known.")
        if address.path == "/api/v1/standing" and self.hub.word is not None:
            return 200, "application/json", msgspec.json.encode(self.hub.word)
        if address.path == "/api/v1/receipts":
            answers = self.hub.receipts(int(parse_qs(address.query)["after"][0]))
        elif address.path == "/api/v1/events" and request.headers.get("Content-Type") == BATCH_MEDIA_TYPE:
            answers = self.hub.take([bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])])
        else:
            return problem(404, "There is nothing here.")
        return 200, "application/json", msgspec.json.encode(answers)


def problem(status: int, detail: str) -> Reply:
    """Make a problem report (RFC 9457)."""
    return status, "application/problem+json", msgspec.json.encode({"title": "Refused", "detail": detail})
