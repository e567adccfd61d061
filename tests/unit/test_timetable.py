"""When a plan is due: plain words, time zones, summer time, and runs that were missed."""

from datetime import UTC, datetime, timedelta

import pytest

from node.work.timetable import TimetableWrong, newest_due, next_due, read_timetable

ZONE = "Europe/Amsterdam"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "crontab"),
    [
        ("daily 03:30", "30 3 * * *"),
        ("Weekly  mon 23:05", "5 23 * * mon"),
        ("monthly 5 00:00", "0 0 5 * *"),
        ("*/15 6-20 * * mon-fri", "*/15 6-20 * * mon-fri"),
    ],
)
def test_plain_words_mean_a_crontab_line(words: str, crontab: str) -> None:
    assert read_timetable(words, ZONE) == crontab


@pytest.mark.parametrize(
    ("words", "zone", "says"),
    [
        ("now and then", ZONE, "is no time; write 'daily 03:30'"),
        ("monthly 31 03:30", ZONE, "is no time"),
        ("daily 24:00", ZONE, "is no time"),
        ("61 3 * * *", ZONE, "is no time"),
        ("0 3 * * 1", ZONE, "name the days (mon to sun)"),
        ("daily 03:30", "Mars/Olympus", "is no time zone"),
        ("daily 03:30", "../../etc", "is no time zone"),
    ],
)
def test_what_is_no_time_is_refused_with_what_to_write(words: str, zone: str, says: str) -> None:
    with pytest.raises(TimetableWrong) as refused:
        read_timetable(words, zone)
    assert says in str(refused.value)


def test_however_many_were_missed_the_last_one_counts() -> None:
    since = at("2026-11-01T12:00")
    assert newest_due("30 3 * * *", ZONE, since, at("2026-11-22T12:00")) == at("2026-11-22T02:30")
    assert newest_due("* * * * *", ZONE, since, at("2026-11-22T12:00:30")) == at("2026-11-22T12:00")
    assert newest_due("0 0 1 1 *", ZONE, at("2019-06-01T00:00"), at("2026-11-22T12:00")) == at("2025-12-31T23:00")


def test_nothing_is_due_twice_or_before_its_time() -> None:
    due = at("2026-11-22T02:30")
    assert newest_due("30 3 * * *", ZONE, due, at("2026-11-23T02:29")) is None
    assert newest_due("30 3 * * *", ZONE, due - timedelta(seconds=1), due) == due


def test_the_hour_that_summer_time_leaves_out_or_repeats_is_run_once() -> None:
    for around in ("2026-03-29", "2026-10-25"):
        day = at(f"{around}T00:00")
        found, since = [], day - timedelta(hours=6)
        for minute in range(0, 24 * 60, 10):
            due = newest_due("30 2 * * *", ZONE, since, day + timedelta(minutes=minute))
            if due is not None:
                found.append(due)
                since = due
        assert len(found) == 1, around


def test_the_next_moment_is_told_in_utc() -> None:
    assert next_due("30 3 * * *", ZONE, at("2026-11-22T12:00")) == at("2026-11-23T02:30")
    assert next_due("0 0 30 2 *", ZONE, at("2026-11-22T12:00")) is None
