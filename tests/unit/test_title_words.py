"""What is kept in English, or as codes, is told in Dutch too: titles of events, places of findings, values."""

import ast
from typing import get_args

import pytest

from node.release.finding_places import detail_words
from node.release.preview_words import OF_NOTICE, value_of
from node.release.title_words import titled
from schemas.about import Aim, Change, Lens, LessonAbout, Phase, Rainbow, Scope
from schemas.citation import CitedEvaluation, CitedExperience
from schemas.codes import EventType
from schemas.payloads import EventRedacted, IndicatorPending, KeyEnrolled, KeyRevoked, ReplyWaived
from schemas.text import Text
from tests.support.raised import ROOT, said


@pytest.mark.parametrize(
    ("type_", "title", "nl"),
    [
        (EventType.INDICATOR_PUBLISHED_V2, "h.dm_prev 2025", "Diabetes bekend bij de huisarts, 2025"),
        (EventType.INDICATOR_WITHDRAWN, "Withdrawal of h.dm_prev 2025",
         "Intrekking van Diabetes bekend bij de huisarts, 2025"),
        (EventType.INDICATOR_PENDING, "Correction pending of h.dm_prev 2025",
         "Wachtende correctie van Diabetes bekend bij de huisarts, 2025"),
        (EventType.INDICATOR_PENDING, "No correction pending any more of x.unknown 2025",
         "Geen wachtende correctie meer van x.unknown 2025"),
        (EventType.LESSON_PUBLISHED_V2, "Redaction of event 4", "Redaction of event 4"),
        (EventType.LESSON_WITHDRAWN, "Withdrawal of service key of care", "Intrekking van service key of care"),
        (EventType.EVENT_REDACTED, "Redaction of event 4", "Vernietiging van gebeurtenis 4"),
        (EventType.KEY_ENROLLED, "reviewer Anna of Huisartsen, key ab12",
         "beoordelaar Anna van Huisartsen, sleutel ab12"),
        (EventType.KEY_ENROLLED, "service key ab12", "servicesleutel ab12"),
        (EventType.KEY_REVOKED, "key ab12 taken back", "sleutel ab12 teruggenomen"),
        (EventType.REPLY_WAIVED, "No reply to h.dm_prev 2025",
         "Geen reactie nodig op Diabetes bekend bij de huisarts, 2025"),
        (EventType.REPLY_PUBLISHED, "Reply a-1 (nl) to h.dm_prev 2025",
         "Reactie a-1 (nl) op Diabetes bekend bij de huisarts, 2025"),
        (EventType.CITATION_PUBLISHED, "Citation a-1: contrasting a lesson of GG0002",
         "Aanhaling a-1: contrasterend, van een les van GG0002"),
        (EventType.GOAL_PUBLISHED, "Goal 'Minder roken'", "Doel 'Minder roken'"),
        (EventType.GOAL_WITHDRAWN, "Withdrawal of Goal 'Minder roken'", "Intrekking van Doel 'Minder roken'"),
        (EventType.EVALUATION_PUBLISHED, "Evaluation of Doctor at home, c.ed", "Evaluatie van Doctor at home, c.ed"),
        (EventType.ASSESSMENT_PUBLISHED, "Assessment herfst, Five Lenses 2026", "Beoordeling herfst, Five Lenses 2026"),
    ],
)  # fmt: skip
def test_a_title_is_told_in_dutch_but_for_a_lessons_own(type_: EventType, title: str, nl: str) -> None:
    assert titled(title, type_).nl == nl


@pytest.mark.parametrize(
    ("code", "detail", "told"),
    [
        ("wider_audience", "network → public", Text("alleen het netwerk → iedereen", "the network only → everyone")),
        ("lesson_incomplete", "advice, author_role", Text("Advies, Rol van de auteur", "Advice, Author's role")),
        ("old_figures", "1 mnd / months", Text("1 maand", "1 month")),
        ("old_figures", "26 mnd / months", Text("26 maanden", "26 months")),
        ("effect_doubted", "pre_trend, placebo", Text("verloop vooraf, schijnstart", "trend before, placebo start")),
        ("unverified_questions", "ambition", Text("Gedeelde ambitie", "Shared ambition")),
        ("bands_merged", "without sex; age_band: 9 bands merged into 4 (0-39, 40+)",
         Text("zonder geslacht; leeftijd: van 9 naar 4 groepen (0-39, 40+)",
              "without sex; age: 9 bands merged into 4 (0-39, 40+)")),
        ("mostly_hidden", "4/6", Text("4/6", "4/6")),
    ],
)  # fmt: skip
def test_a_place_of_a_finding_is_told_in_words(code: str, detail: str, told: Text) -> None:
    assert detail_words(code, detail) == told


def test_every_check_of_an_evaluation_has_its_word() -> None:
    tree = ast.parse((ROOT / "node/evaluation/checks.py").read_text(encoding="utf-8"))
    made = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "Check"]
    names = {text for one in made for text in said(one.args[0], {})}
    assert len(names) >= 4
    for name in names:
        assert detail_words("effect_doubted", name).nl != name


def test_fields_and_their_codes_are_told_in_words() -> None:
    assert value_of("helix_voices", ("government", "citizens")).nl == "overheid, inwoners"
    assert value_of("classified", "contrasting").nl == "contrasterend"
    assert value_of("language", "nl") == Text("Nederlands", "Dutch")
    assert value_of("title", "open") == Text("open", "open"), "words of people stay as they are"
    assert value_of("waits", True).nl == "ja"
    assert value_of("evidence", (CitedEvaluation("ab"), CitedExperience("residents", "Gesprek."))).nl == (
        "evaluatie (ab), ervaring van inwoners: Gesprek."
    )
    assert value_of("about", LessonAbout(aims=("cost",), lenses=("gains",), scope="region_wide")).nl == (
        "doelen: kosten; lenzen: recht doen aan belangen; reikwijdte: hele regio"
    )
    for notice in (EventRedacted, IndicatorPending, KeyEnrolled, KeyRevoked, ReplyWaived):
        assert set(notice.__struct_fields__) - {"reason"} <= OF_NOTICE.keys()


def test_every_classification_of_a_lesson_has_its_word() -> None:
    codes = [code for kind in (Aim, Change, Lens, Phase, Rainbow, Scope) for code in get_args(kind)]
    assert len(codes) > 20
    told = {code: value_of("aims", code).nl for code in codes}
    assert [code for code, nl in told.items() if nl == code] == []
