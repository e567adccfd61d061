"""The packaged catalogue is whole, and a mistake in a definition is answered with one clear sentence."""

import copy
from typing import Any

import pytest

from schemas.catalogue import catalogue, indicator_id, read_file
from schemas.definition import denominator_key, numerator_key
from schemas.definition_schema import DefinitionInvalid, read_definition

CORE = {
    "pop.persons", "h.dm_prev", "h.srh_good", "q.hba1c", "q.flu", "q.gp_experience", "q.acute_adm", "c.ed",
    "c.gp_units", "c.zvw", "h.gi_bleed", "h.celecoxib",
}  # fmt: skip

GOOD: dict[str, Any] = {
    "id": "h.example",
    "version": 1,
    "axis": "health",
    "kind": "proportion",
    "title": {"nl": "Voorbeeld", "en": "Example"},
    "description": {"nl": "Voorbeeld.", "en": "Example."},
    "unit": {"nl": "%", "en": "%"},
    "per": 100,
    "favourable": "lower",
    "reference": "This test.",
    "dimensions": ["area", "age_band", "sex"],
    "age_bands": [0, 18],
    "population": {"covered_on": "mid_period", "criteria": []},
    "measure": {
        "count": "persons",
        "of": {"record": "condition", "system": "icpc", "codes": ["T90"]},
        "denominator": "persons",
    },
}


def test_the_catalogue_holds_the_core_and_the_whole_health_monitor() -> None:
    ids = set(catalogue())
    assert ids >= CORE
    assert len([name for name in ids if name.startswith("jv24.")]) == 148
    assert len([name for name in ids if catalogue()[name].measure is not None]) >= 30
    assert {name.partition(".")[0] for name in ids - CORE} == {"jv24", "c19", "h", "q", "c", "pop", "w"}
    axes = {definition.axis for definition in catalogue().values()}
    assert axes == {"health", "quality", "cost", "workforce", "population"}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_definition_says_who_is_counted_in_both_languages_and_where_it_comes_from(name: str) -> None:
    definition = catalogue()[name]
    assert definition.id == name
    for text in (definition.title, definition.description, definition.unit):
        assert text.nl
        assert text.en
    assert definition.reference
    assert len(definition.hash) == 64
    assert (definition.measure is None) == (name.startswith(("jv24.", "c19.", "w.")))
    assert (definition.population is None) == (definition.measure is None)


def test_no_two_titles_of_the_health_monitor_are_the_same() -> None:
    for language in ("nl", "en"):
        titles = [
            getattr(definition.title, language) for name, definition in catalogue().items() if name[:5] == "jv24."
        ]
        twice = {title for title in titles if titles.count(title) > 1}
        assert twice == set()


def test_a_definition_that_counts_another_ones_denominator_shares_its_canonical_name() -> None:
    diabetes, measured = catalogue()["h.dm_prev"], catalogue()["q.hba1c"]
    assert numerator_key(diabetes) == denominator_key(measured)
    assert numerator_key(catalogue()["pop.persons"]) == denominator_key(diabetes)


def test_a_column_name_becomes_an_id_in_snake_case() -> None:
    assert indicator_id("jv24", "RooktTabak_75") == "jv24.rookt_tabak_75"
    assert indicator_id("jv24", "LHBTQIAIdentificatie_115") == "jv24.lhbtqia_identificatie_115"


def _changed(path: str, value: Any) -> dict[str, Any]:
    mapping = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    inner = mapping
    for key in way:
        inner = inner[key]
    if value is KeyError:
        del inner[last]
    else:
        inner[last] = value
    return mapping


def test_a_good_mapping_is_read() -> None:
    assert read_definition(GOOD, "x.yaml").age_bands == (0, 18)


