"""What items of knowledge and of a region's programme have in common: a name, a language, a title, and forms of fields.

An item's noun names its events: `nl.regiohelix.<noun>.published.v1`, `.revised.v1` and `.withdrawn.v1`. A field of
plain text may name a person and is read before it leaves; what has a form of its own (a day, an event) cannot.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from .about import PRINCIPLES, LessonAbout
from .codes import Language, first_day, last_day

_END: Final = r"(?![\s\S])"  # `$` would let a line end through
Id = Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,48}}{_END}")]  # a region's own name for an item
EventId = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{_END}")]
Region = Annotated[str, Meta(pattern=rf"^[A-Z]{{2}}[A-Z0-9-]{{1,14}}{_END}")]
Day = Annotated[str, Meta(pattern=rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_END}")]
Indicator = Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9_.]{{0,99}}{_END}")]
Period = Annotated[str, Meta(pattern=rf"^[0-9]{{4}}(-(Q[1-4]|W[0-9]{{2}}|[0-9]{{2}}(-[0-9]{{2}})?))?{_END}")]
Figure = Annotated[str, Meta(pattern=rf"^-?[0-9]{{1,12}}(\.[0-9]{{1,6}})?{_END}")]  # a decimal, as readers see it
Address = Annotated[str, Meta(pattern=rf"^https://[^\s<>\"]{{1,480}}{_END}")]
Step = Annotated[int, Meta(ge=1, le=6)]  # of population management
Voice = Literal["government", "practice", "knowledge", "citizens"]
VOICES: Final[tuple[Voice, ...]] = get_args(Voice)

LONGEST_TEXT: Final = 8_000  # characters of one field
LONGEST_TITLE: Final = 300
LONGEST_ROLE: Final = 100
MOST: Final = 100  # parts of one list
_ROLES: Final = ("author_role", "owner_role")
_DAYS: Final = (("began", "ended"), ("starts_on", "ends_on"))


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item; `item` is its stable name within the region, under which later versions take its place."""

    noun: ClassVar[str] = ""
    item: Id
    language: Language
    title: str

    def wrong(self) -> str | None:
        """Return what is wrong with items of this kind alone, in words that repeat no value; None where nothing is."""
        return None


class ItemRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item's new wording in the place of an earlier event's; each noun has its own, with its kind of item."""

    revises: str
    reason: str
    item: Item


class ItemWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item taken back."""

    withdraws: str
    reason: str


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where something lies that the item is about."""

    name: str
    address: Address

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.name} ({self.address})"


def texts(part: msgspec.Struct, within: str = "") -> Iterator[tuple[str, int, str]]:
    """Yield every plain text of an item: the field (`members.role`), its place in a list, and the text."""
    hints = get_type_hints(type(part), include_extras=True)
    for name in part.__struct_fields__:
        value, hint = getattr(part, name), hints[name]
        listed = value if isinstance(value, tuple | list) else (value,)
        for place, one in enumerate(listed):
            if isinstance(one, msgspec.Struct) and not isinstance(one, LessonAbout):
                yield from ((inner, place, text) for inner, _, text in texts(one, f"{within}{name}."))
            elif isinstance(one, str) and _is_plain(hint):
                yield f"{within}{name}", place, one


def named_events(part: msgspec.Struct) -> tuple[str, ...]:
    """Return the events that an item names, each once: lessons, questions, evaluations, figures."""
    found = [one for hint, one in _coded(part) if hint == EventId]
    about = getattr(part, "about", None)
    return tuple(dict.fromkeys(found + list(about.evidence if isinstance(about, LessonAbout) else ())))


def is_event(part: msgspec.Struct, field: str) -> bool:
    """Tell whether a field holds events."""
    return EventId in _forms(get_type_hints(type(part), include_extras=True)[field])


def wrong_with_item(item: Item) -> str | None:
    """Return what is wrong beyond the forms of fields, in words that repeat no value; None where nothing is."""
    if not (item.title.strip() and len(item.title) <= LONGEST_TITLE):
        return f"field `title` is empty or longer than {LONGEST_TITLE} characters"
    for name, _, text in texts(item):
        longest = LONGEST_ROLE if name.rpartition(".")[2] in _ROLES else LONGEST_TEXT
        if len(text) > longest:
            return f"field `{name}` is longer than {longest} characters"
    return _wrong_list(item) or _wrong_day(item) or _wrong_about(getattr(item, "about", None)) or item.wrong()


def _wrong_list(item: Item) -> str | None:
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if not isinstance(value, tuple):
            continue
        if len(value) > MOST:
            return f"field `{name}` lists more than {MOST} parts"
        if len(set(map(str, value))) != len(value):
            return f"field `{name}` lists the same twice"
    return None


def _wrong_day(part: msgspec.Struct) -> str | None:
    for hint, one in _coded(part):
        if hint in (Day, Period) and first_day(one) is None:
            return "a day or period is none that the calendar has; write 2026-01-31"
    for first, last in _DAYS:
        began, ended = getattr(part, first, None), getattr(part, last, None)
        if began is not None and ended is not None and (last_day(ended) or date.max) < (first_day(began) or date.min):
            return f"field `{last}` lies before `{first}`"
    return None


def _wrong_about(about: LessonAbout | None) -> str | None:
    if about is None:
        return None
    if not set(about.principles) <= set(PRINCIPLES):
        return "field `about.principles` names a principle that is none of 1 to 8"
    if any(len(one) != 64 or not set(one) <= set("0123456789abcdef") for one in about.evidence):
        return "field `about.evidence` lists something that is no event's id of 64 hexadecimal digits"
    return "field `about.evidence` lists more than 100 events" if len(about.evidence) > MOST else None


def _coded(part: msgspec.Struct) -> Iterator[tuple[Any, str]]:
    """Yield every value that has a form of its own, with that form."""
    hints = get_type_hints(type(part), include_extras=True)
    for name in part.__struct_fields__:
        value, forms = getattr(part, name), _forms(hints[name])
        for one in value if isinstance(value, tuple | list) else (value,):
            if isinstance(one, msgspec.Struct) and not isinstance(one, LessonAbout):
                yield from _coded(one)
            elif isinstance(one, str):
                yield from ((form, one) for form in forms)


def _forms(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Annotated:
        return (hint,) if _has_form(hint) else ()
    return tuple(form for part in get_args(hint) for form in _forms(part))


def _is_plain(hint: Any) -> bool:
    """Tell whether a hint allows any text: `str` (perhaps no longer than so much), or a list or choice with it."""
    if get_origin(hint) is Annotated:
        return get_args(hint)[0] is str and not _has_form(hint)
    return hint is str or any(map(_is_plain, get_args(hint)))


def _has_form(hint: Any) -> bool:
    return any(isinstance(one, Meta) and one.pattern is not None for one in get_args(hint)[1:])
