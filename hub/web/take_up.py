"""What a reader takes home from a page: a file to fill in and the command that hands it to the region's own node.

The hub knows no region's desk and sends nothing there; whoever wants to try, cite, ask or act copies this.
"""

import json
from collections.abc import Sequence
from typing import Final

import msgspec

from hub.web import words
from schemas.codes import Language
from schemas.items import LONGEST_TITLE

_TITLE: Final = LONGEST_TITLE - 50  # characters of the other's title, beside what stands before it
_AUDIENCE: Final = "--author NAME --audience partners"


class Way(msgspec.Struct, frozen=True):
    """One thing to do: what it is called, the file to save under `name`, and the command that takes it."""

    label: str
    name: str
    text: str
    command: str


def of_lesson(event_id: str, region: str, title: str, lang: Language) -> list[Way]:
    """Return how to try, cite, ask about, and act on a lesson."""
    tried = _item("reuse", "tried", event_id, title, lang, _reuse(event_id, region))
    asked = _item("question", "asked", event_id, title, lang, [
        ("question", None), ("author_role", None), ("state", "open"), ("lesson", event_id),
    ])  # fmt: skip
    acted = _item("action", "act", event_id, title, lang, [
        ("owner_role", None), ("due", None), ("state", "open"), ("lesson", event_id), ("lesson_region", region),
    ])  # fmt: skip
    cited = _file([
        ("citation", f"cite-{event_id[:12]}"), ("lesson", event_id), ("lesson_region", region), ("language", lang),
        ("classified", "mentioning"), ("classified_by", None), ("context", None), ("evidence", []),
    ])  # fmt: skip
    command = f"python -m node cite write cite.yaml {_AUDIENCE}"
    return [tried, Way(words.word("way_cite", lang), "cite.yaml", cited, command), asked, acted]


def of_item(noun: str, event_id: str, region: str, title: str, lang: Language) -> list[Way]:
    """Return how to answer a question, or try a method, an instrument or a training; nothing for other items."""
    if noun == "question":
        fields = [("question", event_id), ("question_region", region), ("answer", None), ("author_role", None)]
        return [_item("answer", "answer", event_id, title, lang, fields)]
    if noun in ("method", "instrument", "training"):
        return [_item("reuse", "tried", event_id, title, lang, _reuse(event_id, region))]
    return []


def _reuse(event_id: str, region: str) -> list[tuple[str, object]]:
    return [("of", event_id), ("of_region", region), ("stage", "tried"), ("found", None), ("author_role", None)]


def _item(noun: str, name: str, event_id: str, title: str, lang: Language, fields: Sequence[tuple[str, object]]) -> Way:
    label = words.word(f"way_{noun}", lang)
    head = [
        ("noun", noun),
        ("item", f"{name}-{event_id[:12]}"),
        ("language", lang),
        ("title", f"{label}: {title[:_TITLE]}"),
    ]
    command = f"python -m node item write {name}.yaml {_AUDIENCE}"
    return Way(label, f"{name}.yaml", _file([*head, *fields]), command)


def _file(fields: Sequence[tuple[str, object]]) -> str:
    """Return YAML; what is left to fill in stays empty, so that a node refuses the file until it is."""
    return "".join(f"{name}:\n" if value is None else f"{name}: {_value(value)}\n" for name, value in fields)


def _value(value: object) -> str:
    """Return a value as JSON, which is YAML where every letter can be printed; others are written as escapes."""
    told = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in told)
