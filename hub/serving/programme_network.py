"""How far the regions' programmes are, a row a region by name: no score, no order by it, and nothing added up.

What is told of data readiness is what this hub knows for this reader: which indicators of the catalogue a region
publishes, how recent they are and how records were linked. What it does not know is said to be not measured.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, func, select

from hub import tables
from hub.audit import utc_text
from hub.intake.hold import open_to
from hub.serving.chains import chains
from hub.serving.figures import GONE, readable
from hub.serving.lesson_states import lesson_states
from hub.serving.programme import ChangeStands, Programme, programmes
from hub.serving.remembered import remembered
from schemas.catalogue import catalogue
from schemas.codes import Audience, first_day, last_day
from schemas.payloads import quality_of
from schemas.upcast import read_payload

Linkage = Literal["named", "not_measured"]
_REGION_BYTES: Final = 10_000  # what is kept in memory of one region, or a little less


class DataReadiness(msgspec.Struct, frozen=True):
    """What a region publishes: indicators of the catalogue by id, the newest period, and how its records were linked.

    `freshest` None: it publishes nothing that this reader sees. `linkage` is read from the newest figures: the methods
    that they name, or none where they name none; then `linkage_known` is `not_measured`.
    """

    indicators: tuple[str, ...]
    of_catalogue: int
    freshest: str | None
    linkage_known: Linkage
    linkage: tuple[str, ...]


class ProgressRow(msgspec.Struct, frozen=True):
    """One region: its present phases by code, the three changes, data, actions, help asked, and the newest it told.

    `last_sign` is when the hub accepted the newest item, figure, lesson, evaluation or round that this reader may see;
    None where there is none.
    """

    region: str
    name: str
    region_set: str
    is_example: bool
    phases: tuple[str, ...]
    changes: tuple[ChangeStands, ...]
    data: DataReadiness
    actions_open: int
    actions_overdue: int
    help_asked: int
    last_sign: str | None


_Data = tuple[Mapping[str, DataReadiness], Mapping[str, str]]


class NetworkProgress(msgspec.Struct, frozen=True):
    """All regions, by name, as one reader sees them."""

    audience: Audience
    as_known_on: str
    rows: tuple[ProgressRow, ...]


def network_progress(
    connection: Connection, reader: Audience, now: datetime, found: Sequence[Programme] | None = None
) -> NetworkProgress:
    """Return every enrolled region's progress; `found` are the programmes where they were read already."""
    known = programmes(connection, reader, now) if found is None else found
    data, figures_at = _data(connection, reader, now)
    signs = [figures_at, _newest_words(connection, reader)]
    rows = (_row(one, data.get(one.region, _nothing()), [sign.get(one.region) for sign in signs]) for one in known)
    return NetworkProgress(reader, utc_text(now), tuple(rows))


def _row(one: Programme, data: DataReadiness, signs: Sequence[str | None]) -> ProgressRow:
    is_open = [action for action in one.actions if action.item.payload.state == "open"]
    return ProgressRow(
        region=one.region,
        name=one.name,
        region_set=one.region_set,
        is_example=one.is_example,
        phases=tuple(dict.fromkeys(phase.item.payload.phase for phase in one.present)),
        changes=one.changes,
        data=data,
        actions_open=len(is_open),
        actions_overdue=sum(action.is_overdue for action in is_open),
        help_asked=len(one.questions),
        last_sign=max((at for at in (one.newest, *signs) if at is not None), default=None),
    )


def _nothing() -> DataReadiness:
    return DataReadiness((), len(catalogue()), None, "not_measured", ())


def _data(connection: Connection, reader: Audience, now: datetime) -> _Data:
    """Return `_data_read`, from memory where no chain has changed since."""
    memory, key, mark = remembered(connection), ("programme", reader, now.date()), chains(connection).mark
    found: _Data | None = memory.get(key, mark)
    if found is None:
        found = _data_read(connection, reader, now)
        memory.keep(key, mark, found, _REGION_BYTES * len(found[0]))
    return found


def _data_read(connection: Connection, reader: Audience, now: datetime) -> _Data:
    """Return each region's data readiness, and when the newest of its figures was accepted.

    Figures that their region withdrew or had destroyed, and periods that have not begun, are not counted.
    """
    found, gone = tables.indicator_payload.c, tables.superseded.c
    own = (gone.event_id == found.event_id, gone.region == found.region, gone.kind.in_(GONE))
    taken_back = select(gone.event_id).where(*own)
    where = (found.audience.in_(readable(reader)), *open_to(reader, found), ~taken_back.exists())
    asked = select(found.region, found.indicator, found.period, func.max(found.sequence), func.max(found.accepted_at))
    sets = {code: one.region_set for code, one in chains(connection).of.items()}
    rows = connection.execute(
        asked.add_columns(found.region_set).where(*where)
        .group_by(found.region, found.indicator, found.period, found.region_set)
    )  # fmt: skip
    newest: dict[str, dict[str, tuple[str, str, int]]] = defaultdict(dict)  # indicator: last day, period, sequence
    at: dict[str, str] = {}
    for region, indicator, period, sequence, accepted_at, region_set in map(tuple, rows):
        first, last = first_day(period), last_day(period)
        if indicator not in catalogue() or sets.get(region) != region_set or first is None or first > now.date():
            continue
        here = (str(last), period, int(sequence))
        newest[region][indicator] = max(here, newest[region].get(indicator, here))
        at[region] = max(accepted_at, at.get(region, ""))
    linked = _linkage(connection, {region: max(of.values())[2] for region, of in newest.items()})
    return {
        region: DataReadiness(
            tuple(sorted(of)), len(catalogue()), max(of.values())[1],
            "named" if linked.get(region) else "not_measured", linked.get(region, ()),
        )
        for region, of in newest.items()
    }, at  # fmt: skip


def _linkage(connection: Connection, newest: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Return how the records behind each region's newest figures were linked, where those say so."""
    event = tables.event.c
    rows = connection.execute(
        select(event.region, event.sequence, event.type, event.payload)
        .where(event.region.in_(newest), event.sequence.in_(set(newest.values())))
    )  # fmt: skip
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if newest[row.region] != row.sequence or not row.payload:
            continue
        quality = quality_of(read_payload(row.type, row.payload))
        if quality is not None and quality.linkage is not None:
            found[row.region] = quality.linkage.methods
    return found


def _newest_words(connection: Connection, reader: Audience) -> dict[str, str]:
    """Return when the newest lesson of each region was accepted."""
    found: dict[str, str] = {}
    for one in lesson_states(connection, reader).live():
        found[one.region] = max(one.accepted_at, found.get(one.region, ""))
    return found
