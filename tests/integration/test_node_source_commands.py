"""The commands on sources as someone in a region types them: what they say, what they leave, and no person's value."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from node.__main__ import main
from node.bootstrap import open_node
from node.commands.progress import Progress
from node.records.store import records_path
from node.tables import audit_log
from tests.support.sources import SOUND_NUMBERS, register_file, source, written

ANN, BEN, CAS = SOUND_NUMBERS
INIT = (
    "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
    "--hub-url", "http://localhost:1",
)  # fmt: skip
REGISTER = f"bsn;born;sex\n{ANN};01-02-1950;V\n{BEN};03-04-1960;M\n{CAS};31-02-2000;V\n"


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*INIT, "--home", str(tmp_path / "node")]) == 0
    capsys.readouterr()
    return tmp_path / "node"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    return written(tmp_path / "in", source(register_file(), id="register"), persons=REGISTER)


class Said:
    """Runs commands and keeps everything they say."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.everything = ""

    def __call__(self, *arguments: object, code: int = 0) -> str:
        assert main([str(argument) for argument in arguments]) == code
        told = self._capsys.readouterr()
        self.everything += told.out + told.err
        return told.err if code else told.out


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


def test_a_source_is_checked_loaded_listed_corrected_and_removed(said: Said, home: Path, mapping: Path) -> None:
    checked = said("source", "check", mapping, "--home", home)
    assert "3 rows read = 2 loaded + 1 rejected" in checked
    assert "Not loaded before." in checked
    assert "Filled:\n  persons.csv: `birth_date` 100%, `municipality` 100%, `sex` 100%\n" in checked
    assert "[warning] persons.csv: 1 of 3 rows is rejected." in checked
    assert not records_path(home).exists()
    assert "Not loaded before." in said("source", "load", mapping, "--home", home)
    assert "Unchanged since" in said("source", "load", mapping, "--home", home)
    again = said("source", "load", mapping, "--home", home, "--lang", "nl")
    assert "register: persons.csv: 3 rijen gelezen = 2 geladen + 1 afgekeurd" in again
    assert "register: Ongewijzigd sinds" in again
    assert "1 bevinding, waarvan 0 ernstig; `source check` noemt ze." in again
    assert said("source", "rejects", "register", "--home", home, "--lang", "nl") == (
        "persons.csv, rij 4, kolom born: is geen bestaande datum, geschreven als dd-mm-jjjj\n"
    )
    dutch = said("source", "check", mapping, "--home", home, "--lang", "nl")
    assert "Ongewijzigd sinds" in dutch
    assert "register: persons.csv: 3 rijen gelezen = 2 geladen + 1 afgekeurd + 0 dubbel + 0 bezwaar" in dutch
    born = "kolom `born` is geen bestaande datum, geschreven als dd-mm-jjjj: 1 rij, in rij 4"
    assert f"register: persons.csv: {born}" in dutch
    assert "register: 2 personen, 0 nieuw, 0 ook in andere bronnen" in dutch
    assert "[let op] persons.csv: 1 van 3 rijen wordt afgekeurd." in dutch
    assert "register: Gemeente, agreement A-1, linkage: by citizen service number; 2 rows, 1 rejected" in said(
        "source", "list", "--home", home
    )
    assert (
        "register: Gemeente, overeenkomst A-1, koppeling: op burgerservicenummer; 2 rijen, 1 afgekeurd; geladen op "
        in said("source", "list", "--home", home, "--lang", "nl")
    )
    (listed,) = json.loads(said("source", "list", "--json", "--home", home))
    assert (listed["id"], listed["rows"], listed["delete_by"]) == ("register", 2, "2030-01-01")
    assert said("source", "rejects", "register", "--home", home) == (
        "persons.csv, row 4, column born: is not a possible date, written %d-%m-%Y\n"
    )
    to = home.parent / "rejects.csv"
    said("source", "rejects", "register", "--csv", to, "--home", home)
    assert list(csv.reader(io.StringIO(to.read_text(encoding="utf-8")))) == [
        ["file", "row", "column", "reason"],
        ["persons.csv", "4", "born", "is not a possible date, written %d-%m-%Y"],
    ]
    assert "exists already" in said("source", "rejects", "register", "--csv", to, "--home", home, code=1)
    assert said("source", "remove", "register", "--yes", "--home", home) == "register: deleted.\n"
    assert said("source", "list", "--home", home) == ""
    assert "No source register is loaded here" in said("source", "remove", "register", "--yes", "--home", home, code=1)
    assert "No source register is loaded here" in said("source", "rejects", "register", "--home", home, code=1)
    for value in (*SOUND_NUMBERS, "1950", "1960", "31-02"):
        assert value not in said.everything


