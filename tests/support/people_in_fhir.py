"""The same few people told in FHIR: as a bulk export, and as a bundle in JSON and in XML."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.support.people_in_databases import SYSTEMS, Rows


def _resources(people: dict[str, Rows]) -> Iterator[dict[str, Any]]:
    def about(one: dict[str, str]) -> dict[str, Any]:
        return {"reference": f"Patient/p{one['person_id'][-4:]}"}

    def code(one: dict[str, str]) -> dict[str, Any]:
        return {"coding": [{"system": SYSTEMS[one["code_system"]], "code": one["code"]}]}

    for one in people["person"]:
        yield {
            "resourceType": "Patient",
            "id": f"p{one['person_id'][-4:]}",
            "identifier": [{"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": one["person_id"]}],
            "gender": {"f": "female", "m": "male", "unknown": "other"}[one["sex"]],
            "birthDate": one["birth_date"],
            **({"deceasedDateTime": one["death_date"]} if one["death_date"] else {}),
        }
    for one in people["coverage"]:
        period = {"start": one["start_date"], "end": one["last_date"]}
        yield {"resourceType": "Coverage", "status": "active", "beneficiary": about(one), "period": period}
    for one in people["condition"]:
        yield {
            "resourceType": "Condition",
            "id": one["record_id"],
            "subject": about(one),
            "code": code(one),
            "onsetDateTime": one["start_date"],
        }
    for one in people["encounter"]:
        yield {
            "resourceType": "Encounter",
            "id": one["record_id"],
            "status": "finished",
            "class": {"code": {"admission": "IMP", "outpatient": "AMB"}[one["encounter_type"]]},
            "subject": about(one),
            "period": {"start": one["start_date"]},
        }
    for one in people["measurement"]:
        yield {
            "resourceType": "Observation",
            "id": one["record_id"],
            "status": "final",
            "subject": about(one),
            "code": code(one),
            "effectiveDateTime": f"{one['measured_on']}T10:00:00+01:00",
            "valueQuantity": {"value": float(one["value"])},
        }
    for one in people["treatment"]:
        yield {
            "resourceType": "MedicationDispense",
            "id": one["record_id"],
            "status": "completed",
            "subject": about(one),
            "medicationCodeableConcept": code(one),
            "whenHandedOver": one["start_date"],
        }
    for one in people["cost"]:
        yield {
            "resourceType": "ExplanationOfBenefit",
            "id": one["record_id"],
            "status": "active",
            "type": {"coding": [{"code": one["category"]}]},
            "patient": about(one),
            "billablePeriod": {"start": one["start_date"]},
            "payment": {"amount": {"value": float(one["amount"]), "currency": "EUR"}},
        }


FHIR = {"kind": "fhir", "folder": "delivery", "municipality": "GM0363"}


def as_fhir_lines(folder: Path, url: str, people: dict[str, Rows]) -> dict[str, Any]:
    files: dict[str, list[str]] = {}
    for one in _resources(people):
        files.setdefault(one["resourceType"], []).append(json.dumps(one))
    for name, lines in files.items():
        packed = gzip.compress("\n".join(lines).encode())
        (folder / "delivery" / f"{name}.000.ndjson.gz").write_bytes(packed)
    return FHIR


def _bundle(people: dict[str, Rows]) -> dict[str, Any]:
    entries = [{"resource": one} for one in reversed(list(_resources(people)))]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def as_fhir_json(folder: Path, url: str, people: dict[str, Rows]) -> dict[str, Any]:
    (folder / "delivery" / "all.json").write_text(json.dumps(_bundle(people)), encoding="utf-8")
    return FHIR


def _as_xml(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_as_xml(name, one) for one in value)
    if not isinstance(value, dict):
        return f"<{name} value={quoteattr(str(value))}/>"
    inner = "".join(_as_xml(key, one) for key, one in value.items() if key != "resourceType")
    if "resourceType" in value:
        inner = f"<{value['resourceType']}>{inner}</{value['resourceType']}>"
    return f"<{name}>{inner}</{name}>"


def as_fhir_xml(folder: Path, url: str, people: dict[str, Rows]) -> dict[str, Any]:
    inner = _as_xml("x", _bundle(people)).removeprefix("<x><Bundle>").removesuffix("</x>")
    text = f'<?xml version="1.0" encoding="utf-8"?><Bundle xmlns="http://hl7.org/fhir">{inner}'
    (folder / "delivery" / "all.xml").write_text(text, encoding="utf-8")
    return FHIR
