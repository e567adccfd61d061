"""HTML of the desk is built so that no text can become markup, and which rule hid a cell is told as it was."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.proof import dumped, loaded, proof_of
from node.release.protect import protect
from node.web.desk.markup import Html, h, join
from schemas.values import Suppressed
from tests.support.desk import computed

PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(PRINTED, PRINTED)
def test_whatever_people_write_is_text_in_elements_and_attributes(text: str, title: str) -> None:
    made = h("p", text, title=title)
    (element,) = html.fragments_fromstring(made)
    assert len(element) == 0
    assert unescape(re.sub(r"^<p[^>]*>|</p>$", "", made)) == text
    assert element.get("title", "") == title


def test_markup_that_was_made_here_is_not_escaped_again() -> None:
    assert h("p", h("b", "<"), None, ["&", 3]) == "<p><b>&lt;</b>&amp;3</p>"
    assert h("input", type="text", required=True, disabled=False, value=None) == '<input type="text" required>'
    assert h("label", for_="x", data_l="y") == '<label for="x" data-l="y"></label>'
    assert join("<i>", Html("<i>")) == "&lt;i&gt;<i>"


def test_each_hidden_cell_has_the_rule_that_hid_it() -> None:
    # 3 of 400 is small by itself; one more has to be hidden beside it, else the total would give it away
    (one,) = protect(
        (computed([3, 40, 50, 60], [400, 410, 420, 430]),), (), Earlier(), DisclosurePolicy(),
        region_set="invented", division_year=2025,
    )  # fmt: skip
    rules = dict(one.facts.rules)
    hidden = {number for number, cell in enumerate(one.payload.cells) if isinstance(cell.value, Suppressed)}
    assert rules["few"] == (0,)
    assert len(rules["beside"]) >= 1
    assert {place for places in rules.values() for place in places} == hidden


def test_nearly_all_of_a_group_is_told_apart_from_a_small_number() -> None:
    (one,) = protect(
        (computed([395, 40, 50, 60], [400, 410, 420, 430]),), (), Earlier(), DisclosurePolicy(),
        region_set="invented", division_year=2025,
    )  # fmt: skip
    assert dict(one.facts.rules)["group"] == (0,)


def test_rules_are_kept_with_the_proof_and_an_older_proof_has_none() -> None:
    (one,) = protect(
        (computed([3, 40, 50, 60], [400, 410, 420, 430]),), (), Earlier(), DisclosurePolicy(),
        region_set="invented", division_year=2025,
    )  # fmt: skip
    kept = proof_of(one)
    assert loaded(dumped(kept)) == kept
    assert kept.rules == one.facts.rules
    assert loaded('{"cells": 4, "hidden": 1}').rules == ()
