"""Where somebody lived on each day, of stays that overlap and lie within each other, against a reading day by day."""

import datetime
import random
from typing import Any

import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from node.records.residence import settle_residence
from node.records.store import new_store

FIRST = datetime.date(2024, 1, 1)
DAYS = [FIRST + datetime.timedelta(days=number) for number in range(16)]
PERSONS = 60
TOWNS = ("GM0363", "GM0310", "GM0344")


def _told(chance: random.Random) -> list[tuple[Any, ...]]:
    """Return persons' stays by two sources; a stay may have no day at all."""
    return [
        (who, chance.choice(TOWNS), *sorted((chance.choice(DAYS), chance.choice(DAYS))), source)
        for who in range(PERSONS)
        for source in ("first", "second")
        for _ in range(chance.randrange(5))
    ]


def _home(stays: list[tuple[Any, ...]], day: datetime.date) -> str | None:
    """Return the town of the stay that began last of those that hold a day, of two that began then the longer one."""
    holding = [(start, end, town) for _, town, start, end, _ in stays if start <= day < end]
    if not holding:
        return None
    start, end, _ = max((*one[:2], "") for one in holding)
    return min(town for *span, town in holding if span == [start, end])


@settings(phases=[Phase.explicit, Phase.generate], max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_stay_that_began_last_counts_and_a_longer_one_resumes_after_it(seed: int) -> None:
    told = _told(random.Random(seed))  # noqa: S311 - invented stays, not a secret
    with new_store() as store:
        for precedence, source in enumerate(("second", "first")):
            store.execute(
                "INSERT INTO source (id, controller, purpose, legal_basis, agreement, linkage, permitted_indicators,"
                " delete_by, precedence, loaded_on) VALUES (?, '', '', '', '', 'bsn', ['all'], '2099-01-01', ?, ?)",
                [source, precedence, FIRST],
            )
        names = ("person_id", "municipality", "start_date", "end_date", "source")
        store.register("told", pa.table(dict(zip(names, map(list, zip(*told, strict=True)), strict=True))))
        store.execute("INSERT INTO residence FROM told")
        settle_residence(store)
        settled = store.execute("SELECT person_id, municipality, start_date, end_date FROM lived_in").fetchall()
    for who in range(PERSONS):
        mine = [one for one in told if one[0] == who and one[2] < one[3]]
        decides = [one for one in mine if one[4] == "second"] or mine
        here = [(town, start, end) for number, town, start, end in settled if number == who]
        for day in DAYS:
            assert [town for town, start, end in here if start <= day < end] == [
                town for town in [_home(decides, day)] if town is not None
            ]
        assert all(start < end for _, start, end in here)
        # nothing is told in more pieces than there are changes between stays
        assert len(here) <= 2 * len({(one[2], one[3]) for one in decides})
