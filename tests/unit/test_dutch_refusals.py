"""Refusals that the desk's pages show have their sentence in Dutch: each that the code can raise, by its own words."""

import ast
from pathlib import Path

import pytest

from connectors.sources import table_mapping
from node.release import protect
from node.web.dutch import FORMS, in_dutch
from schemas.attached import docx, jpeg, png, zip_parts
from tests.support.raised import raised, said

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = {
    "SourceRefused": (
        "connectors/sources/published_reader.py", "connectors/sources/published_table.py",
        "connectors/sources/published_rows.py", "node/indicators/take_over.py",
    ),
    "TableRefused": ("node/work/public_tables.py",),
    "AttachmentRefused": ("node/knowledge/attachments.py",),
    "HostUnfit": ("node/release/host.py",), "HostForFewer": ("node/release/host.py",),
    "FilesTooMany": ("node/release/host.py",),
    "ReplyUnreadable": ("node/knowledge/replies.py",), "ReplyUnknown": ("node/knowledge/replies.py",),
    "NothingToReplyTo": ("node/work/replying.py",),
    "ReplyNotSeen": ("node/web/desk/replies_page.py",), "FileNotSeen": ("node/web/desk/files_page.py",),
    "ResolutionUnfit": ("node/release/resolve.py",), "FindingUnknown": ("node/release/resolve.py",),
    "ReasonUnfit": ("node/release/reason.py",), "LessonNamesPerson": ("node/release/candidate.py",),
    "EvidenceNotOwn": ("node/release/own_evidence.py", "node/work/citing.py"),
    "EvidenceChanged": ("node/release/own_evidence.py",), "EvidenceForFewer": ("node/release/own_evidence.py",),
    "CitationUnknown": ("node/knowledge/citations.py",), "CitationStands": ("node/release/revise.py",),
    "MessageUnknown": ("node/knowledge/messages.py",),
    "EventUnknown": ("node/release/standing.py", "node/web/desk/event_page.py"),
    "StandsNoMore": ("node/release/withdraw.py",), "NotRedactable": ("node/release/redact.py",),
    "StoreInUse": ("node/release/redact.py",),
    "KeyInUse": ("node/release/keyring.py",), "KeyNotHere": ("node/release/keyring.py",),
    "ActionEnded": ("node/knowledge/actions.py",),
    "InterventionUnknown": ("node/knowledge/interventions.py",),
    "OutcomeNotRecorded": ("node/evaluation/asked.py",), "LevelWrong": ("node/evaluation/asked.py",),
    "RoleMissing": ("node/evaluation/asked.py",), "NothingPublished": ("node/evaluation/published.py",),
    "AreasWrong": ("node/evaluation/evaluate.py",), "NotAsShown": ("node/work/evaluating.py",),
    "NoDenominator": ("node/evaluation/figures_over_time.py",),
    "PeriodsWrong": ("node/evaluation/figures_over_time.py",),
    "NoVariation": ("node/evaluation/difference.py", "node/evaluation/evaluate.py"),
    "TooFewPeriods": ("node/evaluation/difference.py", "node/evaluation/interrupted.py"),
    "TooFewAreas": ("node/evaluation/difference.py",),
    "NotIdentified": ("node/evaluation/difference.py", "node/evaluation/panel_regression.py"),
    "PeriodNotOver": ("node/indicators/period.py",), "PeriodUnknown": ("node/indicators/period.py",),
    "FiguresNotPublished": ("node/release/ground.py",), "FiguresChanged": ("node/release/ground.py",),
    "FiguresForFewer": ("node/release/ground.py",), "EvaluationNamesPerson": ("node/release/ground.py",),
    "NothingChanged": ("node/release/revise.py",), "ReasonMissing": ("node/release/revise.py",),
}  # fmt: skip


CASES = [(name, text) for name, paths in SENTENCES.items() for text in raised(name, paths)]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_every_refusal_of_an_act_at_the_desk_has_its_dutch(name: str, text: str) -> None:
    found = in_dutch(text)
    assert found is not None, f"{name} says in English alone: {text}"
    assert found != text


def test_every_way_in_which_a_file_is_unfit_has_its_dutch() -> None:
    ends = {told for _, told in docx._REFUSED} | {jpeg._BROKEN, png._BROKEN, zip_parts._BROKEN}
    for path in (ROOT / "schemas/attached").glob("*.py"):
        ends |= set(raised("FileUnfit", (str(path.relative_to(ROOT)),)))
    assert len(ends) > 40
    for end in ends:
        told = in_dutch(f"lijst.docx: this file {end}.")
        assert told is not None, end
        assert end not in told, end


def test_every_mistake_in_a_reply_has_its_dutch() -> None:
    tree = ast.parse((ROOT / "node/knowledge/replies.py").read_text(encoding="utf-8"))
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("_wrong")]
    ends = [text for function in functions for one in ast.walk(function) if isinstance(one, ast.Return)
            for text in said(one.value, {})]  # fmt: skip
    assert len(ends) >= 7
    for end in ends:
        told = in_dutch(f"diabetes: {end}; see docs/replies.md for the fields.")
        assert told is not None, end
        assert end not in told, end


