"""The threat model names tests that exist, and for every threat at least one."""

import re

from tests.architecture.source_files import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
THREATS = re.findall(r"^\| ((?:[STRIDE](?:, )?)+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
NAMED = re.compile(r"`(test_\w+\.py)`")


def test_every_test_that_the_threat_model_names_exists() -> None:
    there = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    named = set(NAMED.findall(PAGE))
    assert len(named) > 30
    assert named - there == set()


def test_no_threat_is_without_a_test() -> None:
    assert len(THREATS) > 40
    assert [threat for _, threat, _, shown in THREATS if not NAMED.findall(shown)] == []


def test_every_letter_of_stride_is_thought_of() -> None:
    assert {letter for letters, *_ in THREATS for letter in letters.split(", ")} == set("STRIDE")


def test_every_attack_that_is_tested_is_in_the_threat_model() -> None:
    attacks = {file.name for file in (ROOT / "tests").rglob("test_attack_*.py")}
    assert len(attacks) > 4
    assert attacks - set(NAMED.findall(PAGE)) == set()
