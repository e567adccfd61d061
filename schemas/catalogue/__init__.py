"""The catalogue: every indicator of the network, as data in YAML files beside this module, and what was adopted since.

The packaged definitions are part of the program. What the network adopted later is kept in a store; whoever opens the
store makes it known here (`know`), so that everybody in the process means the same by an id.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec
import yaml

from ..definition import IndicatorDefinition, Text  # noqa: TID252
from ..definition_schema import DefinitionInvalid, read_definition  # noqa: TID252
from ..plain_yaml import read_yaml  # noqa: TID252
from ..segment import Segment, read_segment, segmented  # noqa: TID252

_SEGMENTS, _EARLIER = "segments.yaml", "earlier.yaml"
_adopted: dict[tuple[str, int], IndicatorDefinition] = {}


def catalogue() -> Mapping[str, IndicatorDefinition]:
    """Return the newest known version of every definition by its id: packaged, or adopted since."""
    return _newest(len(_adopted)) if _adopted else packaged()


@cache
def _newest(_known: int) -> Mapping[str, IndicatorDefinition]:
    newest = dict(packaged())
    for (name, version), definition in sorted(_adopted.items()):
        if name not in newest or version > newest[name].version:
            newest[name] = definition
    return MappingProxyType(newest)


def know(definitions: Iterable[IndicatorDefinition]) -> None:
    """Make adopted definitions known in this process; a version that is known already stays what it is."""
    for one in definitions:
        standing = packaged().get(one.id)
        if standing is None or one.version > standing.version:
            _adopted.setdefault((one.id, one.version), one)


def forget() -> None:
    """Go back to what is packaged."""
    _adopted.clear()
    _newest.cache_clear()


def by_hash(indicator: str, definition_hash: str) -> IndicatorDefinition | None:
    """Return the known version of an indicator that has this hash."""
    known = [*packaged().values(), *_adopted.values(), *earlier()]
    return next((one for one in known if one.id == indicator and one.hash == definition_hash), None)


def counts_as(definition: IndicatorDefinition, definition_hash: str) -> bool:
    """Tell whether figures by a hash are those of a definition: by itself, or by a version of it in other words.

    Of a figure that is taken over from a public table the words are all there is: another version is another figure.
    """
    if definition_hash == definition.hash:
        return True
    known = by_hash(definition.id, definition_hash)
    return known is not None and known.population is not None and _wordless(known) == _wordless(definition)


def _wordless(definition: IndicatorDefinition) -> IndicatorDefinition:
    nothing = Text("-", "-")
    return msgspec.structs.replace(
        definition, version=1, title=nothing, description=nothing, reference="-", provenance=None
    )


@cache
def packaged() -> Mapping[str, IndicatorDefinition]:
    """Return every packaged definition by its id, read and checked once.

    Raises DefinitionInvalid, naming file and key, where a file breaks the rules.
    """
    definitions: dict[str, IndicatorDefinition] = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml") and entry.name not in (_SEGMENTS, _EARLIER):
            for definition in read_file(entry.read_text(encoding="utf-8"), entry.name):
                if definition.id in definitions:
                    raise DefinitionInvalid((f"In {entry.name}, key id: {definition.id} exists already; rename it.",))
                definitions[definition.id] = definition
    return MappingProxyType(definitions)


@cache
def earlier() -> tuple[IndicatorDefinition, ...]:
    """Return the packaged definitions of which a newer version is packaged, as they were published."""
    return tuple(read_file(files(__package__).joinpath(_EARLIER).read_text(encoding="utf-8"), _EARLIER))


@cache
def segments() -> Mapping[str, Segment]:
    """Return every packaged segment by its id."""
    return MappingProxyType(_segments(_content(files(__package__).joinpath(_SEGMENTS).read_text("utf-8"), _SEGMENTS)))


def _segments(content: Mapping[str, Any], name: str = _SEGMENTS) -> dict[str, Segment]:
    listed = content.get("segments") or ()
    read = [read_segment(mapping, f"{name} (segment {number})") for number, mapping in enumerate(listed, start=1)]
    return {segment.id: segment for segment in read}


def read_file(text: str, name: str) -> Iterator[IndicatorDefinition]:
    """Yield the definitions of one YAML text: `common` keys, then full `definitions` or compact `rows`.

    A file may define `segments` of its own, beside those of the network (see schemas.segment).
    A row is `[source column, Dutch title, English title, favourable]`; its id is `prefix` and the column in snake
    case, its description `common.description` with the title in place of `{title}`.
    Raises DefinitionInvalid for a text that is no such file.
    """
    content = _content(text, name)
    known = dict(segments()) | _segments(content, name)
    common = content.get("common") or {}
    for number, mapping in enumerate(content.get("definitions") or (), start=1):
        where = f"{name} (definition {number})"
        if not isinstance(mapping, dict):
            raise DefinitionInvalid((f"In {where}, key definitions: must be a list of mappings.",))
        for one in segmented(common | mapping, known, where):
            yield read_definition(one, where)
    for number, row in enumerate(content.get("rows") or (), start=1):
        where = f"{name} (row {number})"
        if not (isinstance(row, list) and len(row) == 4 and all(isinstance(part, str) for part in row)):
            raise DefinitionInvalid((f"In {where}, key rows: write [column, Dutch title, English title, favourable].",))
        yield read_definition(_row(common, str(content.get("prefix", "")), row), where)


def _content(text: str, name: str) -> dict[str, Any]:
    try:
        content = read_yaml(text)
    except yaml.YAMLError as error:
        raise DefinitionInvalid((f"{name} is not YAML; check its indents, colons and quotes.",)) from error
    if not isinstance(content, dict) or not set(content) <= {"common", "definitions", "rows", "prefix", "segments"}:
        raise DefinitionInvalid((f"{name} must hold the keys common and definitions, or common, prefix and rows.",))
    forms = {"common": (dict, "a mapping"), "definitions": (list, "a list"), "rows": (list, "a list"),
             "segments": (list, "a list")}  # fmt: skip
    for key, (form, word) in forms.items():
        if content.get(key) is not None and not isinstance(content[key], form):
            raise DefinitionInvalid((f"In {name}, key {key}: must be {word}.",))
    return content


def indicator_id(prefix: str, column: str) -> str:
    """Return the id of a source column: `jv24` and `RooktTabak_75` give `jv24.rookt_tabak_75`."""
    snake = "".join(
        f"_{letter}"
        if place
        and letter.isupper()
        and column[place - 1] != "_"
        and (not column[place - 1].isupper() or column[place + 1 : place + 2].islower())
        else letter
        for place, letter in enumerate(column)
    )
    return f"{prefix}.{snake.lower()}"


def _row(common: Mapping[str, Any], prefix: str, row: list[str]) -> dict[str, Any]:
    column, dutch, english, favourable = row
    description = {
        language: text.replace("{title}", title)
        for (language, text), title in zip(common["description"].items(), (dutch, english), strict=True)
    }
    return dict(common) | {
        "id": indicator_id(prefix, column),
        "title": {"nl": dutch, "en": english},
        "description": description,
        "favourable": favourable,
    }
