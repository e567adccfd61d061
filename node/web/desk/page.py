"""Every page of the desk with its menu and what was just done, and the parts that pages share."""

from collections.abc import Sequence
from typing import Final

from node.web.dutch import in_dutch
from schemas.codes import Language
from schemas.text import Text

from .markup import Child, Html, h, join
from .menu import beside, menu
from .visit import ROLE_NAMES, Answer, Visit
from .whole import tongue, whole

SAID: Final[dict[str, Text]] = {
    "answered": Text("Het antwoord is bewaard.", "The answer is kept."),
    "approved": Text("Uw akkoord is bewaard.", "Your approval is kept."),
    "rejected": Text("De bundel is afgewezen en gaat niet uit.", "The bundle is rejected and cannot leave."),
    "held": Text("De bundel staat stil.", "The bundle is on hold."),
    "lifted": Text("De bundel gaat verder.", "The hold is lifted."),
    "advised": Text("Uw advies is bewaard.", "Your advice is kept."),
    "published": Text(
        "Ondertekend; de gebeurtenissen wachten op verzending.", "Signed; its events wait in the outbox."
    ),
    "shipped": Text("Verzonden; hieronder staat wat de hub antwoordde.", "Sent; below is what the hub answered."),
    "joined": Text("Uw sleutel is bekend bij deze node.", "Your key is known at this node."),
    "kept": Text("Bewaard.", "Kept."),
    "kept_unsure": Text(
        "Bewaard. De hub antwoordde niet, dus kijk zelf of er over deze periode cijfers zijn om op te reageren.",
        "Kept. The hub did not answer, so check yourself that there are figures of this period to reply to.",
    ),
    "frozen": Text("De kopie is bevroren; dit is hij.", "The copy is frozen; this is it."),
    "removed": Text("Verwijderd.", "Removed."),
    "loaded": Text("De bron is geladen.", "The source is loaded."),
    "ran": Text("Uitgevoerd; de uitkomst staat hieronder.", "Done; its outcome is below."),
    "closed": Text("De ronde is gesloten.", "The round is closed."),
    "fetched": Text("Opgehaald; nieuwe berichten staan hieronder.", "Fetched; new messages are below."),
    "fetched_none": Text("Opgehaald; er waren geen nieuwe berichten.", "Fetched; there were no new messages."),
    "published_unscrubbed": Text(
        "Ondertekend. Een ander proces gebruikt de opslag, dus die is nog niet opgeschoond van wat werd vernietigd: "
        "doe dat in het grootboek bij de vernietigde gebeurtenis.",
        "Signed. Another process uses the store, so it is not cleared yet of what was destroyed: do that in the "
        "ledger, at the event that was destroyed.",
    ),
    "scrubbed": Text(
        "De opslag houdt niets meer in van wat is vernietigd.",
        "The store holds nothing more of what was destroyed.",
    ),
    "renewed": Text("De nieuwe servicesleutel tekent vanaf nu.", "The new service key signs from now on."),
    "erased": Text("Het bericht is afgehandeld en gewist.", "The message is seen to and erased."),
}


def page(
    visit: Visit,
    title: str,
    *body: Child,
    lead: str | None = None,
    crumb: Child = None,
    scripts: Sequence[str] = (),
    status: int = 200,
) -> Answer:
    """Return a page for somebody who signed in."""
    said = SAID.get(visit.said)
    main = join(
        h("p", crumb, class_="crumb") if crumb is not None else None,
        h("div", h("div", h("h1", title), h("p", coded(lead), class_="lead") if lead else None), class_="headrow"),
        beside(visit),
        h("p", h("strong", "✓ "), visit.told(said), class_="note ok", role="status") if said else None,
        *body,
    )
    name = visit.desk.settings.name
    tools = h(
        "div",
        h(
            "span",
            visit.t(
                "Niet openbaar · niets verlaat de regio zonder akkoord",
                "Not public · nothing leaves the region unapproved",
            ),
            class_="opt",
        ),
        tongue(visit.lang, visit.here),
        h("span", f"{visit.who.name}, {visit.told(ROLE_NAMES[visit.who.role])}", class_="who"),
        form(visit, "/sign-out", h("button", visit.t("Uitloggen", "Sign out"), class_="link")),
        class_="tools",
    )
    return Answer(
        whole(visit.lang, title, name, tools, menu(visit), main, scripts).encode(), status
    )  # fmt: skip


def bare(lang: Language, title: str, name: str, *body: Child, status: int = 200) -> Answer:
    """Return a page for who did not sign in: it tells the region's name and nothing else."""
    tools = h("div", tongue(lang), class_="tools")
    main = join(h("div", h("h1", title), class_="headrow"), *body)
    return Answer(whole(lang, title, name, tools, None, main, ()).encode(), status)


