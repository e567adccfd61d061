"""A region's keys over time, against a hub that serves: rotation, a reviewer who joins later, keys taken back."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from demo.journey import call
from schemas.signature import PublicKey, SigningKey
from tests.support.network import Network, serving_network

REGION = "XR-DUINRAND"
LESSON = """\
lesson: {name}
language: nl
title: Een les
context: context
barrier_or_opportunity: barrier
action: action
consequence: consequence
advice: advice
author_role: programme manager
themes: [diabetes]
steps: [1]
helix_voices: [practice]
indicators: []
licence: CC-BY-4.0
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with serving_network(tmp_path_factory.mktemp("network")) as serving:
        yield serving


@pytest.fixture
def home(network: Network, tmp_path: Path) -> Path:
    """Make an enrolled node with two reviewers, one region for each test."""
    number = len(network.rows("SELECT * FROM region")) + 1
    made, code = tmp_path / "node", f"{REGION}{number}"
    call(
        made, "init", "--region", code, "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
        "--hub-url", network.url,
    )  # fmt: skip
    for name in ("First", "Second"):
        said = call(
            made, "review", "join", "--name", name, "--organisation", f"{name} hospital", "--key", key(made, name)
        )
        assert "does not know" not in said
    call(made, "enrol", "--invitation", network.invite(code, "Duinrand", "invented"))
    network.approve(code)
    return made


def key(home: Path, name: str) -> str:
    return str(home.parent / f"{name}.pem")


def bundle_in(said: str) -> str:
    found = re.search(r"B\d{8}-[0-9a-f]{8}", said)
    assert found, said
    return found[0]


def let_out(home: Path, bundle: str, *reviewers: str) -> None:
    for name in reviewers:
        call(home, "review", "approve", bundle, "--key", key(home, name))
    call(home, "release", "publish", bundle, "--author", "Author")


