"""Small sources for tests: a mapping document that is right, and a folder to write it in."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

TODAY: Final = date(2026, 11, 22)
KEY: Final = bytes(range(32))
SOUND_NUMBERS: Final = ("999996708", "999996630", "111222333")  # published test numbers that pass the 11-test


def legal(**changed: Any) -> dict[str, Any]:
    whole = {
        "controller": "Gemeente",
        "purpose": "test",
        "legal_basis": "test",
        "agreement": "A-1",
        "linkage": "bsn",
        "permitted_indicators": ["all"],
        "delete_by": "2030-01-01",
    }
    return {**whole, **changed}


def register_file(**changed: Any) -> dict[str, Any]:
    whole = {
        "file": "persons.csv",
        "record": "person",
        "separator": ";",
        "date_format": "%d-%m-%Y",
        "fields": {
            "person_id": {"column": "bsn"},
            "birth_date": {"column": "born"},
            "sex": {"column": "sex", "codes": {"V": "f", "M": "m"}},
            "municipality": {"constant": "GM0363"},
        },
    }
    return {**whole, **changed}


def visits_file(**changed: Any) -> dict[str, Any]:
    whole = {
        "file": "visits.csv",
        "record": "encounter",
        "separator": ";",
        "date_format": "%d-%m-%Y",
        "fields": {
            "person_id": {"column": "bsn"},
            "encounter_type": {"constant": "gp"},
            "start_date": {"column": "date"},
        },
    }
    return {**whole, **changed}


def source(*files: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"id": "register", "kind": "csv", "legal": legal(), "files": list(files), "max_reject_share": 1.0, **changed}


def written(folder: Path, document: dict[str, Any], name: str = "source.yaml", **texts: str) -> Path:
    """Write a mapping, and a .csv file per named text, and return the mapping's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in texts.items():
        (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    path = folder / name
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path
