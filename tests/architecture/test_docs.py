"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HEAVIEST, HEAVIEST_TOGETHER = 150_000, 2_500_000  # bytes: who clones the project takes every version of them along
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(#[^)]*)?\)")
# A path in backticks that starts in one of the project's folders; a star stands for any name.
NAMED = re.compile(r"`((?:schemas|connectors|node|hub|tests|deploy|docs|requirements|demo|\.ci)/[A-Za-z0-9_./*-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [match[1] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = [match[1].rstrip("/") for match in NAMED.finditer(page.read_text(encoding="utf-8"))]
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_the_pages_name_files_and_links_at_all() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(LINK.findall(text)) > 5
    assert len(NAMED.findall(text)) > 20


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert {name for name, _ in listed} == {file.name for file in folder.glob("0*.md")}


def test_every_picture_is_shown_and_all_of_them_stay_light() -> None:
    shown = {
        (page.parent / match[1]).resolve()
        for page in PAGES
        for match in LINK.finditer(page.read_text(encoding="utf-8"))
    }
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert [one.name for one in pictures if one not in shown] == []
    sizes = [one.stat().st_size for one in pictures]
    assert max(sizes) <= HEAVIEST
    assert sum(sizes) <= HEAVIEST_TOGETHER
