"""A moment of the hub's acceptance time, as a reader writes it: a day, or a date and time in UTC."""

import re
from datetime import UTC, date, datetime
from typing import Final

from schemas.definition import Text
from schemas.refused import Refused

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|\+00:00)")


class MomentWrong(Refused, ValueError):
    """A moment that is no day and no UTC date and time, or that has not been yet; `text` in both languages."""

    def __init__(self, text: Text) -> None:
        """Take the sentence."""
        super().__init__(text.en)
        self.text = text


def known_on(text: str, now: datetime) -> str:
    """Return the moment in the form of the hub's acceptance times; a day means its end, today means now.

    Acceptance times have whole seconds, so parts of a second are left out. Raises MomentWrong.
    """
    try:
        if _DAY.fullmatch(text) and text.isascii():
            day = date.fromisoformat(text)
            moment = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
            if day == now.astimezone(UTC).date():
                moment = min(moment, now)
        elif _TIME.fullmatch(text) and text.isascii():
            moment = datetime.fromisoformat(text)
        else:
            raise ValueError
    except ValueError:
        raise MomentWrong(
            Text(
                "Het moment is niet geschreven als 2026-01-31 of 2026-01-31T12:00:00Z (UTC).",
                "The moment is not written as 2026-01-31 or 2026-01-31T12:00:00Z (UTC).",
            )
        ) from None
    if moment > now:
        raise MomentWrong(
            Text(
                "Dat moment is er nog niet; kies er een tot nu.", "The moment has not been yet; ask for one up to now."
            )
        )
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"  # four digits of a year, as strftime has not
