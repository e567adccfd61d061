"""The Dutch pages say what the English ones and the code say."""

import re

from node.release.finding_kinds import KINDS, Weight
from tests.architecture.source_files import ROOT

DOCS = ROOT / "docs"
_COMMANDS = re.compile(r"```(sh|sh refused)\n(.*?)```", re.DOTALL)
_REMARK = re.compile(r" +# .*")
_WEIGHTS = {Weight.BLOCKS: "houdt tegen", Weight.ANSWER: "antwoord", Weight.NOTE: "ter kennis"}


def commands(page: str) -> list[tuple[str, str]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(kind, _REMARK.sub("", block)) for kind, block in _COMMANDS.findall(text)]


def test_the_tour_has_the_same_commands_in_dutch() -> None:
    """Those of the English page are run (tests/integration/test_tour.py)."""
    assert len(commands("tour.md")) > 8
    assert commands("nl/rondleiding.md") == commands("tour.md")


def test_every_finding_stands_in_the_dutch_table_as_reviewers_read_it() -> None:
    page = (DOCS / "nl" / "beoordelen.md").read_text(encoding="utf-8")
    rows = page.partition("| bevinding | | voorstel |\n|---|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert rows == [f"| {kind.what.nl} | {_WEIGHTS[kind.weight]} | {kind.repair.nl} |" for kind in KINDS.values()]


def test_the_english_pages_lead_to_the_dutch_ones() -> None:
    assert "docs/nl/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "nl/rondleiding.md" in (DOCS / "tour.md").read_text(encoding="utf-8")
