"""Whoever objects is gone at once from every source, stays away, and is named nowhere."""

import json
from datetime import date
from pathlib import Path

import pytest

from node import flow
from node.__main__ import main
from node.commands.choice import open_records
from node.records.load import load
from node.records.store import open_store, records_path
from schemas.catalogue import catalogue
from tests.support.sources import SOUND_NUMBERS, legal, register_file, source, visits_file, written

ANN, BEN, CAS = SOUND_NUMBERS
REGISTER = "bsn;born;sex\n" + "".join(f"{one};01-02-1950;V\n" for one in SOUND_NUMBERS)
VISITS = "bsn;date\n" + "".join(f"{one};01-0{month}-2024\n" for one in SOUND_NUMBERS for month in (1, 2))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "home"
    monkeypatch.setenv("REGIOHELIX_NODE_HOME", str(made))
    call("init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
         "2023", "--hub-url", "http://127.0.0.1:9")  # fmt: skip
    register = written(tmp_path / "register", source(register_file(), id="register"), persons=REGISTER)
    clinic = written(tmp_path / "clinic", source(visits_file(), id="clinic"), visits=VISITS)
    for mapping in (register, clinic):
        call("source", "load", str(mapping))
    return made


def call(*arguments: str) -> None:
    assert main(arguments) == 0


