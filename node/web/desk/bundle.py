"""One bundle: exactly what would leave, beside what stands, what was found and decided, and each role's next step."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeVar

from sqlalchemy import Connection

from node.audit import timestamp
from node.release import candidate, officer, review, signed_decisions
from node.release.answer import findings_of
from node.release.candidate import FrozenBundle
from node.release.certificate import certify
from node.release.certificate_text import page as certificate_page
from node.release.markdown import visible
from node.release.preview import Preview, preview
from node.release.resolve import resolved
from node.release.scan import words_at
from node.release.standing import content_in
from node.release.states import BundleState
from node.release.subject import Words
from node.release.wording import readers_told

from . import bundle_file
from .bundle_items import item_panel, rows_table
from .bundle_review import findings_panel, review_panel
from .bundles import state
from .markup import Child, Html, h
from .page import badge, english, link, page, panel
from .signed_note import signed_note
from .visit import Answer, FormUnfit, Visit

_STEPS: Final = (
    ("Bevroren en getoetst", "Frozen and audited"),
    ("Bevindingen beantwoord", "Findings answered"),
    ("Beoordeeld", "Reviewed"),
    ("Ondertekend", "Signed"),
)
_AT: Final = {
    BundleState.TO_ANSWER: 1, BundleState.UNDER_REVIEW: 2, BundleState.HELD: 2, BundleState.APPROVED: 3,
    BundleState.REJECTED: 2, BundleState.SIGNED: 4,
}  # fmt: skip
_Item = TypeVar("_Item")
_MOST_SHOWN: Final = 8  # items shown whole on the bundle's own page


def show(visit: Visit, bundle_id: str) -> Answer:
    """Show a bundle, and what this person can do with it."""
    with visit.desk.engine.connect() as connection:
        bundle = candidate.load(connection, bundle_id)
        shown, found = preview(connection, bundle), findings_of(connection, bundle_id)
        decided, lacks = review.decisions(connection, bundle_id), review.lacks_approval(connection, bundle)
        signed = signed_decisions.checked(connection, visit.desk.settings.region, bundle_id)
        said = [*officer.holds(connection, bundle_id)], officer.advice(connection, bundle_id)
        stands = _let_stand(visit, connection, bundle)
    only = shown.items[0].title if len(shown.items) == 1 else None
    title = visit.told(only) if only else visit.t(f"{len(shown.items)} onderdelen", f"{len(shown.items)} items")
    return page(
        visit,
        title,
        _steps(visit, bundle.state),
        _border(visit, bundle, shown),
        h(
            "div",
            h("div", _items(visit, bundle, shown), stands, _report(visit, bundle), class_="stack"),
            h(
                "div",
                review_panel(visit, bundle, found, decided, said[0], said[1], lacks, signed_note(visit, signed)),
                findings_panel(visit, bundle, found, [visit.told(item.title) for item in shown.items]),
                class_="stack",
            ),
            class_="grid g21 gap desk",
        ),
        crumb=[link(visit.t("Vrijgave", "Release"), "/bundles"), " · ", bundle.id],
        lead=_lead(visit, bundle),
        scripts=("keys.js", "sign.js"),
    )


def item(visit: Visit, bundle_id: str, number: str) -> Answer:
    """Show one item with every row and its exact bytes."""
    with visit.desk.engine.connect() as connection:
        bundle = candidate.load(connection, bundle_id)
        shown = preview(connection, bundle)
    one = _chosen(visit, shown.items, number)
    frozen = bundle.items[one.position]
    file = bundle_file.shown(visit, bundle_id, frozen, one.position)
    return page(
        visit,
        visit.told(one.title),
        panel(visit.t("Wat lezers zien", "What readers see"), file, rows_table(visit, one, one.rows)),
        panel(
            visit.t("De exacte inhoud", "The exact bytes"),
            h("p", link(visit.t("Haal de bytes op", "Get the bytes"), f"/bundles/{bundle_id}/items/{number}.json")),
            _bytes(visit, frozen.payload) if file is None else None,
            class_="gap",
        ),
        crumb=[link(visit.t("Vrijgave", "Release"), "/bundles"), " · ", link(bundle_id, f"/bundles/{bundle_id}")],
    )  # fmt: skip


def payload(visit: Visit, bundle_id: str, number: str) -> Answer:
    """Hand out one item's exact bytes, over which its hash is computed."""
    with visit.desk.engine.connect() as connection:
        one = _chosen(visit, candidate.load(connection, bundle_id).items, number)
    name = f"attachment; filename={bundle_id}-{number}.json"
    return Answer(one.payload, kind="application/json", heads=(("Content-Disposition", name),))


def certificate(visit: Visit, bundle_id: str) -> Answer:
    """Hand out the page on what was proven of an approved bundle."""
    settings = visit.desk.settings
    with visit.desk.engine.connect() as connection:
        found = certify(connection, bundle_id)
    text = certificate_page(found, f"{settings.name} ({settings.region})", timestamp(visit.desk.clock()), visit.lang)
    name = f"attachment; filename={bundle_id}-certificate.{visit.lang}.md"
    return Answer(text.encode(), kind="text/markdown", heads=(("Content-Disposition", name),))


def _chosen(visit: Visit, items: Sequence[_Item], number: str) -> _Item:
    if not 1 <= int(number) <= len(items):
        held = visit.count(len(items), ("onderdeel", "onderdelen"), ("item", "items"))
        raise FormUnfit(visit.t(f"De bundel heeft {held}.", f"The bundle has {held}."))
    return items[int(number) - 1]


