"""Questionnaires: what a panel is asked, as data in YAML files beside this module, in both languages.

Whatever no source was found for says `unverified`; a region may hand in a file of its own.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from ..canonical import canonical_bytes  # noqa: TID252
from ..plain_yaml import read_yaml  # noqa: TID252
from ..text import Text  # noqa: TID252

Provenance = Literal["found", "paraphrased", "unverified"]
POINTS: Final = (1, 2, 3, 4)  # of the scale; Valentijn et al. 2015
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MOST_LENSES: Final = 20
_MOST_ITEMS: Final = 20  # of one lens
_LARGEST_VERSION: Final = 2**31 - 1
_LONGEST_TEXT: Final = 300  # characters


class QuestionnaireInvalid(ValueError):
    """A questionnaire that contradicts itself or leaves something out."""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement, to agree with from 1 to 4; `provenance` says whose words it has."""

    id: str
    text: Text
    provenance: Provenance


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mean and standard deviation that the source reports, in points; a reference study and never the network."""

    mean: str
    sd: str


class Lens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One lens or principle with its statements; its score is the mean of these."""

    id: str
    title: Text
    provenance: Provenance
    items: tuple[Item, ...]
    baseline: Baseline | None = None


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of an instrument; `scale` names the points 1 to 4."""

    id: str
    version: int
    title: Text
    source: str
    scale: tuple[Text, Text, Text, Text]
    lenses: tuple[Lens, ...]

    @property
    def hash(self) -> str:
        """Return the SHA-256 of its canonical form, as 64 hexadecimal digits."""
        return hashlib.sha256(canonical_bytes(self)).hexdigest()

    @property
    def items(self) -> tuple[Item, ...]:
        """Return every statement in the order in which it is asked."""
        return tuple(item for lens in self.lenses for item in lens.items)


def questionnaires() -> Mapping[str, Questionnaire]:
    """Return the packaged questionnaires by id."""
    return _packaged()


@cache
def _packaged() -> Mapping[str, Questionnaire]:
    found = {}
    for file in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            one = read_questionnaire(read_yaml(file.read_text(encoding="utf-8")))
            found[one.id] = one
    return MappingProxyType(found)


def read_questionnaire(data: Any) -> Questionnaire:
    """Return a questionnaire from what a YAML file holds; raises QuestionnaireInvalid, msgspec.ValidationError."""
    found = msgspec.convert(data, Questionnaire)
    for wrong in _wrong(found):
        raise QuestionnaireInvalid(wrong)
    return found


def spoken(item: Item) -> str:
    """Return an item's Dutch words as they are heard: two items that sound alike ask the same."""
    return " ".join(re.findall(r"\w+", item.text.nl.casefold()))


def _wrong(found: Questionnaire) -> Iterator[str]:
    names = [found.id, *(one.id for one in found.lenses), *(one.id for one in found.items)]
    if not all(map(_ID.fullmatch, names)):
        yield "field `id`: write small letters, digits and hyphens, at most 40, a letter first."
    if len(set(names)) < len(names):
        yield "field `id`: the questionnaire, its lenses and its items each need an id of their own; one stands twice."
    if len({spoken(one) for one in found.items}) < len(found.items):
        yield "field `text`: a statement stands twice; ask it once, since two lenses of one answer tell more of it."
    if not 1 <= found.version <= _LARGEST_VERSION:
        yield "field `version`: write a number from 1."
    if not 1 <= len(found.lenses) <= _MOST_LENSES or not all(
        1 <= len(one.items) <= _MOST_ITEMS for one in found.lenses
    ):
        yield "field `lenses`: write 1 to 20 lenses of 1 to 20 items."
    if not found.source.strip():
        yield "field `source`: say where the questionnaire is from, or that it is the region's own."
    titles = [found.title, *found.scale, *(one.title for one in found.lenses), *(one.text for one in found.items)]
    if not all(0 < len(text.strip()) <= _LONGEST_TEXT for one in titles for text in (one.nl, one.en)):
        yield f"a title, point of the scale or item is empty or over {_LONGEST_TEXT} characters in one language."