def counted(home: Path, table: str) -> int:
    connection = open_store(records_path(home), read_only=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
    finally:
        connection.close()


def listed(tmp_path: Path, *persons: str) -> str:
    file = tmp_path / "bezwaar.csv"
    file.write_text("bsn\n" + "".join(f"{one}\n" for one in persons), encoding="utf-8")
    return str(file)


def test_a_late_objection_deletes_all_rows_at_once_and_holds_for_every_load(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (counted(home, "person"), counted(home, "encounter")) == (3, 6)
    capsys.readouterr()
    call("source", "object", listed(tmp_path, BEN), "--column", "bsn")
    told = capsys.readouterr().out
    assert told.splitlines()[:4] == [
        "clinic: 2 rows deleted",
        "register: 1 row deleted",
        "1 person in the file; deleted from the store: 1 of them",
        "1 person is on the region's list; no source loads them",
    ]
    for table in ("person", "identity", "source_person"):
        assert counted(home, table) == 2
    assert counted(home, "encounter") == 4
    for name in ("register", "clinic"):
        call("source", "load", str(tmp_path / name / "source.yaml"))
        told += capsys.readouterr().out
    assert "clinic: visits.csv: 6 rows read = 4 loaded + 0 rejected + 0 duplicates + 2 objected" in told
    assert told.count("1 person left out by objection") == 2
    assert (counted(home, "person"), counted(home, "encounter")) == (2, 4)
    assert not [one for one in SOUND_NUMBERS if one in told]


def test_the_figures_that_follow_count_the_others_only(home: Path, tmp_path: Path) -> None:
    covered = "bsn;from\n" + "".join(f"{one};01-01-2020\n" for one in SOUND_NUMBERS)
    insurer = source(_covered(), id="insurer")
    call("source", "load", str(written(tmp_path / "insurer", insurer, covered=covered)))
    assert persons_counted(home) == 3
    call("source", "object", listed(tmp_path, ANN, CAS), "--column", "bsn")
    assert persons_counted(home) == 1


def persons_counted(home: Path, areas: tuple[str, ...] = ()) -> int:
    with open_records(home) as records:
        (found,) = flow.measure(records, (catalogue()["pop.persons"],), "2024", areas)
    return int(found.numerator.sum())


def _covered() -> dict[str, object]:
    fields = {"person_id": {"column": "bsn"}, "start_date": {"column": "from"}}
    return visits_file(file="covered.csv", record="coverage", fields=fields)


def test_a_withdrawn_objection_brings_the_rows_back_with_the_next_load(home: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, BEN)
    call("source", "object", file, "--column", "bsn")
    call("source", "object", file, "--column", "bsn", "--withdraw")
    assert counted(home, "objection") == 0
    for name in ("register", "clinic"):
        call("source", "load", str(tmp_path / name / "source.yaml"))
    assert (counted(home, "person"), counted(home, "encounter")) == (3, 6)


def test_an_objection_that_cannot_be_read_stops_everything(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["source", "object", listed(tmp_path, BEN, "12345"), "--column", "bsn"]) == 1
    assert capsys.readouterr().err == (
        "Refused: bezwaar.csv, row 3, column `bsn`: is not a valid identifier; correct it, so that nobody's objection "
        "is missed.\n"
    )
    assert counted(home, "person") == 3
    assert main(["source", "object", listed(tmp_path, BEN), "--column", "bsn", "--linkage", "none"]) == 1
    assert "name it with --source, once for each source" in capsys.readouterr().err


def test_an_objection_reaches_the_rows_that_were_linked_by_comparison(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One person is in the register by a BSN and at the practice by its own number: either objection removes both."""
    people = {"bsn": _people("bsn", SOUND_NUMBERS), "nr": _people("nr", ("11", "12", "13"))}
    mappings = [
        str(written(tmp_path / name, _compared(name, key, linkage), persons=people[key]))
        for name, key, linkage in (("register", "bsn", "bsn"), ("practice", "nr", "probabilistic"))
    ]
    call("linkage", "run", *mappings)
    assert counted(home, "person") == 3
    assert counted(home, "source_person") == 6
    call("source", "object", listed(tmp_path, ANN), "--column", "bsn")
    own = tmp_path / "own.csv"
    own.write_text("nr\n12\n", encoding="utf-8")
    call("source", "object", str(own), "--column", "nr", "--linkage", "probabilistic", "--source", "practice")
    assert (counted(home, "person"), counted(home, "source_person")) == (1, 2)
    call("linkage", "run", *mappings)
    assert (counted(home, "person"), counted(home, "source_person")) == (1, 2)
    call("linkage", "report", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["objected"], told["persons_by_sources"]) == (2, {"2": 1})


def test_an_objection_from_before_the_linkage_reaches_who_is_linked_later(home: Path, tmp_path: Path) -> None:
    call("source", "object", listed(tmp_path, ANN), "--column", "bsn")
    people = {"bsn": _people("bsn", SOUND_NUMBERS), "nr": _people("nr", ("11", "12", "13"))}
    mappings = [
        str(written(tmp_path / name, _compared(name, key, linkage), persons=people[key]))
        for name, key, linkage in (("register", "bsn", "bsn"), ("practice", "nr", "probabilistic"))
    ]
    call("linkage", "run", *mappings)
    assert (counted(home, "person"), counted(home, "source_person")) == (2, 4)
    call("source", "load", mappings[1])
    assert (counted(home, "person"), counted(home, "source_person")) == (2, 4)


def _people(key: str, numbers: tuple[str, ...]) -> str:
    named = (("Anna", "de Vries", "01-02-1950"), ("Bert", "Bakker", "03-04-1960"), ("Cas", "Visser", "05-06-1970"))
    rows = [f"{number};{';'.join(one)};M;1234AB" for number, one in zip(numbers, named, strict=True)]
    return f"{key};given;family;born;sex;postcode\n" + "\n".join(rows) + "\n"


def _compared(name: str, key: str, linkage: str) -> dict[str, object]:
    columns = {"given_name": "given", "surname": "family", "birth_date": "born", "postcode": "postcode"}
    file = register_file(linkage={field: {"column": column} for field, column in columns.items()})
    file["fields"] = {**file["fields"], "person_id": {"column": key}}
    return source(file, id=name, legal=legal(linkage=linkage, linkage_fields=list(columns)))


def test_a_person_whom_two_regions_hold_is_counted_where_the_register_says_he_lives(
    tmp_path: Path,
) -> None:
    """Ben lives in the one region and sees a doctor in the other: both hold rows of him, one counts him."""
    living = f"bsn;born;sex;gm\n{ANN};01-02-1950;V;GM0001\n{BEN};01-02-1950;M;GM0002\n{CAS};01-02-1950;M;\n"
    covered = "bsn;from\n" + "".join(f"{one};01-01-2020\n" for one in SOUND_NUMBERS)
    file = register_file()
    file["fields"] = {**file["fields"], "municipality": {"column": "gm"}}
    found = []
    for name, areas in (("one", ("GM0001",)), ("other", ("GM0002",))):
        home = tmp_path / name
        for kind, document, texts in (
            ("register", source(file, id="register"), {"persons": living}),
            ("insurer", source(_covered(), id="insurer"), {"covered": covered}),
        ):
            load(home, written(tmp_path / name / kind, document, **texts), bytes(32), None, date(2026, 11, 22))
        assert counted(home, "person") == 3
        found.append(persons_counted(home, areas))
    assert found == [1, 1]  # Cas, of whom no source says where he lives, is counted by neither


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--column", "nummer"), "bezwaar.csv: has no column `nummer`; name it with --column"),
        (("--column", "bsn", "--encoding", "utf-9"), "--encoding utf-9 is not known"),
        (("--column", "bsn", "--separator", ";;"), "--separator must be one character"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_by_the_options_of_the_command(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    capsys.readouterr()
    assert main(("source", "object", listed(tmp_path, BEN), *arguments)) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "mapping" not in told
    assert counted(home, "person") == 3
    assert main(("source", "object", str(tmp_path / "none.csv"), "--column", "bsn")) == 1
    assert "none.csv: this file does not exist; check the path." in capsys.readouterr().err
