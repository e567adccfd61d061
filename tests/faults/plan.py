"""What goes wrong in a run, and when: all of it follows from one number, the seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Transport = Literal["http", "kafka"]
Database = Literal["sqlite", "postgres"]


class Kind(StrEnum):
    """What is done to a run."""

    NODE_KILLED = "node killed while it ships"
    SIGNING_KILLED = "node killed while it signs"
    HUB_KILLED = "hub killed"
    WORKER_KILLED = "worker killed"
    BROKER_KILLED = "broker killed"
    BROKER_AWAY = "broker away for long"
    DATABASE_KILLED = "database killed"
    DATABASE_AWAY = "database away for long"
    HUB_AWAY = "hub away for long"
    HUB_RESTORED = "hub restored from an earlier copy"
    NODE_DISK_FULL = "node's disk full"
    HUB_DISK_FULL = "hub's disk full"
    DATABASE_DISK_FULL = "database's disk full"
    BROKER_DISK_FULL = "broker's disk full"
    SLOW_DISK = "slow disk"
    DUPLICATED = "messages duplicated"
    REORDERED = "messages reordered or late"
    TRUNCATED = "messages truncated"
    CORRUPTED = "messages corrupted"
    CUT = "connections cut"
    NODE_CLOCK = "node's clock jumps"
    HUB_CLOCK = "hub's clock jumps"
    TWO_SHIPPERS = "two shippers on one outbox"
    WORKER_JOINS = "worker joins"
    WORKER_LEAVES = "worker leaves"


ANYWHERE: Final = (
    Kind.NODE_KILLED,
    Kind.SIGNING_KILLED,
    Kind.NODE_DISK_FULL,
    Kind.SLOW_DISK,
    Kind.NODE_CLOCK,
    Kind.HUB_CLOCK,
    Kind.TWO_SHIPPERS,
    Kind.HUB_RESTORED,
    Kind.DUPLICATED,
    Kind.REORDERED,
    Kind.TRUNCATED,
    Kind.CORRUPTED,
)
ONLY_HTTP: Final = (Kind.HUB_KILLED, Kind.HUB_AWAY, Kind.CUT)
ONLY_KAFKA: Final = (
    Kind.WORKER_KILLED,
    Kind.WORKER_JOINS,
    Kind.WORKER_LEAVES,
    Kind.BROKER_KILLED,
    Kind.BROKER_AWAY,
    Kind.BROKER_DISK_FULL,
)
ONLY_SQLITE: Final = (Kind.HUB_DISK_FULL,)
ONLY_POSTGRES: Final = (Kind.DATABASE_KILLED, Kind.DATABASE_AWAY, Kind.DATABASE_DISK_FULL)
HEAVY: Final = {  # each costs seconds, so none of them comes along as an extra
    Kind.BROKER_KILLED,
    Kind.BROKER_AWAY,
    Kind.BROKER_DISK_FULL,
    Kind.DATABASE_AWAY,
    Kind.DATABASE_DISK_FULL,
    Kind.HUB_AWAY,
    Kind.HUB_RESTORED,
}
MISCHIEF: Final = (Kind.DUPLICATED, Kind.REORDERED, Kind.TRUNCATED, Kind.CORRUPTED, Kind.CUT)  # shares of all messages
STATES: Final = (Kind.TWO_SHIPPERS,)  # true from the start of the run
LONG_SECONDS: Final = (3.0, 5.0)
SHORT_SECONDS: Final = (0.1, 1.0)
LASTING: Final = {
    Kind.BROKER_AWAY: LONG_SECONDS,
    Kind.DATABASE_AWAY: LONG_SECONDS,
    Kind.HUB_AWAY: LONG_SECONDS,
    Kind.HUB_RESTORED: (2.0, 3.0),  # long enough for receipts that the restored hub knows nothing of
}

# The first seeds are the fixed set: together they hold every kind, so few runs suffice for `make test`.
FIXED: Final[tuple[tuple[Transport, Database, tuple[Kind, ...]], ...]] = (
    ("http", "postgres", (Kind.NODE_KILLED, Kind.HUB_KILLED, Kind.DATABASE_KILLED)),
    ("http", "sqlite", (Kind.HUB_DISK_FULL, Kind.HUB_KILLED, Kind.CUT)),
    ("http", "postgres", (Kind.CORRUPTED, Kind.TRUNCATED, Kind.DUPLICATED, Kind.REORDERED)),
    ("http", "postgres", (Kind.DATABASE_DISK_FULL, Kind.SIGNING_KILLED, Kind.NODE_DISK_FULL)),
    ("http", "postgres", (Kind.HUB_RESTORED, Kind.NODE_KILLED)),
    ("http", "sqlite", (Kind.HUB_AWAY, Kind.TWO_SHIPPERS, Kind.NODE_CLOCK, Kind.HUB_CLOCK)),
    ("kafka", "postgres", (Kind.WORKER_JOINS, Kind.WORKER_LEAVES, Kind.WORKER_KILLED, Kind.NODE_KILLED)),
    ("kafka", "postgres", (Kind.BROKER_KILLED, Kind.HUB_RESTORED)),
    ("kafka", "postgres", (Kind.CORRUPTED, Kind.TRUNCATED, Kind.DUPLICATED, Kind.REORDERED, Kind.SLOW_DISK)),
    ("kafka", "postgres", (Kind.BROKER_AWAY, Kind.NODE_CLOCK, Kind.TWO_SHIPPERS)),
    ("kafka", "postgres", (Kind.DATABASE_AWAY, Kind.BROKER_DISK_FULL)),
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong `at` so many seconds, for `lasting` seconds; `target` chooses whom it hits."""

    kind: Kind
    at: float
    lasting: float
    target: int
    size: float = 0.0


