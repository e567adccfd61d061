"""Read a signed payload as its type, and hold it to what the tables keep and what the pages can show."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from hub.intake import assessment_form, evaluation_form
from hub.intake.citation_form import wrong_with_citation
from hub.intake.lesson_form import wrong_with_lesson
from hub.intake.refusal import Refusal
from hub.intake.strict_types import DECIMAL, LONGEST_TEXT, strict
from schemas import upcast
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn
from schemas.citation import CitationPublished, CitationWithdrawn
from schemas.codes import PERIOD, EventType
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.items import Item, ItemRevised, ItemWithdrawn, wrong_with_item
from schemas.payloads import (
    PAYLOADS,
    EventRedacted,
    IndicatorCorrected,
    IndicatorPending,
    IndicatorPublished,
    IndicatorWithdrawn,
    KeyEnrolled,
    KeyRevoked,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
    Payload,
    ReplyPublished,
    ReplyRevised,
    ReplyWaived,
    ReplyWithdrawn,
    unknown_to,
)
from schemas.quality import Quality
from schemas.values import Exact, Rounded, Suppressed

_HASH = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_DECIMAL = re.compile(f"-?{DECIMAL}")
_LARGEST_VERSION = 2**31 - 1  # an integer column
_LONGEST_ID = 100  # characters, as the columns
_LONGEST_REGION_SET = 64
_MOST_CELLS = 100_000
LONGEST_REPLY: Final = 4_000  # characters
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"  # as the hub writes times of acceptance
_DECODERS: Final[dict[EventType, Any]] = {kind: msgspec.json.Decoder(strict(type_)) for kind, type_ in PAYLOADS.items()}
_CHECKED: Final = frozenset((strict(Exact), strict(Rounded)))  # nothing is left to look for in these
_COUNTED_RANGE: Final[Any] = strict(Suppressed)  # only its ends are left to compare
_encoder = msgspec.json.Encoder(order="sorted")


class PayloadSchemaMismatch(Refusal):
    """A payload that does not fit the schema of its event type."""

    reason: ClassVar = "schema_mismatch"


def read_canonical(event_type: EventType, payload_bytes: bytes) -> Payload | None:
    """Read a payload that fits its schema, the tables and the pages, and stands in its canonical form, in one pass.

    What this returns `read_payload` would return as well. None says nothing: `read_payload` finds the reason.
    """
    decoder = _DECODERS.get(event_type)
    if decoder is None or (b"\\" in payload_bytes and b"\\u0000" in payload_bytes):  # a zero byte, perhaps
        return None
    try:
        payload: Payload = decoder.decode(payload_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    try:
        if _encoder.encode(payload) != payload_bytes:
            return None
        if unknown_to(event_type, payload) is not None:
            return None
        _check_rest(payload)
    except PayloadSchemaMismatch:
        return None
    return payload


def read_payload(event_type: EventType, payload_bytes: bytes) -> Payload:
    """Read the payload of an event; raises PayloadSchemaMismatch, which names a place and never a value."""
    try:
        payload = upcast.read_payload(event_type, payload_bytes)
    except msgspec.DecodeError as error:
        raise PayloadSchemaMismatch(
            f"The payload does not fit the schema of {event_type}{_place(error)}; see /schemas."
        ) from None  # msgspec's own message may hold a value
    if any(
        "\x00" in text or len(text) > LONGEST_TEXT
        for text in _texts(msgspec.to_builtins(payload, builtin_types=(bytes,)))
    ):
        raise PayloadSchemaMismatch("A text of the payload holds a zero byte or is longer than 20,000 characters.")
    _check_rest(payload)
    return payload


def _check_rest(payload: Payload) -> None:
    match payload:
        case IndicatorPublished() as figures:
            _check_figures(figures)
        case IndicatorCorrected(figures=figures):
            _check_figures(figures)
        case LessonPublished() as lesson:
            _refuse(wrong_with_lesson(lesson))
        case LessonRevised(lesson=lesson):
            _refuse(wrong_with_lesson(lesson))
        case EvaluationPublished() as evaluation:
            _refuse(evaluation_form.wrong_with(evaluation))
        case EvaluationRevised(evaluation=evaluation):
            _refuse(evaluation_form.wrong_with(evaluation))
        case AssessmentPublished() as assessment:
            _refuse(assessment_form.wrong_with(assessment))
        case AssessmentRevised(assessment=assessment):
            _refuse(assessment_form.wrong_with(assessment))
        case ReplyPublished() as reply:
            _check_reply(reply)
        case ReplyRevised(reply=reply):
            _check_reply(reply)
        case ReplyWaived():
            _check_comparison(payload)
        case Item() as item:
            _check_item(item)
        case ItemRevised(item=item):
            _check_item(item)
        case CitationPublished() if (wrong := wrong_with_citation(payload)) is not None:
            raise PayloadSchemaMismatch(wrong)
    _check_references(payload)


def _check_figures(payload: IndicatorPublished) -> None:
    _check_attributes(payload)
    _check_quality(payload.quality)
    _check_cells(payload)


def _check_references(payload: Payload) -> None:
    match payload:
        case IndicatorCorrected(corrects=named) | LessonRevised(revises=named) | EventRedacted(redacts=named):
            fits = _HASH.fullmatch(named)
        case ReplyRevised(revises=named) | ReplyWithdrawn(withdraws=named):
            fits = _HASH.fullmatch(named)
        case IndicatorWithdrawn(withdraws=named) | LessonWithdrawn(withdraws=named) | IndicatorPending(concerns=named):
            fits = _HASH.fullmatch(named)
        case (
            EvaluationRevised(revises=named) | EvaluationWithdrawn(withdraws=named) | CitationWithdrawn(withdraws=named)
        ):
            fits = _HASH.fullmatch(named)
        case AssessmentRevised(revises=named) | AssessmentWithdrawn(withdraws=named):
            fits = _HASH.fullmatch(named)
        case ItemRevised(revises=named) | ItemWithdrawn(withdraws=named):
            fits = _HASH.fullmatch(named)
        case KeyEnrolled(key=named, role=role):
            fits = _HASH.fullmatch(named) if 0 < len(role) <= _LONGEST_ID else None
        case KeyRevoked(key_id=named):
            fits = _KEY_ID.fullmatch(named)
        case _:
            return
    if not fits:
        raise PayloadSchemaMismatch("The payload names an event, key or role in another form; see /schemas.")


def _place(error: msgspec.DecodeError) -> str:
    """Return the path of msgspec's message without its wording, or nothing where the path itself is in doubt."""
    _, _, path = str(error).rpartition(" - at ")
    return f" at {path[1:-1]}" if re.fullmatch(r"`\$(\.[a-z_]+|\[[0-9.]+\])*`", path) else ""


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _texts(value)


