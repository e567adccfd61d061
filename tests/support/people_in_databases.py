"""The same few people told as views and as an OMOP schema, in the words that each of these has for them."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, create_engine

from tests.support.sources import SOUND_NUMBERS

VARIABLE = "TEST_PEOPLE_ADDRESS"
ANNA, BERT, CARLA = SOUND_NUMBERS
WRONG = "999996709"  # fails the 11-test
Rows = list[dict[str, str]]

# canonical records; every kind below tells the same in its own words
PEOPLE: dict[str, Rows] = {
    "person": [
        {"person_id": ANNA, "birth_date": "1950-02-01", "sex": "f", "death_date": ""},
        {"person_id": BERT, "birth_date": "1960-01-01", "sex": "m", "death_date": "2024-11-30"},
        {"person_id": CARLA, "birth_date": "2001-12-31", "sex": "unknown", "death_date": ""},
        {"person_id": WRONG, "birth_date": "2001-12-31", "sex": "f", "death_date": ""},
    ],
    "coverage": [
        {"person_id": one, "start_date": "2024-01-01", "last_date": "2024-12-31"} for one in (ANNA, BERT, CARLA)
    ],
    "condition": [
        {"record_id": "1", "person_id": ANNA, "code_system": "icpc", "code": "T90", "start_date": "2019-05-01"},
        {"record_id": "2", "person_id": BERT, "code_system": "icpc", "code": "K86", "start_date": "2020-06-02"},
    ],
    "encounter": [
        {"record_id": "3", "person_id": ANNA, "encounter_type": "admission", "start_date": "2024-03-01"},
        {"record_id": "4", "person_id": ANNA, "encounter_type": "outpatient", "start_date": "2024-03-01"},
        {"record_id": "5", "person_id": ANNA, "encounter_type": "outpatient", "start_date": "2024-03-01"},
    ],
    "measurement": [
        {
            "record_id": "6",
            "person_id": BERT,
            "code_system": "loinc",
            "code": "4548-4",
            "measured_on": "2024-02-29",
            "value": "48.1",
        }
    ],
    "treatment": [
        {"record_id": "7", "person_id": CARLA, "code_system": "atc", "code": "A10BA02", "start_date": "2024-07-01"}
    ],
    "cost": [
        {
            "record_id": "8",
            "person_id": CARLA,
            "category": "drug",
            "start_date": "2024-07-01",
            "amount": "12.05",
        }
    ],
}
STORED = {"person": 3, "coverage": 3, "condition": 2, "encounter": 3, "measurement": 1, "treatment": 1, "cost": 1}
CONCEPTS = {"T90": "201826", "K86": "320128", "4548-4": "3004410", "A10BA02": "1503297"}
SYSTEMS = {"icpc": "http://hl7.org/fhir/sid/icpc-1-nl", "loinc": "http://loinc.org", "atc": "http://www.whocc.no/atc"}


def _tables(url: str, tables: dict[str, Rows]) -> None:
    engine, held = create_engine(url), MetaData()
    with engine.begin() as connection:
        for name, rows in tables.items():
            table = Table(name, held, *(Column(one, Text) for one in rows[0]))
            table.create(connection)
            connection.execute(table.insert(), [{one: text or None for one, text in row.items()} for row in rows])
    engine.dispose()


def as_sql(folder: Path, url: str, people: dict[str, Rows]) -> dict[str, Any]:
    _tables(url, {f"v_{record}": rows for record, rows in people.items()})
    tables = []
    for record, rows in people.items():
        fields: dict[str, dict[str, str]] = {name: {"column": name} for name in rows[0]}
        if record == "person":
            fields["municipality"] = {"constant": "GM0363"}
        tables.append({"table": f"v_{record}", "record": record, "fields": fields})
    return {"kind": "sql", "database": {"url_env": VARIABLE}, "tables": tables}


def as_omop(folder: Path, url: str, people: dict[str, Rows]) -> dict[str, Any]:
    sexes, visits = {"f": "8532", "m": "8507", "unknown": "0"}, {"admission": "9201", "outpatient": "9202"}
    _tables(
        url,
        {
            "cdm_source": [{"cdm_version": "5.4"}],
            "person": [
                {
                    "person_id": one["person_id"],
                    "gender_concept_id": sexes[one["sex"]],
                    **dict(
                        zip(
                            ("year_of_birth", "month_of_birth", "day_of_birth"),
                            one["birth_date"].split("-"),
                            strict=True,
                        )
                    ),
                }
                for one in people["person"]
            ],
            "death": [
                {name: one[name] for name in ("person_id", "death_date")}
                for one in people["person"]
                if one["death_date"]
            ],
            "observation_period": [
                {
                    "person_id": one["person_id"],
                    "observation_period_start_date": one["start_date"],
                    "observation_period_end_date": one["last_date"],
                }
                for one in people["coverage"]
            ],
            "condition_occurrence": [
                {
                    "condition_occurrence_id": one["record_id"],
                    "person_id": one["person_id"],
                    "condition_concept_id": CONCEPTS[one["code"]],
                    "condition_start_date": one["start_date"],
                    "condition_end_date": "",
                }
                for one in people["condition"]
            ],
            "visit_occurrence": [
                {
                    "visit_occurrence_id": one["record_id"],
                    "person_id": one["person_id"],
                    "visit_concept_id": visits[one["encounter_type"]],
                    "visit_start_date": one["start_date"],
                    "visit_end_date": "",
                }
                for one in people["encounter"]
            ],
            "measurement": [
                {
                    "measurement_id": one["record_id"],
                    "person_id": one["person_id"],
                    "measurement_concept_id": CONCEPTS[one["code"]],
                    "measurement_date": one["measured_on"],
                    "value_as_number": one["value"],
                }
                for one in people["measurement"]
            ],
            "drug_exposure": [
                {
                    "drug_exposure_id": one["record_id"],
                    "person_id": one["person_id"],
                    "drug_concept_id": CONCEPTS[one["code"]],
                    "drug_exposure_start_date": one["start_date"],
                }
                for one in people["treatment"]
            ],
            "cost": [
                {
                    "cost_id": one["record_id"],
                    "cost_event_id": "7",
                    "cost_domain_id": "Drug",
                    "currency_concept_id": "44818568",
                    "total_paid": one["amount"],
                }
                for one in people["cost"]
            ],
        },
    )
    listed = [
        f"{CONCEPTS[one['code']]},{one['code_system']},{one['code']}"
        for rows in people.values()
        for one in rows
        if "code" in one
    ]
    (folder / "concepts.csv").write_text("\n".join(["concept_id,code_system,code", *listed]), encoding="utf-8")
    omop = {"concept_map": "concepts.csv"}
    return {"kind": "omop", "municipality": "GM0363", "database": {"url_env": VARIABLE}, "omop": omop}
