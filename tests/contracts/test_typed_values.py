"""No kind of value turns into another on its way: event, transport, database, JSON, CSV, XLSX, Parquet, and back."""

from collections.abc import Iterator
from contextlib import closing
from typing import get_args

import pytest

from hub.bootstrap import application
from hub.config import Hub
from hub.flow import receive
from schemas.delivery import Parcel
from schemas.payloads import Cell, IndicatorPublished
from schemas.values import (
    Exact,
    NotApplicable,
    NotAvailable,
    NotCollected,
    Rounded,
    Suppressed,
    TypedValue,
    Withdrawn,
)
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.hub_stores import join
from tests.support.read_tables import FORMS, numbers_missing, value_of
from tests.support.transports import HttpLine, Line
from tests.support.transports_kafka import KafkaLine

VALUES: dict[str, TypedValue] = {
    "zero": Exact(0, 100),
    "zero.of.none": Exact(0, 0),
    "exact": Exact(17, 100),
    "bare.count": Exact(17),
    "bare.zero": Exact(0),
    "rounded": Rounded("33.30", "0.10"),
    "rounded.zero": Rounded("0", "5"),
    "suppressed": Suppressed(1, 9, 100),
    "suppressed.open": Suppressed(0, None, 100),
    "suppressed.whole": Suppressed(0, None),
    "suppressed.known": Suppressed(0, 0),
    "not_available": NotAvailable(),
    "not_collected": NotCollected(),
    "not_applicable": NotApplicable(),
    "withdrawn": Withdrawn(),
}
LARGEST = 2**53 - 1


def table() -> IndicatorPublished:
    cells = {("total", "total", name): value for name, value in VALUES.items()}
    return figures("h.dm_prev", {**cells}, region_set="invented", origin=TAKEN_OVER)


@pytest.fixture(params=["http", pytest.param("kafka", marks=pytest.mark.real_kafka)])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    found = HttpLine() if request.param == "http" else KafkaLine(request.getfixturevalue("kafka_broker"))
    with closing(found) as line:
        yield line


def test_every_kind_is_in_the_list() -> None:
    assert {type(value) for value in VALUES.values()} == set(get_args(TypedValue))


def test_a_kind_stays_what_it_is_all_the_way(line: Line, stored_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    region = join(stored_hub, TestRegion(line.region))
    monkeypatch.setattr(line.hub, "take", lambda bodies: receive([bytes(one) for one in bodies], stored_hub))
    (event,) = region.release([table()], "public")
    answers = list(line.sender.send([Parcel(event.id, line.region, line.topic, event.body)]))
    line.settle(1)
    answers += line.sender.collect()
    assert [answer.outcome for answer in answers] == ["accepted"]
    client = application(stored_hub).test_client()
    for name, value in VALUES.items():
        for form, read in FORMS:
            address = f"/api/v1/indicators/h.dm_prev/comparison?by=sex:{name}&format={form}"
            answer = client.get(address)
            assert answer.status_code == 200, (name, form, answer.get_data(as_text=True))
            (row,) = read(answer.get_data())
            assert value_of(row) == value, (name, form)
            shown = row["shown"]
            assert (shown is None) == (not _has_figure(value)), (name, form)
            if form == "xlsx":
                assert numbers_missing(answer.get_data()) == set()


def _has_figure(value: TypedValue) -> bool:
    return isinstance(value, Rounded) or (isinstance(value, Exact) and value.denominator != 0)


def test_the_largest_figure_that_an_event_can_hold_goes_through(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    payload = figures("h.dm_prev", {}, region_set="invented", origin=TAKEN_OVER)
    values = {"x": Exact(LARGEST, LARGEST), "y": Suppressed(LARGEST - 1, LARGEST, LARGEST)}
    cells = tuple(Cell(("total", "total", name), value) for name, value in values.items())
    made = IndicatorPublished(**{n: getattr(payload, n) for n in payload.__struct_fields__} | {"cells": cells})
    (answer,) = receive([region.release([made], "public")[0].body], stored_hub)
    assert answer.outcome == "accepted"
    client = application(stored_hub).test_client()
    for (name, value), (form, read) in ((pair, form) for pair in values.items() for form in FORMS):
        (row,) = read(client.get(f"/api/v1/indicators/h.dm_prev/comparison?by=sex:{name}&format={form}").get_data())
        assert value_of(row) == value, (name, form)
