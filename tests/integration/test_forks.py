"""A hub that is forked is a process of its own: it says what it says in its log, and ends with its exit code."""

import os
from pathlib import Path

from tests.support.forks import Fork
from tests.support.network import serving_network


def test_a_served_fork_is_another_process_with_its_own_log_and_ends_when_told(tmp_path: Path) -> None:
    with serving_network(tmp_path) as network:
        assert network.get("/healthz").json() == {"status": "ok"}
        assert network.log.read_text(encoding="utf-8").startswith(f"The hub listens on {network.url}/")
    with serving_network(tmp_path / "other") as other:
        assert other.url != network.url
        assert other.get("/readyz").status_code == 200


def test_a_fork_has_the_environment_it_is_given_and_ends_with_the_exit_code_of_its_command(tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    told = Fork(["init", "--home", str(tmp_path / "hub")], log, os.environ)
    assert told.wait(60) == 0
    environ = {**os.environ, "REGIOHELIX_HUB_PORT": "no number"}
    refused = Fork(["serve", "--home", str(tmp_path / "hub")], log, environ)
    assert refused.wait(60) == 1
    assert refused.pid not in (told.pid, os.getpid())
    assert "port" in log.read_text(encoding="utf-8").lower()
    refused.terminate()  # what has ended is left alone
    assert refused.poll() == 1
