"""The rows of a comparison of many regions, a page at a time: by name, found by name, the reader's own always first."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from flask import url_for

from hub.serving.view import IndicatorView, RegionRow
from schemas.codes import Language

MOST_ROWS: Final = 60  # that a reader oversees on one page; with more they come in pages
PAGE_ROWS: Final = 50
_DIGITS: Final = 4


class RowPage(msgspec.Struct, frozen=True):
    """What is shown of the rows; `found` of `total` fit what was looked for, `pages` is 1 where all fit on one."""

    rows: tuple[RegionRow, ...]
    page: int
    pages: int
    found: int
    total: int
    find: str

    @property
    def is_cut(self) -> bool:
        """Tell whether there are so many regions that they come in pages."""
        return self.total > MOST_ROWS


def row_page(view: IndicatorView, find: str, page: str) -> RowPage:
    """Return a page of the rows whose name or code holds `find`, in the view's order; the region beside leads it."""
    if len(view.rows) <= MOST_ROWS:
        return RowPage(view.rows, 1, 1, len(view.rows), len(view.rows), "")
    needle = " ".join(find.split()).casefold()
    fitting = [row for row in view.rows if needle in row.name.casefold() or needle in row.region.casefold()]
    pages = max(1, -(-len(fitting) // PAGE_ROWS))
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= _DIGITS else 1
    number = number if 1 <= number <= pages else 1
    here = fitting[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    own = [row for row in view.rows if row.region == view.beside and row not in here]
    return RowPage((*own, *here), number, pages, len(fitting), len(view.rows), find)


def pager(part: RowPage, indicator: str, address: Mapping[str, Any], lang: Language) -> dict[str, str]:
    """Return the addresses of the page before and the one after, where there are such."""
    kept = {**address, "lang": lang} | ({"q": part.find} if part.find else {})
    beside = {"previous_page": part.page - 1, "next_page": part.page + 1}
    return {
        word: url_for("pages.compare", indicator=indicator, **kept, page=number)
        for word, number in beside.items()
        if 1 <= number <= part.pages
    }