def form(visit: Visit, action: str, *body: Child, class_: str | None = None, **more: str | bool | None) -> Html:
    """Return a form that posts, with this session's mark against forgery."""
    token = h("input", type="hidden", name="csrf", value=visit.csrf)
    return h("form", token, *body, method="post", action=action, class_=class_, **more)


def panel(title: str, *body: Child, class_: str = "", id_: str | None = None) -> Html:
    """Return a panel with its heading."""
    return h("section", h("h2", title), *body, class_=f"panel {class_}".strip(), id=id_)


def field(
    label: str, name: str, value: str = "", *, hint: str = "", type_: str = "text", required: bool = True, id_: str = ""
) -> Html:  # fmt: skip
    """Return a labelled field of one line."""
    identity = id_ or f"f-{name}"
    hinted = f"{identity}-hint" if hint else None
    return h(
        "div",
        h("label", label, for_=identity),
        h("span", hint, class_="hint", id=hinted) if hint else None,
        h(
            "input", id=identity, name=name, value=value or None, type=type_, required=required,
            aria_describedby=hinted, autocomplete="off",
        ),
        class_="field",
    )  # fmt: skip


def area(
    label: str, name: str, value: str = "", *, hint: str = "", rows: int = 3, required: bool = True, id_: str = ""
) -> Html:  # fmt: skip
    """Return a labelled field of several lines."""
    identity = id_ or f"f-{name}"
    hinted = f"{identity}-hint" if hint else None
    return h(
        "div",
        h("label", label, for_=identity),
        h("span", hint, class_="hint", id=hinted) if hint else None,
        h("textarea", value, id=identity, name=name, rows=rows, required=required, aria_describedby=hinted),
        class_="field",
    )


def choice(
    label: str, name: str, options: Sequence[tuple[str, str]], chosen: str = "", *, blank: str = "",
    required: bool = True, id_: str = "",
) -> Html:  # fmt: skip
    """Return a labelled list to choose one from; with `blank` nothing is chosen beforehand."""
    identity = id_ or f"f-{name}"
    return h(
        "div",
        h("label", label, for_=identity),
        h(
            "select",
            h("option", blank, value="") if blank else None,
            [h("option", said, value=value, selected=value == chosen) for value, said in options],
            id=identity, name=name, required=required,
        ),
        class_="field",
    )  # fmt: skip


def ticks(
    label: str, name: str, options: Sequence[tuple[str, str]], chosen: Sequence[str] = (), type_: str = "checkbox"
) -> Html:
    """Return a group of boxes of which any number (or, as `radio`, one) is ticked."""
    return h(
        "fieldset",
        h("legend", label),
        [
            h(
                "label",
                h("input", type=type_, name=name, value=value, checked=value in chosen, required=type_ == "radio"),
                h("span", said),
                class_="tick",
            )
            for value, said in options
        ],
    )


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child]], class_: str = "cards") -> Html:
    """Return a table whose first column names the row; on a telephone each row is a card."""
    return h(
        "div",
        h(
            "table",
            h("caption", caption, class_="vh"),
            h("thead", h("tr", [h("th", one, scope="col") for one in heads])),
            h(
                "tbody",
                [
                    h(
                        "tr",
                        h("th", row[0], scope="row"),
                        [
                            h("td", cell, data_l=head if cell else None, class_=_bare(cell))
                            for cell, head in zip(row[1:], heads[1:], strict=True)
                        ],
                    )
                    for row in rows
                ],
            ),
            class_=class_,
        ),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def _bare(cell: Child) -> str | None:
    """Return the class of a cell that is a number alone: on a telephone, where no head stands above it, it is named."""
    return "bare" if isinstance(cell, str) and cell.isdecimal() else None


def link(text: Child, to: str) -> Html:
    """Return a link."""
    return h("a", text, href=to)


def badge(text: str, kind: str = "") -> Html:
    """Return a word with a border; `kind` is ok, warn, stop or nothing."""
    sign = {"ok": "✓ ", "warn": "! ", "stop": "✕ "}.get(kind, "")
    return h("span", sign + text, class_=f"badge {kind}".strip())


def button(text: str, *, primary: bool = False, **more: str | bool | None) -> Html:
    """Return a button that sends its form."""
    return h("button", text, class_="btn primary" if primary else "btn", **more)


def coded(text: str) -> list[Child]:
    """Return a sentence in which what stands between backticks is shown as what is typed."""
    return [h("code", part) if number % 2 else part for number, part in enumerate(text.split("`"))]


def english(visit: Visit, text: str) -> Html:
    """Return a sentence that the machine has in English: in Dutch where that is known, else marked as English."""
    dutch = in_dutch(text) if visit.lang == "nl" else None
    if dutch is not None:
        return h("span", coded(dutch))
    return h("span", coded(text), lang=None if visit.lang == "en" else "en")


def command(text: str) -> Html:
    """Return a command line that can be scrolled."""
    return h("pre", text, tabindex=0, lang="en")
