"""Rebuild: make every projection again from the stored events, beside the live ones, and swap what differs at the end.

The new rows grow page by page in tables of their own, each page in one transaction with the note of which events it
covers, so that a rebuild that was killed goes on where it was. Intake goes on meanwhile; it waits only for the swap.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from connectors.database import writing
from hub.intake import project as projecting
from hub.intake import redact
from hub.intake.project import project
from hub.tables import PROJECTIONS, event
from hub.tables.search import search_item, search_stale
from schemas.envelope import Envelope
from schemas.refused import Refused
from schemas.upcast import read_payload

PAGE: Final = 500  # events held in memory at once
_LOCK: Final = 7_243_115_904  # any constant: one page at a time per PostgreSQL database
_scratch: Final = MetaData()
_run: Final = Table("rebuilt", _scratch, Column("layout", String(64), primary_key=True))
_covered: Final = Table(
    "rebuilt_event",
    _scratch,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("was_empty", Integer, nullable=False),
)
_SHADOWS: Final[Mapping[Table, Table]] = {
    table: Table(
        f"rebuilt_{table.name}",
        _scratch,
        *(Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable) for c in table.columns),
    )
    for table in PROJECTIONS
}

Tell = Callable[[int, int], None]  # events done, events there are


class RebuildEndedElsewhere(Refused, RuntimeError):
    """A rebuild whose tables another process has swapped in, or thrown away, meanwhile."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many events were read, and per projection how many live rows were wrong or surplus and how many missing."""

    events: int
    surplus: Mapping[str, int]
    missing: Mapping[str, int]

    @property
    def is_same(self) -> bool:
        """Tell whether the live projections were what the events say."""
        return not any(self.surplus.values()) and not any(self.missing.values())


def rebuild(engine: Engine, tell: Tell | None = None, page: int = PAGE, check_only: bool = False) -> Rebuilt:
    """Make all projections again and swap in what differs; with `check_only` say what would be, and change nothing.

    What is left of destroyed events cannot be read again and stays as it is. `tell` hears of each page. Raises
    RebuildEndedElsewhere.
    """
    after = _begin(engine)
    while (reached := _cover_page(engine, after, page)) is not None:
        after = reached
        if tell is not None:
            tell(*_progress(engine))
    with writing(engine) as connection:
        _hold(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE event IN SHARE MODE"))  # nothing is accepted until the swap is done
        _complete(connection, page)
        rebuilt = _compare(connection)
        if not check_only:
            _swap(connection)
            redact.apply_all(connection)
            connection.execute(delete(search_item))  # the index follows from the projections, so it is made anew too
            connection.execute(insert(search_stale).values(region=""))
        _drop(connection)
    return rebuilt


def _begin(engine: Engine) -> int:
    """Make the tables to grow in, or find those of a rebuild that did not end; return the last position covered."""
    layout = _layout()
    with writing(engine) as connection:
        _lock(connection)
        if inspect(connection).has_table(_run.name) and connection.scalar(select(_run.c.layout)) == layout:
            return connection.scalar(select(func.max(_covered.c.position))) or 0
        _drop(connection)
        _scratch.create_all(connection)
        connection.execute(insert(_run).values(layout=layout))
    return 0


def _drop(connection: Connection) -> None:
    _erase_for_good(connection)
    _scratch.drop_all(connection)


def _erase_for_good(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # words redacted meanwhile must not linger


def _layout() -> str:
    """Return a name for how this version projects: what another version has begun is not gone on with."""
    source = b"".join(Path(module.__file__ or "").read_bytes() for module in (projecting, redact))
    columns = repr([(table.name, [str(column) for column in table.columns]) for table in PROJECTIONS])
    return hashlib.sha256(source + columns.encode()).hexdigest()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _hold(connection: Connection) -> None:
    _lock(connection)
    if not inspect(connection).has_table(_run.name) or connection.scalar(select(_run.c.layout)) != _layout():
        raise RebuildEndedElsewhere("Another process has ended this rebuild; see whether more is needed: --check.")


def _cover_page(engine: Engine, after: int, page: int) -> int | None:
    """Project the next events and return the last position, None where there is none beyond `after`."""
    with writing(engine) as connection:
        _hold(connection)
        rows = connection.execute(_events().where(event.c.position > after).order_by(event.c.position).limit(page))
        found = rows.all()
        _cover(connection, found)
    return found[-1].position if found else None


def _events() -> Select[Any]:
    columns = (event.c.position, event.c.id, event.c.type, event.c.envelope, event.c.payload, event.c.accepted_at)
    is_covered = select(_covered.c.position).where(_covered.c.position == event.c.position).exists()
    return select(*columns).where(~is_covered)


def _cover(connection: Connection, rows: Iterable[Row[Any]]) -> None:
    made: dict[Table, list[dict[str, Any]]] = {}
    covered = []
    for row in rows:
        covered.append({"position": row.position, "was_empty": int(not row.payload)})
        envelope = msgspec.json.decode(row.envelope, type=Envelope)
        payload = read_payload(row.type, row.payload) if row.payload else None
        for table, values in project(row.id, envelope, payload, row.accepted_at):
            made.setdefault(_SHADOWS[table], []).append(values)
    for table, found in {**made, _covered: covered}.items():
        if found:
            connection.execute(insert(table), found)


def _complete(connection: Connection, page: int) -> None:
    """Cover what was accepted, filled in or destroyed while the pages were made; nothing changes any more."""
    filled = (
        select(_covered.c.position)
        .join(event, event.c.position == _covered.c.position)
        .where(_covered.c.was_empty == 1, event.c.payload != b"")
    )
    connection.execute(delete(_covered).where(_covered.c.position.in_(filled.scalar_subquery())))
    while found := connection.execute(_events().order_by(event.c.position).limit(page)).all():
        _cover(connection, found)
    _erase_for_good(connection)
    for live, shadow in _SHADOWS.items():
        (of_event,) = live.primary_key
        emptied = select(event.c.id).where(event.c.payload == b"")
        connection.execute(delete(shadow).where(shadow.c[of_event.name].in_(emptied)))
        remains = select(*live.columns).where(of_event.in_(emptied))
        connection.execute(insert(shadow).from_select(list(shadow.columns.keys()), remains))


def _compare(connection: Connection) -> Rebuilt:
    surplus, missing = {}, {}
    for live, shadow in _SHADOWS.items():
        surplus[live.name] = _count(connection, _without(live, shadow))
        missing[live.name] = _count(connection, _without(shadow, live))
    events = connection.scalar(select(func.count()).select_from(event)) or 0
    return Rebuilt(events, surplus, missing)


def _swap(connection: Connection) -> None:
    for live, shadow in _SHADOWS.items():
        (of_event,) = live.primary_key
        wrong = _without(live, shadow).subquery()
        connection.execute(delete(live).where(of_event.in_(select(wrong.c[of_event.name]))))
        connection.execute(insert(live).from_select(list(live.columns.keys()), _without(shadow, live)))


def _without(one: Table, other: Table) -> Any:
    return select(*one.columns).except_(select(*other.columns))


def _count(connection: Connection, rows: Any) -> int:
    return connection.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _progress(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        done = connection.scalar(select(func.count()).select_from(_covered)) or 0
        return done, max(done, connection.scalar(select(func.count()).select_from(event)) or 0)