def test_every_mistake_in_an_intervention_has_its_dutch() -> None:
    tree = ast.parse((ROOT / "node/knowledge/interventions.py").read_text(encoding="utf-8"))
    (wrong,) = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "_wrong"]
    ends = {text for one in ast.walk(wrong) if isinstance(one, ast.Constant | ast.JoinedStr)
            for text in said(one, {}) if text.endswith(".") and text.startswith(("field", "'X'"))}  # fmt: skip
    assert len(ends) == 5
    for end in ends:
        assert in_dutch(f"The intervention: {end}") is not None, end


def test_there_are_many_and_what_is_unknown_stays_english() -> None:
    assert len(CASES) > 20
    assert in_dutch("Something that nobody foresaw or wrote down.") is None
    assert in_dutch("is missing") is None, "a part is no sentence"


def test_a_part_within_a_sentence_is_put_into_dutch_as_well() -> None:
    told = in_dutch(
        "t.csv, row 7, column A: expected a percentage from 0 to 100 with a decimal comma and at most 1 decimal, or "
        "nothing; correct it."
    )
    assert told == (
        "t.csv, rij 7, kolom A: hier hoort een percentage van 0 tot en met 100 met een decimale komma en hoogstens 1 "
        "decimaal, of niets; verbeter dat."
    )
    assert (
        in_dutch("In m.yaml, key owner: is missing; correct it.")
        == "In m.yaml, sleutel owner: ontbreekt; verbeter dat."
    )


def test_every_mistake_in_a_mapping_is_told_in_dutch() -> None:
    path = "connectors/sources/table_mapping.py"
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    ends = [*table_mapping._PLAIN.values(), *raised("ValidationError", (path,))]
    ends += [text for one in ast.walk(tree) if isinstance(one, ast.keyword) and one.arg == "error"
             for text in said(one.value, {})]  # fmt: skip
    assert len(ends) > 20
    for end in ends:
        told = in_dutch(f"In m.yaml, key k: {table_mapping._PLAIN.get(end, end)}; correct it.")
        assert told is not None, end
        assert end not in told


def test_every_refusal_of_what_comes_in_by_the_page_of_a_source_is_told_in_dutch() -> None:
    told = set(raised("InboxRefused", ("node/work/inbox.py",)))
    elsewhere = {"The mapping: X", "The mapping: Xis not YAML; correct it."}  # said and told as of public tables
    for text in told - elsewhere:
        assert in_dutch(text) is not None, text
    assert len(told) > 8


def test_what_a_missing_column_and_too_many_rejects_say_is_told_in_dutch() -> None:
    assert in_dutch(
        "a.csv, row 1: column `sekse` is missing (`geslacht` may be its new name); correct the extract, or the "
        "mapping's column and separator."
    ) == (
        "a.csv, rij 1: kolom `sekse` ontbreekt (misschien heet zij nu `geslacht`); verbeter het extract, of `column` "
        "en `separator` in de mapping."
    )
    assert in_dutch(
        "a.csv: 3 of 4 rows are rejected, above the allowed share of 5.0%; most often column `sex` is not one of the "
        "known codes (3 rows, first in row 2); correct the extract or mapping."
    ) == (
        "a.csv: 3 van 4 rijen worden afgekeurd, meer dan het toegestane deel van 5,0%, het vaakst om kolom `sex`; "
        "'Bekijk' noemt de redenen, verbeter daarna het extract of de mapping."
    )


def test_one_row_that_is_rejected_is_told_in_the_singular() -> None:
    end = "rejected, above the allowed share of 5.0%; correct the extract or mapping."
    one, only = in_dutch(f"a.csv: 1 of 4 rows is {end}") or "", in_dutch(f"a.csv: 1 of 1 row is {end}") or ""
    assert one.startswith("a.csv: 1 van 4 rijen wordt afgekeurd, meer dan het toegestane deel van 5,0%;")
    assert only.startswith("a.csv: de enige rij wordt afgekeurd, meer dan het toegestane deel van 5,0%;")


def test_what_a_node_says_of_figures_is_told_in_dutch() -> None:
    assert in_dutch("h.dm_prev 2024: 54 cells, 31 hidden.") == "h.dm_prev 2024: 54 cellen, waarvan 31 verborgen."
    for hidden, told in ((1, "is nog 1 ander verborgen"), (6, "zijn nog 6 andere verborgen")):
        (sentence,) = protect._besides(hidden, hidden)
        assert told in (in_dutch(sentence) or "")


def test_each_form_can_be_filled_in_with_what_varies() -> None:
    for form, dutch in FORMS.items():
        varies = [f"<{place}>" for place in range(form.count("{}"))]
        assert "{" not in dutch.format(*varies), form
        assert form.endswith(".") == dutch.endswith("."), form
