"""No file is too long, and none holds what must not be in a commit."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, project_files, python_files

MOST_LINES = 300
FORBIDDEN_MODULE_NAMES = {"common", "utils", "util", "helpers"}

MACHINE_PATH = re.compile(r"(^|[^a-zA-Z0-9_.\]])/(work|farm|root|Users|home/[a-z]+)/[a-z]")
INDEX_HOST = re.compile(
    r"pypi\.org|files\.pythonhosted|repo1?\.maven|registry\.npmjs|deb\.debian|index-url\s*[= ]\s*http"
)
SECRET = re.compile(r"BEGIN (EC |RSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b(?!-)|raise NotImplemented" r"Error|pragma: no " r"cover")
MARKED_AWAY = re.compile(r"@pytest\.mark\." r"(skip|xfail)")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _lines_with(pattern: re.Pattern[str], files: Iterator[Path]) -> list[str]:
    """Name file and line of every hit, not what stands there."""
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(_text(file).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_python_file_is_longer_than_three_pages() -> None:
    lengths = {str(file.relative_to(ROOT)): len(_text(file).splitlines()) for file in python_files()}
    assert len(lengths) > 30
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_module_is_a_drawer_for_everything() -> None:
    names = {part for file in python_files(*PACKAGES) for part in (*file.relative_to(ROOT).parts[:-1], file.stem)}
    assert names & FORBIDDEN_MODULE_NAMES == set()


@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX_HOST, SECRET], ids=["machine path", "index host", "secret"])
def test_no_file_names_a_machine_or_holds_a_secret(pattern: re.Pattern[str]) -> None:
    assert _lines_with(pattern, project_files()) == []


def test_nothing_is_left_unfinished() -> None:
    assert _lines_with(UNFINISHED, python_files()) == []
    assert _lines_with(MARKED_AWAY, python_files("tests")) == []


def _swallowed(source: str) -> list[int]:
    """Give the lines of handlers that do nothing at all with what they caught."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(step, ast.Pass) or _is_dots(step) for step in node.body)
    ]


def _is_dots(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)


def test_no_error_is_swallowed() -> None:
    found = {str(file.relative_to(ROOT)): _swallowed(_text(file)) for file in python_files(*PACKAGES)}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert _swallowed("try:\n    f()\nexcept OSError:\n    pass\n") == [3]
    assert _swallowed("try:\n    f()\nexcept Exception:\n    undo()\n    raise\n") == []


@pytest.mark.parametrize(
    ("pattern", "planted"),
    [
        (MACHINE_PATH, "cd /" + "work/main"),
        (MACHINE_PATH, '"/' + 'home/anna/data"'),
        (INDEX_HOST, "https://pypi" + ".org/simple"),
        (SECRET, "-----BEGIN PRIVATE" + " KEY-----"),
        (UNFINISHED, "# TO" + "DO: later"),
        (MARKED_AWAY, "@pytest.mark." + "skip(reason='later')"),
    ],
)
def test_each_pattern_finds_what_it_is_for(pattern: re.Pattern[str], planted: str) -> None:
    assert pattern.search(planted)


def test_no_generated_or_personal_file_lies_in_the_tree() -> None:
    suffixes = {".pem", ".key", ".sqlite", ".duckdb", ".whl", ".jar"}
    assert [str(file.relative_to(ROOT)) for file in project_files() if file.suffix in suffixes] == []
