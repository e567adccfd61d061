"""The shared data folder: public extracts and known answers that are too large to ship with the project."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "REGIOHELIX_SHARED"


class SharedDataMissing(RuntimeError):
    """The shared data folder is not where it was said to be."""


def shared_folder(environment: Mapping[str, str]) -> Path | None:
    """Find the shared data: ``data`` under what REGIOHELIX_SHARED names, ``../shared`` of the project by default.

    Gives None where it is absent. With CI=true its absence is no excuse: raises SharedDataMissing.
    """
    # Joined to the project's root, so that a relative name means the same from every folder.
    folder = (ROOT / environment.get(VARIABLE, "../shared") / "data").resolve()
    if folder.is_dir():
        return folder
    if environment.get("CI") == "true":
        raise SharedDataMissing(f"There is no shared data: let {VARIABLE} name a folder that holds 'data'.")
    return None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the shared data folder; without one the test is skipped and says so, with CI=true it fails."""
    folder = shared_folder(os.environ)
    if folder is None:
        pytest.skip(f"no shared data: {VARIABLE} names no folder that holds 'data'")
    return folder
