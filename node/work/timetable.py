"""When a plan is due: a crontab line or plain words, in a time zone of its own, on APScheduler's triggers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from schemas.refused import Refused

_CLOCK: Final = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS: Final = (
    (re.compile(rf"daily {_CLOCK}"), "{minute} {hour} * * *"),
    (re.compile(rf"weekly (?P<day>{'|'.join(_DAYS)}) {_CLOCK}"), "{minute} {hour} * * {day}"),
    (re.compile(rf"monthly (?P<day>[1-9]|1\d|2[0-8]) {_CLOCK}"), "{minute} {hour} {day} * *"),
)
_LOOK_BACK: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366))
_HELP: Final = "write 'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30' (a day up to 28), or a crontab line"


class TimetableWrong(Refused, ValueError):
    """A time that is neither in the plain words nor a crontab line, or a time zone that does not exist."""


def read_timetable(text: str, zone: str) -> str:
    """Return the crontab line that the words mean; raises TimetableWrong with what to write."""
    words = " ".join(text.split()).lower()
    for pattern, crontab in _WORDS:
        if found := pattern.fullmatch(words):
            parts = {name: str(int(part)) if part.isdigit() else part for name, part in found.groupdict().items()}
            words = crontab.format(**parts)
            break
    fields = words.split()
    if len(fields) != 5:
        raise TimetableWrong(f"'{text}' is no time; {_HELP}.")
    if re.search(r"\d", fields[4]):
        raise TimetableWrong(f"'{text}': name the days (mon to sun), since programs number them in different ways.")
    _trigger(words, zone)
    return words


def newest_due(crontab: str, zone: str, since: datetime, now: datetime) -> datetime | None:
    """Return the last moment in (since, now] on which the plan was due (UTC), None where there was none.

    However many were missed, it is one: a run that was missed is caught up once.
    """
    trigger = _trigger(crontab, zone)
    for length in _LOOK_BACK:
        start = max(since + timedelta(microseconds=1), now - length)
        # the second 02:30 of the day on which summer time ends is not another one
        fires = [one for one in _fires(trigger, start, now) if not one.fold or crontab.split()[1] == "*"]
        if fires:
            return fires[-1].astimezone(UTC)
        if now - length <= since:
            break
    return None


def next_due(crontab: str, zone: str, now: datetime) -> datetime | None:
    """Return the next moment (UTC) on which the plan is due, None where the line names a day that never comes."""
    found = _trigger(crontab, zone).get_next_fire_time(None, now + timedelta(microseconds=1))
    return None if found is None else found.astimezone(UTC)


def _fires(trigger: CronTrigger, start: datetime, end: datetime) -> Iterator[datetime]:
    found = trigger.get_next_fire_time(None, start)
    while found is not None and found <= end:
        yield found
        found = trigger.get_next_fire_time(found, found)


def _trigger(crontab: str, zone: str) -> CronTrigger:
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise TimetableWrong(f"'{zone}' is no time zone; write one such as Europe/Amsterdam.") from error
    try:
        return CronTrigger.from_crontab(crontab, timezone=place)
    except ValueError as error:
        raise TimetableWrong(f"'{crontab}' is no time; {_HELP}.") from error
