"""A region's figures leave with their coverage: reviewers read it, and the event says it."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from connectors.sources.synthetic_people import valid_numbers
from node.__main__ import main
from tests.support.sources import register_file, source, visits_file, written

NUMBERS = valid_numbers(np.random.default_rng(3), 400).tolist()


@pytest.mark.parametrize(("covered", "percent", "is_partial"), [(41, 51, True), (70, 87, False)])
def test_coverage_goes_out_with_the_figures_and_reviewers_read_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    covered: int,
    percent: int,
    is_partial: bool,
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_HOME", str(tmp_path / "home"))
    assert main(["init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
                 "2023", "--hub-url", "http://127.0.0.1:9"]) == 0  # fmt: skip
    persons = "bsn;born;sex\n" + "".join(f"{one};01-02-1950;{'VM'[one % 2]}\n" for one in NUMBERS)
    fields = {"person_id": {"column": "bsn"}, "start_date": {"column": "from"}}
    file = visits_file(file="covered.csv", record="coverage", fields=fields)
    insurer = source(file, id="gp", covers={"unit": "practices", "covered": covered, "of": 80})
    texts = {"covered": "bsn;from\n" + "".join(f"{one};01-01-2020\n" for one in NUMBERS)}
    for mapping in (
        written(tmp_path / "register", source(register_file(), id="register"), persons=persons),
        written(tmp_path / "gp", insurer, **texts),
    ):
        assert main(["source", "load", str(mapping)]) == 0
    assert main(["definitions", "approve", "pop.persons", "--author", "A"]) == 0
    prepare = ["release", "prepare", "--period", "2024", "--indicator", "pop.persons", "--author", "A"]
    assert main([*prepare, "--audience", "public"]) == 0
    with sqlite3.connect(tmp_path / "home" / "node.sqlite") as store:
        ((bundle, type_, payload),) = store.execute("SELECT bundle_id, type, payload FROM item").fetchall()
    assert type_ == "nl.regiohelix.indicator.published.v2"
    said = json.loads(payload)["quality"]
    assert said == {"coverage": {"is_partial": is_partial, "percent": percent, "unit": "practices"}, "linkage": None}
    capsys.readouterr()
    assert main(["review", "show", bundle, "--lang", "nl"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"Dekking {percent}% van de praktijken" in told
    assert ("onvolledig" in told) is is_partial
