"""Every documented route of a served hub, called with hundreds of made-up requests by every kind of caller."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from connectors.database import writing
from hub.api import limits
from hub.identity.tokens import issue_token
from hub.intake.enrol import add_partner
from schemas.codes import TOTAL
from schemas.values import Exact
from tests.support.access import serving
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub

SEED = "20261122"
# What the document's own limits suggest, and four random requests for each operation besides.
PHASES = ("--phases", "examples,coverage,fuzzing", "--max-examples", "4")
# A request in its documented form can still name an indicator, a cut or a moment that is not there, and is refused.
CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")


@pytest.fixture(scope="module")
def url_and_tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a hub that holds figures and lessons and answers as often as it is asked; and a token of each kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "GUESSES", 1_000_000)
        with serving(tmp_path_factory.mktemp("hub"), requests_per_minute="1000000") as served:
            inside = RunningHub(served.hub)
            region = inside.enrol(TestRegion())
            made = [
                diabetes(800),
                figures("h.dm_prev", {(TOTAL,) * 3: Exact(60, 1000)}, region_set="invented"),
                lesson(),
            ]
            answers = inside.push(region.code, [one.body for one in region.release(made, "public")])
            assert {answer.outcome for answer in answers} == {"accepted"}
            now = served.clock()
            with writing(served.hub.engine) as connection:
                tokens = {"region": inside.tokens[region.code], "partner": add_partner(connection, "partner", now)}
                _, tokens["administrator"] = issue_token(
                    connection, now, "all", "test", ["manage"], now + timedelta(days=1)
                )
            yield served.url, tokens


@pytest.mark.parametrize("caller", ["nobody", "partner", "region", "administrator"])
def test_no_request_meets_an_error_of_the_hub_or_an_answer_that_is_not_documented(
    url_and_tokens: tuple[str, dict[str, str]], tmp_path: Path, caller: str
) -> None:
    url, tokens = url_and_tokens
    token = ["--header", f"Authorization: Bearer {tokens[caller]}"] if caller in tokens else []
    program = Path(sys.executable).with_name("schemathesis")
    tried = subprocess.run(
        [program, "run", f"{url}/openapi.json", *CHECKS, *PHASES, "--seed", SEED, *token],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout[-12_000:]


def test_every_refusal_is_documented_as_a_problem_document(url_and_tokens: tuple[str, dict[str, str]]) -> None:
    document = requests.get(f"{url_and_tokens[0]}/openapi.json", timeout=10).json()
    assert len(document["paths"]) > 20
    told = [answer for path in document["paths"].values() for way, one in path.items() if way != "parameters"
            for status, answer in one["responses"].items() if status == "default" or int(status) >= 400]  # fmt: skip
    assert {tuple(answer["content"]) for answer in told} == {("application/problem+json",)}
