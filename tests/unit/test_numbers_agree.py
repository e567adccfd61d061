"""Sentences agree with their numbers, in Dutch and English: the word tables are walked with nothing, one and two."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from hub.digests.words import WORDS as DIGEST_WORDS
from hub.serving.sheet_words import WORDS as SHEET_WORDS
from hub.web.administration.words import ADMINISTRATION_WORDS
from hub.web.words import WORDS
from node.records.finding import KINDS, Finding, rejected_words
from node.records.link import LinkedPerson
from node.records.listing import ListedSource
from node.records.load_history import Load
from node.records.look import Look
from node.records.report import FileCount, LoadReport, Reject
from schemas.codes import Language
from schemas.text import Text, counted, many
from tests.support.grammar import disagreements

LANGUAGES: tuple[Language, ...] = ("nl", "en")
NUMBERS = (0, 1, 2)
_COUNT = re.compile(
    r"\{(count|number|days|figures|total|shown|found|all|holding|members|low|high|regions|of|silent|soon)\}"
)
# Said of a number that is never 1: comparisons of several regions, and terms of many days that are settings.
NEVER_ONE = {
    "funnel_told", "funnel_told_none", "trend_told", "trend_told_none", "composition_told", "why_age_told",
    "actions_lead", "stale_none", "stale_region", "stale_figure", "sheet milestones_none", "sheet actions_none",
}  # fmt: skip


def test_the_check_finds_what_is_wrong() -> None:
    for wrong in (
        "1 regio’s",
        "1 van 3 rijen worden afgekeurd",
        "1 of 4 rows are rejected",
        "up to 1 regions",
        "1 new figures",
    ):
        assert disagreements(wrong), wrong
    for right in (
        "1 van 3 rijen wordt afgekeurd",
        "11 regio’s",
        "2,1 dagen",
        "1 of 4 rows is rejected",
        "1 regio",
        "0 rijen",
    ):
        assert not disagreements(right), right


def test_a_noun_is_counted_in_the_singular_of_one_alone() -> None:
    assert [many(number, "row", "rows") for number in NUMBERS] == ["0 rows", "1 row", "2 rows"]
    assert counted(1, ("rij", "rijen"), ("row", "rows")) == Text("1 rij", "1 row")
    assert rejected_words(1, 1) == "1 of 1 row is rejected"
    assert rejected_words(2, 3) == "2 of 3 rows are rejected"


def tables() -> Iterator[tuple[str, str]]:
    """Yield every text of the pages, mails and sheets of the hub, by the name of its word."""
    for name, texts in {**WORDS, **{f"digest {key}": said for key, said in DIGEST_WORDS.items()}}.items():
        for text in texts:
            yield name, text
    for name, said in SHEET_WORDS.items():
        yield from ((f"sheet {name}", text) for text in (said.nl, said.en))


def of_one(name: str) -> bool:
    """Tell whether there are other words for one."""
    return bool({f"{name}_one", f"{name.removesuffix('_many')}_one"} & WORDS.keys())


def test_the_words_of_the_hub_agree_with_one() -> None:
    wrong = {}
    for name, text in tables():
        if name in NEVER_ONE or of_one(name) or not _COUNT.search(text):
            continue
        if found := disagreements(_COUNT.sub("1", text)):
            wrong[name] = found
    assert wrong == {}


def test_every_count_of_administration_has_its_singular() -> None:
    counts = {name for name in ADMINISTRATION_WORDS if name.startswith("count_")}
    assert len(counts) > 10
    assert {name for name in counts if not name.endswith("_one") and f"{name}_one" not in counts} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_in_an_extract_agrees_with_its_rows(kind: str, lang: Language) -> None:
    for rows in NUMBERS:
        for of in (1, 3):
            said = Finding(kind, "note", "a.csv", "sex", rows, of, "5.0%").line(lang)
            assert not disagreements(said), said
            assert "{" not in said
            assert ("5.0%" not in said) or lang == "en"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_the_account_of_a_load_agrees_with_its_numbers(lang: Language, number: int) -> None:
    linked = LinkedPerson(number, number, number, number, number)
    look = Look(Load(datetime(2026, 11, 29, tzinfo=UTC), "c", "m", None, ()), None, ())
    file = FileCount("a.csv", "person", number, number, 0, 0, 0, 0)
    report = LoadReport("gp", (file,), (Reject("a.csv", "sex", "is empty", number, 1),), linked, look, (), number)
    listed = ListedSource("gp", "A", "B", "bsn", date(2027, 1, 1), date(2026, 1, 1), None, None, number, number)
    for line in (*report.lines(lang), listed.told().told(lang)):
        assert not disagreements(line), line
