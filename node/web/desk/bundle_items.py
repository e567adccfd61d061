"""The items of a bundle as readers will see them, beside what they see now; for reviewers also which rule hid what."""

from collections.abc import Sequence
from typing import Final

from node.release.attackers import attackers_words
from node.release.candidate import FrozenBundle
from node.release.hidden_by import RULES
from node.release.markdown import visible
from node.release.preview import Change, PreviewedItem, Row
from node.release.wording import READER_NAMES
from schemas.text import Text

from . import bundle_file
from .markup import Child, Html, h
from .page import badge, link, panel, table
from .visit import Visit

_MOST_ROWS: Final = 40
_CHANGES: Final[dict[Change, tuple[Text, str]]] = {
    "new": (Text("nieuw", "new"), "ok"),
    "changed": (Text("gewijzigd", "changed"), "warn"),
    "withdrawn": (Text("vervallen", "withdrawn"), "stop"),
    "unchanged": (Text("ongewijzigd", "unchanged"), ""),
}


def item_panel(visit: Visit, bundle: FrozenBundle, one: PreviewedItem) -> Html:
    """Return one item: title, what readers are told about it, its rows and the hash of its bytes."""
    rows = _first(one)
    whole = f"/bundles/{bundle.id}/items/{one.position + 1}"
    left = len(one.rows) - len(rows)
    readers = visit.told(READER_NAMES[one.audience])
    return panel(
        visit.told(one.title),
        h("p", badge(visit.told(one.kind)), " ", badge(visit.t("lezers: ", "readers: ") + readers), " ",
          _changes(visit, one)),
        [h("p", visible(visit.told(text)), class_="small quiet") for text in one.about],
        h("p", h("strong", visit.t("Reden: ", "Reason: ")), visible(one.reason)) if one.reason else None,
        _proof(visit, one),
        bundle_file.shown(visit, bundle.id, bundle.items[one.position], one.position),
        rows_table(visit, one, rows),
        h("p", f"{_more(visit, left)}. " if left else None,
          link(visit.t("Alle regels en de exacte bytes", "All rows and the exact bytes"), whole), class_="small gap-s"),
        h("p", visit.t("sha256 van zout en bytes: ", "sha256 of salt and bytes: "), h("code", one.payload_hash),
          class_="small quiet"),
    )  # fmt: skip


def _more(visit: Visit, left: int) -> str:
    return visit.t("Nog ", "") + visit.count(left, ("regel", "regels"), ("more row", "more rows"))


def rows_table(visit: Visit, one: PreviewedItem, rows: Sequence[Row]) -> Html:
    """Return rows of an item: what it is about, what readers see then and now, and what changes; hidden has a hue."""
    rules = _rules(visit, one)
    places = {id(row): number for number, row in enumerate(one.rows)}
    heads = [visit.t("Deel", "Part"), visit.t("Straks", "Then")]
    if not one.is_first:
        heads += [visit.t("Nu", "Now"), visit.t("Verschil", "Difference")]
    if rules:
        heads.append(visit.t("Verborgen omdat", "Hidden because"))
    cells: list[list[Child]] = []
    for row in rows:
        line: list[Child] = [visible(visit.told(row.what)), _value(visit, row)]
        if not one.is_first:
            words, kind = _CHANGES[row.change]
            same = row.change == "unchanged"
            line += ["–" if row.before is None else visible(visit.told(row.before)),
                     visit.told(words) if same else badge(visit.told(words), kind)]  # fmt: skip
        if rules:
            line.append(rules.get(places[id(row)], ""))
        cells.append(line)
    return table(visit.t("Wat lezers zien", "What readers see"), heads, cells)


def _value(visit: Visit, row: Row) -> Child:
    if row.value is None:
        return visit.t("niet meer gepubliceerd", "no longer published")
    said = visible(visit.told(row.value))
    return h("span", said, class_="secret") if row.is_hidden else h("span", said, class_="wrapped")


def _rules(visit: Visit, one: PreviewedItem) -> dict[int, str]:
    """Return which rule hid which row: reviewers only."""
    if one.proof is None or not visit.may("reviewer"):
        return {}
    return {place: visit.told(RULES[rule]) for rule, places in one.proof.rules for place in places}


def _proof(visit: Visit, one: PreviewedItem) -> Html | None:
    """Say what the audit proved: to reviewers and the officer only."""
    if one.proof is None or not visit.may("reviewer", "officer"):
        return None
    return h(
        "div",
        h("h3", visit.t("Wat de toets bewees", "What the audit proved")),
        [h("p", visit.told(text), class_="small") for text in attackers_words(one.proof)],
        class_="limits",
    )


def _changes(visit: Visit, one: PreviewedItem) -> str:
    if one.is_first:
        return visit.t("Eerste uitgave: alles is nieuw.", "First release: all of it is new.")
    return ", ".join(f"{one.count(change)} {visit.told(words)}" for change, (words, _) in _CHANGES.items()) + "."


def _first(one: PreviewedItem) -> Sequence[Row]:
    """Return the rows to show of a long item: whatever changes for readers, then those that are cut least."""
    if len(one.rows) <= _MOST_ROWS:
        return one.rows
    differ = [] if one.is_first else [row for row in one.rows if row.change != "unchanged"]
    others = [row for row in one.rows if one.is_first or row.change == "unchanged"]
    return [*differ, *sorted(others, key=lambda row: row.depth)[: max(_MOST_ROWS - len(differ), 0)]]
