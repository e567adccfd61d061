"""What suffers on its way: an HTTP proxy between node and hub, and a re-publisher beside the regions at the broker."""

import http.client
import random
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.faults.plan import MISCHIEF, Kind
from tests.faults.roles import HTTP_TIMEOUT, Controls, started

OWN = ("mischief", b"1")  # the header that keeps a re-publisher from mistreating its own messages again
HEX = b"0123456789abcdef"
LATE_MOST = 20  # messages kept back at most


class Tampering:
    """Draws what happens to a message, counts it, and spoils bytes; harmless once the run says so."""

    def __init__(self, seed: int, odds: Mapping[Kind, float], by: Controls) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - repeatable, and guards nothing
        self._odds = odds
        self._by = by
        self._lock = threading.Lock()

    def draws(self, kind: Kind) -> bool:
        """Tell whether this kind hits the message at hand, and count it if so."""
        with self._lock:
            hit = bool(self._by.mischief.value) and self.rng.random() < self._odds.get(kind, 0.0)
            self._by.counts[MISCHIEF.index(kind)] += hit
            return hit

    def truncated(self, data: bytes) -> bytes:
        """Leave out the end."""
        return data[: self.rng.randrange(len(data))] if data else data

    def corrupted(self, data: bytes) -> bytes:
        """Change one byte: half of the time a digit into another, which gets past every parser."""
        if not data:
            return data
        spoilt = bytearray(data)
        place = self.rng.randrange(len(spoilt))
        if self.rng.random() < 0.5:
            digits = [n for n, byte in enumerate(spoilt) if byte in HEX]
            place = self.rng.choice(digits or [place])
            spoilt[place] = self.rng.choice([digit for digit in HEX if digit != spoilt[place]])
        else:
            spoilt[place] ^= self.rng.randrange(1, 256)
        return bytes(spoilt)


class _Cut(ConnectionError):
    """A connection that ends without an answer."""


class _Proxy:
    """Hands each call on to the hub, and what it does to it depends on the draw."""

    def __init__(self, hub_port: int, tampering: Tampering) -> None:
        self._hub_port = hub_port
        self._tampering = tampering
        self._late: list[tuple[str, bytes, dict[str, str]]] = []

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """Return status, media type and body of the hub's answer, or of what became of it; raises OSError."""
        draws, rng = self._tampering.draws, self._tampering.rng
        if method == "POST":
            self._deliver_late()
            body = self._spoilt_request(path, body, headers)
        if draws(Kind.CUT) and rng.random() < 0.5:
            raise _Cut
        status, media, answer = self._forward(method, path, body, headers)
        if draws(Kind.DUPLICATED):
            status, media, answer = self._forward(method, path, body, headers)
        if draws(Kind.CUT):
            raise _Cut
        if draws(Kind.TRUNCATED):
            answer = self._tampering.truncated(answer)
        if draws(Kind.CORRUPTED):
            answer = self._tampering.corrupted(answer)
        return status, media, answer

    def _spoilt_request(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        draws, rng = self._tampering.draws, self._tampering.rng
        if draws(Kind.REORDERED):
            if rng.random() < 0.5 and len(self._late) < LATE_MOST:
                self._late.append((path, body, headers))
                raise _Cut
            events = msgspec.json.decode(body, type=list[msgspec.Raw])
            rng.shuffle(events)
            body = b"[" + b",".join(bytes(one) for one in events) + b"]"
        if draws(Kind.TRUNCATED):
            body = self._tampering.truncated(body)
        if draws(Kind.CORRUPTED):
            body = self._tampering.corrupted(body)
        return body

    def _deliver_late(self) -> None:
        if self._late and self._tampering.rng.random() < 0.5:
            self._forward("POST", *self._late.pop(self._tampering.rng.randrange(len(self._late))))

    def _forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self._hub_port, timeout=HTTP_TIMEOUT)) as hub:
            hub.request(method, path, body or None, headers)
            answer = hub.getresponse()
            return answer.status, answer.headers.get("Content-Type", "application/json"), answer.read()


def stand_between(file: Path, port: int, hub_port: int, seed: int, odds: Mapping[Kind, float], by: Controls) -> None:
    """Listen where the nodes think the hub is, and hand on what they send, well or badly."""
    started(file)
    proxy = _Proxy(hub_port, Tampering(seed, odds, by))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            self.hand_on()

        def do_POST(self) -> None:
            self.hand_on()

        def hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            left_out = {"host", "content-length", "connection", "accept-encoding"}
            headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            try:
                status, media, answer = proxy.answer(self.command, self.path, body, headers)
            except (OSError, http.client.HTTPException):
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(answer)))
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def publish_again(
    file: Path,
    config: Mapping[str, Any],
    begin: Mapping[tuple[str, int], int],
    seed: int,
    odds: Mapping[Kind, float],
    by: Controls,
) -> None:
    """Read what regions publish and put copies beside it: twice, later in another order, shortened, or spoilt."""
    started(file)
    tampering = Tampering(seed, odds, by)
    known = {name: value for name, value in config.items() if name in KafkaConsumer.DEFAULT_CONFIG}
    reading = KafkaConsumer(**known, group_id=None, enable_auto_commit=False)
    reading.assign([TopicPartition(*place) for place in begin])
    for place, offset in begin.items():
        reading.seek(TopicPartition(*place), offset)
    known = {name: value for name, value in config.items() if name in KafkaProducer.DEFAULT_CONFIG}
    writing = KafkaProducer(**known)
    late: list[tuple[str, bytes, bytes]] = []
    while True:
        copies: list[tuple[str, bytes, bytes]] = []
        for record in (one for found in reading.poll(timeout_ms=100).values() for one in found):
            if OWN in record.headers:
                continue
            if tampering.draws(Kind.DUPLICATED):
                copies.append((record.topic, record.key, record.value))
            if tampering.draws(Kind.REORDERED):
                late.append((record.topic, record.key, record.value))
            if tampering.draws(Kind.TRUNCATED):
                copies.append((record.topic, record.key, tampering.truncated(record.value)))
            if tampering.draws(Kind.CORRUPTED):
                copies.append((record.topic, record.key, tampering.corrupted(record.value)))
        if len(late) >= LATE_MOST:
            tampering.rng.shuffle(late)
            copies, late = [*copies, *late], []
        for topic, key, value in copies:
            writing.send(topic, key=key, value=value, headers=[OWN])
        writing.flush(timeout=10)
