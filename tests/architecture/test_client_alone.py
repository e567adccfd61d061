"""The client imports nothing of the project's other packages: readers install it alone."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"schemas", "connectors", "node", "hub", "demo", "tests"}


def ours(source: str) -> set[str]:
    found = set()
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.Import):
            found |= {name.name.split(".")[0] for name in one.names}
        elif isinstance(one, ast.ImportFrom) and not one.level:
            found.add(str(one.module).split(".")[0])
    return found & OURS


def test_it_imports_nothing_of_ours() -> None:
    files = sorted((ROOT / "client").rglob("*.py"))
    assert files
    assert not [file.name for file in files if ours(file.read_text(encoding="utf-8"))]


def test_an_import_of_ours_is_seen() -> None:
    assert ours("from schemas.values import Exact") == {"schemas"}
