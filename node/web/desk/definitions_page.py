"""Definitions: which there are, what feeds them, and the approval by which this region computes one."""

from collections.abc import Mapping
from typing import Final

import msgspec

from connectors.database import writing
from node.indicators import approved, requirements
from node.work.sources import lacks
from schemas.definition import IndicatorDefinition, meaning
from schemas.text import Text

from .markup import Child, Html, h
from .page import badge, button, command, form, link, page, panel, table
from .visit import Answer, FormUnfit, Visit, gone_to

_AXES: Final = {
    "health": ("gezondheid", "health"), "quality": ("kwaliteit", "quality"), "cost": ("kosten", "cost"),
    "workforce": ("personeel", "workforce"), "population": ("bevolking", "population"),
}  # fmt: skip
_DIMENSIONS: Final = {
    "area": ("gebied", "area"), "age_band": ("leeftijd", "age"), "sex": ("geslacht", "sex"),
}  # fmt: skip


def index(visit: Visit) -> Answer:
    """List the definitions that are computed from records, with whether each is approved and can be fed."""
    desk = visit.desk
    with desk.engine.connect() as connection:
        newest = [same[0] for same in approved.known(connection).values() if same[0].measure is not None]
        computable = approved.computable(connection)
    missing = lacks(desk.settings.home, desk.counting_place, tuple(newest))
    heads = [visit.t(*pair) for pair in (("Definitie", "Definition"), ("Versie", "Version"), ("As", "Axis"),
                                         ("Goedgekeurd", "Approved"), ("Bronnen", "Sources"))]  # fmt: skip
    rows = [
        (link(visit.told(one.title), f"/definitions/{one.id}"), str(one.version),
         visit.t(*_AXES[one.axis]) if one.axis in _AXES else one.axis,
         _approval(visit, one, computable), _fed(visit, missing.get(one.id)))
        for one in newest
    ]  # fmt: skip
    title = visit.t("Definities", "Definitions")
    return page(
        visit, title, panel(title, table(title, heads, rows)),
        lead=visit.t("Alleen wat de regio zelf goedkeurde, wordt hier berekend.",
                     "Only what the region itself approved is computed here."),
    )  # fmt: skip


def _approval(visit: Visit, one: IndicatorDefinition, computable: Mapping[str, IndicatorDefinition]) -> Html:
    used = computable.get(one.id)
    if used is None:
        return badge(visit.t("nee", "no"))
    if used == one:
        return badge(visit.t("ja", "yes"), "ok")
    return badge(visit.t(f"versie {used.version}", f"version {used.version}"), "warn")


def _fed(visit: Visit, missing: tuple[Text, ...] | None) -> Html:
    if missing is None:
        return badge(visit.t("geen bron geladen", "no source loaded"))
    if missing:
        return badge(visit.t("mist iets", "lacks some"), "warn")
    return badge(visit.t("kan", "can be fed"), "ok")


def show(visit: Visit, name: str) -> Answer:
    """Show a definition whole, what it needs and lacks, and the form to approve exactly this one."""
    desk = visit.desk
    with desk.engine.connect() as connection:
        one = _named(visit, approved.known(connection).get(name))
        computable = approved.computable(connection)
        done = approved.approvals(connection).get(one.hash)
    missing = lacks(desk.settings.home, desk.counting_place, (one,)).get(one.id)
    asked = "; ".join(visit.told(requirements.described(each)) for each in requirements.needs(one))
    sheet: list[tuple[str, Child]] = [
        (visit.t("Versie", "Version"), str(one.version)),
        (visit.t("Eenheid", "Unit"), visit.told(one.unit)),
        (visit.t("Verdeeld naar", "Cut by"), ", ".join(_cut(visit, name) for name in one.dimensions)),
        (visit.t("Bron van de definitie", "Reference"), h("span", one.reference, lang="en")),
        (visit.t("Hash", "Hash"), h("code", one.hash)),
        (visit.t("Goedgekeurd", "Approved"), _approval(visit, one, computable)),
    ]
    if done is not None:
        sheet.append((visit.t("Door", "By"), f"{done.by}, {done.at[:10]}"))
    whole = msgspec.json.format(msgspec.json.encode(meaning(one)), indent=1).decode()
    return page(
        visit,
        visit.told(one.title),
        panel(visit.t("Wat het is", "What it is"), h("p", visit.told(one.description)),
              h("dl", [[h("dt", what), h("dd", said)] for what, said in sheet], class_="gap-s"), class_="sheet"),
        panel(
            visit.t("Wat het voedt", "What feeds it"),
            h("p", asked) if asked else None,
            _fed(visit, missing),
            h("ul", [h("li", visit.told(line)) for line in missing], class_="list") if missing else None,
            class_="gap",
        ),
        panel(visit.t("Goedkeuren", "Approve"), _approve_form(visit, one, done is not None), class_="gap"),
        panel(visit.t("De hele definitie", "The whole definition"), command(whole), class_="gap"),
        crumb=link(visit.t("Definities", "Definitions"), "/definitions"),
    )  # fmt: skip


def _cut(visit: Visit, dimension: str) -> str:
    return visit.t(*_DIMENSIONS[dimension]) if dimension in _DIMENSIONS else dimension


def _approve_form(visit: Visit, one: IndicatorDefinition, is_done: bool) -> Html:
    if one.measure is None:
        return h("p", visit.t("Wordt overgenomen uit een openbare tabel; niets te berekenen.",
                              "Taken over from a public table; nothing to compute."), class_="quiet")  # fmt: skip
    if is_done:
        return h("p", visit.t("Deze versie is goedgekeurd.", "This version is approved."), class_="quiet")
    if not visit.may("scientist"):
        return h("p", visit.t("Een datawetenschapper keurt goed.", "A data scientist approves."), class_="quiet")
    return form(
        visit, f"/definitions/{one.id}",
        h("input", type="hidden", name="hash", value=one.hash),
        h("p", button(visit.t(f"Keur versie {one.version} goed", f"Approve version {one.version}"), primary=True),
          class_="btns"),
    )  # fmt: skip


def approve(visit: Visit, name: str) -> Answer:
    """Approve exactly the version that was shown."""
    with writing(visit.desk.engine) as connection:
        same = approved.known(connection).get(name, ())
        shown = [one for one in same if one.hash == visit.one("hash")]
        one = _named(visit, tuple(shown))
        approved.approve(connection, [one], visit.who.name, visit.desk.clock())
    return gone_to(f"/definitions/{name}", "kept")


def _named(visit: Visit, same: tuple[IndicatorDefinition, ...] | None) -> IndicatorDefinition:
    if not same:
        raise FormUnfit(visit.t("Deze definitie of versie is hier niet.", "This definition or version is not here."))
    return same[0]
