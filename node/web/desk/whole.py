"""The frame round every page of the desk: the ochre band of a region, its mark, and the way to the other language."""

from collections.abc import Sequence
from typing import Final

from schemas.codes import Language

from .markup import Html, h

_MARK: Final = (
    '<svg viewBox="0 0 36 36" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" '
    'stroke-linecap="round"><path d="M10 3C10 11 26 11 26 18S10 25 10 33"/><path d="M26 3C26 11 10 11 10 18S26 25 26 '
    '33" opacity=".62"/><g stroke-width="1.8"><path d="M12 6h12M12 14.4h12M12 21.6h12M12 30h12"/></g></svg>'
)


def tongue(lang: Language, here: str = "") -> Html:
    """Return the way to this page in the other language."""
    other = "en" if lang == "nl" else "nl"
    to = f"{here}{'&' if '?' in here else '?'}lang={other}"
    return h("a", "English" if lang == "nl" else "Nederlands", href=to, lang=other, hreflang=other)


def whole(
    lang: Language, title: str, name: str, tools: Html, menu: Html | None, main: Html, scripts: Sequence[str]
) -> str:
    """Return a whole page; `main` is its content, `tools` stand in the band."""
    nl = lang == "nl"
    place = f"Vrijgavebalie · binnen regio {name}" if nl else f"Release desk · inside region {name}"
    mark = h("a", Html(_MARK), h("span", "Regiohelix", h("small", place)), class_="mark", href="/")
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="robots", content="noindex"),
        h("title", f"{title} · Regiohelix"),
        h("link", rel="stylesheet", href="/static/tokens.css"),
        h("link", rel="stylesheet", href="/static/desk.css"),
        h("link", rel="icon", href="/static/mark.svg", type="image/svg+xml"),
        [h("script", src=f"/static/{one}", defer=True) for one in scripts],
    )
    body = h(
        "body",
        h("a", "Naar de inhoud" if nl else "Skip to the content", class_="skip", href="#main"),
        h("header", h("div", mark, tools, class_="wrap"), class_="band"),
        menu,
        h("main", h("div", main, class_="wrap"), id="main"),
        class_="node",
    )
    return f"<!doctype html>\n{h('html', head, body, lang=lang)}\n"
