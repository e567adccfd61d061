"""A page of the feed takes steps of the database in proportion to what was told, and not to its square."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, insert

from connectors.database import writing
from hub.serving.indexing import catch_up
from hub.serving.told import told_page
from hub.tables.search import search_told
from tests.support.hub import RunningHub

_EACH = 1000  # instructions of SQLite's machine between two counts


@contextmanager
def counted(engine: Engine) -> Iterator[list[int]]:
    """Count the thousands of instructions that statements take."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    def watch(connection: object, *_: object) -> None:
        driver = connection.connection.driver_connection  # type: ignore[attr-defined]
        driver.set_progress_handler(step, _EACH)

    event.listen(engine, "before_cursor_execute", watch)
    yield steps
    event.remove(engine, "before_cursor_execute", watch)


@pytest.mark.parametrize("page", [1, 20])
def test_ten_times_as_many_lessons_take_ten_times_the_steps(running_hub: RunningHub, page: int) -> None:
    engine = running_hub.hub.engine
    catch_up(engine)
    took, told = [], 0
    for items in (400, 4000):
        rows = [
            {"reader": "public", "region": "XR-A", "entry": f"{number:064x}", "version": "", "number": number}
            | {"kind": "published", "event_id": f"{number:064x}", "by_event": ""}
            for number in range(told + 1, items + 1)
        ]
        told = items
        with writing(engine) as connection:
            connection.execute(insert(search_told), rows)
        with counted(engine) as steps:
            assert told_page(engine, "public", page).pages == items // 20
        took.append(steps[0])
    assert 0 < took[1] < 20 * took[0], took
