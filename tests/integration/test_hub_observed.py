"""What an operator sees of a running hub: metrics, log lines without a value, and an end that finishes what runs."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from connectors.database import writing
from hub.__main__ import main
from hub.bootstrap import make_hub, open_hub
from hub.intake.enrol import invite
from hub.tables import dead_letter, event
from schemas.cloudevents import BATCH_MEDIA_TYPE
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub

ROOT = Path(__file__).parents[2]
SECRET = "a-token-that-nobody-may-read"


@dataclass
class Served:
    process: "subprocess.Popen[bytes]"
    url: str
    log: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Offer a hub that runs as a process of its own, its log in a file."""
    make_hub(tmp_path / "hub", {}).engine.dispose()
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve", "--home", str(tmp_path / "hub"), "--port", "0"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdout is not None
    with process, process.stdout:
        found = re.search(r"http://[^/\s]+", process.stdout.readline().decode())
        assert found
        yield Served(process, found[0], log)
        process.kill()


def lines(served: Served) -> list[dict[str, object]]:
    return [json.loads(line) for line in served.log.read_text(encoding="utf-8").splitlines()]


def test_a_request_is_logged_by_its_route_and_number_and_never_by_what_was_asked(served: Served) -> None:
    answer = requests.get(
        f"{served.url}/api/v1/ledger/XR-GEHEIM?after=7&limit=3",
        headers={"Authorization": f"Bearer {SECRET}"},
        timeout=9,
    )
    other = requests.post(f"{served.url}/nowhere/XR-GEHEIM", data=SECRET, timeout=9)
    told = lines(served)
    by_request = {one["request"]: one for one in told if "request" in one}
    one = by_request[answer.headers["X-Request-Id"]]
    assert (one["method"], one["route"], one["status"]) == ("GET", "/api/v1/ledger/<string:code>", 401)
    assert isinstance(one["milliseconds"], int)
    assert by_request[other.headers["X-Request-Id"]]["route"] == "(none)"
    text = served.log.read_text(encoding="utf-8")
    assert "GEHEIM" not in text
    assert SECRET not in text


def test_metrics_count_requests_by_route_and_tell_gaps_letters_and_age(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", {})
    running = RunningHub(hub)
    region = running.enrol(TestRegion())
    made = region.release([diabetes(800), diabetes(810, "2024"), diabetes(820, "2023")])
    running.push(region.code, [made[0].body, made[2].body, b"{}"])
    running.client.get("/not/a/route/of/ours")
    text = running.client.get("/metrics").text
    for line in (
        'regiohelix_hub_http_requests_total{method="POST",route="/api/v1/events",status="200"} 1.0',
        'regiohelix_hub_http_requests_total{method="GET",route="(none)",status="404"} 1.0',
        'regiohelix_hub_dead_letters{reason="not_canonical"} 1.0',
        f'regiohelix_hub_gap_events{{region="{region.code}"}} 1.0',
        "regiohelix_hub_database_up 1.0",
        "regiohelix_hub_intake_seconds_count 1.0",
    ):
        assert line in text
    assert re.search(rf'regiohelix_hub_last_event_age_seconds{{region="{region.code}"}} \d', text)
    hub.engine.dispose()


def test_a_database_that_is_gone_is_a_metric_and_no_error(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", {})
    running = RunningHub(hub)
    with writing(hub.engine) as connection:
        dead_letter.drop(connection)
    answer = running.client.get("/metrics")
    assert answer.status_code == 200
    assert "regiohelix_hub_database_up 0.0" in answer.text
    assert "regiohelix_hub_gap_events{" not in answer.text
    hub.engine.dispose()


def test_a_database_that_takes_nothing_is_said_to_whoever_sent_something_and_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub = make_hub(tmp_path / "hub", {})
    running = RunningHub(hub)
    region = running.enrol(TestRegion())
    made = region.release([diabetes(800)])[0]
    with writing(hub.engine) as connection:
        event.drop(connection)
    answer = running.client.post(
        "/api/v1/events",
        data=b"[" + made.body + b"]",
        headers={"Authorization": f"Bearer {running.tokens[region.code]}"},
        content_type=BATCH_MEDIA_TYPE,
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "away or full; nothing was kept" in answer.get_json()["detail"]
    assert "check that it runs and its disk" in caplog.text
    assert made.id not in caplog.text
    hub.engine.dispose()


def test_a_hub_told_to_stop_finishes_what_runs_takes_nothing_new_and_ends_with_zero(
    served: Served, tmp_path: Path
) -> None:
    region = TestRegion()
    hub = open_hub(tmp_path / "hub", {})
    with writing(hub.engine) as connection:
        invitation = invite(connection, region.code, "Duinrand", "invented", hub.clock(), region.fingerprint)
    answer = requests.post(f"{served.url}/api/v1/enrolments", json=region.enrolment(invitation), timeout=9).json()
    headers = {"Authorization": f"Bearer {answer['token']}", "Content-Type": BATCH_MEDIA_TYPE}
    body = b"[" + region.release([diabetes(800)])[0].body + b"]"
    with ThreadPoolExecutor() as pool:
        with writing(hub.engine):  # intake has to wait
            pushed = pool.submit(requests.post, f"{served.url}/api/v1/events", data=body, headers=headers, timeout=30)
            time.sleep(0.5)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{served.url}/healthz", timeout=5)
        assert pushed.result().json()[0]["outcome"] == "accepted"
    assert served.process.wait(timeout=30) == 0
    assert "Traceback" not in served.log.read_text(encoding="utf-8")
    hub.engine.dispose()


def test_a_receiver_that_is_not_heard_of_is_said_to_be_ill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = tmp_path / "receiving.prom"
    assert main(["receiving", str(status)]) == 1
    status.write_text("regiohelix_hub_broker_up 1.0\nregiohelix_hub_database_up 0.0\n")
    assert main(["receiving", str(status)]) == 1
    status.write_text("regiohelix_hub_broker_up 1.0\nregiohelix_hub_database_up 1.0\n")
    assert main(["receiving", str(status)]) == 0
    with contextlib.suppress(FileNotFoundError):
        os.utime(status, (time.time() - 300, time.time() - 300))
    assert main(["receiving", str(status)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [bool(re.search(part, line)) for part, line in zip(("start", "database", "300 s"), told, strict=True)] == [
        True, True, True,
    ]  # fmt: skip
