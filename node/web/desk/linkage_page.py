"""How well the sources are linked: what they share, what was compared and by what, and what a clerk made of it."""

from typing import Final

from node.work import linking
from node.work.linking import Judged, Judgement, LinkageReport, Linked
from node.work.sources import RecordStoreBusy
from schemas.text import Text

from .markup import Child, Html, h
from .page import badge, command, link, page, panel, table
from .visit import Answer, Visit

BUSY: Final = Text(
    "Er wordt nu geladen of geteld; open deze pagina straks opnieuw.",
    "Something is loaded or counted just now; open this page again later.",
)


def show(visit: Visit) -> Answer:
    """Show how the loaded sources are linked."""
    title = visit.t("Koppeling van de bronnen", "Linkage of the sources")
    crumb = link(visit.t("Bronnen", "Sources"), "/sources")
    try:
        found = linking.linkage(visit.desk.settings.home)
    except RecordStoreBusy:
        return page(visit, title, h("p", visit.told(BUSY), class_="note"), crumb=crumb, status=409)
    if found is None:
        return page(visit, title, h("p", visit.t("Er is nog geen bron geladen.", "No source is loaded yet.")),
                    crumb=crumb)  # fmt: skip
    return page(
        visit,
        title,
        panel(visit.t("Wie in twee bronnen voorkomt", "Who is in two sources"), *_shared(visit, found)),
        panel(visit.t("Vergeleken zonder gedeeld nummer", "Compared without a shared number"), *_compared(visit, found),
              class_="gap"),
        panel(visit.t("Handmatige beoordeling", "Clerical review"), *_review(visit, found), class_="gap", id_="judged"),
        crumb=crumb,
        lead=visit.t("Tellingen, geen personen. Dit blijft in de regio; met cijfers reizen alleen twee aandelen mee.",
                     "Counts, no persons. This stays in the region; only two shares travel with figures."),
    )  # fmt: skip


def _shared(visit: Visit, found: Linked) -> list[Child]:
    if not found.shared:
        told = visit.t("Minder dan twee bronnen beschrijven personen, dus er is niets te koppelen.",
                       "Fewer than two sources describe persons, so there is nothing to link.")  # fmt: skip
        return [h("p", told, class_="quiet")]
    heads = [visit.t(*pair) for pair in (("Bronnen", "Sources"), ("In beide", "In both"),
                                         ("Aandeel van de eerste", "Share of the first"),
                                         ("Aandeel van de tweede", "Share of the second"),
                                         ("Hoe gekoppeld", "How linked"))]  # fmt: skip
    rows = [
        (f"{one.one} + {one.other}", f"{one.both}", _share(visit, one.both, one.of_one),
         _share(visit, one.both, one.of_other), _ways(visit, found, one.one, one.other))
        for one in found.shared
    ]  # fmt: skip
    note = visit.t("Alleen bronnen die personen beschrijven; rijen van andere bronnen komen bij een persoon die al "
                   "bekend is, of tellen als onbekend.",
                   "Only sources that describe persons; rows of other sources go to a person who is known already, or "
                   "count as unknown.")  # fmt: skip
    return [table(visit.t("Personen in twee bronnen", "Persons in two sources"), heads, rows),
            h("p", note, class_="quiet small gap-s")]  # fmt: skip


def _share(visit: Visit, part: int, whole: int) -> str:
    share = linking.percent_told(part / whole, visit.lang) if whole else "–"
    return visit.t(f"{share} van {whole}", f"{share} of {whole}")


def _ways(visit: Visit, found: Linked, one: str, other: str) -> str:
    ways = list(dict.fromkeys(found.ways.get(name, "none") for name in (one, other)))
    return ", ".join(visit.told(linking.LINKED_BY[way]) if way in linking.LINKED_BY else way for way in ways)


def _compared(visit: Visit, found: Linked) -> list[Child]:
    report = found.report
    if report is None:
        told = visit.t(
            "Nog niet. Bronnen zonder gedeeld nummer worden op de machine van de node vergeleken en geladen:",
            "Not yet. Sources that share no number are compared and loaded on the node's machine:",
        )
        return [h("p", told, class_="quiet"), command("python -m node linkage run MAPPING...")]
    stale = [h("p", h("strong", "! "), visit.told(one), class_="note warn small gap-s") for one in found.stale_told()]
    again = command("python -m node linkage run MAPPING...") if stale else None
    current = h("p", badge(visit.t("bijgewerkt", "up to date"), "ok")) if not stale else None
    return [current, stale, again, h("div", _facts(visit, report), class_="sheet gap-s"), _rules(visit, report)]


def _facts(visit: Visit, report: LinkageReport) -> Html:
    threshold = visit.t(f"{report.threshold}".replace(".", ","), f"{report.threshold}")
    not_followed = visit.t(
        f"{report.contradicted} tegengesproken door voornaam of geboortedatum, {report.undecided} met een even "
        f"waarschijnlijk ander, {report.crowded} waarvan een zekerder paar de plaats innam",
        f"{report.contradicted} contradicted by first name or birth date, {report.undecided} with a rival as likely, "
        f"{report.crowded} whose place was taken by a surer pair",
    )
    by_sources = [visit.t(f"in {number}: {count}", f"in {number}: {count}")
                  for number, count in report.persons_by_sources.items()]  # fmt: skip
    facts: list[tuple[str, Child]] = [
        (visit.t("Gekoppeld op", "Linked on"), report.made_on),
        *((visit.t(f"Personen van {source}", f"Persons of {source}"), _fields(visit, report, source))
          for source in report.sources),
        (visit.t("Grens van het model", "Threshold of the model"), threshold),
        (visit.t("Personen naar aantal bronnen", "Persons by number of sources"), ", ".join(by_sources)),
        (visit.t("Paren niet gevolgd", "Pairs not followed"), not_followed),
        (visit.t("Weggelaten door bezwaar", "Left out by objection"), f"{report.objected}"),
        (visit.t("Precisie volgens het model", "Precision by the model"),
         linking.permille_told(report.precision_permille, visit.lang)),
        (visit.t("Gevonden van de vergeleken paren, volgens het model", "Recall among compared pairs, by the model"),
         linking.permille_told(report.recall_permille, visit.lang)),
    ]  # fmt: skip
    return h("dl", [[h("dt", name), h("dd", said)] for name, said in facts])


