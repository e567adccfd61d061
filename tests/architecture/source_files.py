"""What of this folder belongs to the project: everything but generated, hidden and foreign files."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "connectors", "node", "hub", "demo")
_GENERATED = {"__pycache__", "build", "dist", "node_modules"}
_BINARY = {".png", ".jpg", ".ico", ".woff2", ".gz", ".parquet", ".pyc"}


def project_files() -> Iterator[Path]:
    """Yield every file of the project, hidden folders other than .ci left out."""
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(n for n in below if n not in _GENERATED and (n == ".ci" or not n.startswith(".")))
        for name in sorted(names):
            file = Path(folder) / name
            if file.suffix not in _BINARY and not name.endswith((".sqlite", ".duckdb", ".log", ".egg-info")):
                yield file


def python_files(*under: str) -> Iterator[Path]:
    """Yield the project's Python files, of the named top folders only where any are named."""
    for file in project_files():
        if file.suffix == ".py" and (not under or file.relative_to(ROOT).parts[0] in under):
            yield file
