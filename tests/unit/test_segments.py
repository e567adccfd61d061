"""Segments are rules kept as data, and a mistake in one is answered with one clear sentence."""

import pytest

from schemas.catalogue import catalogue, read_file, segments
from schemas.definition_schema import DefinitionInvalid

FILE = """
common: {version: 1, axis: health, kind: proportion, unit: {nl: "%", en: "%"}, per: 100, favourable: lower,
  reference: This test., dimensions: [age_band], age_bands: [0, 18, 75]}
segments:
  - id: smokers
    version: 1
    title: {nl: Rokers, en: Smokers}
    description: {nl: Rokers., en: Smokers.}
    rule: {age_from: 18, exclude: [{record: condition, system: icpc, codes: [P70]}]}
    source: This test.
    verified: false
definitions:
  - id: h.example
    title: {nl: Voorbeeld, en: Example}
    description: {nl: Voorbeeld., en: Example.}
    for_segments: [chronic, smokers]
    population: {covered_on: mid_period}
    measure: {count: persons, of: {record: treatment}, denominator: persons}
"""


def test_every_segment_says_in_both_languages_who_is_in_it_and_whether_that_was_checked() -> None:
    assert set(segments()) >= {"youth", "chronic", "multimorbid", "frail_elderly", "last_phase"}
    for segment in segments().values():
        for text in (segment.title, segment.description):
            assert set(text) == {"nl", "en"}
        assert segment.source


def test_the_list_of_chronic_conditions_is_the_same_wherever_it_is_written() -> None:
    listed = [segments()[name].rule["criteria"][0]["prefixes"] for name in ("chronic", "multimorbid", "frail_elderly")]
    for indicator in ("h.chronic", "h.multimorbid", "h.frail_elderly"):
        measure = catalogue()[indicator].measure
        assert measure is not None
        assert measure.of is not None
        listed.append(list(measure.of.prefixes))
    assert all(one == listed[0] for one in listed)


def test_a_file_may_bring_a_segment_of_its_own_and_use_it_beside_the_networks() -> None:
    chronic, smokers = read_file(FILE, "x.yaml")
    assert (chronic.id, chronic.segment) == ("h.example_chronic", "chronic")
    assert chronic.population is not None
    assert chronic.population.criteria[0].system == "icpc"
    assert smokers.title.nl == "Voorbeeld: rokers"
    assert smokers.population is not None
    assert (smokers.population.age_from, smokers.age_bands) == (18, (18, 75))
    assert smokers.population.exclude[0].codes == ("P70",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[chronic, smokers]", "[chronic, smoker]", "key segment: smoker is no segment; use one of chronic, "),
        ("[chronic, smokers]", "chronic", "key for_segments: must be a list of segments, without key segment."),
        ("rule: {age_from: 18,", "rule: {age: 18,", "key rule: must have some of the keys age_below, age_from,"),
        ("rule: {age_from: 18,", "rule: {age_from: -1,", "(segment 1), key rule, key age_from: must be a whole"),
        ("mid_period}", "mid_period, age_from: 65}", "key population.age_from: is said by segment smokers; remove it."),
        ("    title: {nl: Voorbeeld, en: Example}", "    title: Voorbeeld", "key title, key definition: must be a map"),
        ("    description: {nl: Voorbeeld., en: Example.}", "", "key description"),
        ("    population: {covered_on: mid_period}", "    population: [1]", "key population: must be a mapping"),
        ("covered_on: mid_period}", "criteria: 1}", "key population.criteria: must be a list."),
        ("definitions:", "definitions: 3\nrows:", "In x.yaml, key definitions: must be a list."),
        ("    verified: false", "", "(segment 1), key segments: must have the keys description, id, rule, source"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_key_and_what_to_write(old: str, new: str, sentence: str) -> None:
    assert old in FILE
    with pytest.raises(DefinitionInvalid) as refusal:
        list(read_file(FILE.replace(old, new), "x.yaml"))
    assert sentence in str(refusal.value)
