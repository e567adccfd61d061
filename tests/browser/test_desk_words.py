"""No page of the desk shows people a bare code: readers, states and fields have words, in the language of the page."""

import re
from typing import Any, Final

import pytest

from node.web.desk.accounts import Role
from tests.browser.test_desk_pages import NAMES, PAGES, Full, full
from tests.support.desk_pages import pages, person
from tests.support.heard import heard_lesson

__all__ = ["full"]
# What machines say, or a person has to type, stands as code; what is known in English only is marked so.
_LEFT_OUT: Final = ("code", "pre", "textarea", "script", "style", "time")
_CODES: Final = re.compile(
    r"\b(public|network|scientist|officer|supporting|contrasting|mentioning|government|citizens|probabilistic|pseudonym"
    r"|under review|to answer|accepted|refused|waiting|shipped|pending|payload|audience|withdrawn)\b"
)
_FIELDS: Final = re.compile(r"(?<![\w./-])[a-z]+(?:_[a-z0-9]+)+(?![\w.])")


def told(page: Any) -> str:
    """Return what a page tells in its own language."""
    for wrong in page.xpath(f"//*[{' or '.join(f'self::{name}' for name in _LEFT_OUT)} or @lang and not(self::html)]"):
        wrong.drop_tree()
    return " ".join(page.xpath("string(//main)").split())


def test_what_is_a_code_is_found() -> None:
    assert _CODES.findall("leesbaar voor network") == ["network"]
    assert _FIELDS.findall("het veld author_role van h.gi_bleed in een_bestand.csv") == ["author_role"]


@pytest.mark.parametrize("role", PAGES)
def test_no_dutch_page_tells_a_bare_code_or_field(full: Full, role: Role) -> None:
    app = pages(full.node, heard=lambda: (heard_lesson(),))
    one = person(full.node, NAMES[role], role, "Huisartsen" if role == "reviewer" else "", app)
    found = {}
    for path in PAGES[role]:
        address = path.format(bundle=full.bundle, event=full.event)
        said = told(one.get(f"{address}?lang=nl"))
        if wrong := {*_CODES.findall(said), *_FIELDS.findall(said)}:
            found[path] = wrong
    assert found == {}