def _lead(visit: Visit, bundle: FrozenBundle) -> str:
    name = visit.desk.settings.name
    match bundle.state:
        case BundleState.SIGNED:
            return visit.t(f"Dit is wat {name} verliet.", f"This is what left {name}.")
        case BundleState.REJECTED:
            return visit.t("Dit is afgewezen en gaat niet uit.", "This was rejected and cannot leave.")
    return visit.t(
        f"Dit is precies wat {name} verlaat als het wordt goedgekeurd. Verder niets.",
        f"This is exactly what leaves {name} if it is approved. Nothing else.",
    )


def _steps(visit: Visit, at: BundleState) -> Html:
    here = _AT[at]
    marks = [
        h(
            "li",
            h("i", "✓" if number < here else str(number + 1), aria_hidden="true"),
            visit.t(*words),
            h("span", visit.t(" (gedaan)", " (done)"), class_="vh") if number < here else None,
            class_="done" if number < here else "now" if number == here else None,
            aria_current="step" if number == here else None,
        )
        for number, words in enumerate(_STEPS)
    ]
    return h("div", h("ol", marks, class_="steps"), h("p", state(visit, at)))


def _border(visit: Visit, bundle: FrozenBundle, shown: Preview) -> Html:
    tables = [getattr(content_in(one.type, one.payload), "cells", None) for one in bundle.items]
    kinds = Counter(str(cell.value.__struct_config__.tag) for cells in tables for cell in cells or ())
    hidden, figures = kinds["suppressed"], kinds["exact"] + kinds["rounded"]
    others = sum(cells is None for cells in tables)
    size = sum(len(one.payload) for one in bundle.items)
    name = visit.desk.settings.name
    stays = [
        (visit.t("alle", "all"), visit.t("gegevens van personen", "data of persons")),
        (
            visit.number(hidden),
            visit.noun(
                hidden,
                ("waarde: alleen haar bereik gaat mee", "waarden: alleen hun bereik gaat mee"),
                ("value: only its range leaves", "values: only their range leaves"),
            ),
        ),
    ]
    leaves = [
        (visit.number(figures), visit.noun(figures, ("getal", "getallen"), ("figure", "figures"))),
        (visit.number(hidden),
         visit.noun(hidden, ("bereik in plaats van een waarde", "bereiken in plaats van een waarde"),
                    ("range in place of a value", "ranges in place of a value"))),
        (visit.number(others), visit.noun(others, ("tekst of bericht", "teksten en berichten"),
                                ("text or notice", "texts and notices"))),
        (visit.number(size),
         [visit.t("bytes; elke beoordelaar tekent deze wortel: ", "bytes; each reviewer signs this root: "),
          h("code", bundle.root)]),
    ]  # fmt: skip
    readers = dict.fromkeys(visit.told(readers_told(one.audience)) for one in shown.items)
    return h(
        "section",
        h("div", h("h2", visit.t(f"Blijft in {name}", f"Stays in {name}")), _pairs(stays), class_="stays"),
        h(
            "div",
            h("h2", visit.t("Gaat naar buiten", "Leaves")),
            _pairs(leaves),
            [h("p", h("strong", visit.t("Lezers: ", "Readers: ")), told, class_="small") for told in readers],
            class_="out",
        ),
        class_="border",
    )


def _pairs(rows: Sequence[tuple[str, Child]]) -> Html:
    return h("dl", [[h("dt", number, class_="num"), h("dd", said)] for number, said in rows])


def _items(visit: Visit, bundle: FrozenBundle, shown: Preview) -> Html:
    whole = [item_panel(visit, bundle, one) for one in shown.items[:_MOST_SHOWN]]
    rest = [
        h("li", link(visit.told(one.title), f"/bundles/{bundle.id}/items/{one.position + 1}"))
        for one in shown.items[_MOST_SHOWN:]
    ]
    more = panel(visit.t("De andere onderdelen", "The other items"), h("ul", rest, class_="list")) if rest else None
    return h("div", whole, more, class_="stack o3")


def _bytes(visit: Visit, data: bytes) -> Html:
    if not data:
        return h("p", visit.t("De inhoud is vernietigd.", "The payload was destroyed."), class_="quiet")
    return h("pre", visible(data.decode()), tabindex=0, class_="wrapped")


def _report(visit: Visit, bundle: FrozenBundle) -> Html | None:
    if not bundle.report:
        return None
    return panel(
        visit.t("Wat de node erbij zegt", "What the node says of it"),
        h("ul", [h("li", english(visit, line)) for line in bundle.report], class_="list"),
        class_="o4",
    )


def _let_stand(visit: Visit, connection: Connection, bundle: FrozenBundle) -> Html | None:
    """Show reviewers the words that the scan marked and somebody let stand."""
    lines = []
    for one in bundle.items:
        content = content_in(one.type, one.payload)
        if isinstance(content, Words):
            for kept in resolved(connection, content):
                said = h("blockquote", visible(words_at(content, kept.finding) or ""))
                lines.append(h("li", badge(visit.t("bleef staan", "let stand"), "warn"), " ",
                               english(visit, str(kept)), said))  # fmt: skip
    return panel(visit.t("Woorden die bleven staan", "Words that were let stand"), h("ul", lines)) if lines else None
