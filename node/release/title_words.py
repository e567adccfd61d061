"""What people call something that is kept under a title: the title is kept in English, and told in both languages.

A lesson's title is its writer's own and stays as it is.
"""

import re
from collections.abc import Callable
from typing import Final

from schemas.catalogue import catalogue
from schemas.codes import FIGURE_EVENTS, LESSONS, EventType
from schemas.item_words import NOUN_WORDS, noun_word
from schemas.text import Text

_CLASSES: Final = {"supporting": "ondersteunend", "contrasting": "contrasterend", "mentioning": "vermeldend"}
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"Correction pending of (\S+ \S+)"),
     lambda found: f"Wachtende correctie van {_figures(found[1]).nl}"),
    (re.compile(r"No correction pending any more of (\S+ \S+)"),
     lambda found: f"Geen wachtende correctie meer van {_figures(found[1]).nl}"),
    (re.compile(r"Redaction of event (\d+)"), lambda found: f"Vernietiging van gebeurtenis {found[1]}"),
    (re.compile(r"reviewer (.+) of (.+), key (\w+)", re.DOTALL),
     lambda found: f"beoordelaar {found[1]} van {found[2]}, sleutel {found[3]}"),
    (re.compile(r"service key (\w+)"), lambda found: f"servicesleutel {found[1]}"),
    (re.compile(r"key (\w+) taken back"), lambda found: f"sleutel {found[1]} teruggenomen"),
    (re.compile(r"No reply to (\S+ \S+)"), lambda found: f"Geen reactie nodig op {_figures(found[1]).nl}"),
    (re.compile(r"Reply (\S+) \((\w\w)\) to (\S+ \S+)"),
     lambda found: f"Reactie {found[1]} ({found[2]}) op {_figures(found[3]).nl}"),
    (re.compile(r"Citation (\S+): (\w+) a lesson of (\S+)"),
     lambda found: f"Aanhaling {found[1]}: {_CLASSES.get(found[2], found[2])}, van een les van {found[3]}"),
    (re.compile(r"Evaluation of (.+), (\S+)", re.DOTALL), lambda found: f"Evaluatie van {found[1]}, {found[2]}"),
    (re.compile(r"Assessment (\S+), (.+)", re.DOTALL), lambda found: f"Beoordeling {found[1]}, {found[2]}"),
)  # fmt: skip
_WITHDRAWAL: Final = "Withdrawal of "
_ITEM: Final = re.compile(r"(\w+) ('.*')", re.DOTALL)


def titled(title: str, type_: EventType) -> Text:
    """Return in both languages what an event or item of a type is called that is kept under a title."""
    if type_ in LESSONS:
        return Text(title, title)
    if type_ in FIGURE_EVENTS:
        return _figures(title)
    if title.startswith(_WITHDRAWAL):
        what = title.removeprefix(_WITHDRAWAL)
        told = Text(what, what) if type_ is EventType.LESSON_WITHDRAWN else _worded(what)
        return Text(f"Intrekking van {told.nl}", f"{_WITHDRAWAL}{told.en}")
    return _worded(title)


def _worded(title: str) -> Text:
    for pattern, dutch in _FORMS:
        if (found := pattern.fullmatch(title)) is not None:
            return Text(dutch(found), title)
    found = _ITEM.fullmatch(title)
    if found is not None and (noun := found[1].lower()) in NOUN_WORDS:
        return Text(f"{noun_word(noun).nl.capitalize()} {found[2]}", title)
    return _figures(title)


def _figures(title: str) -> Text:
    """Return figures by their indicator's title; they are kept under its name and their period."""
    name, _, period = title.partition(" ")
    definition = catalogue().get(name)
    if definition is None or not period or " " in period:
        return Text(title, title)
    return Text(f"{definition.title.nl}, {period}", f"{definition.title.en}, {period}")