def _fields(visit: Visit, report: LinkageReport, source: str) -> str:
    names = ", ".join(linking.field_told(name, visit.lang) for name in report.fields.get(source, ()))
    persons = f"{report.sources[source]}"
    return visit.t(f"{persons}, vergeleken op {names}", f"{persons}, compared by {names}") if names else persons


def _rules(visit: Visit, report: LinkageReport) -> Html:
    heads = [visit.t(*pair) for pair in (("Tussen", "Between"), ("Paren", "Pairs"), ("Waardoor", "By what"),
                                         ("Precisie volgens het model", "Precision by the model"))]  # fmt: skip
    if not report.between:  # made before pairs were counted by source
        rows: list[tuple[str, str, str, str]] = [
            (visit.t("alle bronnen", "all sources"), f"{count}", _rule(visit, rule),
             linking.permille_told(report.precision_permille, visit.lang))
            for rule, count in report.pairs.items()
        ]  # fmt: skip
    else:
        rows = [
            (" + ".join(dict.fromkeys(one.sources)), f"{sum(one.pairs.values())}",
             "; ".join(f"{_rule(visit, rule)}: {count}" for rule, count in one.pairs.items()),
             linking.permille_told(one.precision_permille, visit.lang))
            for one in report.between
        ]  # fmt: skip
    told = visit.t("Paren die gevolgd zijn", "Pairs that were followed")
    return h("div", h("h3", told), table(told, heads, rows), class_="gap-s")


def _rule(visit: Visit, rule: str) -> str:
    return visit.t(linking.rule_in_dutch(rule), "the model" if rule == "model" else rule)


def _review(visit: Visit, found: Linked) -> list[Child]:
    to_sample = link(visit.t("Naar de steekproef", "To the sample"), "/linkage/sample")
    if found.judgement is None:
        told = visit.t(
            "Nog geen gekoppeld paar is beoordeeld, dus de cijfers hierboven zijn die van het model zelf, en "
            "die vleien.",
            "No linked pair was judged yet, so the figures above are the model's own, and these flatter.",
        )
        return [h("p", told, class_="quiet"), h("p", to_sample, class_="gap-s")]
    return [_meaning(visit, found.judgement), _strata(visit, found.judgement), h("p", to_sample, class_="gap-s")]


def _meaning(visit: Visit, judgement: Judgement) -> Html:
    low, high = judgement.linked.interval or (0.0, 1.0)
    precision, least, most = (linking.percent_told(one, visit.lang) for one in (judgement.precision, low, high))
    wrong, fewest, most_wrong = (round(1000 * (1 - one)) for one in (judgement.precision, high, low))
    if judgement.recall is None:
        recall = visit.t("Gevonden: niet bekend, want van de paren die niet gekoppeld zijn is er geen beoordeeld.",
                         "Recall: not known, since no pair that was kept apart is judged.")  # fmt: skip
    else:
        share = linking.percent_told(judgement.recall, visit.lang)
        recall = visit.t(
            f"Gevonden: {share} van de paren die één persoon zijn, onder alle paren die vergeleken werden.",
            f"Recall: {share} of the pairs that are one person, among all pairs that were compared.",
        )
    lines = [
        visit.t(f"Precisie: {precision} van de gekoppelde paren is één persoon (95%-interval {least} tot {most}).",
                f"Precision: {precision} of the linked pairs are one person (95% interval {least} to {most})."),
        visit.t(f"Van elke 1000 gekoppelde paren zijn er dus naar schatting {wrong} twee personen "
                f"({fewest} tot {most_wrong}).",
                f"So of every 1000 linked pairs an estimated {wrong} are two persons ({fewest} to {most_wrong})."),
        recall,
        visit.t("Cijfers die op vergeleken bronnen rusten, dragen vanaf nu deze twee aandelen, naar beneden afgerond, "
                "in plaats van die van het model.",
                "Figures that rest on compared sources carry these two shares from now on, rounded down, in place of "
                "the model's."),
    ]  # fmt: skip
    return h("ul", [h("li", one) for one in lines], class_="list")


def _strata(visit: Visit, judgement: Judgement) -> Html:
    heads = [visit.t(*pair) for pair in (("Paren", "Pairs"), ("In het geheel", "In all"), ("Zelfde", "Same"),
                                         ("Verschillend", "Different"), ("Niet te zeggen", "Cannot tell"),
                                         ("Eén persoon, 95%-interval", "One person, 95% interval"))]  # fmt: skip
    named = (
        (visit.t("gekoppeld", "linked"), judgement.linked),
        (visit.t("niet gekoppeld", "kept apart"), judgement.apart),
    )
    rows = [
        (name, f"{one.size}", f"{one.same}", f"{one.different}", f"{one.unsure}", _interval(visit, one))
        for name, one in named
        if one is not None
    ]
    return table(visit.t("Antwoorden", "Answers"), heads, rows)


def _interval(visit: Visit, one: Judged) -> str:
    if one.interval is None:
        return "–"
    low, high = (linking.percent_told(share, visit.lang) for share in one.interval)
    return visit.t(f"{low} tot {high}", f"{low} to {high}")
