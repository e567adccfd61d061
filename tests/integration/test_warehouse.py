"""A region that counts in its own PostgreSQL: chosen in the settings, held to its form and ground, rows left there."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from demo.journey import call
from node.commands.inspection import total_line
from node.indicators.compute import compute, outside
from node.records.store import open_store, records_path
from schemas.catalogue import catalogue
from tests.integration.test_careless_analyst import bundle_in
from tests.integration.test_compute_postgres import _rows
from tests.support.linked_store import columns, create_statements, store_of
from tests.support.sources import legal

pytestmark = pytest.mark.real_postgres
# fused ones, two that are counted alone, money
ASKED = ("pop.persons", "h.dm_prev", "q.acute_adm", "q.readmit30", "c.zvw", "h.mort_prem")
AREAS = ("GM0363", "GM0344")
ROWS = _rows(seed=4, persons=400)
for _person in ROWS["person"]:
    _person["municipality"] = {"XA": AREAS[0], "XB": AREAS[1], "XC": "GM0518"}.get(_person["municipality"])  # type: ignore[index]
STAY = {
    "person_id": 1, "municipality": AREAS[0], "start_date": datetime.date(2020, 1, 1),
    "end_date": datetime.date(2024, 5, 1),
}  # fmt: skip
ROWS = {**ROWS, "lived_in": [STAY]}


@pytest.fixture
def server(postgres_url: str) -> Iterator[Connection]:
    """Offer the warehouse's owner a connection; every statement counts at once."""
    engine = create_engine(postgres_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA linked"))
        connection.execute(text("SET search_path TO linked"))
        for statement in create_statements():
            connection.execute(text(statement))
        for table, entries in ROWS.items():
            names = list(columns(table))
            values = [{name: ({"source": "gp"} | dict(entry)).get(name) for name in names} for entry in entries]
            marks = ", ".join(f":{name}" for name in names)
            connection.execute(text(f"INSERT INTO {table} VALUES ({marks})"), values)
        yield connection


@pytest.fixture
def home(tmp_path: Path, postgres_url: str, server: Connection) -> Path:
    """Make a node that counts in that warehouse, and has the ground of its one source on record."""
    folder = tmp_path / "region"
    areas = [word for area in AREAS for word in ("--area", area)]
    call(
        folder, "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented",
        "--division-year", "2023", "--hub-url", "http://127.0.0.1:9", *areas,
    )  # fmt: skip
    settings = folder / "node.toml"
    written = settings.read_text(encoding="utf-8")
    assert 'warehouse_schema = ""' in written
    settings.write_text(written.replace('warehouse_schema = ""', 'warehouse_schema = "linked"'), encoding="utf-8")
    secret = folder / "secrets" / "warehouse"
    secret.write_text(postgres_url + "\n", encoding="utf-8")
    secret.chmod(0o600)
    assert "its rows stay in the warehouse" in call(folder, "source", "load", str(mapping(tmp_path)))
    call(folder, "definitions", "approve", *ASKED, "--author", "Author")
    return folder


def mapping(folder: Path, **changed: object) -> Path:
    document = {
        "id": "gp", "kind": "warehouse", "legal": legal(linkage="pseudonym"),
        "objections_left_out": "The views leave out whoever is on the list of objections", **changed,
    }  # fmt: skip
    path = folder / "gp.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def doctor(home: Path) -> str:
    said = call(home, "doctor", expected=1)  # the node is not enrolled
    return "\n".join(line for line in said.splitlines() if " warehouse: " in line)


def test_measure_counts_in_the_warehouse_what_the_linked_store_would_count(home: Path) -> None:
    said = call(home, "measure", "--period", "2024")
    with store_of(ROWS) as store:
        expected = [total_line(compute(store, catalogue()[name], "2024", AREAS)) for name in ASKED]
        assert all(line in said.splitlines() for line in expected)
        assert all(sentence in said for sentence in outside(store, AREAS))
    inside = r"h\.mort_prem 2024, standardised to ESP2013, inside the region only: \d+\.\d\d per 100000 \("
    assert re.search(inside, said)
    assert doctor(home) == ""
    assert "The loaded sources can feed 6 of 6" in call(home, "definitions", "needs", *ASKED)


def test_nothing_is_left_in_the_warehouse_nor_copied_out_of_it(home: Path, server: Connection) -> None:
    before = server.execute(text("SELECT count(*) FROM pg_class")).scalar_one()
    bundle = bundle_in(
        call(
            home, "release", "prepare", "--period", "2024", "--indicator", "pop.persons", "--author", "Author",
            "--audience", "public",
        )
    )  # fmt: skip
    assert bundle
    assert server.execute(text("SELECT count(*) FROM pg_class")).scalar_one() == before
    listed = call(home, "source", "list")
    assert " 0 rows" in listed
    assert "; objections: The views leave out whoever is on the list of objections" in listed


# each change, how it is undone, and what is said of it
CHANGES = (
    ("ALTER TABLE encounter RENAME urgency TO u", "ALTER TABLE encounter RENAME u TO urgency",
     "encounter lacks the column urgency (text)"),
    ("ALTER TABLE coverage ALTER start_date TYPE timestamp", "ALTER TABLE coverage ALTER start_date TYPE date",
     "coverage.start_date is no date"),
    ("ALTER TABLE lived_in RENAME TO other", "ALTER TABLE other RENAME TO lived_in",
     "no table or view lived_in (an empty one where nobody knows stays)"),
    ("UPDATE cost SET source = 'insurer' WHERE person_id < 40", "UPDATE cost SET source = 'gp'",
     "No legal ground is recorded for the warehouse's source 'insurer'"),
    ("UPDATE cost SET source = NULL WHERE person_id = 4", "UPDATE cost SET source = 'gp'",
     "records without a `source`"),
    ("UPDATE cost SET source = 'Jansen, geb. 1950-03-02' WHERE person_id = 4", "UPDATE cost SET source = 'gp'",
     "are 1 values that are no id of a source"),
    ("INSERT INTO lived_in SELECT person_id, municipality, '2021-01-01', '2022-01-01' FROM lived_in",
     "DELETE FROM lived_in WHERE start_date > '2020-12-31'", "overlap"),
    ("ALTER TABLE person DROP CONSTRAINT person_pkey; INSERT INTO person SELECT * FROM person WHERE person_id = 5",
     "DELETE FROM person WHERE person_id = 5", "a person_id twice"),
)  # fmt: skip


def test_a_warehouse_that_is_not_as_it_must_be_is_not_counted(home: Path, server: Connection) -> None:
    for change, undo, said in CHANGES:
        for statement in change.split(";"):
            server.execute(text(statement))
        assert said in doctor(home)
        refused = call(home, "measure", "--period", "2024", expected=1)
        assert said in refused
        assert "pop.persons 2024" not in refused
        assert "Jansen" not in refused
        server.execute(text(undo))
        assert doctor(home) == ""


def test_a_user_without_rights_or_a_wrong_address_is_told_so_without_the_address(
    home: Path, server: Connection, postgres_url: str
) -> None:
    server.execute(text("DROP ROLE IF EXISTS narrow"))
    server.execute(text("CREATE ROLE narrow LOGIN"))
    server.execute(text("GRANT USAGE ON SCHEMA linked TO narrow"))
    secret = home / "secrets" / "warehouse"
    secret.write_text(postgres_url.replace("//regiohelix@", "//narrow@"), encoding="utf-8")
    assert "may not read all its tables" in doctor(home)
    secret.write_text("postgresql://nobody:pass-word@127.0.0.1:9/none", encoding="utf-8")
    refused = call(home, "measure", "--period", "2024", expected=1)
    assert "secrets/warehouse: the warehouse there cannot be connected to" in refused
    assert "pass-word" not in refused + doctor(home)
    secret.write_text("sqlite:///here.db", encoding="utf-8")
    assert "does not hold a PostgreSQL address" in doctor(home)
    secret.unlink()
    assert "put it in secrets/warehouse" in doctor(home)
    server.execute(text("DROP OWNED BY narrow"))
    server.execute(text("DROP ROLE narrow"))


def test_after_its_delete_by_date_a_source_is_not_counted(home: Path) -> None:
    connection = open_store(records_path(home), read_only=False)
    connection.execute("UPDATE source SET delete_by = DATE '2020-01-01'")
    connection.close()
    assert "was to be deleted on 2020-01-01" in call(home, "measure", "--period", "2024", expected=1)


def test_a_mapping_of_a_warehouse_says_how_objections_are_left_out(home: Path, tmp_path: Path) -> None:
    said = call(home, "source", "load", str(mapping(tmp_path, objections_left_out=None)), expected=1)
    assert "key `objections_left_out`" in said
