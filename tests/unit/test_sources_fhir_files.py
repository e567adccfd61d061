"""FHIR comes as lines, bundles, JSON and XML; what is none of them, or made to exhaust, is refused in one sentence."""

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.fhir import read_fhir
from connectors.sources.fhir_elements import elements, texts
from connectors.sources.fhir_table import RESOURCES
from connectors.sources.fhir_xml import XmlNotFhir, parse_xml
from tests.support.fhir_resources import (
    ANNA,
    batches,
    condition,
    mapping,
    refusal,
    remarks,
    rows,
)
from tests.support.sources import SOUND_NUMBERS

XML = """<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
<entry><fullUrl value="urn:uuid:a"/><resource><Patient><id value="anna"/>
<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Anna</p></div></text>
<identifier><system value="http://fhir.nl/fhir/NamingSystem/bsn"/><value value="999996708"/></identifier>
<gender value="female"/><birthDate value="1950-02-01"/>
<address><use value="home"/><district value="Den Haag"><extension url="x"><valueCodeableConcept><coding>
<code value="0518"/></coding></valueCodeableConcept></extension></district></address></Patient></resource></entry>
<entry><resource><Observation><id value="o1"/><status value="final"/>
<code><coding><system value="http://loinc.org"/><code value="4548-4"/></coding></code>
<subject><reference value="urn:uuid:a"/></subject><effectiveDateTime value="2020-03-01"/>
<valueQuantity><value value="48.10"/></valueQuantity></Observation></resource></entry></Bundle>"""


def test_xml_gives_what_json_gives(tmp_path: Path) -> None:
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(XML.encode("utf-16")))
    read = list(read_fhir(mapping(tmp_path)))
    assert (rows(read, "Patient")[0]["municipality"], rows(read, "Patient")[0]["sex"]) == ("GM0518", "f")
    (found,) = rows(read, "Observation")
    assert (found["row"], found["person_id"], found["value"]) == (1_000_002, SOUND_NUMBERS[0], "48.10")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Patient xmlns="http://hl7.org/fhir"/>', "has a document type"),
        (
            b'<!DOCTYPE Patient SYSTEM "file:///etc/passwd"><Patient xmlns="http://hl7.org/fhir"/>',
            "has a document type",
        ),
        (b'<Patient xmlns="http://hl7.org/fhir"><id value="999996708"/>', "is not well-formed XML"),
        (b"<Patient/>", "is XML, and no FHIR resource"),
        (b'<patient xmlns="http://hl7.org/fhir"/>', "is XML, and no FHIR resource"),
        (b'<?xml version="1.0" encoding="klingon"?><Patient xmlns="http://hl7.org/fhir"/>', "is not well-formed XML"),
        (b'<A xmlns="http://hl7.org/fhir">' + b"<a>" * 200, "is nested more than 100 elements deep"),
    ],
)
def test_xml_that_must_not_be_read_is_refused_without_a_value(content: bytes, said: str) -> None:
    with pytest.raises(XmlNotFhir) as fault:
        parse_xml(content)
    assert str(fault.value).startswith(said)
    assert "999996708" not in str(fault.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ndjson", b'{"resourceType":"Patient"}\n{"resource', "a.ndjson, line 2: is not JSON in UTF-8"),
        ("a.ndjson", b'{"a":' * 100_000, "a.ndjson, line 1: is nested too deeply"),
        ("a.ndjson", b'{"hello": 1}', "a.ndjson, line 1: holds no FHIR resource"),
        ("a.ndjson", b'"Patient"', "a.ndjson, line 1: holds no FHIR resource"),
        ("a.ndjson", b'{"resourceType":"999996708"}', "a.ndjson, line 1: holds no FHIR resource"),
        ("a.ndjson.gz", b"no gzip", "a.ndjson.gz: cannot be read or unpacked"),
        (
            "a.ndjson.gz",
            gzip.compress(b'{"resourceType":"Patient"}', mtime=0)[:-9],
            "a.ndjson.gz: cannot be read or unpacked",
        ),
        ("a.json", b'{"resourceType":"Bundle","type":"history"}', "the json file: is a bundle of another type than"),
        ("a.xml", b"<x/>", "the xml file: is XML, and no FHIR resource"),
        (
            "a.json",
            b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"a":1}}]}',
            "the json file, entry 1: holds no",
        ),
        ("a.txt", b"x", "delivery: holds no .ndjson, .json or .xml file"),
        ("a.json", b'{"resourceType":"Device"}', "delivery: holds no resource of a type that is read"),
    ],
)
def test_a_file_that_is_not_fhir_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / name).write_bytes(content)
    text = refusal(folder)
    assert text.startswith(said)
    assert "999996708" not in text


