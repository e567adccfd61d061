"""Write the mapping files of an invented region's six sources."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

_FORM: Final = {"separator": ";", "encoding": "utf-8", "decimal": ",", "date_format": "%d-%m-%Y"}
_PERSON: Final = {"person_id": {"column": "bsn"}}
_NUMBER: Final = {"record_id": {"column": "nummer"}}
_PROVIDER: Final = {"organisation": {"column": "instelling"}}


def write_mappings(folder: Path, municipality_codes: Mapping[str, str]) -> None:
    """Write gemeente.yaml, huisarts.yaml and those of the other four sources beside the extracts."""
    for source, (holder, files) in _sources(municipality_codes).items():
        document = {
            "id": source,
            "kind": "csv",
            "legal": {
                "controller": f"{holder} (invented)",
                "purpose": "Regional population health indicators, demonstration with invented persons",
                "legal_basis": "None needed: no person in these files exists",
                "agreement": f"Demonstration agreement {source}",
                "linkage": "bsn",
                "permitted_indicators": ["all"],
                "delete_by": "2034-12-31",
            },
            "precedence": 10 if source == "gemeente" else 100,
            "files": files,
        }
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
        (folder / f"{source}.yaml").write_text(text, encoding="utf-8")


def _sources(municipality_codes: Mapping[str, str]) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    return {
        "gemeente": ("Municipalities", [_register(municipality_codes)]),
        "huisarts": ("General practices", _general_practice()),
        "ziekenhuis": ("Hospital", _hospital()),
        "verzekeraar": ("Health insurer", _insurer()),
        "apotheek": ("Pharmacies", [_pharmacy()]),
        "enquete": ("Public health service", [_survey()]),
    }


def _file(name: str, record: str, **fields: dict[str, Any]) -> dict[str, Any]:
    whole = {**_PERSON, **fields}
    return {"file": name, "record": record, **_FORM, "fields": {key: dict(how) for key, how in whole.items()}}


def _column(name: str, codes: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"column": name} if codes is None else {"column": name, "codes": dict(codes)}


def _constant(text: str) -> dict[str, Any]:
    return {"constant": text}


def _register(codes: Mapping[str, str]) -> dict[str, Any]:
    return _file(
        "gemeente.csv",
        "person",
        birth_date=_column("geboortedatum"),
        sex=_column("geslacht", {"V": "f", "M": "m", "O": "unknown"}),
        municipality=_column("gemeente", codes),
        death_date=_column("overlijdensdatum"),
    )


def _general_practice() -> list[dict[str, Any]]:
    return [
        _file(
            "huisarts_diagnoses.csv",
            "condition",
            code_system=_constant("icpc"),
            code=_column("icpc"),
            start_date=_column("begindatum"),
        ),
        _file(
            "huisarts_metingen.csv",
            "measurement",
            **_NUMBER,
            code_system=_constant("local"),
            code=_column("bepaling", {"HbA1c": "HBA1C"}),
            measured_on=_column("datum"),
            value=_column("waarde"),
        ),
        _file(
            "huisarts_vaccinaties.csv",
            "treatment",
            code_system=_constant("atc"),
            code=_column("atc"),
            start_date=_column("datum"),
            **_PROVIDER,
        ),
        _file(
            "huisarts_aandoeningen.csv",
            "condition",
            code_system=_constant("icpc"),
            code=_column("icpc"),
            start_date=_column("begindatum"),
        ),
        _file(
            "huisarts_leefstijl.csv",
            "measurement",
            **_NUMBER,
            code_system=_constant("local"),
            code=_column("bepaling", {"QI": "BMI", "roken": "SMOKING", "eGFR": "EGFR"}),
            measured_on=_column("datum"),
            value=_column("waarde"),
        ),
        _file(
            "huisarts_contacten.csv",
            "encounter",
            **_NUMBER,
            encounter_type=_constant("gp"),
            start_date=_column("datum"),
            **_PROVIDER,
        ),
    ]


def _hospital() -> list[dict[str, Any]]:
    return [
        _file(
            "ziekenhuis_opnames.csv",
            "encounter",
            **_NUMBER,
            encounter_type=_constant("admission"),
            start_date=_column("opnamedatum"),
            end_date=_column("ontslagdatum"),
            urgency=_column("urgentie", {"A": "acute", "P": "planned"}),
            code_system=_constant("icd10"),
            code=_column("icd10"),
            **_PROVIDER,
        ),
        _file(
            "ziekenhuis_seh.csv",
            "encounter",
            **_NUMBER,
            encounter_type=_constant("ed"),
            start_date=_column("datum"),
            **_PROVIDER,
        ),
    ]


def _insurer() -> list[dict[str, Any]]:
    return [
        _file(
            "verzekeraar_inschrijving.csv",
            "coverage",
            start_date=_column("begindatum"),
            last_date=_column("einddatum"),
        ),
        _file(
            "verzekeraar_declaraties.csv",
            "cost",
            **_NUMBER,
            category=_column("post"),
            start_date=_column("datum"),
            amount=_column("bedrag"),
            **_PROVIDER,
        ),
    ]


def _pharmacy() -> dict[str, Any]:
    return _file(
        "apotheek.csv",
        "treatment",
        code_system=_constant("atc"),
        code=_column("atc"),
        start_date=_column("datum"),
    )


def _survey() -> dict[str, Any]:
    return _file(
        "enquete.csv",
        "measurement",
        code_system=_constant("local"),
        code=_column("vraag", {"ervaren gezondheid": "SRH", "rapportcijfer huisarts": "PREM"}),
        measured_on=_column("datum"),
        value=_column("antwoord"),
    )
