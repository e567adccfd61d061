"""Hold an evaluation to what the tables keep and what the pages can draw."""

import re
from decimal import Decimal
from typing import Final

from hub.intake.strict_types import DECIMAL
from schemas.codes import AREA_CODE, PERIOD, first_day
from schemas.evaluation import EvaluationEstimate, EvaluationPublished
from schemas.text import Text

_HASH = re.compile(r"[0-9a-f]{64}")
_DECIMAL = re.compile(f"-?{DECIMAL}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LARGEST_VERSION: Final = 2**31 - 1
_LONGEST_ID: Final = 100  # characters, as the columns
_LONGEST_NAME: Final = 200
_LONGEST_TITLE: Final = 300
_MOST: Final = 1000  # of anything that it lists
_MOST_SAID: Final = 30  # estimates, checks and assumptions, each: pages and feeds hold twenty evaluations at once
_LONGEST_WORDS: Final = 2_000
_LONGEST_READING: Final = 4_000


def wrong_with(payload: EvaluationPublished) -> str | None:
    """Return what is wrong with an evaluation in one sentence that repeats no value; None where nothing is."""
    short = (payload.intervention, payload.indicator, payload.made_by)
    if not (0 < len(payload.evaluation) <= _LONGEST_NAME and all(0 < len(one) <= _LONGEST_ID for one in short)):
        return (
            "The evaluation's id, intervention, indicator or made_by is empty or too long; write at most 200, and 100 "
            "characters."
        )
    if not all(0 < len(one) <= _LONGEST_TITLE for one in (payload.title.nl, payload.title.en)):
        return "The evaluation's title is empty or over 300 characters in one of its languages; write one, shorter."
    readings = (payload.reading.nl, payload.reading.en)
    if not all(one.strip() and len(one) <= _LONGEST_READING for one in readings):
        return "The evaluation's reading is empty or over 4,000 characters in a language; say briefly what came out."
    if not _HASH.fullmatch(payload.definition_hash):
        return "The evaluation's definition_hash is not 64 hexadecimal digits; send the SHA-256."
    if not all(1 <= one <= _LARGEST_VERSION for one in (payload.version, payload.method_version, payload.clusters)):
        return "The evaluation's version, method_version or clusters is not between 1 and 2147483647."
    if not (_DAY.fullmatch(payload.start) and payload.start.isascii() and first_day(payload.start)):
        return "The evaluation's start is no day; write 2026-01-31."
    return _wrong_lists(payload)


def _wrong_lists(payload: EvaluationPublished) -> str | None:
    periods = (*payload.before, *payload.after, *payload.left_out)
    lists = (periods, payload.areas, payload.compared, payload.estimates, payload.checks, payload.assumptions)
    if any(len(one) > _MOST for one in (*lists, payload.figures)):
        return "The evaluation lists more than 1,000 of something; write fewer."
    if not (payload.before and payload.after and payload.areas and payload.estimates and payload.figures):
        return "The evaluation lacks periods before or after, areas, estimates or figures; name at least one of each."
    if not all(PERIOD.fullmatch(one) and one.isascii() for one in periods) or len(set(periods)) != len(periods):
        return "A period of the evaluation has another form or stands twice; write 2026, 2026-Q1 or 2026-01, each once."
    areas = (*payload.areas, *payload.compared)
    if not all(AREA_CODE.fullmatch(one) and one.isascii() for one in areas) or len(set(areas)) != len(areas):
        return "An area of the evaluation has another form or stands twice; write codes such as GM0037, each once."
    named = [one.event_id for one in payload.figures]
    if not all(map(_HASH.fullmatch, named)) or len(set(named)) != len(named):
        return "The evaluation names an event in another form or twice; write each id once, as 64 hexadecimal digits."
    if not {one.period for one in payload.figures} <= {*payload.before, *payload.after}:
        return "The evaluation names figures of a period that it does not use; leave them out."
    said = {one.period for one in payload.figures}
    if said.isdisjoint(payload.before) or said.isdisjoint(payload.after):
        return "The evaluation names no figures of before the start, or none of after it; it rests on both."
    if max(map(len, (payload.estimates, payload.checks, payload.assumptions))) > _MOST_SAID or not all(
        len(one.nl) <= _LONGEST_WORDS and len(one.en) <= _LONGEST_WORDS for one in _words(payload)
    ):
        return "The evaluation has over 30 estimates, checks or assumptions, or one of over 2,000 characters; be brief."
    if not all(map(_is_estimate, payload.estimates)):
        return "An estimate of the evaluation is no number within its limits; write plain decimals, low to high."
    return None


def _words(payload: EvaluationPublished) -> tuple[Text, ...]:
    named, told = (one.name for one in payload.estimates), (one.words for one in payload.checks)
    return (payload.unit, payload.how, *payload.assumptions, *named, *told)


def _is_estimate(one: EvaluationEstimate) -> bool:
    if not all(_DECIMAL.fullmatch(text) for text in (one.value, one.low, one.high, one.p)):
        return False
    value, low, high, p = (Decimal(text) for text in (one.value, one.low, one.high, one.p))
    return low <= value <= high and 0 <= p <= 1