def test_a_line_without_end_and_a_bundle_too_large_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.ndjson").open("wb") as stream:
        stream.truncate(20 << 20)
    assert refusal(tmp_path) == "a.ndjson, line 1: is longer than 16 megabytes; check that it is one resource."
    (tmp_path / "a.ndjson").unlink()
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(b" " * (70 << 20)))
    assert refusal(tmp_path).startswith("b.json.gz: unpacks to more than 50 times its size")


def test_files_named_after_persons_are_called_by_number(tmp_path: Path) -> None:
    (tmp_path / "Anna_de_Vries.json").write_text(json.dumps(ANNA), encoding="utf-8")
    (tmp_path / "Bert_Bakker.json").write_text("{", encoding="utf-8")
    assert refusal(tmp_path).startswith("json file 2 in the order of name: is not JSON")


def test_a_listed_file_that_is_absent_or_elsewhere_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, files=("x.ndjson",)).startswith("x.ndjson: this file does not exist")
    assert refusal(tmp_path, files=("../x.ndjson",)).startswith("../x.ndjson: must be a .ndjson, .json or .xml file")


def test_a_delivery_says_what_it_lacks(tmp_path: Path) -> None:
    listed = [{"type": "Patient", "count": 1, "url": "x"}, {"type": "Observation", "count": 5, "url": "y"}]
    manifest = {"transactionTime": "2024-01-01T00:00:00Z", "output": listed}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "z"}], "entry": [{}]}
    (tmp_path / "page.json").write_text(json.dumps(page), encoding="utf-8")
    said = remarks(batches(tmp_path, ANNA, condition()))
    assert said["Observation", "the manifest lists 5, and the delivery has"] == 0
    assert said["Observation", "not in the delivery, so it brings no measurement; resources"] == 0
    assert said["Bundle", "has a next page; check that it is in the delivery too; bundles"] == 1
    assert said["Bundle", "entries without a resource"] == 1


def test_a_system_that_nobody_knows_is_named_and_can_be_made_known(tmp_path: Path) -> None:
    own = condition(code={"coding": [{"system": "http://example.org/own", "code": "1"}]})
    text = "has no other code than one of http://example.org/own, which `fhir.code_systems` may name"
    assert remarks(batches(tmp_path, ANNA, own))["Condition", text] == 1
    read = batches(tmp_path, ANNA, own, code_systems={"http://example.org/own": "local"})
    assert rows(read, "Condition")[0]["code_system"] == "local"


def test_many_resources_come_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.sources.fhir._ROWS_AT_ONCE", 10)
    read = batches(tmp_path, ANNA, *(condition(id=str(number)) for number in range(39)))
    assert [row["record_id"] for row in rows(read, "Condition")] == [str(number) for number in range(39)]
    assert max(batch.table.num_rows for batch in read) == 10
    assert ("Observation", "not in the delivery, so it brings no measurement; resources") in remarks(read)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "coding"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=50)
@given(JSON)
def test_elements_of_any_shape_are_gone_through_without_a_fault(node: object) -> None:
    assert all(one is not None for one in elements(node, "a.b[coding=x].a"))
    assert all(isinstance(one, str) and one for one in texts(node, "a.coding"))


@settings(max_examples=50)
@given(st.sampled_from(sorted(RESOURCES)), st.dictionaries(st.text(max_size=3), JSON, max_size=3), st.data())
def test_every_resource_is_a_row_or_refused(kind: str, extra: dict[str, Any], data: st.DataObject) -> None:
    names = sorted({path.split(".")[0].split("[")[0] for one in RESOURCES[kind].fields.values() for path in one.paths})
    shape = {name: data.draw(JSON) for name in names}
    with tempfile.TemporaryDirectory() as place:
        resource = {
            **extra,
            **shape,
            "subject": {"reference": "Patient/anna"},
            "patient": {"reference": "Patient/anna"},
        }
        read = batches(Path(place), ANNA, {**resource, "resourceType": kind}, resources=tuple({"Patient", kind}))
        ours = [batch for batch in read if batch.file == f"all.ndjson, {kind}"]
        assert sum(batch.table.num_rows + len(batch.refused) for batch in ours) == 1 + (kind == "Patient")
