"""Where the time goes: each step of taking an event in by itself, over the same events."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hub.intake.keyring import keyring
from hub.intake.minimum import shortfall
from hub.intake.read_event import ReadEvent, read_event
from hub.intake.read_payload import read_canonical
from hub.intake.verify import Verifier
from schemas.envelope import check_in_bundle, payload_hash
from schemas.receipt import Receipt, leaf_hash, sign_together
from tests.bench.corpus import Corpus
from tests.bench.hubs import Cost, Server, empty, hub_on, received, timed
from tests.support.events import TestRegion


def stages(server: Server, folder: Path, cells: int, events: int, batch: int) -> dict[str, int]:
    """Return CPU microseconds an event per step; the steps of one process add up, the server's stand beside them."""
    region = TestRegion()
    bodies = list(Corpus(region, cells).bodies(events))
    hub = hub_on(folder, server.database(), [region])
    costs: list[Cost] = []
    for _ in range(2):  # the first time, statements are put together as well
        empty(hub)
        costs.clear()
        with timed(costs, server):
            received(hub, bodies, batch)
    with hub.engine.connect() as connection:
        keys = keyring(connection)
    read = [read_event(body) for body in bodies]
    unsigned = [
        Receipt(one.id, one.envelope.region, one.envelope.sequence, "2026-11-22T12:00:00Z", "0" * 16) for one in read
    ]
    payloads = [read_canonical(one.envelope.type, one.payload) for one in read]
    verifiers: list[Verifier] = []

    def verified_runs(some: Iterable[ReadEvent]) -> None:
        whole = list(some)
        for start in range(0, len(whole), batch):
            verifiers.append(Verifier(keys, None, whole[start : start + batch]))

    def signed_together() -> None:
        for start in range(0, len(unsigned), batch):
            sign_together(region.code, [leaf_hash(one) for one in unsigned[start : start + batch]], hub.key)

    steps = {
        "decode, envelope hash": _each(read_event, bodies),
        "signatures of runs": _cpu(lambda: verified_runs(read)),
        "payload: decode, canonical form, schema": _each(
            lambda one: read_canonical(one.envelope.type, one.payload), read
        ),
        "payload hash": _each(lambda one: payload_hash(one.salt, one.payload), read),
        "the network's minimum": _each(
            lambda both: shortfall(*both), [(payload, one.payload) for payload, one in zip(payloads, read, strict=True)]
        ),
        "place in the bundle": _each(lambda one: check_in_bundle(one.envelope), read),
        "receipts": _cpu(signed_together),
    }
    hub.engine.dispose()
    known = {name: round(seconds / events * 1e6) for name, seconds in steps.items()}
    rest = round(costs[0].cpu / events * 1e6) - sum(known.values())
    return known | {
        "approvals, chain, rows, client side of COPY": rest,
        "hub in all": round(costs[0].cpu / events * 1e6),
        "server": round(costs[0].server / events * 1e6),
        "by the clock": round(costs[0].wall / events * 1e6),
    }


def _each(step: Callable[[Any], Any], values: Iterable[Any]) -> float:
    def all_of_them() -> None:
        for value in values:
            step(value)

    return _cpu(all_of_them)


def _cpu(step: Callable[[], Any]) -> float:
    before = time.process_time()
    step()
    return time.process_time() - before