def test_a_removal_is_asked_for_and_written_down(
    said: Said, home: Path, mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("source", "load", mapping, "--home", home)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    said("source", "remove", "register", "--home", home, code=1)
    assert "register" in said("source", "list", "--home", home)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said("source", "remove", "register", "--home", home)
    assert said("source", "list", "--home", home) == ""
    with open_node(home).engine.connect() as connection:
        actions = connection.execute(select(audit_log.c.action, audit_log.c.subject)).all()
    assert [tuple(one) for one in actions].count(("source.removed", "register")) == 1


def test_a_check_for_a_machine_gives_counts_and_exits_as_a_load_would(said: Said, home: Path, mapping: Path) -> None:
    document = json.loads(said("source", "check", mapping, "--json", "--home", home))
    assert document["refusal"] is None
    assert document["files"][0]["read"] == 3
    assert document["rejects"][0]["reason"] == "is not a possible date, written %d-%m-%Y"
    assert document["profile"][0]["empty"] == {"birth_date": 0, "sex": 0, "municipality": 0}
    strict = yaml.safe_load(mapping.read_text()) | {"max_reject_share": 0.1}
    mapping.write_text(yaml.safe_dump(strict))
    assert "1 of 3 rows is rejected, above the allowed share of 10.0%" in said(
        "source", "check", mapping, "--home", home, code=1
    )


def test_a_proposal_becomes_a_mapping_and_a_mapping_an_instrument(said: Said, home: Path, mapping: Path) -> None:
    folder = mapping.parent
    proposed = folder / "proposed.yaml"
    assert "complete what is marked FILL IN" in said("source", "suggest", folder / "persons.csv", "--to", proposed)
    assert "key `legal.controller`: is empty; fill it in." in said("source", "load", proposed, "--home", home, code=1)
    assert "exists already" in said("source", "suggest", folder / "persons.csv", "--to", proposed, code=1)
    save = ("source", "instrument", "save", mapping, "--id", "brp", "--version", 1, "--supplier", "Supplier")
    assert said(*save) == "brp-1.instrument.yaml: written.\n"
    assert "exists already" in said(*save, code=1)
    use = ("source", "instrument", "use", folder / "brp-1.instrument.yaml", "person=persons.csv", "--id", "brp")
    document = yaml.safe_load(said(*use)) | {
        "legal": yaml.safe_load(mapping.read_text())["legal"],
        "max_reject_share": 1,
    }
    (folder / "brp.yaml").write_text(yaml.safe_dump(document))
    loaded = said("source", "load", folder / "brp.yaml", "--home", home)
    assert "2 loaded" in loaded
    assert "brp: Read by instrument brp version 1 (sha256 " in loaded
    assert main(["source", "instrument", "use", str(folder / "brp-1.instrument.yaml"), "lab=x.csv"]) == 2


def test_files_of_two_kinds_make_two_mappings(said: Said, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("bsn;datum\n1;2\n")
    told = said("source", "suggest", tmp_path / "a.csv", tmp_path / "b.csv", code=1)
    assert told == "Refused: b.csv: this file does not exist; check the path.\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    with Progress() as progress:
        progress.tell("reading")
        for share in (0.0, 0.5, 0.4, 1.0):
            progress.share("visits.csv", share)
    assert ("reading" in screen.getvalue(), "visits.csv" in screen.getvalue()) == (is_terminal, is_terminal)
    assert ("100%" in screen.getvalue()) is is_terminal
