"""How finely figures are cut: the fields that ask for it, and each coarser way with what it would show and hide."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from node.release.alternatives import Alternative, best
from node.release.cuts import Cut
from node.work.preparing import tried
from schemas.codes import PERIOD

from .markup import Child, Html, h
from .page import area, badge, english, field, link, page, panel, table
from .sending import again
from .visit import Answer, FormUnfit, Visit


def fields(visit: Visit) -> Html:
    """Ask for a coarser cut, folded away where none was chosen."""
    without, ages = visit.all("without"), visit.one("ages", "")
    return h(
        "details",
        h("summary", visit.t("Grover indelen", "Cut more coarsely")),
        field(visit.t("Zonder indeling", "Without dimension"), "without", ", ".join(without), required=False,
              hint=visit.t("Bijvoorbeeld sex.", "For instance sex.")),
        area(visit.t("Leeftijdsgroepen", "Age bands"), "ages", ages, required=False, rows=2,
             hint=visit.t("Per regel: 0-39,40-69,70+ voor alle, of c.zvw=0-64,65+ voor één indicator.",
                          "Per line: 0-39,40-69,70+ for all, or c.zvw=0-64,65+ for one indicator.")),
        open=bool(without or ages),
    )  # fmt: skip


def asked(visit: Visit) -> Cut:
    """Return the cut that was asked for; raises FormUnfit where an indicator's ages are given twice."""
    ages: dict[str, tuple[str, ...]] = {}
    for line in visit.one("ages", "").splitlines():
        name, _, bands = line.strip().rpartition("=")
        if not bands:
            continue
        if name in ages:
            raise FormUnfit(visit.t("Leeftijdsgroepen staan er twee keer voor hetzelfde; houd er een.",
                                    "Age bands are given twice for the same; keep one."))  # fmt: skip
        ages[name] = tuple(part.strip() for part in bands.split(","))
    names = (name.strip() for text in visit.all("without") for name in text.split(","))
    return Cut(tuple(filter(None, names)), ages)


def alternatives(visit: Visit) -> Answer:
    """Try coarser cuts, each through the whole audit, and say what each would show and hide; nothing is kept."""
    desk, period = visit.desk, visit.one("period", "")
    if not PERIOD.match(period):
        raise FormUnfit(visit.t("Vul eerst een periode in, zoals 2025 of 2025-Q3.",
                                "First give a period, such as 2025 or 2025-Q3."))  # fmt: skip
    names = visit.all("indicator")
    computed, ways = tried(desk.engine, desk.settings, desk.counting_place, period, names, secrets.SystemRandom())
    panels = [
        panel(f"{visit.told(one.definition.title)}, {period}", _table(visit, one.definition.id, period, names, ways),
              class_="gap")
        for one in computed
    ]  # fmt: skip
    return page(
        again(visit, f"/bundles/new?{_query(period, names, Cut())}"),
        visit.t("Grovere indelingen", "Coarser cuts"),
        *panels,
        crumb=[link(visit.t("Vrijgave", "Release"), "/bundles"), " · ",
               link(visit.t("Voorbereiden", "Prepare"), f"/bundles/new?{_query(period, names, Cut())}")],
        lead=visit.t(
            "Detail: hoeveel een lezer van de fijnste indeling terugvindt. Dit vertelt van verborgen cijfers: houd het "
            "binnen de regio. Niets is bewaard.",
            "Detail: how much of the finest cut a reader finds again. This tells of hidden figures: keep it inside the "
            "region. Nothing was kept.",
        ),
    )  # fmt: skip


def _table(
    visit: Visit, indicator: str, period: str, names: tuple[str, ...], ways: tuple[Alternative, ...]
) -> Html:  # fmt: skip
    heads = [visit.t(*pair) for pair in (("Indeling", "Cut"), ("Getoond", "Shown"), ("Verborgen", "Hidden"),
                                         ("Detail", "Detail"), ("Kiezen", "Choose"))]  # fmt: skip
    least = best(ways, indicator)
    rows: list[list[Child]] = []
    for one in ways:
        kept = one.kept.get(indicator)
        name: list[Child] = [visit.told(one.words)]
        if one is least:
            name += [" ", badge(visit.t("verliest het minst", "loses least"), "ok")]
        if kept is None:
            why = one.refused or next((line for line in one.left_out if line.startswith(f"{indicator} ")), "")
            rows.append([name, "", "", "", english(visit, why)])
            continue
        if one.rounded:
            chosen: Child = h("code", "release prepare --round")
        else:
            chosen = link(visit.t("Neem deze", "Take this"), f"/bundles/new?{_query(period, names, one.cut)}")
        rows.append([name, str(kept.shown), str(kept.hidden), f"{int(kept.detail * 100)}%", chosen])
    return table(visit.t("Indelingen", "Cuts"), heads, rows)


def _query(period: str, names: tuple[str, ...], cut: Cut) -> str:
    ages: Mapping[str, tuple[str, ...]] = cut.ages or {}
    lines = "\n".join((f"{name}=" if name else "") + ",".join(bands) for name, bands in ages.items())
    pairs = [("period", period), *(("indicator", name) for name in names), *(("without", one) for one in cut.without)]
    return urlencode([*pairs, *([("ages", lines)] if lines else [])])
