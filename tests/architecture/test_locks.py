"""Every dependency is pinned with hashes, from no address in particular, and the locks agree."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {file.stem: file for file in sorted((ROOT / "requirements").glob("*.txt"))}
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)(\[[a-z0-9,_-]+\])?==(?P<version>[^ ;]+)( ; (?P<marker>.+))?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def _requirements(lock: Path) -> list[str]:
    """Join the continued lines of each requirement into one."""
    return [line for line in lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines() if line.strip()]


def _pins(lock: Path) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for line in _requirements(lock):
        match = PIN.fullmatch(line.split("--hash", 1)[0].strip())
        assert match, f"{lock.name} holds a line that is not a pinned requirement"
        pins.setdefault(match["name"], set()).add(match["version"])
    return pins


def test_every_way_to_install_has_a_lock() -> None:
    assert set(LOCKS) == {"node", "hub", "demo", "dev"}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_each_requirement_carries_hashes(lock: Path) -> None:
    requirements = _requirements(lock)
    assert len(requirements) > 10
    assert [line.split("==")[0] for line in requirements if not HASH.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text
    assert " @ " not in text


def test_the_locks_agree_so_that_one_environment_holds_them_all() -> None:
    all_pins = _pins(LOCKS["dev"])
    for name in ("node", "hub", "demo"):
        for package, versions in _pins(LOCKS[name]).items():
            assert versions <= all_pins[package], package


def test_what_the_project_asks_for_is_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = _pins(LOCKS["dev"])
    asked = [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]
    for requirement in asked:
        name, _, version = requirement.partition("==")
        assert version in pins[re.sub(r"\[.*\]", "", name).lower()], requirement


def test_a_region_installs_nothing_of_the_hub() -> None:
    assert _pins(LOCKS["node"]).keys().isdisjoint({"flask", "flask-smorest", "feedgen", "waitress", "scipy"})
