"""A hub full of figures to read: rows of the hub's tables as intake would write them, without signatures to verify.

Every event goes through the projection of intake; what is kept of totals is worked out by the code that keeps them.
Only the signatures and proofs, which nobody reads back here, are left out.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import insert, text

from connectors.database import writing
from connectors.row_stream import RowStream
from hub import tables
from hub.audit import utc_text
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.intake.definitions import adopt
from hub.intake.project import project
from hub.intake.store import EVENT_COLUMNS
from hub.serving.freeze import frozen, keep
from hub.serving.leaks import PROVEN
from hub.serving.published import scope
from schemas.canonical import sha256_hex
from schemas.catalogue import catalogue, know
from schemas.codes import EventType
from schemas.definition import IndicatorDefinition
from schemas.envelope import CHAIN_START, Approval, Bundle, Envelope
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, Suppressed
from tests.support.events import TestRegion
from tests.support.hub import RunningHub

REGIONS: Final = 100
INDICATORS: Final = 200
MONTHS: Final = 60
_AGES: Final = ("total", *(f"{age}-{age + 9}" for age in range(0, 90, 10)))
NODES: Final = tuple((age, sex) for age in _AGES for sex in ("total", "f"))
SET: Final = "invented"
NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PERIODS: Final = tuple(f"{2021 + (10 + month) // 12}-{(10 + month) % 12 + 1:02d}" for month in range(MONTHS))
_SEED: Final = 20_261_122
_encoder = msgspec.json.Encoder(order="sorted")
_VARIANTS: Final = 200
_filler = "0" * 128


@dataclass(frozen=True)
class Filled:
    """A hub with figures: how many cells, and what a reader of the network shows."""

    hub: Hub
    cells: int
    indicators: tuple[str, ...]
    headers: dict[str, str]


def code_of(number: int) -> str:
    """Return the code of an invented region."""
    return f"XR-{number:03d}"


def filled(folder: Path, url: str | None, indicators: int = INDICATORS) -> Filled:
    """Make a hub and fill it: 100 regions, 60 months, 20 segments, so many indicators."""
    environment = {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "1000000"}
    made = make_hub(folder, environment | ({} if url is None else {"REGIOHELIX_HUB_DATABASE": url}))
    hub = Hub(made.engine, made.key, made.settings, lambda: NOW)
    running = RunningHub(hub)
    running.enrol(TestRegion(code_of(0)))
    for number in range(1, REGIONS):
        running.invite(code_of(number))
    names = _defined(hub, indicators)
    for month in range(MONTHS):
        _write(hub, month, names)
    _refresh(hub)
    for name in names:
        _keep_totals(hub, name, PERIODS[-1])
    _refresh(hub)
    return Filled(hub, REGIONS * MONTHS * len(NODES) * indicators, names, running.as_region(code_of(0)))


def _defined(hub: Hub, indicators: int) -> tuple[str, ...]:
    models = [catalogue()[name] for name in ("h.dm_prev", "h.mort_prem")]
    made = [_like(models[number % 2], f"bench.i{number:03d}") for number in range(indicators)]
    with writing(hub.engine) as connection:
        adopt(connection, made, "bench", NOW)
    know(made)
    return tuple(one.id for one in made)


def _like(model: IndicatorDefinition, name: str) -> IndicatorDefinition:
    return msgspec.structs.replace(model, id=name, version=1, dimensions=("age_band", "sex"))


def _write(hub: Hub, month: int, names: tuple[str, ...]) -> None:
    accepted = utc_text(datetime(int(PERIODS[month][:4]), int(PERIODS[month][5:]), 28, 12, 0, tzinfo=UTC))
    with writing(hub.engine) as connection:
        figures = []
        with RowStream(connection, tables.event, EVENT_COLUMNS) as stream:
            for number in range(REGIONS):
                for envelope, payload in _released(number, month, names):
                    event_id = sha256_hex(f"{envelope.region}/{envelope.sequence}".encode())
                    stream.add(
                        (
                            *(event_id, envelope.region, envelope.sequence, envelope.previous, envelope.type.value),
                            *(envelope.subject, envelope.audience, envelope.bundle.root, envelope.bundle.index),
                            *(_encoder.encode(envelope), bytes(32), _encoder.encode(payload), accepted, bytes(300)),
                        )
                    )
                    ((table, row),) = project(event_id, envelope, payload, accepted)
                    figures.append(row)
        with RowStream(connection, table, tuple(figures[0])) as stream:
            for row in figures:
                stream.add(tuple(row.values()))


def _released(number: int, month: int, names: tuple[str, ...]) -> Iterator[tuple[Envelope, IndicatorPublished]]:
    root = sha256_hex(f"{number}/{month}".encode())
    approvals = tuple(Approval(_filler[:16], _filler) for _ in range(2))
    variants, chance = _variants(month), random.Random(f"{_SEED}/{number}/{month}")  # noqa: S311  # figures
    for place, name in enumerate(names):
        definition = catalogue()[name]
        envelope = Envelope(
            code_of(number), month * len(names) + place + 1, CHAIN_START, EventType.INDICATOR_PUBLISHED, _filler[:32],
            f"{PERIODS[month]}-28T10:00:00.000Z", "public", _filler[:64], _filler[:16],
            Bundle(root, place, len(names), (_filler[:64],) * 5), approvals, _filler,
        )  # fmt: skip
        yield envelope, IndicatorPublished(
            name, 1, definition.hash, PERIODS[month], SET, 2025, definition.kind, ("age_band", "sex"),
            variants[chance.randrange(len(variants))], Computed(("gp", "insurer"), "plain; width 3", "b" * 64),
        )  # fmt: skip


@cache
def _variants(month: int) -> tuple[tuple[Cell, ...], ...]:
    """Return some sets of 20 cells; of totals 1% are hidden, of parts 10%."""
    chance = random.Random(f"{_SEED}/{month}")  # noqa: S311  # figures, not secrets
    return tuple(tuple(_cell(nodes, chance, month) for nodes in NODES) for _ in range(_VARIANTS))


def _cell(nodes: tuple[str, str], chance: random.Random, month: int) -> Cell:
    size = 40_000 >> 2 * (2 - nodes.count("total"))  # persons
    part = int(size * (0.05 + month * 0.0002 + chance.random() * 0.004))
    is_hidden = chance.random() < (0.01 if "total" in nodes else 0.1)
    return Cell(nodes, Suppressed(part, part + 8, size) if is_hidden else Exact(part, size))


def _keep_totals(hub: Hub, name: str, period: str) -> None:
    """Keep the totals of a place as a proof that finds nothing would, for readers of the network."""
    with hub.engine.connect() as connection:
        row = {
            "indicator": name, "period": period, "audience": "network",
            "scope": scope(connection, "network", name, period), "audited_at": utc_text(NOW), "figures": 0,
            "verdict": PROVEN, "told_cuts": "[]", "looked": 0, "sets": "",
        }  # fmt: skip
        totals = list(frozen(connection, "network", (name, period), utc_text(NOW), NOW, lambda total: not total.cut))
    with writing(hub.engine) as connection:
        keep(connection, totals)
        connection.execute(insert(tables.joint_audit).values(**row))


def _refresh(hub: Hub) -> None:
    """Have the database know what it holds, as its own upkeep does in a hub that runs."""
    if hub.engine.dialect.name == "postgresql":
        with hub.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with writing(hub.engine) as connection:
            connection.execute(text("ANALYZE"))
