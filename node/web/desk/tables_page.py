"""Public tables: brought in with their mapping, shown as they were read for this region, and frozen for review."""

from pathlib import Path

from connectors.database import writing
from connectors.sources import SourceRefused
from node.audit import record
from node.release.refusal import ReleaseRefused
from node.work import public_tables, taking_over
from node.work.public_tables import Brought, KeptTable
from node.work.table_proposal import proposal, public_indicators
from node.work.taking_over import RowsRefused, Taken

from .bundles import asked_audience, audience, reason
from .markup import Html, h
from .page import area, badge, button, english, field, link, page, panel, table
from .page import form as plain_form
from .sending import REFUSALS, again, file_field, file_form, refusal_note
from .table_read import read_panels
from .visit import Answer, FormUnfit, Visit, gone_to

_ACCEPT = ".csv,.gz,.xlsx"


def index(visit: Visit, wrong: Exception | None = None) -> Answer:
    """List the tables that are kept here, and offer to bring another in."""
    found = public_tables.kept(visit.desk.settings.home)
    title = visit.t("Tabellen die hier staan", "Tables kept here")
    heads = [visit.t("Tabel", "Table"), visit.t("Bestand", "File"), visit.t("Staat", "State")]
    rows = [
        (link(one.name, f"/tables/{one.name}"), one.table.name if one.table else "–",
         badge(visit.t("compleet", "complete"), "ok") if one.is_whole
         else badge(visit.t("nog niet compleet", "not complete yet"), "warn"))
        for one in found
    ]  # fmt: skip
    return page(
        visit,
        visit.t("Openbare tabellen", "Public tables"),
        refusal_note(visit, wrong),
        panel(title, table(title, heads, rows) if rows else h("p", visit.t("Nog geen.", "None yet."), class_="quiet")),
        panel(
            visit.t("Breng een tabel in", "Bring a table in"),
            file_form(
                visit, "/tables",
                field(visit.t("Korte naam", "Short name"), "name", visit.one("name", ""),
                      hint=visit.t("Kleine letters, bijvoorbeeld gezondheidsmonitor.",
                                   "Lower case, for instance health-monitor.")),
                _files(visit, None),
                file_field(visit.t("Mapping (YAML), als u die al hebt", "Mapping (YAML), if you have one"),
                           "mapping_file", ".yaml,.yml", required=False,
                           hint=visit.t("Anders maakt de volgende pagina een voorstel uit de koppen.",
                                        "Else the next page proposes one from the headings.")),
                h("p", button(visit.t("Breng in", "Bring in"), primary=True), class_="btns"),
            ),
            class_="gap",
        ),
        lead=visit.t("Cijfers die al openbaar zijn, zoals een tabel van StatLine. Nooit cijfers uit eigen bronnen.",
                     "Figures that are public already, such as a StatLine table. Never figures from own sources."),
        status=409 if wrong else 200,
    )  # fmt: skip


def show(visit: Visit, name: str, wrong: Exception | None = None, text: str = "") -> Answer:
    """Show a table: its files and mapping, what was read out of it, and its way to the reviewers."""
    one = public_tables.find(visit.desk.settings.home, name)
    found: Taken | None = None
    refused: SourceRefused | None = None
    if one.is_whole:
        try:
            found = public_tables.look(one, visit.desk.settings.region)
        except SourceRefused as error:
            refused = error
    return page(
        visit,
        name,
        refusal_note(visit, wrong),
        h(
            "div",
            _read(visit, found, refused),
            _release(visit, one) if found is not None and (found.tables or found.whole) else None,
            _bring(visit, one, text, is_first=found is None),
            _removal(visit, name),
            class_="stack",
        ),
        crumb=link(visit.t("Openbare tabellen", "Public tables"), "/tables"),
        status=409 if wrong else 200,
    )


