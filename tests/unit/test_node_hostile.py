"""What someone inside the region might try, or type without thinking."""

from pathlib import Path

import pytest
import yaml

from demo.citing import CITATIONS
from demo.region import LESSON, LESSONS
from node.knowledge.citations import read_citation
from node.knowledge.lessons import LessonUnreadable, read_lesson
from node.release.person import NameMixesScripts, check_name, same_person
from node.release.scan import scan


@pytest.mark.parametrize(
    "text",
    [
        "BSN 111–222–333",
        "BSN 111\u00a0222\u00a0333",
        "BSN 111\u200b222\u200b333",
        "BSN 111/222/333",
        "BSN 111_222_333",
        "BSN １１１２２２３３３",
        "bel +31 (0)6 12345678",
        "bel (020) 1234567",
        "bel 06 / 12345678",
        "woont op 1234ab 12",
        "geboortedatum 03-05-1950",
        "geboortejaar: 1950",
    ],
)
def test_the_scan_sees_through_spellings(text: str, tmp_path: Path) -> None:
    written = yaml.safe_load(LESSON.read_text(encoding="utf-8")) | {"context": text}
    file = tmp_path / "les.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    assert scan(read_lesson(file)).findings


@pytest.mark.parametrize("file", sorted(LESSONS.glob("*.yaml")), ids=lambda file: str(file.name))
def test_a_lesson_of_the_demonstration_is_clean(file: Path) -> None:
    assert scan(read_lesson(file)).findings == ()


@pytest.mark.parametrize("file", sorted(CITATIONS.glob("*.yaml")), ids=lambda file: str(file.name))
def test_a_citation_of_the_demonstration_is_clean(file: Path, tmp_path: Path) -> None:
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    of_figures = {"period": "2024", "event_id": "a" * 64}
    said["evidence"] = [one | (of_figures if one["kind"] == "figures" else {}) for one in said["evidence"]]
    written = tmp_path / file.name
    written.write_text(yaml.safe_dump(said | {"lesson": "b" * 64, "lesson_region": "XR-DUINRAND"}), encoding="utf-8")
    assert scan(read_citation(written, "XR-VEENKANT")).findings == ()


@pytest.mark.parametrize("name", ["a. de boer", " A.  de Boer ", "Ａ. de Boer", "A. de Bo\u200ber", "A. \u00adde Boer"])
def test_another_spelling_of_the_author_is_the_author(name: str) -> None:
    assert same_person(name, "A. de Boer")
    assert not same_person(name, "B. de Boer")


@pytest.mark.parametrize("name", ["F\u0456rst hospital", "\u0410nna de Boer", "Anna de B\u03bfer"])
def test_a_name_in_two_alphabets_that_look_alike_is_refused(name: str) -> None:
    with pytest.raises(NameMixesScripts, match="in one alphabet"):
        check_name(name)


@pytest.mark.parametrize("name", ["Jiří Šťastný", "Çelik & Zoë", "Анна Иванова", "Ελένη", "GGD Noord 2", "李 de Boer"])
def test_a_name_in_one_alphabet_is_taken(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "Jan Jansen 111222333"}, "field `language` has another form"),
        ({"Jan Jansen 111222333": "x"}, "a field that does not belong here"),
        ({"steps": ["Jan Jansen"]}, "field `steps[0]` has another form"),
    ],
)
def test_no_value_of_a_lesson_is_repeated_in_an_error(change: dict[str, object], said: str, tmp_path: Path) -> None:
    file = tmp_path / "les.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(LESSON.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(LessonUnreadable) as refused:
        read_lesson(file)
    assert said in str(refused.value)
    assert "Jansen" not in str(refused.value)
