"""What a mapping says beyond its files, for the kinds that need it: the database, and how OMOP and FHIR are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

EURO: Final = "EUR"
EURO_CONCEPT: Final = 44818568  # OMOP vocabulary Currency, EUR
BSN_SYSTEM: Final = "http://fhir.nl/fhir/NamingSystem/bsn"


@dataclass(frozen=True)
class Database:
    """Where a database's address is found (never the address itself), and the schema of its tables and views."""

    url_env: str | None = None
    url_file: Path | None = None
    schema: str | None = None


@dataclass(frozen=True)
class OmopSettings:
    """How OMOP tables are read.

    `source_values` names the records whose code is the *_source_value column, with the code system that it is in;
    `concept_map` is a CSV of concept_id, code_system, code beside the mapping; amounts in another currency than
    `currency_concept_id` are rejected.
    """

    source_values: Mapping[str, str] = field(default_factory=dict)
    concept_map: str | None = None
    currency_concept_id: int = EURO_CONCEPT
    amount: Literal["total_paid", "total_cost", "total_charge", "paid_by_payer"] = "total_paid"


@dataclass(frozen=True)
class FhirSettings:
    """How FHIR resources are read.

    `files` are names in the mapping's folder (none: every .ndjson, .json and .xml there); `resources` the types to read
    (none: all that have a record, and of costs what was paid); `identifier_system` is the system of the identifier that
    stands for a person (none: the citizen service number's, or the resource's id where nothing links); `code_systems`
    adds systems to those known; `encounter_types` gives an Encounter.class another type; `value_codes` gives a coded
    value its number; amounts in another currency than `currency` are rejected; with `round` a number with more decimals
    than are kept is rounded half up.
    """

    files: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    identifier_system: str | None = None
    code_systems: Mapping[str, str] = field(default_factory=dict)
    encounter_types: Mapping[str, str] = field(default_factory=dict)
    value_codes: Mapping[str, str] = field(default_factory=dict)
    currency: str = EURO
    round: bool = False
