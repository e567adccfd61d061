"""YAML as people write settings by hand: plain values, lists and keys; nothing that grows, nests or makes objects.

YAML's aliases and merge keys let a page of text unfold to any size, so they are refused before anything is built.
"""

from typing import Any, Final

import yaml

# The same for what is looked at first and for what is built then: two readers could see two texts. Where PyYAML has
# libyaml, as its wheels do, a text is read ten times faster.
SAFE: Final[type[Any]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST: Final = 1024 * 1024  # characters
_DEEPEST: Final = 32
_OPENING: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING: Final = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class YamlNotPlain(yaml.YAMLError):
    """YAML with an alias, nested too deeply, too long, or with a value that cannot be (such as 2026-13-01)."""


def read_yaml(text: str) -> Any:
    """Return what one plain YAML document holds; raises yaml.YAMLError, of which YamlNotPlain is one."""
    if len(text) > _LONGEST:
        raise YamlNotPlain("The file is longer than a megabyte; settings and lessons are shorter.")
    try:
        _check_plain(text)
        return _built(text)
    except (
        ValueError,
        OverflowError,
    ) as error:  # a day that is none, a number of thousands of digits, half a character
        raise YamlNotPlain("The file has a value that cannot be; put it between quotes.") from error


def _check_plain(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, SAFE):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > _DEEPEST:
            raise YamlNotPlain("The file is nested too deeply; write it flatter.")
        if isinstance(event, yaml.AliasEvent):
            raise YamlNotPlain("The file has an alias (*name); write the value out.")


def _built(text: str) -> Any:
    loader = SAFE(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
