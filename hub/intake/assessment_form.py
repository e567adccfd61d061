"""Hold an assessment to what the tables keep, the pages can draw, and the rule for panels lets out."""

import re
from itertools import pairwise
from typing import Final

from schemas.assessment import (
    FEWEST_FOR_MEDIAN,
    FEWEST_FOR_QUARTILES,
    HELICES,
    AssessmentPublished,
    Band,
    Banded,
    LensScore,
    NobodyAnswered,
    Score,
    bands,
    hundredths,
)
from schemas.codes import PERIOD, first_day
from schemas.text import Text

_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LARGEST: Final = 2**31 - 1
_LONGEST_ID: Final = 100  # characters, as the columns
_LONGEST_TITLE: Final = 300
_LONGEST_TEXT: Final = 4_000
_MOST_LENSES: Final = 20
_MOST_ITEMS: Final = 20


def wrong_with(payload: AssessmentPublished) -> str | None:
    """Return what is wrong with an assessment in one sentence that repeats no value; None where nothing is."""
    if not all(0 < len(one) <= _LONGEST_ID for one in (payload.assessment, payload.made_by)):
        return "The assessment's id or made_by is empty or over 100 characters; write it shorter."
    if not _ID.fullmatch(payload.instrument) or not _HASH.fullmatch(payload.instrument_hash):
        return "The assessment's instrument has another form, or its hash is not 64 hexadecimal digits."
    if not all(map(_is_title, (payload.title, *(one.title for one in payload.lenses)))):
        return "A title of the assessment is empty or over 300 characters in one of its languages; write one, shorter."
    if not all(1 <= one <= _LARGEST for one in (payload.instrument_version, payload.rule, payload.invited)):
        return "The assessment's instrument_version, rule or invited is not between 1 and 2147483647."
    if not 0 <= payload.answered <= payload.invited:
        return "More people answered the assessment than were invited; send how many seats the panel had."
    if not (PERIOD.fullmatch(payload.period) and payload.period.isascii() and first_day(payload.period)):
        return "The assessment's period is no year, quarter, month, day or week; write 2026, 2026-Q1 or 2026-01."
    if not (_DAY.fullmatch(payload.closed_on) and payload.closed_on.isascii() and first_day(payload.closed_on)):
        return "The assessment's closed_on is no day; write 2026-01-31."
    return _wrong_lenses(payload) or _wrong_words(payload)


def _is_title(title: Text) -> bool:
    return all(len(text.strip()) > 0 and len(text) <= _LONGEST_TITLE for text in (title.nl, title.en))


def _wrong_lenses(payload: AssessmentPublished) -> str | None:
    names = [one.lens for one in payload.lenses]
    if not 1 <= len(names) <= _MOST_LENSES or len(set(names)) != len(names) or not all(map(_ID.fullmatch, names)):
        return "The assessment's lenses are none, over 20, or one has another form or stands twice."
    for place, lens in enumerate(payload.lenses):
        if not 1 <= lens.items <= _MOST_ITEMS:
            return f"Lens {place} of the assessment has no items or over 20; send how many its score is the mean of."
        if tuple(one.helix for one in lens.by_helix) != HELICES:
            return f"Lens {place} of the assessment does not name every helix once, in their order."
        if not all(_is_score(one, lens.items) for one in (lens.panel, *(part.score for part in lens.by_helix))):
            return (
                f"A score of lens {place} is none that the rule for panels lets out: a median from five answers, the "
                "middle half from ten, in whole bands."
            )
        if not _fits(lens, payload.answered):
            return (
                f"The helices of lens {place} do not fit its panel: what they leave over is nobody or at least five "
                "answers."
            )
    return None


def _is_score(score: Score, items: int) -> bool:
    if not isinstance(score, Banded):
        return True
    if score.answers < FEWEST_FOR_MEDIAN or (score.lower is None) != (score.upper is None):
        return False
    if (score.lower is None) != (score.answers < FEWEST_FOR_QUARTILES):
        return False
    told = [one for one in (score.lower, score.median, score.upper) if one is not None]
    ordered = all(a.low <= b.low and a.high <= b.high for a, b in pairwise(told))
    return ordered and all(_is_band(one, items) for one in told)


def _is_band(band: Band, items: int) -> bool:
    cut = [(hundredths(one[0], items), hundredths(one[-1], items)) for one in bands(items)]
    return band.low <= band.high and band.low in {low for low, _ in cut} and band.high in {high for _, high in cut}


def _fits(lens: LensScore, answered: int) -> bool:
    told = [part.score.answers for part in lens.by_helix if isinstance(part.score, Banded)]
    if not isinstance(lens.panel, Banded):
        is_empty = isinstance(lens.panel, NobodyAnswered)
        return not told and (not is_empty or all(isinstance(one.score, NobodyAnswered) for one in lens.by_helix))
    left = lens.panel.answers - sum(told)
    hidden = len(lens.by_helix) - len(told) - sum(isinstance(one.score, NobodyAnswered) for one in lens.by_helix)
    if lens.panel.answers > answered:
        return False
    return left >= (FEWEST_FOR_MEDIAN if told else hidden) if hidden else left == 0


def _wrong_words(payload: AssessmentPublished) -> str | None:
    lenses = {one.lens for one in payload.lenses}
    texts = [(one.lens, one.language, one.text) for one in payload.findings]
    reasons = [(one.lens, one.language, one.reason) for one in payload.verdicts]
    for words in (texts, reasons):
        places = [(lens, language) for lens, language, _ in words]
        if len(set(places)) != len(places) or not {lens for lens, _ in places} <= lenses:
            return (
                "A finding or verdict is on no lens of the assessment, or stands twice; send one per lens and language."
            )
    if not all(len(text.strip()) > 0 and len(text) <= _LONGEST_TEXT for _, _, text in (*texts, *reasons)):
        return "A finding or a verdict's reason is empty or over 4,000 characters; write it shorter."
    judged = {(one.lens, one.satisfactory) for one in payload.verdicts}
    if len(judged) != len({lens for lens, _ in judged}):
        return "Experts judge a lens otherwise in one language than in the other; send one judgement."
    return None
