"""What is read from each FHIR R4 resource: paths for every canonical field, and what makes a resource not count.

A path names elements, joined by dots; lists are gone through; `name[inner.path=text]` keeps the elements whose inner
path has that text. Of several paths the first that holds something counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from .canonical import Record

Take = Literal["day", "last_day", "coded", "text", "number", "money", "sex", "area", "class", "urgency"]


@dataclass(frozen=True)
class Field:
    """How one canonical field is taken, and from where."""

    take: Take
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """How one resource type becomes a record: whose it is, its fields, and the texts at a path that make it not count.

    `component` names repeated elements that are records of their own, with the whole resource's person and day.
    """

    record: Record
    person: str
    fields: Mapping[str, Field]
    not_counted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    component: str | None = None


_WRONG: Final = "entered-in-error"
_NO_PROBLEM: Final = "160245001"  # SNOMED CT: no current problems or disability


def _day(*paths: str) -> Field:
    return Field("day", paths)


def _coded(*paths: str) -> Field:
    return Field("coded", paths)


def _treatment(person: str, code: tuple[str, ...], start: tuple[str, ...], **not_counted: tuple[str, ...]) -> Resource:
    return Resource(
        "treatment",
        person,
        {"code": _coded(*code), "start_date": _day(*start)},
        {name: (_WRONG, *texts) for name, texts in {"status": (), **not_counted}.items()},
    )


def _costs(*amounts: str, **not_counted: tuple[str, ...]) -> Resource:
    return Resource(
        "cost",
        "patient",
        {
            "category": Field("text", ("type.coding.code",)),
            "start_date": _day("billablePeriod.start", "created"),
            "amount": Field("money", amounts),
        },
        {"status": (_WRONG, "cancelled", "draft"), "use": ("preauthorization", "predetermination"), **not_counted},
    )


_MEDICATION: Final = ("medicationCodeableConcept", "medicationReference")
RESOURCES: Final[Mapping[str, Resource]] = {
    "Patient": Resource(
        "person",
        "",
        {
            "birth_date": _day("birthDate"),
            "sex": Field("sex", ("gender",)),
            "municipality": Field("area", ("address",)),
            "death_date": Field("last_day", ("deceasedDateTime",)),
        },
    ),
    "Coverage": Resource(
        "coverage",
        "beneficiary",
        {"start_date": _day("period.start"), "last_date": Field("last_day", ("period.end",))},
        {"status": (_WRONG, "cancelled", "draft")},
    ),
    "Encounter": Resource(
        "encounter",
        "subject",
        {
            "encounter_type": Field("class", ("class.code",)),
            "urgency": Field("urgency", ("class.code",)),
            "start_date": _day("period.start"),
            "end_date": Field("last_day", ("period.end",)),
            "code": _coded("reasonCode"),
        },
        {"status": (_WRONG, "planned", "cancelled")},
    ),
    "Condition": Resource(
        "condition",
        "subject",
        {
            "code": _coded("code"),
            "start_date": _day("onsetDateTime", "onsetPeriod.start", "recordedDate"),
            "end_date": Field("last_day", ("abatementDateTime", "abatementPeriod.end", "abatementPeriod.start")),
        },
        {"verificationStatus.coding.code": (_WRONG, "refuted"), "code.coding.code": (_NO_PROBLEM,)},
    ),
    "Observation": Resource(
        "measurement",
        "subject",
        {
            "code": _coded("code"),
            "measured_on": _day("effectiveDateTime", "effectivePeriod.start", "effectiveInstant"),
            "value": Field("number", ("valueQuantity", "valueInteger", "valueCodeableConcept")),
        },
        {"status": (_WRONG, "registered", "cancelled")},
        component="component",
    ),
    "MedicationRequest": _treatment(
        "subject",
        _MEDICATION,
        ("authoredOn",),
        status=("cancelled", "draft"),
        intent=("proposal", "option"),
        doNotPerform=("true",),
    ),
    "MedicationStatement": _treatment(
        "subject",
        _MEDICATION,
        ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
        status=("not-taken", "intended"),
    ),
    "MedicationDispense": _treatment(
        "subject", _MEDICATION, ("whenHandedOver", "whenPrepared"), status=("cancelled", "declined", "preparation")
    ),
    "MedicationAdministration": _treatment(
        "subject", _MEDICATION, ("effectiveDateTime", "effectivePeriod.start"), status=("not-done",)
    ),
    "Immunization": _treatment("patient", ("vaccineCode",), ("occurrenceDateTime",), status=("not-done",)),
    "Procedure": _treatment(
        "subject",
        ("code",),
        ("performedDateTime", "performedPeriod.start"),
        status=("not-done", "preparation"),
    ),
    "Claim": _costs("total"),
    "ExplanationOfBenefit": _costs(
        "payment.amount", "total[category.coding.code=benefit].amount", outcome=("queued", "error")
    ),
}
# a claim and its explanation of benefit are one sum of money: without a choice, what was paid counts
READ_WITHOUT_CHOICE: Final = tuple(name for name in RESOURCES if name != "Claim")

# terminology.hl7.org and the Dutch registry of identification systems; the object identifiers are those of the zibs
CODE_SYSTEMS: Final[Mapping[str, str]] = {
    "http://snomed.info/sct": "snomed",
    "http://loinc.org": "loinc",
    "http://www.whocc.no/atc": "atc",
    "urn:oid:2.16.840.1.113883.6.73": "atc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-10-nl": "icd10",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "urn:oid:2.16.840.1.113883.6.3.2": "icd10",
    "http://hl7.org/fhir/sid/icpc-1": "icpc",
    "http://hl7.org/fhir/sid/icpc-1-nl": "icpc",
    "urn:oid:2.16.840.1.113883.2.4.4.31.1": "icpc",
    "urn:oid:2.16.840.1.113883.2.4.4.1": "gpk",
    "urn:oid:2.16.840.1.113883.2.4.4.10": "prk",
    "urn:oid:2.16.840.1.113883.2.4.4.7": "hpk",
}
# of several codes of one thing, the first system listed here that it has
PREFERRED: Final[Mapping[Record, tuple[str, ...]]] = {
    "condition": ("icpc", "icd10", "snomed"),
    "encounter": ("icpc", "icd10", "snomed"),
    "treatment": ("atc", "gpk", "prk", "hpk", "rxnorm", "cvx", "snomed"),
    "measurement": ("loinc", "snomed"),
}
SEXES: Final = {"male": "m", "female": "f"}  # administrative-gender; `other`, `unknown` and nothing are unknown
# v3 ActCode, value set ActEncounterCode
ENCOUNTER_TYPES: Final[Mapping[str, str]] = {
    "AMB": "outpatient",
    "EMER": "ed",
    "IMP": "admission",
    "ACUTE": "admission",
    "NONAC": "admission",
    "SS": "admission",
}
URGENT_CLASSES: Final = ("EMER", "ACUTE")
