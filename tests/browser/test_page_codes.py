"""No page of the portal or of administration shows Dutch readers a bare code of readers, roles, states or reasons."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
import requests
from lxml import html

from tests.support.every_page import COOKIE, PAGES, Portal, whole_portal

_LEFT_OUT: Final = ("code", "pre", "textarea", "script", "style")
_CODES: Final = re.compile(
    r"\b(public|network|supporting|contrasting|mentioning|government|citizens|accepted|refused|waiting|pending|payload"
    r"|audience|withdrawn|region|administrator|national|revoked|enrolled)\b|(?<![\w./:@-])[a-z]+(?:_[a-z0-9]+)+(?![\w.])"
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with whole_portal(tmp_path_factory.mktemp("portal")) as made:
        yield made


def told(page: Any) -> str:
    """Return what a page tells in its own language, without what machines say or people type."""
    marked = "contains(concat(' ', @class, ' '), ' code ') or @lang and not(self::html)"
    for wrong in page.xpath(f"//*[{' or '.join(f'self::{name}' for name in _LEFT_OUT)} or {marked}]"):
        wrong.drop_tree()
    return " ".join(" ".join(page.xpath("//main//text()")).split())


@pytest.mark.nightly
@pytest.mark.parametrize("address", PAGES)
def test_no_dutch_page_tells_a_bare_code(portal: Portal, address: str) -> None:
    where = f"{portal.at(address)}{'&' if '?' in address else '?'}lang=nl"
    answer = requests.get(where, cookies={COOKIE: portal.shown_by(address)}, timeout=60)
    assert {one[0] for one in _CODES.finditer(told(html.fromstring(answer.text)))} == set()


def test_what_is_a_code_is_found() -> None:
    assert [one[0] for one in _CODES.finditer("voor region XR-A: signature_mismatch")] == [
        "region",
        "signature_mismatch",
    ]
