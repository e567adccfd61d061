"""Scan the words of a lesson or a reply for traces of persons before anyone approves them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import msgspec

from schemas.citation import CitationPublished, CitedExperience
from schemas.items import Item
from schemas.items import texts as texts_of_item
from schemas.payloads import ReplyPublished

from .subject import Words, draft_of
from .words.dates import births, full_dates
from .words.deidentifier import UNSEEN, Deidentifier
from .words.names import names
from .words.numbers import bare_numbers, numbers
from .words.places import places
from .words.spelling import around, plain
from .words.trace import ADDRESS, Trace, outermost

_ID: Final = 12  # hexadecimal digits of a finding's id
_OF_CITATION: Final = ("citation", "classified_by", "context")  # its other fields are codes, and evidence below
_OF_REPLY: Final = ("reply", "text", "author_role")  # its other fields name a comparison and a moment


@dataclass(frozen=True, slots=True)
class Finding:
    """What may point at a person: its place and kind; `str` says these and never the words.

    `field` is the lesson's field and `position` the text's place in a field that is a list; `start` and `end` count
    the signs of the plain text (`words.spelling.plain`). `id` changes with every change of that text.
    """

    id: str
    field: str
    position: int
    start: int
    end: int
    kind: str

    def __str__(self) -> str:
        """Return field and kind."""
        return f"{self.field}: looks like {self.kind}"


@dataclass(frozen=True, slots=True)
class ScannedLesson:
    """A lesson or reply with what the scan found; `unseen` says what it could not look for, empty where nothing."""

    payload: Words
    findings: tuple[Finding, ...]
    unseen: str = field(default=UNSEEN)


def scan(lesson: Words, deidentifier: Deidentifier | None = None) -> ScannedLesson:
    """Look through every text of words for numbers, addresses, dates and names; raises DeidentifierFailed."""
    texts = [(name, position, plain(text)) for name, position, text in _texts(lesson)]
    marked = deidentifier.find([text for _, _, text in texts]) if deidentifier is not None else ((),) * len(texts)
    findings = tuple(
        Finding(
            finding_id(draft_of(lesson), name, position, text, trace),
            name,
            position,
            trace.start,
            trace.end,
            trace.kind,
        )
        for (name, position, text), more in zip(texts, marked, strict=True)
        for trace in outermost((*by_rule(text), *more))
    )
    return ScannedLesson(lesson, findings, "" if deidentifier is not None else UNSEEN)


def traces(text: str) -> tuple[str, ...]:
    """Return what a reason may say about a person, in words that do not repeat it.

    Days, bare numbers and streets are let pass: a reason may name the day of a table, and nobody can resolve a finding
    in it.
    """
    shown = plain(text)
    found = chain(numbers(shown), births(shown), (one for one in places(shown) if one.kind != ADDRESS), names(shown))
    return tuple(dict.fromkeys(f"looks like {one.kind}" for one in outermost(found)))


def by_rule(text: str) -> Iterator[Trace]:
    """Yield what the rules see in a plain text; traces may lie in each other."""
    return chain(numbers(text), bare_numbers(text), births(text), full_dates(text), places(text), names(text))


def text_of(lesson: Words, name: str, position: int) -> str | None:
    """Return the plain text at a field and place of a lesson; None where there is none (any more)."""
    return next((plain(text) for field, place, text in _texts(lesson) if (field, place) == (name, position)), None)


def finding_id(lesson: str, name: str, position: int, text: str, trace: Trace) -> str:
    """Return the id of a finding: another text, place or kind makes another id."""
    parts = (lesson, name, position, text, trace.start, trace.end, trace.kind)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:_ID]


def words_at(lesson: Words, one: Finding) -> str | None:
    """Return the words of a finding with those around them; None where the lesson's text is another now."""
    text = text_of(lesson, one.field, one.position)
    if text is None:
        return None
    is_same = finding_id(draft_of(lesson), one.field, one.position, text, Trace(one.start, one.end, one.kind)) == one.id
    return around(text, one.start, one.end) if is_same else None


def _texts(lesson: Words) -> Iterator[tuple[str, int, str]]:
    if isinstance(lesson, Item):
        yield from texts_of_item(lesson)
        return
    read = _OF_REPLY if isinstance(lesson, ReplyPublished) else lesson.__struct_fields__
    if isinstance(lesson, CitationPublished):
        read = _OF_CITATION
        for position, one in enumerate(lesson.evidence):
            if isinstance(one, CitedExperience):
                yield "evidence", position, one.documented
    for name, value in ((name, getattr(lesson, name)) for name in read):
        for position, text in enumerate(value if isinstance(value, list | tuple) else [value]):
            if isinstance(text, str):
                yield name, position, text
