"""What the pages of administration share: who acts and from where, what came of it, and asking before what stays."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.identity.origin import logged
from hub.web import words
from hub.web.pages import guard, language, reading, show

PARTS: Final = (  # endpoint and word of each page, in the order of the tabs
    ("administration.overview", "overview"),
    ("administration-regions.regions", "regions"),
    ("administration-keys.keys", "keys"),
    ("administration-definitions.definitions", "definitions"),
    ("administration-letters.letters", "letters"),
    ("administration-users.users", "users"),
    ("administration-tokens.tokens", "tokens"),
    ("administration-log.log", "log"),
)
ROWS: Final = 50  # of a page of letters or of the log
LONGEST: Final = 500  # characters of a reason


class ReasonMissing(ValueError):
    """An act that needs a reason and was given none."""


def blueprint_of(name: str) -> Blueprint:
    """Return a blueprint of administration: its pages are kept nowhere, since a few show a secret."""
    made = Blueprint(name, __name__, template_folder="templates")
    made.after_request(_closed)
    return made


def who() -> str:
    """Return the account that acts; the doorkeeper let nobody else in."""
    return reading().name or ""


def origin() -> str:
    """Return the network that the log names."""
    return logged(request.remote_addr)


def page(template: str, part: str, status: int = 200, **content: Any) -> Response:
    """Answer with a page of administration under its tab."""
    lang = language()
    tabs = [
        {"address": url_for(endpoint, lang=lang), "text": words.word(f"adm_{name}", lang), "is_here": name == part}
        for endpoint, name in PARTS
    ]
    given = {"told": told(), "refused": None, "moment": partial(words.moment, lang=lang), **content}
    return show(f"administration/{template}", status=status, here="administration", adm_tabs=tabs, **given)


def told() -> str:
    """Return the word for what the address says was done; only our own words are shown, whatever it says."""
    why = f"done_{request.args.get('why', '')}"
    return why if why in words.WORDS else ""


def done(endpoint: str, why: str, **arguments: Any) -> AnyResponse:
    """Lead on to a page that says what was done."""
    return redirect(url_for(endpoint, lang=language(), why=why, **arguments), 303)


def refusal(error: Exception) -> str:
    """Return why an act was refused, in the reader's language."""
    return words.word(f"refusal_{type(error).__name__}", language())


def absent(key: str) -> Response:
    """Answer that what an address names is not there."""
    return show("absent.html", status=404, here="administration", text=words.word(key, language()))


def field(name: str, longest: int = LONGEST) -> str:
    """Return what a form's field says, on one line."""
    return " ".join(request.form.get(name, "").replace("\x00", "").split())[:longest]


def is_sure() -> bool:
    """Tell whether the page that asks was answered with yes."""
    return request.form.get("sure") == "1"


def ask(part: str, act: str, will: Sequence[str], back: str, kept: Mapping[str, str]) -> Response:
    """Show what an act will do before it is done, and offer to do it; `kept` is what its form said."""
    return page("sure.html", part, act=act, will=will, back=back, kept=kept)


def said(key: str, /, **facts: object) -> str:
    """Return a sentence with its facts, in the reader's language."""
    return words.word(key, language()).format(**facts)


Speak = Callable[[str], str]


def named(prefix: str) -> Speak:
    """Return the function that says a code of ours in words, and what has none as it stands."""

    def name(code: str) -> str:
        key = f"{prefix}_{code}".replace(" ", "_")
        return words.word(key, language()) if key in words.WORDS else code

    return name


def _closed(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return guard(response)
