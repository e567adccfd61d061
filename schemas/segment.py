"""Segments: named groups of persons, as rules kept as data; a definition takes one as its population.

A segment is not a dimension: a person is in as many segments as have a rule that fits, so that figures of two segments
may count the same person and never add up to a total. What is counted in a segment is a statistic of its own.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .definition_schema import DefinitionInvalid, read_population, read_text

_KEYS: Final = {"id", "version", "title", "description", "rule", "source", "verified"}
_PARTS: Final = {"age_from", "age_below", "criteria", "exclude"}


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: `rule` holds the ages, criteria and exclusions that a population gains by it."""

    id: str
    version: int
    title: Mapping[str, str]
    description: Mapping[str, str]
    rule: Mapping[str, Any]
    source: str
    verified: bool


def read_segment(mapping: Any, where: str) -> Segment:
    """Return the segment that a mapping describes; raises DefinitionInvalid, naming `where` and the key."""
    if not isinstance(mapping, dict) or set(mapping) != _KEYS:
        raise DefinitionInvalid((f"In {where}, key segments: must have the keys {', '.join(sorted(_KEYS))}.",))
    rule = mapping["rule"]
    if not isinstance(rule, dict) or not rule or not set(rule) <= _PARTS:
        raise DefinitionInvalid((f"In {where}, key rule: must have some of the keys {', '.join(sorted(_PARTS))}.",))
    read_population(rule, f"{where}, key rule")
    for key in ("title", "description"):
        read_text(mapping[key], f"{where}, key {key}")
    try:
        return msgspec.convert(mapping, Segment)
    except msgspec.ValidationError as error:
        raise DefinitionInvalid((f"In {where}, key segments: {error}.",)) from error


def segmented(mapping: Mapping[str, Any], segments: Mapping[str, Segment], where: str) -> list[dict[str, Any]]:
    """Return a definition's mapping with its segment's rule in the population; one for each of `for_segments`.

    `segment: frail_elderly` narrows the population. `for_segments: [chronic, frail_elderly]` makes a definition for
    each, with the segment's name behind its id and title. Raises DefinitionInvalid for a segment that nobody defined.
    """
    several = mapping.get("for_segments")
    if several is None:
        named = mapping.get("segment")
        return [dict(mapping) if named is None else _within(mapping, _find(segments, named, where), where)]
    plain = {key: value for key, value in mapping.items() if key != "for_segments"}
    if not isinstance(several, list) or not several or "segment" in plain:
        raise DefinitionInvalid((f"In {where}, key for_segments: must be a list of segments, without key segment.",))
    return [_named(plain, _find(segments, one, where), where) for one in several]


def _find(segments: Mapping[str, Segment], name: Any, where: str) -> Segment:
    found = segments.get(name) if isinstance(name, str) else None
    if found is None:
        raise DefinitionInvalid(
            (f"In {where}, key segment: {name} is no segment; use one of {', '.join(sorted(segments))}.",)
        )
    return found


def _named(mapping: Mapping[str, Any], segment: Segment, where: str) -> dict[str, Any]:
    """Return a definition within a segment, named after it; its texts are checked before they are put together."""
    title, described = (read_text(mapping.get(key), f"{where}, key {key}") for key in ("title", "description"))
    named: dict[str, Any] = {
        "id": f"{mapping.get('id')}_{segment.id}",
        "title": {
            "nl": f"{title.nl}: {_small(segment.title['nl'])}",
            "en": f"{title.en}: {_small(segment.title['en'])}",
        },
        "description": {
            "nl": f"{described.nl} {segment.description['nl']}",
            "en": f"{described.en} {segment.description['en']}",
        },
    }
    bands = mapping.get("age_bands")
    if isinstance(bands, list) and bands and all(isinstance(age, int) for age in bands):
        named["age_bands"] = _bands(bands, segment.rule)
    return _within(dict(mapping) | named, segment, where)


def _small(text: str) -> str:
    """Return a title as it goes on after a colon; an abbreviation such as COPD stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _bands(bands: list[int], rule: Mapping[str, Any]) -> list[int]:
    """Return the bounds of the age bands that lie within a segment's ages, the first at its lower edge."""
    low, below = rule.get("age_from", bands[0]), rule.get("age_below", 1_000)
    return [low, *(age for age in bands if low < age < below)]


def _within(mapping: Mapping[str, Any], segment: Segment, where: str) -> dict[str, Any]:
    population = mapping.get("population") or {}
    if not isinstance(population, dict):
        raise DefinitionInvalid((f"In {where}, key population: must be a mapping of keys.",))
    population = dict(population)
    for key in ("age_from", "age_below"):
        if key in segment.rule and population.setdefault(key, segment.rule[key]) != segment.rule[key]:
            raise DefinitionInvalid((f"In {where}, key population.{key}: is said by segment {segment.id}; remove it.",))
    for key in ("criteria", "exclude"):
        if key in segment.rule:
            own = population.get(key, [])
            if not isinstance(own, list):
                raise DefinitionInvalid((f"In {where}, key population.{key}: must be a list.",))
            population[key] = [*own, *segment.rule[key]]
    return dict(mapping) | {"population": population, "segment": segment.id}