@dataclass(frozen=True)
class Plan:
    """One run: who takes part, how much is released, and what goes wrong; `odds` are shares of all messages."""

    seed: int
    transport: Transport
    database: Database
    regions: int
    events_per_bundle: int
    pace: float  # seconds between two bundles
    workers: int
    faults: tuple[Fault, ...]
    odds: dict[Kind, float]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys([*self.odds, *(fault.kind for fault in self.faults)]))


def make_plan(seed: int) -> Plan:
    """Return the plan of a seed; the seeds below len(FIXED) are the fixed set, the others are drawn."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, and guards nothing
    if seed < len(FIXED):
        transport, database, leads = FIXED[seed]
    else:
        transport, database, leads = _drawn(seed, rng)
    chosen = list(leads)
    if seed >= len(FIXED):
        extras = [kind for kind in _possible(transport, database) if kind not in HEAVY and kind not in leads]
        chosen += rng.sample(extras, rng.randint(0, 3))
    length = rng.uniform(1.0, 2.0)
    faults: list[Fault] = []
    odds: dict[Kind, float] = {}
    for kind in chosen:
        if kind in MISCHIEF:
            odds[kind] = rng.uniform(0.05, 0.3)
        else:
            faults += _hits(kind, length, rng)
    return Plan(
        seed=seed,
        transport=transport,
        database=database,
        regions=rng.randint(1, 3),
        events_per_bundle=rng.choice((5, 10, 10, 25)),
        pace=length * 0.8 / BUNDLES,
        workers=rng.randint(1, 2) if Kind.WORKER_LEAVES not in chosen else 2,
        faults=tuple(sorted(faults, key=lambda fault: fault.at)),
        odds=odds,
    )


BUNDLES: Final = 16  # per region


def _drawn(seed: int, rng: random.Random) -> tuple[Transport, Database, tuple[Kind, ...]]:
    lead = tuple(Kind)[seed % len(Kind)]  # every kind leads equally often, whatever else is drawn
    if lead in ONLY_KAFKA:
        return "kafka", "postgres", (lead,)
    transport: Transport = "http" if lead in (*ONLY_HTTP, *ONLY_SQLITE) else rng.choice(("http", "kafka"))
    if lead in ONLY_POSTGRES or transport == "kafka":  # workers share a database, and SQLite is none to share
        return transport, "postgres", (lead,)
    database: Database = "sqlite" if lead in ONLY_SQLITE else rng.choice(("sqlite", "postgres"))
    return transport, database, (lead,)


def _possible(transport: Transport, database: Database) -> Sequence[Kind]:
    return (
        *ANYWHERE,
        *(ONLY_HTTP if transport == "http" else ONLY_KAFKA),
        *(ONLY_SQLITE if database == "sqlite" else ONLY_POSTGRES),
    )


def _hits(kind: Kind, length: float, rng: random.Random) -> list[Fault]:
    """Place one kind in time: what is quickly over strikes up to three times."""
    if kind in STATES:
        return [Fault(kind, 0.0, 0.0, rng.randrange(6))]
    times = 1 if kind in HEAVY else rng.randint(1, 3)
    seconds = LASTING.get(kind, SHORT_SECONDS)
    return [
        Fault(kind, rng.uniform(0.1, length), rng.uniform(*seconds), rng.randrange(6), _size(kind, rng))
        for _ in range(times)
    ]


def _size(kind: Kind, rng: random.Random) -> float:
    if kind is Kind.SLOW_DISK:
        return rng.uniform(0.02, 0.15)  # seconds a commit waits at most
    hours = rng.choice((1, 7, 24 * 3, 24 * 365 * 3))
    return rng.choice((-1, 1)) * hours * 3600.0  # seconds a clock jumps
