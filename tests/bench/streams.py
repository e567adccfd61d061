"""What it takes to tell 500 readers of a stream at once: one hub process, each reader over a connection of its own.

The hub serves in its own process on SQLite. Lessons are sent to it over HTTP one after the other; every reader notes
when it has each. Meanwhile somebody searches, and waits for each answer.
"""

import http.client
import os
import re
import selectors
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
import requests

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.identity.tokens import issue_token
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import PROTOCOL, PROTOCOL_HEADER
from schemas.payloads import LessonPublished
from tests.bench.hubs import received
from tests.bench.measures import Measure
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.hub import RunningHub
from tests.support.network import hub_process

READERS: Final = 500
TOLD: Final = 20  # lessons that are sent while the readers are there
_GOAL_SECONDS: Final = 1.0
_GOAL_P95: Final = 100  # milliseconds of the API meanwhile
_PATIENCE: Final = 60.0
_BETWEEN: Final = 0.3  # seconds between two lessons
_PAUSE: Final = 0.05  # seconds between two questions
_BUNDLE: Final = 50
_REGIONS: Final = 25
_ENTRY: Final = re.compile(rb'"id":"urn:regiohelix:event:([0-9a-f]{64})"')
_MIB: Final = 1024 * 1024


@dataclass
class Crowd:
    """Readers over connections of their own, read by one thread; `came` is when each lesson reached each of them."""

    address: tuple[str, int]
    token: str  # an address without one may have few streams
    came: dict[str, list[float]] = field(default_factory=dict)
    opened: int = 0
    _left: dict[int, bytes] = field(default_factory=dict)

    @contextmanager
    def following(self, readers: int) -> Iterator[None]:
        """Let so many readers follow until the block ends."""
        chosen, stop = selectors.DefaultSelector(), threading.Event()
        sockets = [self._asked() for _ in range(readers)]
        for number, one in enumerate(sockets):
            one.setblocking(False)
            self._left[number] = b""
            chosen.register(one, selectors.EVENT_READ, number)
        thread = threading.Thread(target=self._read, args=(chosen, stop), daemon=True)
        thread.start()
        try:
            _until(lambda: self.opened >= readers)
            yield
        finally:
            stop.set()
            thread.join(_PATIENCE)
            chosen.close()
            for one in sockets:
                one.close()

    def _asked(self) -> socket.socket:
        made = socket.create_connection(self.address, _PATIENCE)
        shown = f"Authorization: Bearer {self.token}\r\n"
        made.sendall(f"GET /feeds/lessons/stream HTTP/1.1\r\nHost: hub\r\n{shown}\r\n".encode())
        return made

    def _read(self, chosen: selectors.BaseSelector, stop: threading.Event) -> None:
        while not stop.is_set():
            for key, _ in chosen.select(0.1):
                one: Any = key.fileobj
                self._take(key.data, one.recv(65536), time.perf_counter())

    def _take(self, number: int, data: bytes, at: float) -> None:
        if not data:
            raise AssertionError("the hub ended a stream")
        held = self._left[number] + data
        self.opened += held.count(b"\nretry: ")
        for entry in _ENTRY.findall(held):
            self.came.setdefault(entry.decode(), []).append(at)
        self._left[number] = held[held.rfind(b"\n") :]


def followed(items: int, readers: int = READERS, told: int = TOLD) -> Measure:
    """Fill a hub, let readers follow it, and say how long the last of them waited for a lesson at worst."""
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        home = Path(name) / "hub"
        sender, waiting, token = _filled(home, items, 2 * told)
        log = Path(name) / "hub.log"
        with hub_process(home, log, REGIOHELIX_HUB_REQUESTS_PER_MINUTE="1000000") as (pid, url):
            parts = urlsplit(url)
            crowd = Crowd((parts.hostname or "", parts.port or 0), token)
            process = psutil.Process(pid)
            _, alone = _told(url, sender, waiting[:told], crowd, 0)  # the same work, and nobody who is told of it
            before, cpu = process.memory_info().rss, sum(process.cpu_times()[:2])
            with crowd.following(readers):
                held = process.memory_info().rss
                sys.stderr.write(f"{readers} readers: {(held - before) / readers / 1024:.1f} KiB each\n")
                waits, took = _told(url, sender, waiting[told:], crowd, readers)
            cpu = sum(process.cpu_times()[:2]) - cpu
    details = {
        "worst seconds after the hub's answer": round(max(waits), 3),
        "API p95 ms meanwhile": _p95(took),
        "API p95 ms while as much comes in without readers": _p95(alone),
        "MiB of the hub without readers": round(before / _MIB, 1),
        "MiB of the hub with them": round(held / _MIB, 1),
        "KiB for each reader": round((held - before) / readers / 1024, 1),
        "CPU seconds of the hub meanwhile": round(cpu, 1),
    }
    reference = (
        f"{readers} readers of one process that holds {items} lessons, {told} more sent; goal {_GOAL_SECONDS} s, "
        f"API {_GOAL_P95} ms"
    )
    return Measure(round(max(waits), 3), "s, the worst delivery", told, reference, details=details)


