"""What may point at a person in words: shown with what stands around it, to be put right or let stand with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from connectors.database import writing
from node.release import resolve
from node.release.markdown import visible
from node.release.resolve import ResolvedFinding
from node.release.scan import Finding, ScannedLesson, scan, text_of
from node.release.subject import Words
from node.release.words import deidentifier, trace
from schemas.text import Text

from .markup import Html, h
from .page import area, badge, button, english, form, link, panel
from .visit import Answer, Visit, gone_to

Find = Callable[[Connection], Words]
_AROUND: Final = 40  # characters on each side
_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    kind: (f"lijkt op {dutch}", f"looks like {kind}")
    for kind, dutch in {
        trace.BSN: "een burgerservicenummer (BSN)", trace.IBAN: "een rekeningnummer (IBAN)",
        trace.EMAIL: "een e-mailadres", trace.TELEPHONE: "een telefoonnummer", trace.BIRTH: "een geboortedatum",
        trace.DATE: "een volledige datum", trace.POSTCODE: "een postcode met huisnummer", trace.ADDRESS: "een adres",
        trace.NAME: "een naam", trace.RECORD: "een patiënt- of dossiernummer", trace.PLACE: "een plaats",
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scanned:
    """Words with what was found in them and what was decided; `can_look_further` where the de-identifier did not look.

    `names` are what people call the fields.
    """

    words: Words
    found: ScannedLesson
    decided: Mapping[str, ResolvedFinding]
    can_look_further: bool
    path: str
    names: Mapping[str, Text] = field(repr=False)

    @property
    def is_clean(self) -> bool:
        """Tell whether every finding was decided on."""
        return all(one.id in self.decided for one in self.found.findings)


def scanned(visit: Visit, words: Words, path: str, names: Mapping[str, Text]) -> Scanned:
    """Scan words that are kept here: by the rules and, where the page asks for it, with the de-identifier too."""
    is_thorough = visit.one("thorough", "") == "1"
    with deidentifier.at_hand() as finder, visit.desk.engine.connect() as connection:
        found = scan(words, finder if is_thorough else None)
        decided = {kept.finding.id: kept for kept in resolve.resolved(connection, words)}
        return Scanned(words, found, decided, finder is not None and not is_thorough, path, names)


def findings_panel(visit: Visit, one: Scanned, repair: Callable[[Finding], Html]) -> Html:
    """Return every finding: open ones with both ways out (`repair` is the first), decided ones with who and why."""
    listed = [_finding(visit, one, found, repair) for found in one.found.findings]
    further = link(
        visit.t(
            "Kijk ook met de ontherkenner (kan een minuut duren)", "Look with the de-identifier too (can take a minute)"
        ),
        f"{one.path}?thorough=1",
    )
    unseen = one.found.unseen if not one.can_look_further else ""
    return panel(
        visit.t("Wat op een persoon kan wijzen", "What may point at a person"),
        h("ol", listed, class_="find") if listed
        else h("p", badge(visit.t("niets gevonden", "nothing found"), "ok")),
        h("p", english(visit, unseen), class_="small quiet gap-s") if unseen else None,
        h("p", further, class_="small") if one.can_look_further else None,
        h("p", visit.t("Een schone uitslag is geen bewijs: let op plekken, rollen en gebeurtenissen die maar één mens "
                       "kunnen zijn.",
                       "A clean outcome is no proof: mind places, roles and events that only one person can be."),
          class_="small quiet"),
        id_="findings",
    )  # fmt: skip


def _finding(visit: Visit, of: Scanned, one: Finding, repair: Callable[[Finding], Html]) -> Html:
    text = text_of(of.words, one.field, one.position) or ""
    before, words, after = text[: one.start][-_AROUND:], text[one.start : one.end], text[one.end :][:_AROUND]
    where = visit.told(of.names[one.field]) if one.field in of.names else one.field
    quoted = h("p", "“… ", visible(before), h("mark", visible(words)), visible(after), " …”")
    head = h("h3", where, ": ", visit.t(*_LOOKS[one.kind]))
    if (kept := of.decided.get(one.id)) is not None:
        said = h("p", h("strong", f"{kept.author}, {kept.at[:10]}: "), kept.reason)
        return h("li", badge(visit.t("blijft staan", "let stand"), "ok"), head, quoted, said)
    stand = h(
        "details",
        h("summary", visit.t("Geen persoon, omdat …", "No person, because …")),
        form(
            visit, f"{of.path}/stand", h("input", type="hidden", name="finding", value=one.id),
            area(visit.t("Waarom mag dit blijven staan?", "Why may it stand?"), "reason", rows=2, id_=f"s-{one.id}",
                 hint=visit.t("Zonder de woorden te herhalen.", "Without repeating the words.")),
            h("p", button(visit.t("Laat staan", "Let it stand")), class_="btns"),
        ),
    )  # fmt: skip
    return h("li", badge(visit.t("houdt tegen", "stops the release"), "stop"), head, quoted, repair(one), stand)


def let_stand(visit: Visit, find: Find, path: str, name: str) -> Answer:
    """Let a finding stand, with a reason that reviewers read."""
    with deidentifier.at_hand() as finder:
        with visit.desk.engine.connect() as connection:
            words = find(connection)
        found = scan(words, finder if needs(words, visit.one("finding"), finder) else None)
        with writing(visit.desk.engine) as connection:
            entry = visit.entry("finding.resolved", name)
            resolve.resolve(connection, found, visit.one("finding"), visit.one("reason"), entry)
    return gone_to(path, "kept")


def needs(words: Words, wanted: str, finder: deidentifier.Deidentifier | None) -> bool:
    """Tell whether a finding is none of the rules', so that the de-identifier has to look again."""
    return finder is not None and all(found.id != wanted for found in scan(words).findings)
