"""The questionnaire as pages of plain HTML: no script, every text escaped, one radio group per statement."""

from collections.abc import Mapping
from html import escape
from typing import Final

from schemas.codes import Language
from schemas.questionnaires import POINTS, Item, Questionnaire
from schemas.text import Text

from .words import WORDS

STYLE: Final = """
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1rem; max-width: 42rem; font: 1.0625rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
fieldset { margin: 1.25rem 0; padding: .75rem 1rem; border: 1px solid #767676; border-radius: 2px; }
legend { font-weight: 600; padding: 0 .25rem; }
label { display: flex; gap: .6rem; align-items: center; min-height: 2.75rem; }
input[type=radio] { width: 1.25rem; height: 1.25rem; flex: none; }
button { min-height: 2.75rem; padding: 0 1.25rem; font: inherit; font-weight: 600; }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
.note { padding: .5rem 1rem; border-left: 4px solid currentColor; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
"""


def form(asked: Questionnaire, lang: Language, chosen: Mapping[str, str], wrong: str | None = None) -> str:
    """Return the page on which a questionnaire is answered; `wrong` names a word that says why it was not sent."""
    parts = [f'<a class="skip" href="#questions">{_word("skip", lang)}</a>', _tongue(lang)]
    if wrong is not None:
        told = f"<h2>{_word('wrong', lang)}</h2><p>{_word(wrong, lang)}</p>"
        parts.append(f'<div class="note" role="alert">{told}</div>')
    parts.append(f"<h1>{_told(asked.title, lang)}</h1><p>{_word('lead', lang)}</p>")
    parts.append(
        f'<div class="note"><h2>{_word("who", lang)}</h2>'
        + "".join(f"<p>{_word(name, lang)}</p>" for name in ("kept", "region", "network"))
        + "</div>"
    )
    parts.append(f'<form method="post" action="?lang={lang}" id="questions" autocomplete="off">')
    for lens in asked.lenses:
        parts.append(f"<h2>{_told(lens.title, lang)}</h2>")
        parts += [_group(asked, item, lang, chosen.get(item.id, "")) for item in lens.items]
    parts.append(f"<p><button>{_word('send', lang)}</button></p></form>")
    return page(asked.title.told(lang), lang, "".join(parts))


def notice(head: str, text: str, lang: Language) -> str:
    """Return a page with a heading and a sentence, by the names of their words."""
    return page(WORDS[head].told(lang), lang, f"{_tongue(lang)}<h1>{_word(head, lang)}</h1><p>{_word(text, lang)}</p>")


def page(title: str, lang: Language, body: str) -> str:
    """Return a whole page around a body that is escaped already."""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{body}</main></body></html>\n"
    )


def _group(asked: Questionnaire, item: Item, lang: Language, chosen: str) -> str:
    options = [(str(point), f"{point} {_told(text, lang)}") for point, text in zip(POINTS, asked.scale, strict=True)]
    options.append(("", _word("none", lang)))
    radios = "".join(
        f'<label><input type="radio" name="{escape(item.id)}" value="{value}"{" checked" if value == chosen else ""}>'
        f"{text}</label>"
        for value, text in options
    )
    return f"<fieldset><legend>{_told(item.text, lang)}</legend>{radios}</fieldset>"


def _tongue(lang: Language) -> str:
    other = "en" if lang == "nl" else "nl"
    return f'<p><a href="?lang={other}" lang="{other}" hreflang="{other}">{_word("other", lang)}</a></p>'


def _word(name: str, lang: Language) -> str:
    return escape(WORDS[name].told(lang))


def _told(text: Text, lang: Language) -> str:
    return escape(text.told(lang))
