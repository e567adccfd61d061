"""What a careless analyst tries with costs of a region that few organisations serve: stopped, with what to do."""

import json
import re
from pathlib import Path

import pytest
import yaml

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS, write_region
from demo.journey import call
from tests.integration.test_careless_analyst import approve, bundle_in, seen

REGION = SYNTHETIC_REGIONS[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a node with two reviewers; it needs no hub until something is signed."""
    folder = tmp_path / "region"
    areas = [word for area in REGION.municipalities for word in ("--area", area)]
    call(
        folder, "init", "--region", REGION.code, "--name", REGION.name, "--region-set", "invented",
        "--division-year", PERIOD, "--hub-url", "http://127.0.0.1:9", *areas,
    )  # fmt: skip
    for number, organisation in ((1, "Municipality"), (2, "Hospital")):
        key = str(tmp_path / f"region-reviewer-{number}.pem")
        call(folder, "review", "join", "--name", f"R{number}", "--organisation", organisation, "--key", key)
    return folder


def insurer(home: Path, legal: dict[str, str], **paid: str) -> None:
    """Load the register, and the insurer's claims with who was paid read from nowhere, a column or a constant."""
    folder = home.parent / "extracts"
    write_region(folder, REGION, 0.01)
    mapping = folder / "verzekeraar.yaml"
    document = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    document["legal"] |= legal
    claims = document["files"][1]["fields"]
    del claims["organisation"]
    claims |= {"organisation": paid} if paid else {}
    mapping.write_text(yaml.safe_dump(document), encoding="utf-8")
    for source in ("gemeente", "verzekeraar"):
        call(home, "source", "load", str(folder / f"{source}.yaml"))
    call(home, "definitions", "approve", "c.zvw", "pop.persons", "--author", "Author")


COSTS = (
    "release", "prepare", "--period", PERIOD, "--indicator", "c.zvw", "--author", "Author", "--audience", "public",
)  # fmt: skip


def test_costs_of_a_segment_served_by_one_hospital_are_stopped(home: Path) -> None:
    insurer(home, {}, constant="XA-HOSPITAL")
    said = call(home, *COSTS, expected=1)
    assert "fewer than 3 organisations are paid" in said
    assert "take a wider area or more kinds of care" in said
    assert "XA-HOSPITAL" not in said
    assert json.loads(call(home, "release", "list", "--json")) == []


def test_where_one_organisation_delivers_all_care_its_costs_are_hidden_and_reviewers_read_why(home: Path) -> None:
    insurer(home, {}, column="instelling")
    bundle = bundle_in(call(home, *COSTS))
    (item,) = seen(home, bundle)["items"]
    island = [row["value"]["en"] for row in item["rows"] if "XG-VUURTOREN" in row["what"]["en"]]
    assert island
    assert all(value.startswith("hidden: ") for value in island if not value.endswith("of 0)")), island
    shown = call(home, "review", "show", bundle, "--all")
    assert re.search(r"Hidden by rule: \d+ sums of money in which fewer than 3 organisations", " ".join(shown.split()))
    assert "XA-" not in shown


def test_costs_that_do_not_say_who_was_paid_are_stopped_until_somebody_decides_and_answers_for_it(home: Path) -> None:
    insurer(home, {})
    said = call(home, *COSTS, expected=1)
    assert "do not say which organisation was paid" in said
    assert "`organisations_not_recorded: REASON`" in said
    others = call(home, *COSTS, "--indicator", "pop.persons")
    assert "c.zvw 2024 was left out" in others
    insurer(home, {"organisations_not_recorded": "The claims come without it until 2027"})
    bundle = bundle_in(call(home, *COSTS))
    assert "findings without an answer" in approve(home, bundle, 1, expected=1)
    (found,) = [one for one in seen(home, bundle)["findings"] if one["kind"]["code"] == "organisations_not_recorded"]
    assert "The claims come without it until 2027" in json.dumps(found)
    call(
        home, "release", "answer", bundle, "organisations_not_recorded", "--reason", "Checked by hand.",
        "--author", "Author",
    )  # fmt: skip
    for number in (1, 2):
        approve(home, bundle, number)
    out = home.parent / "certificate.md"
    call(home, "release", "certificate", bundle, "--out", str(out), "--lang", "en")
    text = out.read_text(encoding="utf-8")
    assert (
        "Costs from verzekeraar do not say which organisation was paid (The claims come without it until 2027)" in text
    )
    assert "Checked by hand." in text
    assert "An organisation that was paid" not in text