def keep(visit: Visit, name: str = "") -> Answer:
    """Keep the files and the mapping that came with a form; where one cannot be, the form comes back with why."""
    home, text = visit.desk.settings.home, visit.one("mapping", "")
    try:
        called = name or visit.one("name")
        if not name and called in {one.name for one in public_tables.kept(home)}:
            raise FormUnfit(visit.t(f"Er is hier al een tabel '{called}'; kies een andere naam, of vervang die op haar "
                                    "pagina.",
                                    f"There is a table '{called}' here already; choose another name, or replace it on "
                                    "its page."))  # fmt: skip
        public_tables.keep(home, called, _sent(visit, "table"), _sent(visit, "members"), _mapping(visit, text))
        _noted(visit, "table.brought", called)
    except REFUSALS as error:
        return show(visit, name, error, text) if name else index(visit, error)
    return gone_to(f"/tables/{called}", "kept")


def freeze(visit: Visit, name: str) -> Answer:
    """Freeze what was shown for two reviewers, and go and see it."""
    desk = visit.desk
    one = public_tables.find(desk.settings.home, name)
    try:
        readers = asked_audience(visit)
        if public_tables.mark(one) != visit.one("mark"):
            raise FormUnfit(visit.t("De tabel is intussen veranderd; kijk eerst opnieuw wat er is gelezen.",
                                    "The table was changed meanwhile; look again at what was read."))  # fmt: skip
        found = public_tables.look(one, desk.settings.region)
        with writing(desk.engine) as connection:
            bundle = taking_over.freeze(
                connection, desk.settings, found, audience=readers, subject_key=desk.secret("subject"),
                reason=visit.one("reason", ""), entry=visit.entry("bundle.prepared", found.read.table),
            )  # fmt: skip
    except (FormUnfit, ReleaseRefused) as error:
        return show(again(visit, f"/tables/{name}"), name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def forget(visit: Visit, name: str) -> Answer:
    """Delete what is kept of a table here."""
    public_tables.forget(visit.desk.settings.home, name)
    _noted(visit, "table.removed", name)
    return gone_to("/tables", "removed")


def _noted(visit: Visit, action: str, name: str) -> None:
    with writing(visit.desk.engine) as connection:
        record(connection, visit.entry(action, name))


def _sent(visit: Visit, name: str) -> Brought | None:
    found = visit.files.get(name)
    return None if found is None else Brought(found.name, found.content)


def _mapping(visit: Visit, text: str) -> str | None:
    """Return the mapping of a file or, without one, of the field; None where neither came."""
    found = visit.files.get("mapping_file")
    if found is None:
        return f"{text}\n" if text else None
    try:
        return found.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormUnfit(visit.t("De mapping is geen tekst in UTF-8; bewaar hem als UTF-8.",
                                "The mapping is no text in UTF-8; save it as UTF-8.")) from error  # fmt: skip


def _files(visit: Visit, one: KeptTable | None) -> list[Html]:
    table_file, members = (one.table, one.members) if one is not None else (None, None)
    return [
        file_field(
            visit.t("De tabel", "The table"), "table", _ACCEPT, required=table_file is None,
            hint=visit.t("csv, csv.gz of xlsx, samen hoogstens 8 MB. ", "csv, csv.gz or xlsx, 8 MB together at most. ")
            + _now(visit, table_file),
        ),
        file_field(
            visit.t("Welke gemeente bij welke regio hoort", "Which municipality belongs to which region"), "members",
            _ACCEPT, required=members is None,
            hint=visit.t("Een csv met een kolom gemeentecode en een kolom regiocode. ",
                         "A csv with a column of municipality codes and one of region codes. ")
            + _now(visit, members),
        ),
    ]  # fmt: skip


def _now(visit: Visit, file: Path | None) -> str:
    return visit.t(f"Nu: {file.name}.", f"Now: {file.name}.") if file is not None else ""


def _bring(visit: Visit, one: KeptTable, text: str, is_first: bool) -> Html:
    """Return the form that replaces files and changes the mapping."""
    return panel(
        visit.t("Bestanden en mapping", "Files and mapping"),
        file_form(
            visit, f"/tables/{one.name}",
            _files(visit, one),
            _proposed(visit) if not (one.mapping or text) else None,
            area("Mapping (YAML)", "mapping", text or one.text or proposal(one), rows=16,
                 hint=visit.t("Hoe de tabel wordt gelezen, en van wie zij is.",
                              "How the table is read, and whose it is.")),
            h("p", button(visit.t("Bewaar en lees", "Keep and read"), primary=is_first), class_="btns"),
        ),
    )  # fmt: skip


def _proposed(visit: Visit) -> list[Html]:
    """Return what a proposed mapping asks of who completes it, with the indicators that a column can be."""
    told = visit.t("Een voorstel uit de koppen; vul in wat met FILL IN is gemerkt.",
                   "A proposal from the headings; complete what is marked FILL IN.")  # fmt: skip
    known = [h("li", h("code", one.id), " ", visit.told(one.title)) for one in public_indicators()]
    named = visit.t("Namen van indicatoren", "Names of indicators")
    return [
        h("p", told, class_="quiet gap-s"),
        h("details", h("summary", named), h("ul", known, class_="list long", tabindex=0, aria_label=named)),
    ]


def _read(visit: Visit, found: Taken | None, refused: SourceRefused | None) -> Html | list[Html] | None:
    if found is not None:
        return read_panels(visit, found)
    if refused is None:
        return None
    told = refused.told if isinstance(refused, RowsRefused) else (str(refused),)
    count = refused.count if isinstance(refused, RowsRefused) else 0
    commas = any("with a decimal point" in one for one in told)
    rows = visit.count(count, ("rij past niet", "rijen passen niet"), ("row does not fit", "rows do not fit"))
    return panel(
        visit.t("Er is niets overgenomen", "Nothing was taken over"),
        h("p", rows, visit.t(" bij de mapping.", " the mapping."), class_="note stop") if count else None,
        h("ul", [h("li", english(visit, one)) for one in told], class_="list"),
        h("p", visit.t("En nog ", "And "),
          visit.count(count - len(told), ("rij", "rijen"), ("more row", "more rows")), ".")
        if count > len(told) else None,
        h("p", visit.t("Schrijft de hele tabel komma's? Zet dan in de mapping: ",
                       "Does the whole table write commas? Then add to the mapping: "), h("code", 'decimal: ","'), ".")
        if commas else None,
        id_="read",
    )  # fmt: skip


def _release(visit: Visit, one: KeptTable) -> Html:
    return panel(
        visit.t("Naar de beoordelaars", "To the reviewers"),
        h("p", visit.t("Alleen wat nieuw is, anders dan eerder of verdwenen, gaat in de bundel. Twee beoordelaars zien "
                       "ieder cijfer; er gaat nog niets uit.",
                       "Only what is new, other than before or gone enters the bundle. Two reviewers see every figure; "
                       "nothing leaves yet."), class_="quiet"),
        plain_form(
            visit, f"/tables/{one.name}/freeze",
            h("input", type="hidden", name="mark", value=public_tables.mark(one)),
            audience(visit), reason(visit),
            h("p", button(visit.t("Bevries en stuur naar de beoordelaars", "Freeze and send to the reviewers"),
                          primary=True), class_="btns"),
        ),
        id_="release",
    )  # fmt: skip


def _removal(visit: Visit, name: str) -> Html:
    told = visit.t("Wist bestanden en mapping hier. Wat is gepubliceerd, blijft.",
                   "Deletes files and mapping here. What was published stays.")  # fmt: skip
    return panel(
        visit.t("Ruim op", "Clear away"),
        h("p", told, class_="quiet"),
        plain_form(visit, f"/tables/{name}/forget",
                   h("p", button(visit.t("Wis deze tabel hier", "Delete this table here")), class_="btns")),
    )  # fmt: skip
