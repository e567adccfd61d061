"""Refusals of evaluations, sources, definitions, rounds, plans and bundles at the desk have their Dutch, each one."""

import ast
from datetime import date

import pytest

from node.indicators import requirements
from node.indicators.delivered import NotDelivered
from node.release.panel import PANEL_NOTE
from node.release.protect import ROUNDED_NOTE
from node.release.revise import RevisedRelease
from node.web.dutch import in_dutch
from tests.support.raised import ROOT, raised, said

SOURCES = tuple(f"connectors/sources/{name}.py" for name in ("csv_file", "headings", "parquet_file", "sample"))
SENTENCES = {
    # evaluations
    "OutcomeNotRecorded": ("node/evaluation/asked.py",), "RoleMissing": ("node/evaluation/asked.py",),
    "LevelWrong": ("node/evaluation/asked.py",), "AreasWrong": ("node/evaluation/evaluate.py",),
    "TooFewAreas": ("node/evaluation/difference.py",),
    "TooFewPeriods": ("node/evaluation/difference.py", "node/evaluation/interrupted.py"),
    "PeriodsWrong": ("node/evaluation/figures_over_time.py",),
    "NoDenominator": ("node/evaluation/figures_over_time.py",),
    "NotIdentified": ("node/evaluation/panel_regression.py", "node/evaluation/difference.py"),
    "NoVariation": ("node/evaluation/difference.py", "node/evaluation/evaluate.py"),
    "NothingPublished": ("node/evaluation/published.py",),
    "InterventionUnknown": ("node/knowledge/interventions.py",),
    "FiguresNotPublished": ("node/release/ground.py",), "FiguresChanged": ("node/release/ground.py",),
    "FiguresForFewer": ("node/release/ground.py",), "EvaluationNamesPerson": ("node/release/ground.py",),
    # definitions, counting, periods and plans
    "DefinitionUnknown": ("node/indicators/approved.py",), "DefinitionOutdated": ("node/indicators/approved.py",),
    "DefinitionChanged": ("node/indicators/approved.py",),
    "DefinitionNotApproved": ("node/indicators/approved.py", "node/work/counting.py"),
    "NotPermitted": ("node/work/counting.py",), "NoRecords": ("node/work/counting.py",),
    "PeriodNotOver": ("node/indicators/period.py",), "PeriodUnknown": ("node/indicators/period.py",),
    "CutUnfit": ("node/release/cuts.py",), "PlanUnknown": ("node/work/plans.py",),
    "PlanWrong": ("node/work/plans.py",), "TimetableWrong": ("node/work/timetable.py",),
    "WorkGoesOn": ("node/work/take_up.py",),
    # rounds
    "RoundRefused": ("node/knowledge/rounds.py",), "RoundUnknown": ("node/knowledge/rounds.py",),
    "RoleUnfit": ("node/release/panel.py",), "AssessmentNamesPerson": ("node/release/panel.py",),
    # sources and their files
    "SourceRefused": (*SOURCES, "connectors/sources/xlsx_book.py", "connectors/sources/xlsx_file.py",
                      "connectors/sources/xlsx_texts.py", "connectors/sources/mapping.py", "node/records/load.py",
                      "node/records/identity_tables.py"),
    "ExtractEmpty": (*SOURCES, "connectors/sources/xlsx_file.py"),
    "SourceUnknown": ("node/records/store.py", "node/work/sources.py"),
    "RecordStoreBusy": ("node/records/store.py",), "PseudonymKeysDiffer": ("node/records/identity_tables.py",),
    # bundles
    "BundleUnknown": ("node/release/candidate.py",), "NothingToRelease": ("node/release/candidate.py",),
    "BundleHeld": ("node/release/held.py",), "BundleAltered": ("node/release/publishable.py",),
    "PayloadDestroyed": ("node/release/publishable.py",), "NothingToAnswer": ("node/release/answer.py",),
    "ReviewerUnknown": ("node/release/review.py",), "ReviewerTaken": ("node/release/review.py",),
    "ReviewerIsAuthor": ("node/release/review.py",), "ReviewedTwice": ("node/release/review.py",),
    "ReviewerRevoked": ("node/release/review.py",), "ReviewerNotEnrolled": ("node/release/review.py",),
    "SameOrganisation": ("node/release/review.py",), "ApprovalMissing": ("node/release/review.py",),
    "OfficerTaken": ("node/release/officer.py",), "OfficerUnknown": ("node/release/officer.py",),
    "HoldNotTheirs": ("node/release/officer.py",), "NameMixesScripts": ("node/release/person.py",),
    "NeighboursNotAsked": ("node/release/neighbours.py",), "NodeNotCaughtUp": ("node/release/sign.py",),
    "CertificateTooEarly": ("node/release/certificate.py",),
}  # fmt: skip
# whole sentences of which a part is filled in with another sentence, told below
PARTS = {
    "X: key `X`: X", "X: X", "X: cannot be read as YAMLX; correct the file.",
    "X version X was not approved; nothing changed.X",
    "X: column `X` is missingXX; correct the extract, or the mapping's column and separator.",
    "X: has no sheet `X` among its X; correct the extract, or `sheet` in the mapping.",
}  # fmt: skip
CASES = [(name, text) for name, paths in SENTENCES.items() for text in raised(name, paths) if text not in PARTS]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_every_refusal_of_an_act_has_its_dutch(name: str, text: str) -> None:
    found = in_dutch(text)
    assert found is not None, f"{name} says in English alone: {text}"
    assert found != text


