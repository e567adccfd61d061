"""`python -m node evaluate` on a linked store: the planted effect is found, explained in two languages, or refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.database import writing
from demo.journey import approve_definitions
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import create_node
from node.indicators.figures import PublishedTable
from node.release import candidate, review
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect
from schemas.catalogue import catalogue
from schemas.payloads import Cell
from schemas.values import Exact
from tests.support.evaluations import AREAS, INTERVENTION, START, TREATED, visits
from tests.support.small_region import CODE, NOW, ORIGIN, small_region

PERSONS = 40  # in every area
QUARTERS = [(year, quarter) for year in (2021, 2022, 2023) for quarter in range(4)]
VALUES = {
    "region": "XR-EIGEN", "name": "Eigen", "region_set": "invented", "division_year": 2024, "areas": list(AREAS),
    "hub_url": "http://127.0.0.1:9",
}  # fmt: skip
LEGAL = {
    "controller": "Invented", "purpose": "test", "legal_basis": "invented", "agreement": "none", "linkage": "pseudonym",
    "permitted_indicators": ["all"], "delete_by": "2034-12-31",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("evaluate")
    persons = ["id;born;sex;area"]
    made_visits = ["record;id;day"]
    for area, code in enumerate(AREAS):
        persons += [f"{area}-{one};1970-01-0{one % 9 + 1};{'fm'[one % 2]};{code}" for one in range(PERSONS)]
        for place, (year, quarter) in enumerate(QUARTERS):
            for one in range(visits(area, place)):
                day = f"{year}-{3 * quarter + one % 3 + 1:02d}-{one % 27 + 1:02d}"
                made_visits.append(f"{len(made_visits)};{area}-{one % PERSONS};{day}")
    (folder / "persons.csv").write_text("\n".join(persons), encoding="utf-8")
    (folder / "visits.csv").write_text("\n".join(made_visits), encoding="utf-8")
    fields = {"person_id": {"column": "id"}}
    mapping = {
        "id": "invented", "kind": "csv", "legal": LEGAL,
        "files": [
            {"file": "persons.csv", "record": "person", "separator": ";", "fields": {
                **fields, "birth_date": {"column": "born"}, "sex": {"column": "sex"},
                "municipality": {"column": "area"}}},
            {"file": "persons.csv", "record": "coverage", "separator": ";", "fields": {
                **fields, "start_date": {"column": "born"}}},
            {"file": "visits.csv", "record": "encounter", "separator": ";", "fields": {
                **fields, "record_id": {"column": "record"}, "encounter_type": {"constant": "ed"},
                "start_date": {"column": "day"}}},
        ],
    }  # fmt: skip
    (folder / "mapping.yaml").write_text(json.dumps(mapping), encoding="utf-8")
    (folder / "intervention.yaml").write_text(INTERVENTION, encoding="utf-8")
    made = create_node(folder / "node", VALUES)
    at = ["--home", str(folder / "node")]
    approve_definitions(folder / "node", "c.ed", "c.ed_patients", "pop.persons")
    assert main(["source", "load", str(folder / "mapping.yaml"), *at]) == 0
    assert main(["intervention", "record", str(folder / "intervention.yaml"), "--author", "Analyst", *at]) == 0
    yield folder / "node"
    made.engine.dispose()


def evaluate(home: Path, capsys: pytest.CaptureFixture[str], *more: str, code: int = 0, until: str = "2023-Q4") -> str:
    capsys.readouterr()
    first = "2021-Q1" if "Q" in until else until[:4].replace("2023", "2021") + until[4:].replace("12", "01")
    command = ["evaluate", "thuisarts", "--from", first, "--until", until, "--home", str(home), *more]
    assert main(command) == code
    told = capsys.readouterr()
    return told.out + told.err


def found(home: Path, capsys: pytest.CaptureFixture[str], *more: str, until: str = "2023-Q4") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(evaluate(home, capsys, "--json", *more, until=until))
    return answer


def test_the_planted_effect_is_found_beside_the_other_areas(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = found(home, capsys)
    effect = told["estimates"][0]
    planted = -8 / (PERSONS * 91.3125 / 365.25) * 1000  # visits per 1,000 person-years
    assert float(effect["low"]) < planted < float(effect["high"]) < 0
    assert told["areas"] == list(TREATED)
    assert told["compared"] == list(AREAS[6:])
    assert (told["before"], told["after"][0]) == ([f"{y}-Q{q + 1}" for y, q in QUARTERS[:START]], "2022-Q3")
    assert [(one["id"], one["verdict"]) for one in told["checks"]] == [
        ("pre_trend", "passed"), ("placebo", "passed"),
    ]  # fmt: skip
    assert "wild cluster bootstrap" in told["how"]["en"]
    assert found(home, capsys) == told


def test_people_read_it_in_their_language(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    english = evaluate(home, capsys)
    assert "Reading: After the start of 'Doctor at home', 'Emergency department visits' rose by " in english
    assert " less (or fell by more) than in the areas compared with (95% interval" in english
    assert "p < 0.0001" in english or "p = 0.0001" in english
    assert "That is in the direction hoped for. That fits an effect of the intervention, if the assumptions" in english
    assert english.endswith("Made from unprotected figures: this stays in the region.\n")
    dutch = evaluate(home, capsys, "--lang", "nl")
    assert "Lezing: Na de start van 'Huisarts aan huis' is 'Bezoeken aan de spoedeisende hulp' " in dutch
    assert " minder gestegen (of meer gedaald) dan in de vergelijkingsgebieden" in dutch
    assert "Dat is de gewenste kant op. Dat past bij een effect van de interventie" in dutch
    assert "[in orde] Vóór de start is geen verschil in trend aangetoond" in dutch


def test_chosen_areas_alone_are_compared_with(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = found(home, capsys, *(f"--compare={area}" for area in AREAS[8:11]))
    assert told["compared"] == list(AREAS[8:11])
    assert "farther limits" in told["how"]["en"]
    assert told["assumptions"][-1]["en"].startswith("None of the 6 areas with and 3 without the intervention")


def test_a_series_by_itself_is_held_against_its_own_past(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = found(home, capsys, "--method", "its", until="2023-12")
    assert told["compared"] == []
    assert len(told["before"]) == len(told["after"]) == 18
    assert [float(one["high"]) < 0 for one in told["estimates"]][:2] == [True, True]
    assert {one["id"] for one in told["checks"]} == {"placebo", "autocorrelation"}


@pytest.mark.parametrize(
    ("more", "until", "says"),
    [
        (["--compare", "GM9006"], "2023-Q4", "Refused: 6 areas with the intervention and 1 to compare with"),
        (["--compare", "GM9000"], "2023-Q4", "Refused: GM9000 has the intervention, so it cannot be compared with"),
        (["--compare", "GM0001"], "2023-Q4", "Refused: GM0001 is no area of these figures; write one such as GM9000, "),
        (["--outcome", "h.dm_prev"], "2023-Q4", "Refused: 'thuisarts' is not judged by h.dm_prev but by c.ed, "),
        (["--outcome", "pop.persons"], "2023-Q4", "Refused: pop.persons is a count without a denominator"),
        (["--method", "its"], "2023-Q4", "Refused: Periods before the start: 6, after it: 6; at least 8 "),
        ([], "2022-Q2", "Refused: Periods before the start: 6, after it: 0"),
        ([], "2020-Q4", "Refused: Periods 2021-Q1 and 2020-Q4 make no series"),
        ([], "2099-Q4", "Refused: 2021-Q1 to 2099-Q4 are more than 240 periods"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_refused_in_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], more: list[str], until: str, says: str
) -> None:
    said = evaluate(home, capsys, *more, code=1, until=until)
    assert said.startswith(says)
    assert said.count("\n") == 1


def test_published_figures_alone_may_be_told_to_their_readers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = small_region(tmp_path / "light", "http://127.0.0.1:9")
    at = ["--home", str(tmp_path / "light")]
    file = tmp_path / "intervention.yaml"
    file.write_text(INTERVENTION, encoding="utf-8")
    assert main(["intervention", "record", str(file), "--author", "Analyst", *at]) == 0
    asked = ["evaluate", "thuisarts", "--from", "2021-Q1", "--until", "2023-Q4", "--published", *at]
    assert main(asked) == 1
    assert "Refused: No figures of c.ed by area, as it is defined now, stand" in capsys.readouterr().err
    days = PERSONS * 91
    tables = [
        PublishedTable(
            catalogue()["c.ed"], f"{year}-Q{quarter + 1}", 2024, ("area",),
            tuple(Cell((code,), Exact(visits(area, place), days)) for area, code in enumerate(AREAS)), ORIGIN,
        )
        for place, (year, quarter) in enumerate(QUARTERS)
    ]  # fmt: skip
    figures = protect((), tables, Earlier(), DisclosurePolicy(), region_set="invented", division_year=2024)
    with writing(region.node.engine) as connection:
        bundle = candidate.freeze(
            connection, figures, audience="partners", subject_key=region.node.secret("subject"),
            entry=AuditEntry("Author", "bundle.prepared", "tables", NOW), now=NOW,
        )  # fmt: skip
        for key in region.keys:
            review.approve(connection, bundle.id, CODE, key, NOW)
    region.publish(bundle.id)
    capsys.readouterr()
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "[all right] 0 of 144 figures are not published exactly and take no part." in told
    assert told.endswith(
        "Made from published figures only, so it may be told to whoever may read these: "
        "enrolled regions, the national team and partners of the network; not the public.\n"
    )
    assert main([*asked, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["readers"] == "partners"
    assert float(answer["estimates"][0]["high"]) < 0