def _filled(home: Path, items: int, told: int) -> tuple[dict[str, str], Sequence[SignedEvent], str]:
    hub = make_hub(home, {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "1000000"})
    running = RunningHub(hub)
    regions = [running.enrol(TestRegion(f"XR-{number:03d}")) for number in range(min(_REGIONS, 1 + items // _BUNDLE))]
    for start in range(0, items, _BUNDLE):
        lessons = [_lesson(number) for number in range(start, min(start + _BUNDLE, items))]
        bundle = regions[start // _BUNDLE % len(regions)].release(lessons, "public")
        received(hub, [one.body for one in bundle], _BUNDLE)
    region = regions[0]
    waiting = [region.release([_lesson(items + place)], "public")[0] for place in range(told)]
    with writing(hub.engine) as connection:
        _, token = issue_token(connection, hub.clock(), "readers", "bench", ["read:public"])
    hub.engine.dispose()
    return running.as_region(region.code), waiting, token


def _lesson(number: int) -> LessonPublished:
    return a_lesson(f"les-{number}", f"Les {number} over het rooster")


def _told(
    url: str, sender: dict[str, str], waiting: Sequence[SignedEvent], crowd: Crowd, readers: int
) -> tuple[list[float], list[float]]:
    """Send lessons one by one, each once all readers have the one before; return waits and what the API took."""
    stop = threading.Event()
    took: list[float] = []
    asker = threading.Thread(target=lambda: took.extend(_asked(crowd.address, stop, None)), daemon=True)
    asker.start()
    waits = []
    headers = sender | {"Content-Type": BATCH_MEDIA_TYPE, PROTOCOL_HEADER: str(PROTOCOL)}
    for event in waiting:
        body = b"[" + event.body + b"]"
        answer = requests.post(f"{url}/api/v1/events", data=body, headers=headers, timeout=_PATIENCE)
        answered = time.perf_counter()
        if answer.status_code != 200 or answer.json()[0]["outcome"] != "accepted":
            raise AssertionError(f"A lesson was answered {answer.status_code}")
        came = crowd.came.setdefault(event.id, [])
        _until(lambda came=came: len(came) >= readers)
        waits.append(max(came, default=answered) - answered)
        time.sleep(_BETWEEN)
    stop.set()
    asker.join(_PATIENCE)
    return waits, took


def _asked(address: tuple[str, int], stop: threading.Event, times: int | None) -> list[float]:
    """Search so many times, or until told to stop; return the milliseconds that each answer took."""
    connection = http.client.HTTPConnection(*address, timeout=_PATIENCE)
    took: list[float] = []
    while not stop.is_set() and (times is None or len(took) < times):
        begun = time.perf_counter()
        connection.request("GET", "/api/v1/lessons?theme=diabetes")
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise AssertionError(f"A search was answered {response.status}")
        took.append((time.perf_counter() - begun) * 1000)
        time.sleep(_PAUSE)
    connection.close()
    return took


def _until(holds: Any) -> None:
    until = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise AssertionError("The readers did not get what they waited for.")
        time.sleep(0.002)


def _p95(values: Sequence[float]) -> float:
    return round(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)], 1)


if __name__ == "__main__":
    sys.stdout.write(f"{followed(int(os.environ.get('ITEMS', '200')))}\n")
