"""Words of people at the desk: put right in one step where they may point at a person, and looked at while typed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry
from node.release.scan import Finding, by_rule, scan, text_of
from node.release.subject import Words
from node.release.words import deidentifier, trace
from node.release.words.spelling import plain
from node.release.words.trace import outermost
from schemas.citation import CitedExperience
from schemas.codes import Language
from schemas.text import Text

from .findings import Find, needs
from .markup import Html, h
from .page import button, field, form
from .visit import Answer, FormUnfit, Visit, gone_to

_MOST_TYPED: Final = 20_000
_INSTEAD: Final = Text("een bewoner", "a resident")


@dataclass(frozen=True)
class Drafts:
    """Words of one kind as the node keeps them, and the address under which each has its page.

    `names` are what people call their fields; `written` is the act of keeping one, in the audit log.
    """

    path: str
    names: Mapping[str, Text]
    written: str
    find: Callable[[Connection, str], Any]
    keep: Callable[[Connection, Any, AuditEntry], None]

    def page_of(self, name: str) -> str:
        """Return the address of one's page."""
        return f"{self.path}/{quote(name, safe='')}"

    def finding(self, name: str) -> Find:
        """Return what finds one by its name."""
        return partial(_named, self.find, name)


def _named(find: Callable[[Connection, str], Words], name: str, connection: Connection) -> Words:
    return find(connection, name)


def repair(visit: Visit, drafts: Drafts, name: str, words: Words, one: Finding) -> Html:
    """Return the form that puts other words in the place of a finding's."""
    instead = _INSTEAD.told(_language(visit, words)) if one.kind == trace.NAME else "…"
    return form(
        visit, f"{drafts.page_of(name)}/replace", h("input", type="hidden", name="finding", value=one.id),
        field(visit.t("Vervang door", "Replace by"), "instead", instead, required=False, id_=f"r-{one.id}"),
        h("p", button(visit.t("Vervang", "Replace"), primary=True), class_="btns"),
    )  # fmt: skip


def replace(visit: Visit, drafts: Drafts, name: str) -> Answer:
    """Put other words in the place of a finding's, and keep the draft so."""
    wanted, instead = visit.one("finding"), visit.one("instead", "")
    with deidentifier.at_hand() as finder:
        with visit.desk.engine.connect() as connection:
            one = drafts.find(connection, name)
        found = _found(visit, one, wanted, finder)
        with writing(visit.desk.engine) as connection:
            if drafts.find(connection, name) != one:
                raise FormUnfit(visit.t("Dit is net door een ander bewaard; open het opnieuw.",
                                        "Somebody else kept this just now; open it again."))  # fmt: skip
            drafts.keep(connection, _replaced(one, found, instead), visit.entry(drafts.written, name))
    return gone_to(drafts.page_of(name), "kept")


def check(visit: Visit) -> Answer:
    """Say what the rules see in words as they are typed; nothing is kept or logged of them."""
    text = plain(visit.one("text", "")[:_MOST_TYPED])
    found = [{"words": text[one.start : one.end]} for one in outermost(by_rule(text))]
    lead = visit.t("Kan op een persoon wijzen: ", "May point at a person: ")
    return Answer(json.dumps({"lead": lead, "found": found}).encode(), kind="application/json")


def _found(visit: Visit, one: Words, wanted: str, finder: deidentifier.Deidentifier | None) -> Finding:
    scanned = scan(one, finder if needs(one, wanted, finder) else None)
    found = next((found for found in scanned.findings if found.id == wanted), None)
    if found is None:
        raise FormUnfit(visit.t("De tekst is intussen anders; kijk opnieuw wat er staat.",
                                "The text is another by now; look again at what it says."))  # fmt: skip
    return found


def _replaced(one: Words, found: Finding, instead: str) -> Words:
    """Return words with others in one place; a text that is touched is kept as it reads."""
    text = text_of(one, found.field, found.position) or ""
    text = text[: found.start] + instead + text[found.end :]
    held = getattr(one, found.field)
    if isinstance(held, str):
        return msgspec.structs.replace(one, **{found.field: text})
    part = held[found.position]
    part = msgspec.structs.replace(part, documented=text) if isinstance(part, CitedExperience) else text
    value = (*held[: found.position], part, *held[found.position + 1 :])
    return msgspec.structs.replace(one, **{found.field: value})


def _language(visit: Visit, words: Words) -> Language:
    """Return the language in which words are written, of those that do not say so the reader's."""
    found: Language = getattr(words, "language", visit.lang)
    return found
