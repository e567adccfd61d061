"""A node that lost its store must not go on as if nothing had ever left."""

from pathlib import Path

import pytest

from connectors.secret_files import write_secret
from node.__main__ import main


def test_an_enrolled_node_without_its_store_refuses_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "node"
    region = ["--region", "XR-A", "--name", "Aland", "--region-set", "s", "--division-year", "2024"]
    assert main(["init", *region, "--hub-url", "http://127.0.0.1:9", "--home", str(home)]) == 0
    write_secret(home / "secrets" / "token", b"token")
    assert main(["release", "list", "--home", str(home)]) == 0
    for file in home.glob("node.sqlite*"):
        file.unlink()
    assert main(["ledger", "--home", str(home)]) == 1
    assert "restore the whole folder from backup" in capsys.readouterr().err
