"""The shared data folder is found, or its absence is said: aloud in continuous integration."""

from pathlib import Path

import pytest

from tests.support.shared_data import SharedDataMissing, shared_folder


def test_the_folder_named_by_the_environment_is_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert shared_folder({"REGIOHELIX_SHARED": str(tmp_path), "CI": "true"}) == tmp_path / "data"


def test_without_the_folder_there_is_nothing_to_test_with(tmp_path: Path) -> None:
    assert shared_folder({"REGIOHELIX_SHARED": str(tmp_path)}) is None


def test_in_continuous_integration_its_absence_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(SharedDataMissing, match="REGIOHELIX_SHARED"):
        shared_folder({"REGIOHELIX_SHARED": str(tmp_path), "CI": "true"})
