"""The canonical records every source is brought to: their fields, which are required, and what form each takes."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Record = Literal["person", "coverage", "residence", "condition", "encounter", "measurement", "treatment", "cost"]
Form = Literal["identifier", "date", "last_date", "sex", "area", "urgency", "system", "text", "decimal", "euros"]

RECORDS: Final[tuple[Record, ...]] = get_args(Record)
SEXES: Final = ("f", "m", "unknown")
URGENCIES: Final = ("acute", "planned")
CODE_SYSTEMS: Final = (
    *("icpc", "icd10", "atc", "snomed", "rxnorm", "loinc", "omop", "local"),
    *("cvx", "gpk", "prk", "hpk"),  # vaccines; G-Standaard: generic product, prescription product, trade product
)


@dataclass(frozen=True)
class Field:
    """One canonical field: the form its text must have, and whether a row without it is rejected."""

    form: Form
    required: bool = False


_PERSON = Field("identifier", required=True)
_START = Field("date", required=True)
_CODED: Final = {"code_system": Field("system", required=True), "code": Field("text", required=True)}
_RECORD_ID: Final = {"record_id": Field("text")}
# the provider that delivered or was paid, by a stable code such as an AGB code; it never leaves the node
_ORGANISATION: Final = {"organisation": Field("text")}

FIELDS: Final[dict[Record, dict[str, Field]]] = {
    "person": {
        "person_id": _PERSON,
        "birth_date": _START,
        "sex": Field("sex", required=True),
        "municipality": Field("area"),
        "death_date": Field("date"),
    },
    "coverage": {
        "person_id": _PERSON,
        "start_date": _START,
        "end_date": Field("date"),
        "last_date": Field("last_date"),
    },
    "residence": {
        "person_id": _PERSON,
        "municipality": Field("area", required=True),
        "start_date": _START,
        "end_date": Field("date"),
        "last_date": Field("last_date"),
    },
    "condition": {"person_id": _PERSON, **_CODED, "start_date": _START, "end_date": Field("date"), **_RECORD_ID},
    "encounter": {
        "person_id": _PERSON,
        "encounter_type": Field("text", required=True),
        "start_date": _START,
        "end_date": Field("date"),
        "urgency": Field("urgency"),
        "code_system": Field("system"),
        "code": Field("text"),
        **_ORGANISATION,
        **_RECORD_ID,
    },
    "measurement": {"person_id": _PERSON, **_CODED, "measured_on": _START, "value": Field("decimal"), **_RECORD_ID},
    "treatment": {"person_id": _PERSON, **_CODED, "start_date": _START, **_ORGANISATION, **_RECORD_ID},
    "cost": {
        "person_id": _PERSON,
        "category": Field("text", required=True),
        "start_date": _START,
        "amount": Field("euros", required=True),
        **_ORGANISATION,
        **_RECORD_ID,
    },
}

# By these persons are compared where there is no identifier. They are read by the linkage alone and never kept.
# A household may share its insurer number; a personal number (a client's number at a third party) is one's own.
LINKAGE_FIELDS: Final = (
    "given_name", "surname", "birth_date", "sex", "postcode", "house_number", "insurer_number", "personal_number",
    "city", "email",
)  # fmt: skip
