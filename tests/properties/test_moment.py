"""Moments as readers write them: every day and UTC time is understood alike, and nothing else gets through."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.serving.moment import MomentWrong, known_on

NOW = datetime(2026, 11, 22, 12, 30, 45, 999_999, tzinfo=UTC)
PAST = st.datetimes(datetime(1, 1, 1), datetime(2026, 11, 21), timezones=st.just(UTC))


@given(PAST)
def test_a_utc_time_is_itself_without_its_parts_of_a_second(moment: datetime) -> None:
    expected = moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert known_on(moment.isoformat(), NOW) == expected
    assert known_on(expected, NOW) == expected


@given(PAST)
def test_a_day_is_its_last_second(moment: datetime) -> None:
    assert known_on(moment.date().isoformat(), NOW) == f"{moment.date().isoformat()}T23:59:59Z"


def test_today_is_now() -> None:
    assert known_on("2026-11-22", NOW) == "2026-11-22T12:30:45Z"


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=365_000)))
def test_what_has_not_been_yet_is_refused(later: timedelta) -> None:
    with pytest.raises(MomentWrong):
        known_on((NOW + later).isoformat(), NOW)


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]*(Z|[+-]\d\d:?\d\d)?)?")))
def test_any_text_is_a_moment_in_one_form_or_refused(text: str) -> None:
    with suppress(MomentWrong):
        found = known_on(text, NOW)
        assert len(found) == 20
        assert known_on(found, NOW) == found
