"""Sources: what is loaded and on what ground, and what was rejected. Never a value."""

from datetime import timedelta
from typing import Final

from node.work import inbox, sources
from node.work.linking import LINKED_BY
from node.work.sources import ListedSource

from .markup import Child, Html, h
from .page import badge, button, coded, command, field, form, link, page, panel, table
from .visit import Answer, FormUnfit, Visit, gone_to

_MOST_REJECTS: Final = 200
_SOON: Final = timedelta(days=60)


def index(visit: Visit) -> Answer:
    """List loaded sources, and folders with extracts that are not loaded."""
    loaded = sources.sources(visit.desk.settings.home)
    heads = [visit.t(*pair) for pair in (("Bron", "Source"), ("Van wie", "Whose"), ("Rijen", "Rows"),
                                         ("Afgekeurd", "Rejected"), ("Volledig tot en met", "Complete until"),
                                         ("Verwijderen op", "Delete by"))]  # fmt: skip
    rows = [
        (link(one.id, f"/sources/{one.id}"), one.controller, f"{one.rows}", f"{one.rejected}",
         str(one.complete_until or visit.t("niet gezegd", "not said")), _term(visit, one))
        for one in loaded
    ]  # fmt: skip
    waiting = inbox.incoming(visit.desk.settings.home)
    listed = [
        h("li", link(one.source, f"/sources/in/{one.source}"), " ",
          visit.count(len(one.files), ("bestand", "bestanden"), ("file", "files")))
        for one in waiting
    ]  # fmt: skip
    title = visit.t("Geladen bronnen", "Loaded sources")
    return page(
        visit,
        visit.t("Bronnen", "Sources"),
        panel(
            title,
            table(title, heads, rows) if rows else h("p", visit.t("Nog geen.", "None yet."), class_="quiet"),
            h("p", link(visit.t("Hoe goed zij gekoppeld zijn", "How well they are linked"), "/linkage"), class_="gap-s")
            if len(rows) > 1 else None,
        ),
        panel(
            visit.t("Een extract binnenbrengen", "Bring an extract in"),
            h("ul", listed, class_="list") if listed else None,
            form(
                visit, "/sources/in",
                field(visit.t("Korte naam van de bron", "The source's short name"), "source",
                      hint=visit.t("Kleine letters, bijvoorbeeld huisarts.", "Lower case, for instance gp.")),
                h("p", button(visit.t("Maak een map", "Make a folder")), class_="btns"),
            ),
            class_="gap",
        ),
        lead=visit.t("Rijen van personen blijven hier; deze pagina's tonen er geen waarde van.",
                     "Rows of persons stay here; these pages show no value of them."),
    )  # fmt: skip


def _term(visit: Visit, one: ListedSource) -> Child:
    today = visit.desk.clock().date()
    if one.delete_by <= today + _SOON:
        return [str(one.delete_by), " ", badge(visit.t("bijna", "soon"), "warn" if one.delete_by > today else "stop")]
    return str(one.delete_by)


def show(visit: Visit, source: str) -> Answer:
    """Show one loaded source: its legal record, its counts, and where rows were rejected and why."""
    home = visit.desk.settings.home
    legal = sources.legal_record(home, source)
    (listed,) = [one for one in sources.sources(home) if one.id == source]
    rejects = sources.rejected(home, source, _MOST_REJECTS)
    record = [
        (visit.t("Verwerkingsverantwoordelijke", "Controller"), legal.controller),
        (visit.t("Doel", "Purpose"), legal.purpose),
        (visit.t("Grondslag", "Legal basis"), legal.legal_basis),
        (visit.t("Overeenkomst", "Agreement"), legal.agreement),
        (visit.t("Koppeling", "Linkage"), _linked_by(visit, legal.linkage)),
        (visit.t("Toegestane indicatoren", "Permitted indicators"), _permitted(visit, legal.permitted)),
        (visit.t("Verwijderen op", "Delete by"), str(legal.delete_by)),
    ]
    lines = [h("li", coded(visit.told(one.told()))) for one in rejects]
    more = listed.rejected - len(rejects)
    return page(
        visit,
        source,
        panel(
            visit.t("Juridische vastlegging", "Legal record"),
            h("dl", [[h("dt", name), h("dd", said)] for name, said in record]),
            h("p", visit.told(listed.told()), class_="quiet small gap-s"),
            class_="sheet",
        ),
        panel(
            visit.t("Afgekeurde rijen", "Rejected rows"),
            h("p", visit.t("Plaats en reden, nooit een waarde.", "Place and reason, never a value."), class_="quiet"),
            h("ul", lines, class_="list") if lines else h("p", visit.t("Geen.", "None.")),
            h("p", visit.t(f"En nog {more}; alles staat in:", f"And {more} more; all are in:")) if more > 0 else None,
            command(f"python -m node source rejects {source} --csv FILE") if more > 0 else None,
            class_="gap",
        ),
        panel(visit.t("Verwijder de bron", "Remove the source"), _removal(visit, source), class_="gap"),
        crumb=link(visit.t("Bronnen", "Sources"), "/sources"),
    )


def _linked_by(visit: Visit, method: str) -> str:
    return visit.told(LINKED_BY[method]) if method in LINKED_BY else method


def _permitted(visit: Visit, names: tuple[str, ...]) -> str:
    if names == ("all",):
        return visit.t("alle", "all")
    return ", ".join(map(visit.indicator, names))


def _removal(visit: Visit, source: str) -> Html:
    told = visit.t("Wis iedere rij van deze bron. Wat is gepubliceerd, blijft. Typ de naam ter bevestiging.",
                   "Delete every row of this source. What was published stays. Type its name to confirm.")  # fmt: skip
    return form(
        visit, f"/sources/{source}/remove",
        field(visit.t("Naam van de bron", "The source's name"), "confirmed", hint=told),
        h("p", button(visit.t("Verwijder", "Remove")), class_="btns"),
    )  # fmt: skip


def remove(visit: Visit, source: str) -> Answer:
    """Delete all that a source brought."""
    if visit.one("confirmed") != source:
        raise FormUnfit(visit.t("Dat is een andere naam; er is niets verwijderd.",
                                "That is another name; nothing was removed."))  # fmt: skip
    sources.remove(visit.desk.settings.home, visit.desk.engine, source, visit.entry("source.removed", source))
    return gone_to("/sources", "removed")
