"""How a bundle looks to its reviewers: on a terminal of 80 columns, and as one page of Markdown for each item."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from node.release.answer import WHOLE_BUNDLE, DeskFinding
from node.release.attackers import attackers_words
from node.release.finding_kinds import Weight
from node.release.finding_places import detail_words
from node.release.markdown import escaped, visible
from node.release.officer import Advice, Hold
from node.release.preview import Change, Preview, PreviewedItem, Row
from node.release.review import Decision
from node.release.states import BundleState
from schemas.codes import Language
from schemas.definition import Text

Said = Decision | Hold | Advice
WIDTH: Final = 80
_WIDEST_CUT: Final = 34
_MOST_ROWS: Final = 40
_MOST_ITEMS: Final = 20
_MOST_PLACES: Final = 5
_MARKS: Final = {"new": "+", "changed": "~", "withdrawn": "-", "unchanged": " "}
_STATES: Final = {
    BundleState.TO_ANSWER: "wacht op antwoorden",
    BundleState.UNDER_REVIEW: "ter beoordeling",
    BundleState.HELD: "stilgezet",
    BundleState.APPROVED: "goedgekeurd",
    BundleState.REJECTED: "afgewezen",
    BundleState.SIGNED: "ondertekend",
}
_WORDS: Final = {
    "by": Text("opgesteld door", "prepared by"),
    "item": Text("onderdeel", "item"),
    "items": Text("onderdelen", "items"),
    "root": Text("Elke beoordelaar tekent deze wortel over alle bytes:", "Each reviewer signs this root of all bytes:"),
    "for": Text("Voor", "For"),
    "findings": Text("Bevindingen", "Findings"),
    "to_answer": Text("moet beantwoord worden", "must be answered"),
    "note": Text("ter kennis", "note"),
    "repair": Text("Voorstel:", "Proposal:"),
    "at": Text("Bij:", "At:"),
    "more": Text("en nog", "and"),
    "others": Text("andere", "others"),
    "answered": Text("Antwoord van", "Answer by"),
    "open": Text("Nog geen antwoord.", "No answer yet."),
    "bundle": Text("de hele bundel", "the whole bundle"),
    "held": Text("Stilgezet door", "On hold by"),
    "approved": Text("Goedgekeurd door", "Approved by"),
    "rejected": Text("Afgewezen door", "Rejected by"),
    "revoked": Text("telt niet: sleutel teruggenomen op", "counts no more: key taken back on"),
    "advised": Text("Advies van", "Advice by"),
    "lifted": Text("opgeheven door", "lifted by"),
    "hash": Text("sha256 van zout en bytes:", "sha256 of salt and bytes:"),
    "reason": Text("Reden:", "Reason:"),
    "was": Text("was:", "was:"),
    "gone": Text("niet meer gepubliceerd", "no longer published"),
    "new": Text("nieuw", "new"),
    "changed": Text("gewijzigd", "changed"),
    "withdrawn": Text("vervallen", "withdrawn"),
    "unchanged": Text("ongewijzigd", "unchanged"),
    "first": Text("Eerste uitgave: alles is nieuw.", "First release: all of it is new."),
    "more_new": Text("nieuwe regels niet getoond; --all toont alles.", "new rows are not shown; --all shows all."),
    "more_unchanged": Text(
        "ongewijzigde regels niet getoond; --all toont alles.", "unchanged rows are not shown; --all shows all."
    ),
    "cut": Text("onderdeel", "cut"),
    "seen": Text("wat lezers zien", "what readers see"),
    "seen_before": Text("wat zij zagen", "what they saw"),
}  # fmt: skip


def bundle_lines(
    shown: Preview,
    findings: Sequence[DeskFinding],
    said: Sequence[Said],
    lang: Language,
    report: Iterable[str],
) -> Iterator[str]:
    """Yield the head of a bundle: what reviewers sign, who reads it, what was decided, findings, what was reported."""
    state = _STATES[shown.state] if lang == "nl" else shown.state.words
    yield from _wrapped(
        f"{shown.bundle}, {_w('by', lang)} {shown.author}: {len(shown.items)} "
        f"{_w('item' if len(shown.items) == 1 else 'items', lang)}, {state}."
    )
    yield from _wrapped(_w("root", lang))
    yield f"  {shown.root}"
    for audience, readers in dict.fromkeys((item.audience, item.readers.told(lang)) for item in shown.items):
        yield from _wrapped(f"{_w('for', lang)} {audience}: {readers}.")
    for one in said:
        yield from _wrapped(_said(one, lang, shown.state is not BundleState.SIGNED))
    for line in report:
        yield from _wrapped(line, "  ")
    yield from finding_lines(findings, [item.title.told(lang) for item in shown.items], lang)


def finding_lines(findings: Sequence[DeskFinding], titles: Sequence[str], lang: Language) -> Iterator[str]:
    """Yield every finding with its proposal, where it is, and its answer."""
    if findings:
        yield ""
        yield f"{_w('findings', lang)}:"
    for one in findings:
        weight = _w("to_answer" if one.kind.weight is Weight.ANSWER else "note", lang)
        yield from _wrapped(f"[{weight}] {one.kind.code}: {one.kind.what.told(lang)}", "  ")
        places = [_place(titles, position, detail_words(one.kind.code, detail).told(lang), lang)
                  for position, detail in one.places[:_MOST_PLACES]]  # fmt: skip
        if len(one.places) > _MOST_PLACES:
            places.append(f"{_w('more', lang)} {len(one.places) - _MOST_PLACES} {_w('others', lang)}")
        yield from _wrapped(f"{_w('at', lang)} {'; '.join(places)}.", "    ")
        yield from _wrapped(f"{_w('repair', lang)} {one.kind.repair.told(lang)}", "    ")
        if one.answer is not None:
            said = f"{_w('answered', lang)} {one.answered_by}, {(one.answered_at or '')[:10]}: {one.answer}"
            yield from _wrapped(said, "    ")
        elif one.is_open:
            yield f"    {_w('open', lang)}"


def item_lines(shown: Preview, lang: Language, everything: bool = False, only: int | None = None) -> Iterator[str]:
    """Yield the items; of a large bundle their names only, unless all or one are asked for."""
    items = shown.items if only is None else [item for item in shown.items if item.position == only - 1]
    is_long = len(items) > _MOST_ITEMS and not everything
    for item in items:
        yield "" if not is_long else f"  [{item.position + 1}] {visible(item.title.told(lang))}"[:WIDTH]
        if not is_long:
            yield from _item(item, len(shown.items), lang, None if everything or only is not None else _MOST_ROWS)
    if is_long:
        yield f"  {len(items)} {_w('items', lang)}; --all, --item N."


def page(item: PreviewedItem, lang: Language) -> str:
    """Return one item as a page of Markdown."""
    kind = item.kind.told(lang)
    lines = [f"# {escaped(item.title.told(lang))}", "", f"{kind[:1].upper()}{kind[1:]}; {_for(item, lang)}", ""]
    lines.append(" ".join(escaped(one.told(lang)).rstrip(".") + "." for one in item.about))
    if item.proof is not None:
        lines += ["", *(one.told(lang) for one in attackers_words(item.proof))]
    if item.reason is not None:
        lines += ["", f"{_w('reason', lang)} {escaped(item.reason)}"]
    lines += ["", _changes(item, lang), "", f"{_w('hash', lang)} `{item.payload_hash}`", ""]
    lines += [f"| | {_w('cut', lang)} | {_w('seen', lang)} | {_w('seen_before', lang)} |", "|---|---|---|---|"]
    for row in item.rows:
        before = "" if row.change in ("new", "unchanged") else _cell(row.before, lang)
        lines.append(f"| {_MARKS[row.change]} | {escaped(row.what.told(lang))} | {_cell(row.value, lang)} | {before} |")
    return "\n".join(lines) + "\n"


def _item(item: PreviewedItem, size: int, lang: Language, most: int | None) -> Iterator[str]:
    yield from _wrapped(f"[{item.position + 1}/{size}] {item.title.told(lang)}")
    yield from _wrapped(f"{item.kind.told(lang)}; {_for(item, lang)}", "  ")
    for one in item.about:
        yield from _wrapped(one.told(lang), "  ")
    if item.proof is not None:
        for one in attackers_words(item.proof):
            yield from _wrapped(one.told(lang), "  ")
    if item.reason is not None:
        yield from _wrapped(f"{_w('reason', lang)} {item.reason}", "  ")
    yield f"  {_w('hash', lang)}"
    yield f"  {item.payload_hash}"
    yield from _wrapped(_changes(item, lang), "  ")
    rows = item.rows if most is None else _first_rows(item, most)
    cut = min(max((len(row.what.told(lang)) for row in rows), default=0), _WIDEST_CUT)
    for row in rows:
        yield from _row(row, cut, lang, item.is_first)
    if len(rows) < len(item.rows):
        left_out = "more_new" if item.is_first else "more_unchanged"
        yield from _wrapped(f"{len(item.rows) - len(rows)} {_w(left_out, lang)}", "  ")


def _first_rows(item: PreviewedItem, most: int) -> Sequence[Row]:
    """Return the rows to show of a long item: whatever changes for readers, the totals, and as many others as fit."""
    if len(item.rows) <= most:
        return item.rows
    differ = [] if item.is_first else [row for row in item.rows if row.change != "unchanged"]
    others = [row for row in item.rows if item.is_first or row.change == "unchanged"]
    return [*differ, *sorted(others, key=lambda row: row.depth)[: max(most - len(differ), 0)]]


def _row(row: Row, cut: int, lang: Language, is_first: bool) -> Iterator[str]:
    mark = " " if is_first else _MARKS[row.change]
    left = textwrap.wrap(visible(row.what.told(lang)), cut) or [""]
    value = _w("gone", lang) if row.value is None else row.value.told(lang)
    right = textwrap.wrap(visible(value), WIDTH - cut - 6) or [""]
    if row.change in ("changed", "withdrawn") and row.before is not None:
        right += textwrap.wrap(visible(f"{_w('was', lang)} {row.before.told(lang)}"), WIDTH - cut - 6)
    for place in range(max(len(left), len(right))):
        first = left[place] if place < len(left) else ""
        second = right[place] if place < len(right) else ""
        yield f"  {mark if place == 0 else ' '} {first:<{cut}}  {second}".rstrip()


def _changes(item: PreviewedItem, lang: Language) -> str:
    if item.is_first:
        return _w("first", lang)
    changes: tuple[Change, ...] = ("new", "changed", "withdrawn", "unchanged")
    return ", ".join(f"{item.count(one)} {_w(one, lang)}" for one in changes) + "."


def _said(one: Said, lang: Language, is_unsigned: bool) -> str:
    if isinstance(one, Decision):
        who = f"{_w('approved' if one.approved else 'rejected', lang)} {one.name} ({one.organisation}), {one.at[:10]}"
        if is_unsigned and one.approved and one.revoked_at is not None:
            return f"{who} ({_w('revoked', lang)} {one.revoked_at[:10]})."
        return f"{who}: {one.reason}" if one.reason else f"{who}."
    if isinstance(one, Advice):
        return f"{_w('advised', lang)} {one.officer}, {one.at[:10]}: {one.text}"
    said = f"{_w('held', lang)} {one.officer}, {one.placed_at[:10]}: {one.reason}"
    if one.lifted_at is None:
        return said
    return f"{said} ({_w('lifted', lang)} {one.lifted_by}, {one.lifted_at[:10]}: {one.lift_reason})"


def _place(titles: Sequence[str], position: int, detail: str, lang: Language) -> str:
    if position == WHOLE_BUNDLE:
        return detail or _w("bundle", lang)
    return f"{titles[position]} ({detail})" if detail else titles[position]


def _for(item: PreviewedItem, lang: Language) -> str:
    return f"{_w('for', lang).lower()} {item.audience}: {item.readers.told(lang)}."


def _cell(text: Text | None, lang: Language) -> str:
    return _w("gone", lang) if text is None else escaped(text.told(lang))


def _w(key: str, lang: Language) -> str:
    return _WORDS[key].told(lang)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        visible(text), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )
