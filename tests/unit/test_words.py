"""What the rules see in words, spelling by spelling, and what they leave alone. All persons and numbers are made up."""

import time

import msgspec
import pytest

from node.release.scan import by_rule, scan, traces, words_at
from node.release.words.spelling import around, plain
from node.release.words.trace import (
    ADDRESS,
    BIRTH,
    BSN,
    DATE,
    EMAIL,
    IBAN,
    NAME,
    POSTCODE,
    RECORD,
    TELEPHONE,
    Trace,
    outermost,
)
from tests.support.events import lesson


def marked(text: str) -> list[tuple[str, str]]:
    """Give the kind and the words of every finding in a text."""
    found = scan(msgspec.structs.replace(lesson(), context=text)).findings
    return [(one.kind, plain(text)[one.start : one.end]) for one in found if one.field == "context"]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("BSN 111222333.", BSN, "111222333"),
        ("BSN 111.222.333", BSN, "111.222.333"),
        ("BSN 111 222 333", BSN, "111 222 333"),
        ("BSN 111-222-333", BSN, "111-222-333"),
        ("het nummer 123456789 ging mee", RECORD, "123456789"),
        ("patiëntnummer: 48213", RECORD, "48213"),
        ("dossiernr. AB-2231", RECORD, "AB-2231"),
        ("in 345934583495 patnr", RECORD, "345934583495"),
        ("mail j.jansen@example.nl.", EMAIL, "j.jansen@example.nl"),
        ("mail jansen [at] example.nl", EMAIL, "jansen [at] example.nl"),
        ("bel 06-12345678", TELEPHONE, "06-12345678"),
        ("bel 06 12 34 56 78 na vijven", TELEPHONE, "06 12 34 56 78"),
        ("bel +31 (0)6 12345678", TELEPHONE, "+31 (0)6 12345678"),
        ("bel 0031 6 1234 5678", TELEPHONE, "0031 6 1234 5678"),
        ("bel +32 471 12 34 56", TELEPHONE, "+32 471 12 34 56"),
        ("tel. 612 34 56", TELEPHONE, "tel. 612 34 56"),
        ("op NL91 ABNA 0417 1643 00 gestort", IBAN, "NL91 ABNA 0417 1643 00"),
        ("op nl91abna0417164300 gestort", IBAN, "nl91abna0417164300"),
        ("woont 1234 AB 12", POSTCODE, "1234 AB 12"),
        ("woont Dorpsstraat 12, 1234 AB Dorp", POSTCODE, "12, 1234 AB"),
        ("woont Dorpsstraat 12a in het dorp", ADDRESS, "Dorpsstraat 12a"),
        ("woont op de Lange Weg 7", ADDRESS, "Lange Weg 7"),
        ("in 1234AB", ADDRESS, "1234AB"),
        ("schrijf Postbus 123", ADDRESS, "Postbus 123"),
        ("geb. 3-5-1950", BIRTH, "geb. 3-5-1950"),
        ("geboortedatum: 03/05/1950", BIRTH, "geboortedatum: 03/05/1950"),
        ("geboren in 1950", BIRTH, "geboren in 1950"),
        ("born 3 May 1950", BIRTH, "born 3 May 1950"),
        ("op 03-05-1950 kwam", DATE, "03-05-1950"),
        ("op 3 mei 1950 kwam", DATE, "3 mei 1950"),
        ("op 1950-05-03 kwam", DATE, "1950-05-03"),
        ("on May 3, 1950", DATE, "May 3, 1950"),
        ("volgens meneer Jansen", NAME, "meneer Jansen"),
        ("volgens dhr. P. de Vries", NAME, "dhr. P. de Vries"),
        ("volgens mevr. Jansen-Bakker", NAME, "mevr. Jansen-Bakker"),
        ("volgens drs. Bakker", NAME, "drs. Bakker"),
        ("volgens Prof. dr. A.B. van der Berg", NAME, "Prof. dr. A.B. van der Berg"),
        ("volgens J.P. Jansen", NAME, "J.P. Jansen"),
        ("volgens Jan Jansen", NAME, "Jan Jansen"),
        ("volgens Fatima el Amrani", NAME, "Fatima el Amrani"),
        ("volgens huisarts Jansen", NAME, "huisarts Jansen"),
        ("volgens Van der Sluis", NAME, "Van der Sluis"),
    ],
)  # fmt: skip
def test_the_rules_mark_the_whole_of_what_points_at_a_person(text: str, kind: str, words: str) -> None:
    assert (kind, words) in marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 2024 in 12 gemeenten en in 2025 of 30 wijken.",
        "Van 17.500.000 euro ging 12,5% naar 1.234.567 mensen in 2010-2015.",
        "Amsterdam 2024 en Rotterdam 2030 zijn plannen.",
        "Per dag 1250 mg, later 1000 ML, of 1250MG.",
        "Op 38 augustus 2018, 2018-13-01 en 01-13-2018 was er niets.",
        "De huisarts belt zelf, de verpleegkundige ook. Daarna volgt vitamine D. Dat helpt.",
        "Van de gemeente kwam de vraag; de POH en de GGD deden mee.",
    ],
)
def test_figures_years_doses_and_plain_words_are_left_alone(text: str) -> None:
    assert [kind for kind, _ in marked(text) if kind != RECORD] == []