def _check_attributes(payload: IndicatorPublished) -> None:
    if not (PERIOD.fullmatch(payload.period) and payload.period.isascii()):
        raise PayloadSchemaMismatch(
            "The payload's period is no year, quarter, month, day or week; write 2026, 2026-Q1, 2026-01, 2026-01-31."
        )
    if not _HASH.fullmatch(payload.definition_hash):
        raise PayloadSchemaMismatch("The payload's definition_hash is not 64 hexadecimal digits; send the SHA-256.")
    if not 1 <= payload.version <= _LARGEST_VERSION:
        raise PayloadSchemaMismatch("The payload's version is not between 1 and 2147483647; see the definition.")
    if not (0 < len(payload.indicator) <= _LONGEST_ID and 0 < len(payload.region_set) <= _LONGEST_REGION_SET):
        raise PayloadSchemaMismatch(
            "The payload's indicator or region_set is empty or too long; write at most 100 and 64 characters."
        )


def _check_quality(quality: Quality | None) -> None:
    if quality is None:
        return
    linkage, coverage = quality.linkage, quality.coverage
    permille = () if linkage is None else (linkage.precision_permille, linkage.recall_permille)
    fits = all(one is None or 0 <= one <= 1000 for one in permille)
    if not fits or (coverage is not None and not 0 <= coverage.percent <= 100):
        raise PayloadSchemaMismatch(
            "A share in the payload's quality lies outside its scale; write thousandths from 0 to 1000 and percents "
            "from 0 to 100."
        )
    if linkage is not None and len(set(linkage.methods)) != len(linkage.methods):
        raise PayloadSchemaMismatch("The payload names a way of linking twice; name each once.")


