"""Items as a user types them: filled in, refused with a sentence, scanned, approved, read, revised, taken back."""

import re
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from demo.journey import call
from node.commands.writing import fields
from node.knowledge.items import read_item
from schemas.codes import NOUNS
from schemas.item_kinds import KINDS
from tests.support.items import FILLED
from tests.support.joined_region import approved
from tests.support.network import Network

DOCS = Path(__file__).resolve().parents[2] / "docs" / "items.md"


def write(home: Path, noun: str, *more: str, expected: int = 0, kind: str = "", **changed: Any) -> str:
    said = (
        {"noun": kind or noun, "item": "een", "language": "nl", "title": f"Titel van {noun}"} | FILLED[noun] | changed
    )
    file = home.parent / f"{noun}.yaml"
    file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    given = ("--author", "Programmaleider", "--audience", "public", *more)
    return call(home, "item", "write", str(file), *given, expected=expected)


def test_an_action_goes_from_a_persons_file_to_its_readers(network: Network, home: Path) -> None:
    for changed, sentence in (
        ({"due": "2026-02-30"}, "a day or period is none that the calendar has"),
        ({"state": "later"}, "field `state` has another form"),
        ({"kind": "plan"}, "field `noun` says what this is: one of method"),
        ({"title": "Bel meneer Jansen (BSN 123456782)"}, "Action 'een' may name a person"),
    ):
        assert sentence in write(home, "action", expected=1, **changed), changed
    assert "to decide on" in call(home, "item", "findings", "action", "een")
    said = write(home, "action", result="Nog niets.")
    assert "Owner's role: programmaleider" in said
    assert "It needs 1 approval." in said
    approved(home, said)
    (held,) = network.get("/api/v1/items?noun=action").json()["items"]
    assert (held["payload"]["due"], held["payload"]["state"]) == ("2026-04-01", "open")
    page = network.get(f"/items/{held['event_id']}").text
    assert "Titel van action" in page
    assert "Rol van de eigenaar" in page
    assert "Titel van action" in network.get("/items?noun=action&lang=en").text

    assert "say why with --reason" in write(home, "action", expected=1, state="done", done_on="2026-03-30")
    said = write(home, "action", "--reason", "It is done.", state="done", done_on="2026-03-30")
    assert "state is:  done" in said
    approved(home, said)
    (now,) = network.get("/api/v1/items?noun=action").json()["items"]
    assert (now["payload"]["state"], now["entry"]) == ("done", held["event_id"])
    assert "een" in call(home, "item", "list")
    approved(home, call(home, "item", "withdraw", "action", "een", "--reason", "Wrong region.", "--author", "A"))
    assert network.get("/api/v1/items?noun=action").json()["items"] == []
    gone = network.get(f"/api/v1/items/{held['event_id']}")
    assert (gone.status_code, "Wrong region." in gone.text) == (410, True)


def test_a_file_of_each_kind_is_read_and_its_fields_are_told(tmp_path: Path) -> None:
    for noun in NOUNS:
        file = tmp_path / "item.yaml"
        said = {"noun": noun, "item": "een", "language": "nl", "title": "Titel"} | FILLED[noun]
        file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
        assert read_item(file).noun == noun
        told = CliRunner().invoke(fields, [noun]).output
        assert {line.lstrip("# ").partition(":")[0] for line in told.splitlines()} == {
            "noun",
            *KINDS[noun].__struct_fields__,
        }


def test_the_files_that_the_documentation_shows_can_be_read(tmp_path: Path) -> None:
    shown = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    for text in shown:
        (tmp_path / "item.yaml").write_text(text, encoding="utf-8")
        read_item(tmp_path / "item.yaml")
