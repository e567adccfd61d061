"""Extracts: they come in, are mapped, looked at, and loaded as a source. Never a value."""

from node.release.wording import number_words
from node.work import inbox, mapping_choice, sources
from node.work.sources import CheckReport, LoadReport

from .mapping_form import chosen, mapping_parts
from .markup import Html, h
from .page import badge, button, coded, english, form, link, page, panel
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to


def begin(visit: Visit) -> Answer:
    """Make a folder for a source's extract."""
    source = visit.one("source")
    inbox.folder(visit.desk.settings.home, source)
    return gone_to(f"/sources/in/{source}")


def incoming(visit: Visit, source: str, wrong: Exception | None = None) -> Answer:
    """Show a folder: its files, its mapping (as it was typed, where it could not be kept), and what can be done."""
    home = visit.desk.settings.home
    found = inbox.find(home, source)
    text, why, chooser = visit.one("mapping", ""), "", None
    try:
        if not text:
            text = inbox.mapping(home, source)
            chooser = mapping_choice.choice(home, source)
    except REFUSALS as error:
        why = str(error)
    files = [
        h("li", name, " ", h("span", f"{visit.told(number_words(size))} bytes", class_="quiet small"))
        for name, size in found.files
    ]
    ready = found.has_mapping and files and not visit.one("mapping", "")
    return page(
        visit,
        source,
        refusal_note(visit, wrong),
        panel(
            visit.t("1. Bestanden", "1. Files"),
            h("ul", files, class_="list") if files else h("p", visit.t("Nog geen.", "None yet."), class_="quiet"),
            _upload(visit, source),
        ),
        panel(
            visit.t("2. Mapping en grondslag", "2. Mapping and legal ground"),
            mapping_parts(visit, source, text, why, chooser, found.has_mapping),
            class_="gap",
        ),
        panel(visit.t("3. Bekijk en laad", "3. Look and load"), _loading(visit, source) if ready else
              h("p", visit.t("Bewaar eerst een bestand en een mapping.", "First keep a file and a mapping."),
                class_="quiet"),
              class_="gap"),
        crumb=link(visit.t("Bronnen", "Sources"), "/sources"),
        scripts=("upload.js",),
        status=409 if wrong else 200,
    )  # fmt: skip


def _upload(visit: Visit, source: str) -> Html:
    told = visit.t("Zonder script: zet de bestanden op de machine van de node in de map",
                   "Without script: put the files on the node's machine, in its folder")  # fmt: skip
    return h(
        "form",
        h("input", type="hidden", name="csrf", value=visit.csrf),
        h("div", h("label", visit.t("Kies bestanden (csv, xlsx, parquet)", "Choose files (csv, xlsx, parquet)"),
                   for_="files"),
          h("input", type="file", id="files", multiple=True, accept=".csv,.gz,.xlsx,.parquet"), class_="field"),
        h("p", "", role="status", class_="small", data_told=True),
        h("p", button(visit.t("Breng binnen", "Bring in"), disabled=True), class_="btns"),
        h("p", told, " ", h("code", f"sources/{source}"), class_="small quiet"),
        method="dialog", data_upload=f"/sources/in/{source}/files/",
        data_busy=visit.t("Onderweg …", "On its way …"), data_failed=visit.t("Geweigerd: ", "Refused: "),
    )  # fmt: skip


def _loading(visit: Visit, source: str) -> list[Html]:
    to = f"/sources/in/{source}"
    return [
        h("p", visit.t("Bekijken leest alles en bewaart niets. Laden laadt de bron heel of niet; daarna worden de "
                       "bestanden hier gewist, en blijft de mapping.",
                       "Looking reads everything and keeps nothing. Loading loads the source whole or not at all; "
                       "then the files here are deleted, and the mapping stays."), class_="quiet small"),
        form(visit, f"{to}/check", h("p", button(visit.t("Bekijk", "Look"), primary=True), class_="btns")),
        form(visit, f"{to}/load", h("p", button(visit.t("Laad", "Load")), class_="btns")),
        form(visit, f"{to}/forget",
             h("p", button(visit.t("Wis deze map", "Delete this folder")), class_="btns")),
    ]  # fmt: skip