def _check_item(item: Item) -> None:
    if (wrong := wrong_with_item(item)) is not None:
        raise PayloadSchemaMismatch(f"The {item.noun} does not fit: {wrong}.")


def _refuse(wrong: str | None) -> None:
    if wrong is not None:
        raise PayloadSchemaMismatch(wrong)


def _check_reply(payload: ReplyPublished) -> None:
    if not 0 < len(payload.reply) <= _LONGEST_ID:
        raise PayloadSchemaMismatch("The reply's id is empty or over 100 characters; write it shorter.")
    if not (payload.text.strip() and len(payload.text) <= LONGEST_REPLY and len(payload.author_role) <= _LONGEST_ID):
        raise PayloadSchemaMismatch(
            "The reply's text is empty or over 4,000 characters, or its author's role over 100; write it shorter."
        )
    _check_comparison(payload)


def _check_comparison(payload: ReplyPublished | ReplyWaived) -> None:
    if not (PERIOD.fullmatch(payload.period) and payload.period.isascii() and _is_moment(payload.as_known_on)):
        raise PayloadSchemaMismatch(
            "The reply's period or as_known_on has another form; write 2026, 2026-Q1, 2026-01 or 2026-01-31, and "
            "2026-11-22T21:00:00Z."
        )
    if not (0 < len(payload.indicator) <= _LONGEST_ID and 0 < len(payload.region_set) <= _LONGEST_REGION_SET):
        raise PayloadSchemaMismatch(
            "The reply's indicator or region_set is empty or too long; write at most 100 and 64 characters."
        )


def _is_moment(text: str) -> bool:
    try:
        return text.isascii() and datetime.strptime(text, _MOMENT).strftime(_MOMENT).zfill(len(text)) == text
    except ValueError:
        return False


def _check_cells(payload: IndicatorPublished) -> None:
    cells = payload.cells
    if len(cells) > _MOST_CELLS:
        raise PayloadSchemaMismatch("The payload holds more than 100,000 cells; release fewer in one event.")
    places = {cell.nodes for cell in cells}
    if len(places) != len(cells):
        raise PayloadSchemaMismatch("Two cells of the payload stand at the same nodes; send one value per cell.")
    if not set(map(len, places)) <= {len(payload.dimensions)}:
        raise PayloadSchemaMismatch("A cell has another number of nodes than the payload has dimensions.")
    for doubted in [value for cell in cells if type(value := cell.value) not in _CHECKED]:
        if not _holds(doubted):
            place = next(place for place, cell in enumerate(cells) if not _holds(cell.value))
            raise PayloadSchemaMismatch(
                f"The value of cell {place} is no figure: write plain decimals, a positive step, no negative "
                "counts, and ranges from low to high."
            )


def _holds(value: Any) -> bool:
    if type(value) is _COUNTED_RANGE:
        return bool(value.hi is None or value.lo <= value.hi)
    match value:
        case Exact(numerator, denominator):
            return numerator >= 0 and (denominator is None or denominator >= 0)
        case Suppressed(lo, hi, denominator):
            return lo >= 0 and (hi is None or lo <= hi) and (denominator is None or denominator >= 0)
        case Rounded(figure, step):
            return bool(
                _DECIMAL.fullmatch(figure)
                and _DECIMAL.fullmatch(step)
                and not step.startswith("-")
                and step.strip("0.")
            )
    return True