def lesson_out(home: Path, name: str, *reviewers: str) -> None:
    file = home.parent / f"{name}.yaml"
    file.write_text(LESSON.format(name=name), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Author")
    said = call(home, "release", "lesson", name, "--author", "Author", "--audience", "public")
    let_out(home, bundle_in(said), *reviewers)


def service_key(home: Path) -> PublicKey:
    return SigningKey.from_pem((home / "secrets" / "service.pem").read_bytes()).public


def hub_keys(network: Network, home: Path) -> dict[str, tuple[int, int | None]]:
    region = call(home, "doctor") and (home / "node.toml").read_text().split('"')[1]
    rows = network.rows(f"SELECT * FROM key WHERE region = '{region}'")
    return {row["key_id"]: (row["from_sequence"], row["until_sequence"]) for row in rows}


def test_a_renewal_that_nobody_could_approve_is_refused_before_a_key_is_made(home: Path) -> None:
    said = call(home, "key", "rotate", "--author", "First", expected=1)
    assert "needs 2 reviewers other than its author, and here are 1" in said
    assert not (home / "secrets" / "service.next.pem").exists()
    assert bundle_in(call(home, "key", "rotate", "--author", "Author"))


def test_a_service_key_is_renewed_while_events_go_on(network: Network, home: Path) -> None:
    old = service_key(home)
    lesson_out(home, "les-1", "First")
    rotation = bundle_in(call(home, "key", "rotate", "--author", "Author"))
    assert f"{rotation} waits for two reviewers" in call(home, "key", "rotate", "--author", "Author")
    let_out(home, rotation, "First", "Second")
    lesson_out(home, "les-2", "First")  # before the hub has spoken: still the old key
    assert service_key(home) == old
    assert "4 accepted" not in call(home, "ship")
    new = service_key(home)
    assert new != old
    assert not (home / "secrets" / "service.next.pem").exists()
    assert f"service key {old.key_id} was replaced and still counts" in call(home, "doctor", expected=1)
    lesson_out(home, "les-3", "First")
    revocation = next(line.split()[0] for line in call(home, "release", "list").splitlines() if "under_review" in line)
    let_out(home, revocation, "First", "Second")
    lesson_out(home, "les-4", "First")
    assert call(home, "ship") == "3 events sent, 3 accepted, 0 refused."
    # les-1, enrolment, les-2 by the old key; les-3, revocation, les-4 by the new one
    held = hub_keys(network, home)
    assert (held[old.key_id], held[new.key_id]) == ((1, 6), (3, None))
    assert call(home, "ledger").endswith("The chain of 6 events verifies.")
    said = call(home, "key", "list")
    assert f"{old.key_id}  service   from event 1 to event 5" in said
    assert f"{new.key_id}  service   from event 3 on" in said


def test_the_old_private_key_is_nowhere_after_a_rotation(home: Path) -> None:
    old = (home / "secrets" / "service.pem").read_bytes()
    let_out(home, bundle_in(call(home, "key", "rotate", "--author", "Author")), "First", "Second")
    with (home / "secrets" / "service.pem").open("rb") as former:  # its place on the disk
        call(home, "ship")
        left = former.read()
    assert len(left) == len(old)
    assert left[:20] != old[:20]
    secret = old.splitlines()[1]
    assert all(secret not in file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_a_rejected_rotation_can_be_prepared_again_with_the_same_key(home: Path) -> None:
    first = bundle_in(call(home, "key", "rotate", "--author", "Author"))
    call(home, "review", "reject", first, "--reason", "Not today.", "--key", key(home, "First"))
    second = bundle_in(call(home, "key", "rotate", "--author", "Author"))
    assert second != first
    let_out(home, second, "First", "Second")
    call(home, "ship")
    assert "already" not in call(home, "key", "list")


def test_a_reviewer_who_joins_later_is_made_known_first(network: Network, home: Path) -> None:
    said = call(home, "review", "join", "--name", "Third", "--organisation", "GGD", "--key", key(home, "Third"))
    assert "key add-reviewer Third" in said
    file = home.parent / "les.yaml"
    file.write_text(LESSON.format(name="les-1"), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Author")
    words = bundle_in(call(home, "release", "lesson", "les-1", "--author", "Author", "--audience", "public"))
    refusal = call(home, "review", "approve", words, "--key", key(home, "Third"), expected=1)
    assert "The hub does not know Third yet" in refusal
    added = call(home, "key", "add-reviewer", "Third", "--key", key(home, "Third"), "--author", "Author")
    let_out(home, bundle_in(added), "First", "Second")
    call(home, "ship")
    let_out(home, words, "Third")
    assert call(home, "ship") == "1 event sent, 1 accepted, 0 refused."
    again = call(home, "key", "add-reviewer", "Third", "--key", key(home, "Third"), "--author", "Author", expected=1)
    assert "knows Third already" in again


def test_a_store_from_before_reviewers_were_noted_learns_who_was_enrolled(home: Path) -> None:
    with closing(sqlite3.connect(home / "node.sqlite")) as connection, connection:
        connection.execute("UPDATE reviewer SET enrolled_at = NULL")
    lesson_out(home, "les-1", "First")
    call(home, "review", "join", "--name", "Third", "--organisation", "GGD", "--key", key(home, "Third"))
    added = call(home, "key", "add-reviewer", "Third", "--key", key(home, "Third"), "--author", "Author")
    assert "Third: not known at the hub" in call(home, "key", "list")
    let_out(home, bundle_in(added), "First", "Second")
    call(home, "ship")
    assert call(home, "key", "list").count("the hub knows it") == 3


def test_a_reviewers_key_that_was_taken_back_approves_nothing(network: Network, home: Path) -> None:
    lost = PublicKey(SigningKey.from_pem(Path(key(home, "Second")).read_bytes()).public.hex).key_id
    call(home, "review", "join", "--name", "Third", "--organisation", "GGD", "--key", key(home, "Third"))
    added = call(home, "key", "add-reviewer", "Third", "--key", key(home, "Third"), "--author", "Author")
    let_out(home, bundle_in(added), "First", "Second")
    call(home, "ship")
    revoked = call(home, "key", "revoke", lost, "--reason", "The laptop is gone.", "--author", "Author")
    let_out(home, bundle_in(revoked), "First", "Third")
    assert call(home, "ship") == "1 event sent, 1 accepted, 0 refused."
    assert hub_keys(network, home)[lost] == (1, 3)
    file = home.parent / "les.yaml"
    file.write_text(LESSON.format(name="les-1"), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Author")
    words = bundle_in(call(home, "release", "lesson", "les-1", "--author", "Author", "--audience", "public"))
    assert "was taken back" in call(home, "review", "approve", words, "--key", key(home, "Second"), expected=1)
    again = call(home, "key", "revoke", lost, "--reason", "Again.", "--author", "Author", expected=1)
    assert "was taken back before" in again


def test_the_key_that_signs_now_cannot_be_taken_back(home: Path) -> None:
    present = service_key(home).key_id
    said = call(home, "key", "revoke", present, "--reason", "Because.", "--author", "Author", expected=1)
    assert "run `key rotate`" in said


def test_a_key_is_enrolled_for_its_holder_only(home: Path) -> None:
    call(home, "review", "join", "--name", "Third", "--organisation", "GGD", "--key", key(home, "Third"))
    wrong = call(home, "key", "add-reviewer", "Third", "--key", key(home, "First"), "--author", "A", expected=1)
    assert "is not the key that Third joined with" in wrong
    nobody = call(home, "key", "add-reviewer", "Nobody", "--key", key(home, "First"), "--author", "A", expected=1)
    assert "No reviewer is named Nobody" in nobody
