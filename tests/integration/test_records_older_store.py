"""A store that an earlier version made keeps its rows and gets the columns that came since, also before it is read."""

from pathlib import Path

import duckdb
import pytest

from node.records.load import load
from node.records.store import open_store, organisations_not_recorded, records_path
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written

# the tables of the first version, as its stores have them
OLD = """
CREATE TABLE person (
  person_id BIGINT PRIMARY KEY, birth_date DATE NOT NULL, sex VARCHAR NOT NULL CHECK (sex IN ('f', 'm', 'unknown')),
  municipality VARCHAR, death_date DATE);
CREATE TABLE coverage (
  person_id BIGINT NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL, source VARCHAR NOT NULL);
CREATE TABLE condition (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, start_date DATE NOT NULL,
  end_date DATE, source VARCHAR NOT NULL);
CREATE TABLE encounter (
  person_id BIGINT NOT NULL, encounter_type VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE,
  urgency VARCHAR CHECK (urgency IN ('acute', 'planned')), code_system VARCHAR, code VARCHAR, source VARCHAR NOT NULL);
CREATE TABLE measurement (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, measured_on DATE NOT NULL,
  value DECIMAL(18, 4), source VARCHAR NOT NULL);
CREATE TABLE treatment (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, start_date DATE NOT NULL,
  source VARCHAR NOT NULL);
CREATE TABLE cost (
  person_id BIGINT NOT NULL, category VARCHAR NOT NULL, start_date DATE NOT NULL, amount_cents BIGINT NOT NULL,
  source VARCHAR NOT NULL);
CREATE TABLE identity (pseudonym BLOB NOT NULL, person_id BIGINT NOT NULL);
CREATE TABLE source_person (
  source VARCHAR NOT NULL, person_id BIGINT NOT NULL, birth_date DATE NOT NULL, sex VARCHAR NOT NULL,
  municipality VARCHAR, death_date DATE);
CREATE TABLE source (
  id VARCHAR NOT NULL, controller VARCHAR NOT NULL, purpose VARCHAR NOT NULL, legal_basis VARCHAR NOT NULL,
  agreement VARCHAR NOT NULL, linkage VARCHAR NOT NULL, permitted_indicators VARCHAR[] NOT NULL,
  delete_by DATE NOT NULL, precedence INTEGER NOT NULL, loaded_on DATE NOT NULL);
CREATE TABLE rejected_row (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, "column" VARCHAR NOT NULL,
  reason VARCHAR NOT NULL);
INSERT INTO person VALUES (1, DATE '1950-02-01', 'f', 'GM0363', NULL);
INSERT INTO source VALUES ('old', 'c', 'p', 'l', 'a', 'bsn', ['all'], DATE '2099-01-01', 1, DATE '2025-01-01');
INSERT INTO cost VALUES (1, 'gp', DATE '2024-05-01', 1250, 'old');
INSERT INTO encounter VALUES (1, 'gp', DATE '2024-05-01', NULL, NULL, NULL, NULL, 'old');
INSERT INTO treatment VALUES (1, 'atc', 'J07BB02', DATE '2024-05-01', 'old');
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = records_path(tmp_path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(OLD)
    path.chmod(0o600)
    return tmp_path


@pytest.mark.parametrize("read_only", [True, False])
def test_an_older_store_is_brought_up_to_date_whoever_opens_it(home: Path, read_only: bool) -> None:
    for _ in range(2):  # the second time there is nothing to do
        connection = open_store(records_path(home), read_only=read_only)
        assert connection.execute("SELECT * FROM cost").fetchall()[0][3:] == (1250, "old", None)
        assert connection.execute("SELECT source, organisation FROM encounter").fetchall() == [("old", None)]
        assert connection.execute("SELECT source, organisation FROM treatment").fetchall() == [("old", None)]
        assert organisations_not_recorded(connection) == {}
        connection.close()


def test_older_and_new_stores_have_the_same_columns_in_the_same_order(home: Path, tmp_path: Path) -> None:
    query = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY 1, ordinal_position"
    with (
        open_store(records_path(home), read_only=False) as older,
        open_store(tmp_path / "new.duckdb", read_only=False) as newer,
    ):
        assert older.execute(query).fetchall() == newer.execute(query).fetchall()


def test_a_source_loaded_into_an_older_store_brings_its_organisations(home: Path, tmp_path: Path) -> None:
    ann = SOUND_NUMBERS[0]
    visits = visits_file()
    visits["fields"]["organisation"] = {"column": "agb"}
    document = source(register_file(), visits, legal=legal(organisations_not_recorded="Asked for in 2027"))
    mapping = written(
        tmp_path / "in",
        document,
        persons=f"bsn;born;sex\n{ann};01-02-1950;V\n",
        visits=f"bsn;date;agb\n{ann};01-02-2024;XA-1\n{ann};01-02-2024;XA-2\n{ann};01-02-2024;\n",
    )
    assert load(home, mapping, KEY, None, TODAY).files[1].loaded == 3
    connection = open_store(records_path(home), read_only=True)
    found = connection.execute("SELECT organisation FROM encounter WHERE source = 'register' ORDER BY 1").fetchall()
    assert found == [("XA-1",), ("XA-2",), (None,)]
    assert organisations_not_recorded(connection) == {"register": "Asked for in 2027"}
    connection.close()
