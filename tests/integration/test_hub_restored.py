"""A hub that came back from yesterday's backup gets what it lost from its regions, which need no hand for it."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.__main__ import main as hub_main
from hub.bootstrap import open_hub
from hub.intake.ledger import chain
from node.__main__ import main as node_main
from node.tables import outbox
from tests.support.network import serving_network
from tests.support.small_region import CODE, enrolled_region

PATIENCE_SECONDS = 30.0


def served(home: Path, log: Path) -> "tuple[subprocess.Popen[bytes], str]":
    with log.open("wb") as file:
        command = [sys.executable, "-m", "hub", "serve", "--home", str(home), "--port", "0"]
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        if said := re.search(r"listens on (http://\S+:\d+)/", log.read_text()):
            return process, said[1]
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def test_a_restored_hub_is_sent_again_what_it_gave_receipts_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a passphrase for the drill")
    home, node_home = tmp_path / "hub", str(tmp_path / "node")
    with serving_network(tmp_path) as network:
        region = enrolled_region(tmp_path / "node", network)
        region.release("2001")
        region.ship()
        assert hub_main(["backup", str(tmp_path / "backup"), "--home", str(home)]) == 0
        region.release("2002")
        region.ship()
    shutil.rmtree(home)
    assert hub_main(["restore", str(tmp_path / "backup"), "--home", str(home)]) == 0
    process, url = served(home, tmp_path / "hub.log")
    try:
        monkeypatch.setenv("REGIOHELIX_NODE_HUB_URL", url)
        for _ in range(2):
            assert node_main(["ship", "--home", node_home]) == 0, capsys.readouterr()
        region.release("2003")
        assert node_main(["ship", "--home", node_home]) == 0
    finally:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    hub = open_hub(home, {})
    with hub.engine.connect() as connection:
        held = chain(connection, CODE)
    hub.engine.dispose()
    assert (held.events, held.last_sequence, held.gaps) == (6, 6, ())
    with region.node.engine.connect() as connection:
        assert set(connection.scalars(select(outbox.c.state))) == {"accepted"}
    region.node.engine.dispose()
    assert hub_main(["rebuild", "--check", "--home", str(home)]) == 0