def receive(visit: Visit, source: str, name: str) -> Answer:
    """Take a file in, as the body of a request by the page's script."""
    if visit.upload is None:
        raise FormUnfit("A file comes in by the page of its source; choose it there.")
    inbox.receive(visit.desk.settings.home, source, name, visit.upload, visit.size)
    return Answer(b"{}", kind="application/json")


def keep_mapping(visit: Visit, source: str) -> Answer:
    """Keep a mapping; where it cannot be one, the form comes back with why."""
    try:
        inbox.keep_mapping(visit.desk.settings.home, source, visit.one("mapping") + "\n")
    except REFUSALS as error:
        return _not_taken(visit, source, error)
    return gone_to(f"/sources/in/{source}", "kept")


def choose(visit: Visit, source: str) -> Answer:
    """Keep a mapping as it was chosen in the form; where something is missing, the form comes back with why."""
    home = visit.desk.settings.home
    try:
        offered = mapping_choice.choice(home, source)
        if offered is None:
            raise FormUnfit(visit.t("Er is niets meer te kiezen; de mapping zegt meer dan een formulier kan.",
                                    "There is nothing to choose any more; the mapping says more than a form "
                                    "can."))  # fmt: skip
        inbox.keep_mapping(home, source, mapping_choice.mapping_text(home, source, chosen(visit, offered)))
    except REFUSALS as error:
        return _not_taken(visit, source, error)
    return gone_to(f"/sources/in/{source}", "kept")


def _not_taken(visit: Visit, source: str, error: Exception) -> Answer:
    """Return the folder's page with why an extract or its mapping was not taken: both are mended there."""
    return incoming(again(visit, f"/sources/in/{source}"), source, error)


def check(visit: Visit, source: str) -> Answer:
    """Show what a load would do: counts, rejects with reasons, and findings."""
    desk = visit.desk
    try:
        path = inbox.keep_mapping(desk.settings.home, source, inbox.mapping(desk.settings.home, source))
        found = sources.check(desk.settings, path, desk.pseudonym_keys, desk.clock().date())
    except REFUSALS as error:
        return _not_taken(visit, source, error)
    return page(
        visit,
        visit.t(f"Wat laden van {source} zou doen", f"What loading {source} would do"),
        _account(visit, found.report),
        panel(visit.t("Bevindingen", "Findings"), _findings(visit, found), class_="gap"),
        panel(visit.t("Verder", "Next"), _loading(visit, source), class_="gap"),
        crumb=[link(visit.t("Bronnen", "Sources"), "/sources"), " · ", link(source, f"/sources/in/{source}")],
        lead=visit.t("Er is niets bewaard.", "Nothing was kept."),
    )


def _account(visit: Visit, report: LoadReport) -> Html:
    lines = [h("li", coded(line)) for line in report.account(visit.lang)]
    filled = [h("li", coded(sources.filled_line(file))) for file in report.look.load.profile]
    return panel(
        visit.t("Tellingen", "Counts"),
        h("ul", lines, class_="list"),
        h("h3", visit.t("Gevuld", "Filled"), class_="gap-s"),
        h("ul", filled, class_="list"),
    )


def _findings(visit: Visit, found: CheckReport) -> Html:
    refused = h("p", english(visit, found.refusal), class_="note stop") if found.refusal else None
    if not found.findings:
        return h("p", badge(visit.t("geen", "none"), "ok"))
    return h("div", refused, h("ul", [h("li", coded(one.line(visit.lang))) for one in found.findings], class_="list"))


def load(visit: Visit, source: str) -> Answer:
    """Load a source, and delete the files that it came in."""
    desk = visit.desk
    try:
        path = inbox.keep_mapping(desk.settings.home, source, inbox.mapping(desk.settings.home, source))
        sources.load(desk.settings, desk.engine, path, desk.pseudonym_keys, visit.entry("source.loaded", source))
    except REFUSALS as error:
        return _not_taken(visit, source, error)
    inbox.forget_files(desk.settings.home, source)
    return gone_to(f"/sources/{source}", "loaded")


def forget(visit: Visit, source: str) -> Answer:
    """Delete a folder with all that lies in it."""
    inbox.forget(visit.desk.settings.home, source)
    return gone_to("/sources", "removed")
