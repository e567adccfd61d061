"""The services of docker-compose.yml as processes: they start, are healthy by their own check, and end with 0."""

import signal
import time
from pathlib import Path

import pytest
import requests

from node.__main__ import main as node_main
from tests.support.composed import Service
from tests.support.kafka.broker import free_ports

PATIENCE_SECONDS = 30.0


@pytest.fixture
def port() -> str:
    return str(free_ports(1)[0])


@pytest.fixture
def hub(tmp_path: Path, port: str) -> Service:
    here = {"0.0.0.0": "127.0.0.1", "127.0.0.1:8400": f"127.0.0.1:{port}"}  # noqa: S104 - what the container has
    service = Service("hub", tmp_path / "hub", here, {})
    made = service.start("init", str(tmp_path / "hub"), log=tmp_path / "log")
    assert made.wait(PATIENCE_SECONDS) == 0, (tmp_path / "log").read_text()
    return service


def wait_until_healthy(service: Service, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not service.healthy():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_the_hub_serves_is_healthy_and_ends_with_zero(tmp_path: Path, hub: Service, port: str) -> None:
    log = tmp_path / "log"
    assert not hub.healthy()
    process = hub.start("serve", "--port", port, log=log)
    try:
        wait_until_healthy(hub, log)
        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).ok
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0, log.read_text()
        assert not hub.healthy()
    finally:
        process.kill()


def test_a_region_takes_its_password_from_a_file_and_is_healthy(tmp_path: Path) -> None:
    secrets, home, log = tmp_path / "secrets", tmp_path / "node", tmp_path / "log"
    secrets.mkdir()
    (secrets / "kafka_region_one_password").write_text("the broker's password")
    init = ["--region", "XR-A", "--name", "Aland", "--region-set", "s", "--division-year", "2024"]
    assert node_main(["init", *init, "--hub-url", "http://127.0.0.1:9", "--home", str(home)]) == 0
    region = Service("region-one", home, {"/run/secrets": str(secrets), "/tmp/": f"{tmp_path}/"}, {})  # noqa: S108
    shown = region.start("release", "list", log=log)
    assert shown.wait(PATIENCE_SECONDS) == 0
    assert "No bundle yet" in log.read_text()
    assert "the broker's password" not in str(region.environment())
    assert region.healthy()
    assert "regiohelix_node_outbox_events" in (tmp_path / "node.prom").read_text()