COST = {"record": "cost", "types": ["gp"]}
VALUES = {"record": "measurement", "system": "local", "codes": ["PREM"]}


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("id", "Diabetes", "In x.yaml, key id: must look like h.dm_prev."),
        ("version", "1", "In x.yaml, key version: must be a whole number."),
        ("version", 0, "In x.yaml, key version: must be a whole number from 1 to 9999."),
        ("title.en", KeyError, "In x.yaml, key title.en: is missing; add it."),
        ("title.nl", "", "In x.yaml, key title.nl: must not be empty; write a text."),
        ("title", "Diabetes", "In x.yaml, key title: must be a mapping of keys."),
        ("colour", "red", "In x.yaml, key colour: is no key of a definition; remove it."),
        (
            "population.covered_on",
            "any_day",
            "In x.yaml, key measure: must have denominator covered_days beside covered_on any_day.",
        ),
        ("favourable", "up", "In x.yaml, key favourable: must be one of higher, lower, neither."),
        ("dimensions", ["sex", "sex"], "In x.yaml, key dimensions: must name every dimension once."),
        ("age_bands", [18, 0], "In x.yaml, key age_bands: must hold rising ages with dimension age_band, and none"),
        ("age_bands", [], "In x.yaml, key age_bands: must hold rising ages with dimension age_band, and none"),
        ("age_bands", [18], "In x.yaml, key age_bands: must start at 0 or at the population's age_from."),
        ("population.age_below", 200, "In x.yaml, key population.age_below: must be a whole number from 1 to 150."),
        ("population", {"age_from": 5, "age_below": 5}, "key population.age_below: must be more than age_from."),
        ("population", None, "In x.yaml, key population: is needed for kind proportion; say what is counted."),
        ("kind", "percentage", "In x.yaml, key measure: must be left out: kind percentage is taken over"),
        ("kind", "mean", "key measure: must be count value_sum with denominator records for kind mean."),
        ("measure.denominator", "records", "must be count persons with denominator persons for kind proportion."),
        ("measure.value_scale", 10, "In x.yaml, key measure.value_scale: can be given only for value_sum; remove it."),
        ("measure.of", COST | {"system": "icpc"}, "key measure.of.system: cannot be given for cost; use types."),
        ("measure.of.system", KeyError, "key measure.of.system: is needed beside codes; write the code system"),
        ("measure.of.system", "ICPC", "In x.yaml, key measure.of.system: must be in lower case."),
        ("measure.of.types", ["gp"], "key measure.of.types: can be given only for encounter and cost; use codes."),
        ("measure.of.urgency", "acute", "key measure.of.urgency: can be given only for encounter; remove it."),
        ("measure.of.value_from", 1, "key measure.of.value_from: can be given only for measurement; remove it."),
        ("measure.of", VALUES | {"value_from": 2, "value_below": 2}, "value_below: must be more than value_from."),
        ("measure", {"count": "records"}, "key measure.of: is needed to count records, values or amounts"),
        ("measure", {"count": "amount_sum", "of": VALUES}, "measure.of: must be records of cost to sum amounts."),
        ("measure", {"count": "value_sum", "of": VALUES}, "must be measurements with value_from and value_below"),
        ("measure.of.prefixes", ["t90"], "key measure.of.prefixes.0: must be capitals, digits and points."),
        ("measure.of", {"record": "treatment", "prefixes": ["A"]}, "key measure.of.system: is needed beside prefixes;"),
        ("measure.of.code_length", 3, "key measure.of.code_length: can be given only with at_least above 1; remove it"),
        ("measure.of", COST | {"at_least": 2}, "key measure.of.at_least: needs a code system, such as icpc"),
        ("measure.of.again", {"within_days": 30}, "key measure.of.again: can be given only for encounter with types"),
        (
            "measure.of.window",
            "any",
            "key measure.of.window: must be one of in_period, while_covered,",
        ),
        (
            "measure.of",
            VALUES | {"window": "ended_in_period"},
            "can be ended_in_period only for encounter and condition",
        ),
        (
            "measure.of",
            {"record": "death", "window": "while_covered"},
            "window: must be in_period for death",
        ),
        (
            "measure.of",
            {"record": "encounter", "types": ["ed"], "window": "while_covered", "again": {"within_days": 30}},
            "key measure.of.window: cannot be while_covered beside again; use in_period or ended_in_period.",
        ),
        ("measure.of", {"record": "death", "system": "icpc"}, "key measure.of.system: cannot be given for death"),
        ("population.exclude", [{"record": "deaths"}], "key population.exclude.0.record: must be one of condition,"),
        ("population", {"age_below": 18}, "In x.yaml, key age_bands: must lie below the population's age_below."),
        ("provenance", {"source": "x", "verified": "yes"}, "In x.yaml, key provenance.verified: "),
        ("standard", "esp", "In x.yaml, key standard: must be one of esp2013."),
    ],
)
def test_a_mistake_in_a_definition_is_named_by_file_key_and_what_to_write(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(DefinitionInvalid) as refusal:
        read_definition(_changed(path, value), "x.yaml")
    assert len(refusal.value.sentences) == 1
    assert sentence in refusal.value.sentences[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "x.yaml is not YAML; check its indents, colons and quotes."),
        ("- 1", "x.yaml must hold the keys common and definitions, or common, prefix and rows."),
        ("definitions: [1]", "In x.yaml (definition 1), key definitions: must be a list of mappings."),
        ("rows: [[a, b]]", "In x.yaml (row 1), key rows: write [column, Dutch title, English title, favourable]."),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(DefinitionInvalid) as refusal:
        list(read_file(text, "x.yaml"))
    assert refusal.value.sentences == (sentence,)