def test_there_is_a_sentence_of_each_kind() -> None:
    assert {name for name, _ in CASES} == set(SENTENCES)
    assert len(CASES) > 120


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("m.yaml: cannot be read as YAML at line 3; correct the file.",
         "m.yaml: is niet te lezen als YAML bij regel 3; verbeter het bestand."),
        ("h.dm_prev version 2 was not approved; nothing changed. Version 1 is; `--version 1` ends that.",
         "Versie 2 van h.dm_prev was niet goedgekeurd; er is niets veranderd. Versie 1 is dat wel."),
        ("Round 'herfst' still takes answers in; `python -m node assess list` names the rounds, `assess close` closes "
         "one.",
         "Ronde 'herfst' neemt nog antwoorden aan; sluit haar eerst."),
        ("Bundle b-1 is on hold; a data protection officer lifts that before anyone approves it.",
         "Bundel b-1 staat stil; een functionaris heft dat op voordat iemand akkoord geeft."),
        ("Bundle b-1 is signed; `reject` is not possible any more.", "Bundel b-1 is al verder; dit kan niet meer."),
    ],
)  # fmt: skip
def test_a_sentence_with_parts_is_told_in_dutch(text: str, told: str) -> None:
    assert in_dutch(text) == told


def problems() -> list[str]:
    """Return every text about a key that the schema of mappings has: those that end a sentence."""
    tree = ast.parse((ROOT / "connectors/sources/mapping_schema.py").read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value) for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    wholes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in parts | docs)
    made = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    texts = [text for node in (*wholes, *made) for text in said(node, {})]
    return [text.replace("{choices}", "a, b") for text in texts if " " in text and text.endswith(".")]


def test_every_mistake_in_a_mapping_of_a_source_has_its_dutch() -> None:
    found = problems()
    assert len(found) > 40
    for problem in found:
        told = in_dutch(f"huisarts.yaml: key `files.0.kind`: {problem}")
        assert told is not None, problem
        assert problem.removesuffix(".") not in told, problem


REPORTED = (
    "h.copd over 2024 reads 0, which may mean not recorded: None of the codes was ever seen; needed is condition "
    "(icpc: R95...).",
    "h.copd over 2024 reads 0, which may mean not recorded: No treatment is loaded; needed is treatment (omop: 1).",
    f"h.copd over 2024 reads 0, which may mean not recorded: {requirements.NO_COVERAGE.en}",
    ROUNDED_NOTE, PANEL_NOTE, *RevisedRelease((), 1, 2, 0, 3).summary,
    NotDelivered("h.copd", "2024", "gp", date(2024, 6, 1), date(2024, 12, 31)).sentence(),
    "12 persons live in GM0001, which is no area of this node (GM0002); they are counted nowhere.",
    "Fewer than ten persons have no municipality; they are counted nowhere.",
)  # fmt: skip


@pytest.mark.parametrize("line", REPORTED)
def test_what_the_node_says_of_a_bundle_has_its_dutch(line: str) -> None:
    told = in_dutch(line)
    assert told is not None, line
    assert not {"needed", "which", "persons", "is loaded"} & {*told.split()}


def test_a_zero_that_may_be_missing_data_is_told_whole_in_dutch() -> None:
    assert in_dutch(REPORTED[0]) == (
        "h.copd over 2024 is 0, en dat kan betekenen dat het niet is vastgelegd: geen van de codes kwam ooit voor; "
        "nodig is aandoening (icpc: R95...)."
    )


def test_the_name_of_a_column_stays_as_it_is() -> None:
    told = in_dutch("a.csv: column `cost` occurs twice; correct the extract, or the mapping's column and separator.")
    assert told is not None
    assert told.startswith("a.csv: kolom `cost` komt twee keer voor")
