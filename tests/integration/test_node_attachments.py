"""A file as a user shares it: looked through, scanned, approved by two, fetched alike, taken back, destroyed."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey import call, join_network
from hub.intake.redact import scrub
from tests.support.files import docx, paragraphs, picture
from tests.support.network import Network, serving_network

LESSON = Path(__file__).resolve().parents[2] / "demo/data/lessons/praktijkondersteuner.yaml"
NAME = "praktijkondersteuner-belt-na"
CHECKLIST = docx(paragraphs("Controlelijst voor het kernteam", "Wie is er nog niet?"))
PIECE = base64.b64encode(CHECKLIST)[480:560]  # that no other document has


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as network:
        yield network


@pytest.fixture
def home(network: Network, tmp_path: Path) -> Path:
    folder = tmp_path / "region"
    invited = network.inviting("GG0001", "GGD One", "GGD regions")
    join_network(folder, ("GG0001", "GGD One", "GGD regions", "2020"), (), network.url, invited)
    call(folder, "lesson", "add", str(LESSON), "--author", "Author")
    said = call(folder, "release", "lesson", NAME, "--author", "Author", "--audience", "public")
    approved(folder, said, 1)
    return folder


def attach(home: Path, content: bytes, file_name: str, *more: str, expected: int = 0) -> str:
    file = home.parent / file_name
    file.write_bytes(content)
    said = ("--name", "lijst", "--title", "Controlelijst", "--alternative", "Een lijst om af te vinken.")
    said += ("--licence", "CC-BY-4.0", "--language", "nl", "--author", "Author")
    return call(
        home, "attach", str(file), "--to", "lesson", NAME, *said, *more, expected=expected
    )  # fmt: skip


def holding(folder: Path) -> list[str]:
    """Return the stores in which the document can be found."""
    return [file.name for file in folder.rglob("*") if ".sqlite" in file.name and PIECE in file.read_bytes()]


def approved(home: Path, said: str, reviewers: int) -> None:
    found = re.search(r"Bundle (\S+) by", said)
    assert found is not None
    for number in range(1, reviewers + 1):
        call(home, "review", "approve", found[1], "--key", str(home.parent / f"region-reviewer-{number}.pem"))
    call(home, "release", "publish", found[1], "--author", "Data scientist")
    call(home, "ship")


def test_a_checklist_goes_from_a_folder_to_its_readers_and_back(network: Network, home: Path, tmp_path: Path) -> None:
    (lesson,) = network.get("/api/v1/lessons").json()["lessons"]
    for content, name, sentence in (
        (picture("JPEG", comment=b"J. Jansen"), "foto.jpg", "this file holds notes beside the picture"),
        (b"MZ\x90\x00", "lijst.docx", "cannot be looked through"),
        (docx(paragraphs("Bel meneer Jansen (BSN 123456782)")), "lijst.docx", "Attachment 'lijst' may name a person"),
        (b"Lijst van Piet Jansen, 06-12345678", "lijst.txt", "Attachment 'lijst' may name a person"),
    ):
        assert sentence in attach(home, content, name, expected=1), name
    assert "06-12345678" in call(home, "item", "findings", "attachment", "lijst")

    said = attach(home, CHECKLIST, "lijst.docx")
    sha256 = hashlib.sha256(CHECKLIST).hexdigest()
    assert "It needs 2 approvals" in said
    for told in (f"lijst.docx, {len(CHECKLIST)} bytes, SHA-256 {sha256}", "Wie is er nog niet?"):
        assert told in said, told
    bundle = json.loads(call(home, "release", "list", "--json"))[-1]["id"]
    call(home, "review", "show", bundle, "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "000-lijst.docx").read_bytes() == CHECKLIST
    approved(home, said, 2)

    page = network.get(f"/lessons/{lesson['event_id']}").text
    found = re.search(r'href="(/attachments/[0-9a-f]{64})"', page)
    assert found is not None
    assert "Een lijst om af te vinken." in page
    held = network.get(found[1])
    assert (held.content, held.headers["ETag"]) == (CHECKLIST, f'"{sha256}"')
    assert "wordprocessingml" in held.headers["Content-Type"]
    assert held.headers["Content-Disposition"] == 'attachment; filename="lijst.docx"'
    assert "sandbox" in held.headers["Content-Security-Policy"]
    (told,) = network.get(f"/api/v1/lessons/{lesson['event_id']}").json()["attachments"]
    assert (told["path"], told["sha256"]) == (found[1], sha256)
    (entry,) = network.get("/feeds/lessons.json").json()["items"]
    (enclosed,) = entry["attachments"]
    assert (enclosed["url"].endswith(found[1]), enclosed["size_in_bytes"]) == (True, len(CHECKLIST))
    assert 'rel="enclosure"' in network.get("/feeds/lessons.atom").text
    (hit,) = network.get("/api/v1/lessons", q="controlelijst", kind="attachment").json()["items"]
    assert "content" not in hit["payload"]

    again = picture("PNG")
    assert "say why with --reason" in attach(home, again, "lijst.png", expected=1)
    said = attach(home, again, "lijst.png", "--reason", "A picture is clearer.")
    assert "no program looked for persons in it" in said
    approved(home, said, 2)
    (now,) = network.get(f"/api/v1/lessons/{lesson['event_id']}").json()["attachments"]
    assert network.get(now["path"]).content == again
    said = call(home, "item", "withdraw", "attachment", "lijst", "--reason", "Too old.", "--author", "Author")
    approved(home, said, 1)
    assert network.get(f"/api/v1/lessons/{lesson['event_id']}").json()["attachments"] == []
    for path in (now["path"], found[1]):
        gone = network.get(path)
        assert (gone.status_code, "Too old." in gone.text) == (410, True)
    assert holding(home)
    assert holding(network.home)
    said = call(home, "redact", told["event_id"], "--reason", "A person can be recognised.", "--author", "Author")
    approved(home, said, 1)
    assert "destroyed" in network.get(found[1]).text
    assert holding(home) == []
    assert not any(PIECE in kept["payload"] for kept in network.rows("SELECT payload FROM event"))
    scrub(network.hub.engine)  # as `hub scrub` does
    assert holding(network.home) == []
    assert "attachment.published" in call(home, "ledger")


def test_a_file_stays_with_what_it_stands_beside(network: Network, home: Path) -> None:
    said = attach(home, b"Wie is er nog niet?", "lijst.txt", "--audience", "network")
    assert "network" in said
    approved(home, said, 2)
    (entry,) = network.get("/api/v1/lessons").json()["lessons"]
    assert network.get(f"/api/v1/lessons/{entry['event_id']}").json()["attachments"] == []
    for number in range(4):
        approved(home, attach(home, b"Lijst", "lijst.txt", "--name", f"lijst-{number}"), 2)
    refused = attach(home, b"Lijst", "lijst.txt", "--name", "lijst-5", expected=1)
    assert "5 files stand beside it already" in refused
    assert len(network.get(f"/api/v1/lessons/{entry['event_id']}").json()["attachments"]) == 4
    said = call(home, "redact", entry["event_id"], "--reason", "A person can be recognised.", "--author", "Author")
    assert "Files stand beside it (lijst, lijst-0, lijst-1, lijst-2, lijst-3) and are not touched" in said
    nothing = call(
        home, "attach", str(home.parent / "lijst.txt"), "--to", "method", "geen", "--name", "x", "--title", "x",
        "--alternative", "x", "--licence", "x", "--language", "nl", "--author", "Author", expected=1,
    )  # fmt: skip
    assert "Readers see no such lesson or item of this region" in nothing
