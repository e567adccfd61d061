"""A node's commands on bad input: one clear line, the right exit code, never a traceback."""

from pathlib import Path

import msgspec
import pytest
import yaml

from node.__main__ import main
from node.commands.inspection import _total
from node.records.store import open_store, records_path
from schemas.values import Suppressed
from tests.support.events import lesson
from tests.support.totals import count

INIT = (
    "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
    "--hub-url", "http://localhost:1",
)  # fmt: skip
PREPARE = ("release", "prepare", "--period", "2025", "--author", "Author", "--audience", "public")


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*INIT, "--home", str(tmp_path / "node")]) == 0
    capsys.readouterr()
    return tmp_path / "node"


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command that must be refused and return its one line."""
    assert main([str(argument) for argument in arguments]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("Refused: ")
    assert "Traceback" not in told.err
    return told.err


def test_a_folder_without_a_node_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "node.toml is missing" in refusal(capsys, "ledger", "--home", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_home_is_made_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (home / "secrets" / "service.pem").read_bytes()
    assert "holds a node already" in refusal(capsys, *INIT, "--home", home)
    assert (home / "secrets" / "service.pem").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('colour = "red"', "'colour'"),
        ('region = "duin rand"', "TOML"),
        ("not toml", "TOML"),
    ],
)
def test_a_wrong_settings_file_is_told_with_its_setting(
    home: Path, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    with (home / "node.toml").open("a") as file:
        file.write(line + "\n")
    assert words in refusal(capsys, "ledger", "--home", home)


def test_an_unknown_setting_in_the_environment_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_COLOUR", "red")
    assert "REGIOHELIX_NODE_COLOUR" in refusal(capsys, "ledger", "--home", home)


def test_a_database_of_another_kind_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_DATABASE", "mysql://localhost/x")
    assert "neither SQLite nor PostgreSQL" in refusal(capsys, "ledger", "--home", home)


def test_a_wrong_region_code_makes_no_node(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["x-1" if word == "XR-DUINRAND" else word for word in INIT]
    assert "'region'" in refusal(capsys, *wrong, "--home", tmp_path / "node")
    assert not (tmp_path / "node" / "node.toml").exists()


def test_an_unknown_indicator_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_store(records_path(home), read_only=False).close()
    for command in (("measure", "--period", "2025"), PREPARE):
        assert "'happiness'" in refusal(capsys, *command, "--indicator", "happiness", "--home", home)


def test_without_records_there_is_nothing_to_measure(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("measure", "--period", "2025"), PREPARE):
        assert "source load" in refusal(capsys, *command, "--home", home)


def test_an_unknown_bundle_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key.pem"
    assert main(["review", "join", "--name", "A", "--organisation", "B", "--key", str(key), "--home", str(home)]) == 0
    capsys.readouterr()
    for command in (
        ("review", "show", "B0"),
        ("review", "approve", "B0", "--key", key),
        ("review", "reject", "B0", "--reason", "no", "--key", key),
    ):
        assert "no bundle B0" in refusal(capsys, *command, "--home", home)


@pytest.mark.parametrize("field", ["title", "advice", "licence"])
def test_a_missing_field_of_a_lesson_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    values = msgspec.to_builtins(lesson(), builtin_types=(tuple,))
    data = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if name != field}
    file = tmp_path / "lesson.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    told = refusal(capsys, "lesson", "add", file, "--author", "Author", "--home", home)
    assert f"`{field}`" in told
    assert "lesson.yaml" in told


@pytest.mark.parametrize("content", ["", "a: [", "- 1", "a: \x01"])
def test_a_file_that_is_no_lesson_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_text(content, encoding="utf-8")
    assert "lesson.yaml" in refusal(capsys, "lesson", "add", file, "--author", "Author", "--home", home)


def test_a_lesson_that_is_not_there_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = ("release", "lesson", "les-9", "--author", "Author", "--audience", "public")
    assert "'les-9'" in refusal(capsys, *release, "--home", home)
    add = ("lesson", "add", tmp_path / "none.yaml", "--author", "Author")
    assert "no such file" in refusal(capsys, *add, "--home", home)


def test_enrolling_takes_two_reviewers(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enrol = ("enrol", "--invitation", "code", "--home", home)
    assert "Two reviewers" in refusal(capsys, *enrol)
    join = ("review", "join", "--name", "A", "--organisation", "B", "--key", str(tmp_path / "key.pem"))
    assert main([*join, "--home", str(home)]) == 0
    capsys.readouterr()
    assert "Two reviewers" in refusal(capsys, *enrol)


def test_a_node_that_is_not_enrolled_ships_and_publishes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "not enrolled" in refusal(capsys, "ship", "--home", home)
    assert "not enrolled" in refusal(capsys, "release", "publish", "B0", "--author", "Author", "--home", home)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_secret_that_others_can_reach_stops_the_command(
    home: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    (home / "secrets" / "service.pem").chmod(mode)
    assert "chmod 600" in refusal(capsys, "ledger", "--home", home)


def test_a_reviewers_key_that_others_can_read_or_that_is_no_key_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.pem"
    approve = ("review", "approve", "B0", "--key", key, "--home", home)
    assert "no key file" in refusal(capsys, *approve)
    key.write_text("no key", encoding="ascii")
    key.chmod(0o644)
    assert "chmod 600" in refusal(capsys, *approve)
    key.chmod(0o600)
    assert "not a readable Ed25519 key" in refusal(capsys, *approve)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["init"],
        ["ship", "--colour", "red", "--home", "x"],
        ["measure", "--period", "last year", "--home", "x"],
        [*PREPARE[:-1], "everybody", "--home", "x"],
    ],
)
def test_a_wrong_call_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_hidden_total_without_an_upper_bound_is_at_least_so_much() -> None:
    assert _total(count(Suppressed(12, None, None))).endswith("hidden; readers see at least 12.")
    assert _total(count(Suppressed(0, 121, 634))).endswith("hidden; readers see between 0 and 121.")
