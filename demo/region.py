"""One process per invented region: figures, words, readiness, its programme; a release refused, one waiting."""

import csv
import json
import sys
from pathlib import Path

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS, write_region
from demo.journey import AUTHOR, approve_definitions, call, join_network, let_out, write_items
from demo.operator import inviting
from schemas.plain_yaml import read_yaml

SOURCES = ("gemeente", "huisarts", "ziekenhuis", "verzekeraar", "apotheek", "enquete")
PANEL = Path(__file__).parent / "data" / "readiness" / "panel.csv"
LESSONS = Path(__file__).parent / "data" / "lessons"
LESSON = LESSONS / "praktijkondersteuner.yaml"
PROGRAMME = Path(__file__).parent / "data" / "programme"
REGION_SET = "Verzonnen regio's 2024"
INDICATORS = (
    "pop.persons", "h.dm_prev", "h.srh_good", "q.hba1c", "q.flu", "q.gp_experience", "q.acute_adm",
    "c.ed", "c.gp_units", "c.zvw",
)  # fmt: skip


def main(folder: Path, code: str, hub_url: str, hub_home: Path) -> None:
    """Carry one region through the whole line."""
    region = next(region for region in SYNTHETIC_REGIONS if region.code == code)
    home, extracts = folder / code, folder / f"{code}-extracts"
    invited = inviting(hub_home, code, region.name, REGION_SET)
    join_network(home, (code, region.name, REGION_SET, PERIOD), tuple(region.municipalities), hub_url, invited)
    write_region(extracts, region)
    loaded = [call(home, "source", "load", str(extracts / f"{source}.yaml")) for source in SOURCES]
    approve_definitions(home, *INDICATORS)
    chosen = [word for name in INDICATORS for word in ("--indicator", name)]
    released = let_out(home, "prepare", "--period", PERIOD, *chosen)
    first = region is SYNTHETIC_REGIONS[0]
    learnt = LESSON if first else LESSONS / f"{region.name.lower()}.yaml"
    call(home, "lesson", "add", str(learnt), "--author", "Programme manager")
    let_out(home, "lesson", read_yaml(learnt.read_text(encoding="utf-8"))["lesson"], reviewers=1)
    if first:
        _a_round(home)
    write_items(home, sorted((PROGRAMME / region.name.lower()).glob("*.yaml")))
    refused = _a_patient_in_a_lesson(home, folder) if first else ""
    waits = _one_patient_more(home, extracts, chosen) if first else ""
    shipped = call(home, "ship")
    outcome = {
        "region": code, "loaded": loaded, "released": released, "shipped": shipped, "refused": refused, "waits": waits
    }  # fmt: skip
    print(json.dumps(outcome), flush=True)


def _a_round(home: Path) -> None:
    """Hold a round of the Five Lenses with an invented panel, and release what may be told of it."""
    seats = [f"--panel={one}" for one in ("government=7", "practice=10", "knowledge=5", "citizens=4")]
    author = ("--author", "Programme manager")
    call(home, "assess", "open", "voorjaar", "--instrument", "five-lenses", "--period", PERIOD, *seats, *author)
    call(home, "assess", "import", "voorjaar", str(PANEL), *author)
    reason = ("--because", "Wie aan tafel zit, mag zelden beslissen.", "--language", "nl")
    call(home, "assess", "say", "voorjaar", "organisation", "--verdict", "not-satisfactory", *reason, *author)
    call(home, "assess", "close", "voorjaar", *author)
    let_out(home, "assessment", "voorjaar", "--role", "programmabureau")


def _a_patient_in_a_lesson(home: Path, folder: Path) -> str:
    """Write a lesson that names an invented patient, and try to release it."""
    lesson = read_yaml(LESSON.read_text(encoding="utf-8"))
    lesson |= {"lesson": "met-een-naam", "context": "Mevrouw de Vries (06-12345678) kwam twee jaar niet op controle."}
    written = folder / f"{home.name}-lesson.yaml"
    written.write_text(json.dumps(lesson, ensure_ascii=False), encoding="utf-8")
    call(home, "lesson", "add", str(written), "--author", "Programme manager")
    return call(
        home, "release", "lesson", "met-een-naam", "--author", AUTHOR, "--audience", "public", expected=1
    )  # fmt: skip


def _one_patient_more(home: Path, extracts: Path, chosen: list[str]) -> str:
    """Add one diagnosis to the GP extract and release again: a difference of one person waits, and readers are told."""
    diagnoses = extracts / "huisarts_diagnoses.csv"
    with diagnoses.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    known = {row["bsn"] for row in rows if row["icpc"] == "T90"}
    other = next(row for row in rows if row["bsn"] not in known and row["icpc"] != "T90" and len(row["bsn"]) == 9)
    with diagnoses.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(rows[0]), delimiter=";").writerow({**other, "icpc": "T90"})
    call(home, "source", "load", str(extracts / "huisarts.yaml"))
    return let_out(
        home, "prepare", "--period", PERIOD, *chosen, "--reason", "One practice sent its list again.", reviewers=1
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
