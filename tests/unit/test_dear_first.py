"""What takes longest begins first where there are several processes, and only there."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.dear_first import DEAR, ROOT, pytest_collection_modifyitems


def _ordered(config: Any) -> list[str]:
    names = [
        "tests/unit/test_mean.py::a",
        f"{DEAR[1]}::b",
        f"{DEAR[0]}::c",
        "tests/unit/test_mean.py::d",
        f"{DEAR[0]}::e",
    ]
    items: list[Any] = [SimpleNamespace(path=ROOT / name.partition("::")[0], name=name[-1]) for name in names]
    pytest_collection_modifyitems(config, items)
    return [item.name for item in items]


@pytest.mark.parametrize(
    ("config", "order"), [(SimpleNamespace(workerinput={}), "cebad"), (SimpleNamespace(), "abcde")]
)
def test_dear_files_go_first_in_one_of_several_processes(config: Any, order: str) -> None:
    assert "".join(_ordered(config)) == order


@pytest.mark.parametrize("name", DEAR)
def test_every_dear_file_is_there(name: str) -> None:
    assert (ROOT / name).is_file(), f"{name} is gone; take it out of tests/support/dear_first.py"
