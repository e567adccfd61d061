"""A region links two sources without an identifier, lets a clerk judge, and reads how well it went."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from connectors.sources.synthetic_linkage import write_hard_linkage
from node import schedule
from node.__main__ import main
from node.records import clerical
from node.records.store import open_store, records_path

PERSONS = 500


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder = tmp_path_factory.mktemp("linkage")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGIOHELIX_NODE_HOME", str(home))
        call("init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
             "2023", "--hub-url", "http://127.0.0.1:9")  # fmt: skip
        write_hard_linkage(folder, PERSONS)
        yield SimpleNamespace(home=home, mappings=[str(folder / f"{name}.yaml") for name in ("register", "praktijk")])


def call(*arguments: str) -> None:
    assert main(arguments) == 0


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 1
    return capsys.readouterr().err.strip()


def one(home: Path, query: str) -> int:
    connection = open_store(records_path(home), read_only=True)
    try:
        return int(connection.execute(query).fetchall()[0][0])
    finally:
        connection.close()


def test_a_region_links_judges_and_reports(
    region: SimpleNamespace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(capsys, "source", "load", region.mappings[1])
    assert "persons were not in the last linkage; run `python -m node linkage run`" in said
    assert refused(capsys, "linkage", "report") == (
        "Refused: No persons were compared here yet; `python -m node linkage run MAPPING...` does."
    )

    call("linkage", "run", *region.mappings)
    told = capsys.readouterr().out
    assert "register: register.csv:" in told
    assert re.search(r"as the model estimates: precision (99\.\d|100\.0)%, recall", told)
    both = one(region.home, "SELECT count(*) FROM (SELECT person_id FROM source_person GROUP BY 1 HAVING count(*) = 2)")
    assert both > PERSONS * 0.7
    assert f"in 2: {one(region.home, _IN_TWO)}" in told

    said = refused(capsys, "linkage", "run", region.mappings[0])
    assert said.startswith("Refused: Source praktijk was in the last linkage and its mapping is not named now")
    people = one(region.home, "SELECT sum(hash(pseudonym, person_id)::HUGEINT) % 1000000007 FROM identity")
    call("linkage", "run", *region.mappings)
    assert one(region.home, "SELECT sum(hash(pseudonym, person_id)::HUGEINT) % 1000000007 FROM identity") == people

    call("linkage", "sample", *region.mappings, "--linked", "4", "--apart", "2", "--days", "3")
    sample = clerical.sample_path(region.home)
    assert sample.stat().st_mode & 0o777 == 0o600
    _answer(monkeypatch, "ssq")
    call("linkage", "review")
    _answer(monkeypatch, "ssdu")
    call("linkage", "review")
    assert one(region.home, "SELECT count(*) FROM clerical_decision") == 6
    capsys.readouterr()
    call("linkage", "report", "--json")
    clerk = json.loads(capsys.readouterr().out)["clerk"]
    call("linkage", "report", "--lang", "nl")
    told = capsys.readouterr().out
    assert "personen vergeleken: register " in told
    assert re.search(r"zoals het model schat: precisie (99,\d|100,0)%, gevonden van", told)
    assert re.search(r"zoals een medewerker oordeelde: precisie \d+,\d% \(95%-interval", told)
    assert "paren door naam, geboortedatum en" in told
    call("linkage", "report")
    assert "pairs by name, birth date and" in capsys.readouterr().out
    judged = one(region.home, "SELECT count(*) FROM clerical_decision WHERE stratum = 'linked' AND verdict <> 'unsure'")
    assert clerk["judged"] == judged >= 3
    assert 0 <= clerk["interval"][0] <= clerk["precision"] <= clerk["interval"][1] <= 1

    schedule.expire(region.home, lambda: datetime.now(UTC) + timedelta(days=2))
    assert sample.is_file()
    schedule.expire(region.home, lambda: datetime.now(UTC) + timedelta(days=4))
    assert not sample.exists()
    assert not (region.home / "secrets" / clerical.SAMPLE_KEY).exists()
    assert refused(capsys, "linkage", "review").startswith("Refused: There is no sample to judge")


def test_an_expired_sample_is_not_shown_although_it_is_still_there(
    region: SimpleNamespace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("linkage", "sample", *region.mappings, "--linked", "2", "--apart", "0", "--days", "1")
    monkeypatch.setattr("node.commands.linking.now", lambda: datetime.now(UTC) + timedelta(days=1))
    assert refused(capsys, "linkage", "review") == (
        "Refused: The sample's date has come, so it is not shown; make a new one."
    )
    monkeypatch.undo()
    sealed = clerical.sample_path(region.home).read_bytes()
    later = sealed.replace(b'"expires_on":"20', b'"expires_on":"21')
    clerical.sample_path(region.home).write_bytes(later)  # whoever changes its date cannot open it
    assert "its key does not open it" in refused(capsys, "linkage", "review")


def test_no_linkage_field_is_in_the_nodes_home(region: SimpleNamespace) -> None:
    call("linkage", "run", *region.mappings)
    call("linkage", "sample", *region.mappings)
    names = {line.split(";")[2] for line in Path(region.mappings[0]).with_name("register.csv").read_text().splitlines()}
    names = {name.casefold().encode() for name in names if len(name) > 8}
    assert len(names) > 50
    for file in region.home.rglob("*"):
        if file.is_file():
            data = file.read_bytes().lower()
            assert not [name for name in names if name in data], file.name


_IN_TWO = """SELECT count(*) FROM (SELECT person FROM same_person GROUP BY person HAVING count(DISTINCT source) = 2)"""


def _answer(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    given = iter(answers)
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(given))