def test_an_account_number_that_fails_its_check_is_no_account_number() -> None:
    assert IBAN not in [kind for kind, _ in marked("op NL91 ABNA 0417 1643 01 gestort")]


def test_what_lies_within_a_longer_trace_is_told_once() -> None:
    inner, outer = Trace(3, 9, NAME), Trace(0, 12, ADDRESS)
    assert outermost([inner, outer, inner]) == (outer,)
    assert outermost([Trace(0, 10, BSN), Trace(0, 10, DATE)]) == (Trace(0, 10, DATE),)
    assert outermost([Trace(5, 12, NAME), Trace(0, 8, DATE)]) == (Trace(0, 8, DATE), Trace(5, 12, NAME))


def test_a_reason_may_name_the_day_of_a_table_but_no_person() -> None:
    assert traces("The owner corrected 2020-03-03 and 1 mei 2020; 12345678 rows came anew.") == ()
    assert traces("Meneer Jansen, geb. 3-5-1950") == ("looks like a name", "looks like a date of birth")


def test_the_words_are_shown_with_those_around_them_and_only_while_the_text_is_the_same() -> None:
    written = msgspec.structs.replace(lesson(), advice="Vraag het\naan meneer Jansen, die het weet.")
    (one,) = (found for found in scan(written).findings if found.field == "advice")
    assert words_at(written, one) == "Vraag het aan [meneer Jansen], die het weet."
    assert words_at(msgspec.structs.replace(written, advice=written.advice + "."), one) is None
    assert words_at(msgspec.structs.replace(written, lesson="other"), one) is None
    assert around("x" * 100, 50, 52).count("…") == 2


def test_a_finding_says_field_and_kind_and_its_own_id_but_not_the_words() -> None:
    written = msgspec.structs.replace(lesson(), themes=("diabetes", "meneer Jansen"), title="Volgens meneer Jansen")
    found = [one for one in scan(written).findings if one.kind == NAME]
    assert [str(one) for one in found] == ["title: looks like a name", "themes: looks like a name"]
    assert len({one.id for one in found}) == 2
    assert "Jansen" not in repr(found)


@pytest.mark.parametrize(
    "run", ["A.", "a.", "1", "1 ", "Jan-", "dr. ", "Prof. Dr. ", "+1 ", "NL91", "a@", "Aa", "geb. "]
)
def test_a_long_run_of_signs_does_not_hold_the_scan_up(run: str) -> None:
    text = (run * 20_000)[:20_000]
    began = time.process_time()
    found = list(by_rule(text))
    assert time.process_time() - began < 5  # a tenth of a second to half of one; minutes where a pattern is unbounded
    assert all(0 <= one.start < one.end <= len(text) for one in found)
