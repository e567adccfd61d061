"""Each side runs with nothing but what its image holds: its packages, and the distributions of its own lock."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Imports every module of one package while the packages of all other distributions seem not to be installed.
IMPORT_ALL = """
import importlib, pkgutil, sys
package, absent = sys.argv[1], set(sys.argv[2].split(","))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is not in this image", name=name)
sys.meta_path.insert(0, Absent())
names = [found.name for found in pkgutil.walk_packages(importlib.import_module(package).__path__, package + ".")]
for name in names:
    if not name.endswith("__main__") and ".migrations" not in name:
        importlib.import_module(name)
print(len(names))
"""


def _locked(side: str) -> set[str]:
    text = (ROOT / "requirements" / f"{side}.txt").read_text(encoding="utf-8")
    return {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _absent(side: str) -> set[str]:
    """Name the installed top-level modules that no distribution of the side's lock provides."""
    locked = _locked(side)
    return {
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier()
        and not module.startswith("_")
        and not {_normal(name) for name in distributions} & locked
    }


@pytest.mark.parametrize(("package", "other"), [("node", "hub"), ("hub", "node")])
def test_a_side_runs_with_its_own_lock_and_without_the_other(tmp_path: Path, package: str, other: str) -> None:
    for name in ("schemas", "connectors", package):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    absent = _absent(package)
    assert {"pytest", "hypothesis"} < absent
    assert ("flask" in absent) == (package == "node")
    assert ("highspy" in absent) == (package == "hub")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, package, ",".join(sorted({*absent, other}))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-1500:]
    assert int(run.stdout) > 15
