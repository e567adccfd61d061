"""What people decide on a bundle: findings with their answers, who approved, and the forms of each role."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from node.release.answer import WHOLE_BUNDLE, DeskFinding
from node.release.candidate import FrozenBundle
from node.release.finding_kinds import Weight
from node.release.finding_places import detail_words
from node.release.officer import Advice, Hold
from node.release.person import same_person
from node.release.review import Decision
from node.release.standing import content_in
from node.release.states import OVER, BundleState, Step, ends
from node.release.subject import draft_of
from schemas.payloads import Content, IndicatorPublished, LessonPublished

from .markup import Child, Html, h
from .page import area, badge, button, coded, form, link, panel
from .signing import approval_form, decision_form
from .visit import Visit

_MOST_PLACES: Final = 5
_IN_A_LESSON: Final = ("lesson_incomplete", "unknown_indicator")
_BY_ANOTHER_CUT: Final = ("mostly_hidden", "extreme_change", "no_sources", "wider_audience", "rows_counted")
_DECIDED: Final = (BundleState.APPROVED, *OVER)


def findings_panel(
    visit: Visit, bundle: FrozenBundle, found: Sequence[DeskFinding], titles: Sequence[str]
) -> Html:  # fmt: skip
    """Return what was found, each with its proposal, a way to repair it, and its answer or the form for one."""
    title = visit.t("Bevindingen", "Findings")
    if not found:
        return panel(title, h("p", visit.t("Geen.", "None."), class_="quiet"), class_="o1", id_="findings")
    listed = [_finding(visit, bundle, one, titles) for one in found]
    return panel(title, h("ol", listed, class_="find"), class_="o1", id_="findings")


def _finding(visit: Visit, bundle: FrozenBundle, one: DeskFinding, titles: Sequence[str]) -> Html:
    if one.kind.weight is Weight.NOTE:
        mark = badge(visit.t("ter kennis", "note"))
    elif one.is_open:
        mark = badge(visit.t("wacht op antwoord", "waits for an answer"), "warn")
    else:
        mark = badge(visit.t("beantwoord", "answered"), "ok")
    places = [_place(visit, titles, position, visit.told(detail_words(one.kind.code, detail)))
              for position, detail in one.places[:_MOST_PLACES]]  # fmt: skip
    more = len(one.places) - _MOST_PLACES
    if more > 0:
        places.append(visit.t(f"en nog {more}", f"and {more} more"))
    answered = None
    if one.answer is not None:
        who = f"{one.answered_by}, {(one.answered_at or '')[:10]}: "
        answered = h("p", h("strong", who), one.answer, class_="wrapped")
    return h(
        "li",
        mark,
        h("h3", visit.told(one.kind.what)),
        h("p", visit.t("Bij: ", "At: "), "; ".join(places), class_="quiet"),
        h("p", h("strong", visit.t("Voorstel: ", "Proposal: ")), coded(visit.told(one.kind.repair))),
        _repair(visit, bundle, one),
        answered,
        _answer(visit, bundle, one),
    )


def _repair(visit: Visit, bundle: FrozenBundle, one: DeskFinding) -> Html | None:
    """Offer where a finding is mended: its lesson, or the same figures asked for once more and otherwise."""
    if not visit.may("scientist", "author") or bundle.state in OVER:
        return None
    if one.kind.code in _IN_A_LESSON:
        lessons = dict.fromkeys(draft_of(said) for said in _named(bundle, one) if isinstance(said, LessonPublished))
        links = [h("a", visit.t(f"Herstel les '{name}'", f"Mend lesson '{name}'"), href=f"/lessons/{name}",
                   class_="btn") for name in lessons]  # fmt: skip
    elif one.kind.code in _BY_ANOTHER_CUT and visit.may("scientist"):
        figures = [said for said in _named(bundle, one) if isinstance(said, IndicatorPublished)]
        asked = urlencode([*(("indicator", one.indicator) for one in figures),
                           *(("period", one.period) for one in figures[:1])])  # fmt: skip
        links = [h("a", visit.t("Bereid opnieuw voor", "Prepare it again"), href=f"/bundles/new?{asked}",
                   class_="btn")] if figures else []  # fmt: skip
    else:
        links = []
    return h("p", links, class_="btns") if links else None


def _named(bundle: FrozenBundle, one: DeskFinding) -> list[Content | None]:
    """Return what the items say that a finding names: the others of its bundle need not be read."""
    places = [place for place, _ in one.places if place != WHOLE_BUNDLE and place < len(bundle.items)]
    return [content_in(bundle.items[place].type, bundle.items[place].payload) for place in places]


def _answer(visit: Visit, bundle: FrozenBundle, one: DeskFinding) -> Html | None:
    if not one.is_open or bundle.state is not BundleState.TO_ANSWER or not visit.may("scientist", "author"):
        return None
    label = visit.t("Waarom mag dit zo blijven?", "Why may it stand?")
    hint = visit.t("Beoordelaars lezen dit; zonder namen.", "Reviewers read this; without names.")
    return form(
        visit, f"/bundles/{bundle.id}/answer",
        h("input", type="hidden", name="code", value=one.kind.code),
        area(label, "reason", hint=hint, rows=2, id_=f"answer-{one.kind.code}"),
        h("p", button(visit.t("Beantwoord", "Answer")), class_="btns"),
    )  # fmt: skip


def _place(visit: Visit, titles: Sequence[str], position: int, detail: str) -> str:
    if position == WHOLE_BUNDLE:
        return detail or visit.t("de hele bundel", "the whole bundle")
    return f"{titles[position]} ({detail})" if detail else titles[position]


def review_panel(
    visit: Visit,
    bundle: FrozenBundle,
    found: Sequence[DeskFinding],
    decided: Sequence[Decision],
    holds: Sequence[Hold],
    advice: Sequence[Advice],
    lacks: bool,
    signed: Child,
) -> Html:
    """Return who decided what, as it was `signed`, and what this person can decide now, or why not."""
    given = sum(one.approved and one.revoked_at is None for one in decided)
    needed = visit.count(bundle.needed, ("akkoord", "akkoorden"), ("approval", "approvals"))
    count = visit.t(f"{given} van {needed}.", f"{given} of {needed}.")
    return panel(
        visit.t("Beoordeling", "Review"),
        h("p", count),
        h("ul", _people(visit, bundle, decided), class_="people"),
        [_hold(visit, one) for one in holds],
        [h("p", h("strong", visit.t(f"Advies van {one.officer}: ", f"Advice by {one.officer}: ")), one.text,
           class_="note small wrapped") for one in advice],
        signed,
        h("p", visit.t("Een akkoord is vervallen: de sleutel is teruggenomen. Er is een ander akkoord nodig.",
                       "An approval lapsed: its key was taken back. Another approval is needed."),
          class_="note warn small") if lacks else None,
        _forms(visit, bundle, found, decided, lacks),
        _certificate(visit, bundle),
        class_="o2",
        id_="review",
    )  # fmt: skip


def _people(visit: Visit, bundle: FrozenBundle, decided: Sequence[Decision]) -> list[Html]:
    author = _person(bundle.author, visit.t("stelde dit op, beoordeelt niet", "prepared this, does not review"),
                     badge(visit.t("maker", "author")))  # fmt: skip
    return [author, *(_decision(visit, one) for one in decided)]


def _decision(visit: Visit, one: Decision) -> Html:
    said = f"{one.organisation}, {one.at[:10]}" + (f": {one.reason}" if one.reason else "")
    if not one.approved:
        return _person(one.name, said, badge(visit.t("afgewezen", "rejected"), "stop"))
    if one.revoked_at is not None:
        return _person(one.name, said, badge(visit.t("sleutel teruggenomen", "key taken back"), "stop"))
    return _person(one.name, said, badge(visit.t("akkoord", "approved"), "ok"))


def _person(name: str, said: str, mark: Html) -> Html:
    initials = "".join(word[0] for word in name.split()[:2]).upper()
    return h(
        "li",
        h("i", initials, aria_hidden="true"),
        h("span", h("strong", name), h("br"), h("span", said, class_="quiet small")),
        mark,
    )  # fmt: skip


def _hold(visit: Visit, one: Hold) -> Html:
    if one.stands:
        told = visit.t(f"Stilgezet door {one.officer}, {one.placed_at[:10]}: ",
                       f"On hold by {one.officer}, {one.placed_at[:10]}: ")  # fmt: skip
        return h("p", h("strong", told), one.reason, class_="note stop small wrapped")
    told = visit.t(f"Was stilgezet door {one.officer} ({one.reason}); opgeheven door {one.lifted_by}: ",
                   f"Was on hold by {one.officer} ({one.reason}); lifted by {one.lifted_by}: ")  # fmt: skip
    return h("p", told, one.lift_reason or "", class_="note small wrapped")


def _forms(
    visit: Visit, bundle: FrozenBundle, found: Sequence[DeskFinding], decided: Sequence[Decision], lacks: bool
) -> Child:
    if visit.may("reviewer"):
        return _reviewer(visit, bundle, found, decided, lacks)
    if visit.may("officer"):
        return _officer(visit, bundle)
    if bundle.state is BundleState.APPROVED and not lacks:
        return form(
            visit, f"/bundles/{bundle.id}/publish",
            h("p", button(visit.t("Publiceer", "Publish"), primary=True), class_="btns"),
            h("p", visit.t("De node ondertekent; daarna staat het in het grootboek en wacht het op verzending.",
                           "The node signs; then it is in the ledger and waits to be sent."), class_="small quiet"),
        )  # fmt: skip
    if bundle.state is BundleState.SIGNED:
        return h("p", link(visit.t("Naar het grootboek", "To the ledger"), "/ledger"), class_="gap-s")
    return None


def _reviewer(
    visit: Visit, bundle: FrozenBundle, found: Sequence[DeskFinding], decided: Sequence[Decision], lacks: bool
) -> Child:
    may_reject = bool(ends(bundle.state, Step.REJECT))
    approve: Child = approval_form(visit, bundle)
    if any(same_person(one.name, visit.who.name) and one.approved for one in decided):
        approve = h("p", visit.t("U gaf akkoord.", "You approved this."), class_="note ok small gap-s")
    elif bundle.state in _DECIDED and not lacks:
        approve = h("p", visit.t("Hier is geen akkoord meer nodig.", "No approval is needed here any more."),
                    class_="quiet small gap-s")  # fmt: skip
    elif (why := _why_not(visit, bundle, found, lacks)) is not None:
        said = visit.t("Akkoord kan niet. ", "Approval cannot be given. ")
        approve = h("p", h("strong", said), h("span", why), class_="note stop small gap-s")
    reject = h(
        "details",
        h("summary", visit.t("Stuur terug met reden", "Send back with a reason")),
        decision_form(
            visit, bundle, "reject", visit.t("Onderteken afwijzing", "Sign rejection"),
            visit.t("Wat moet anders?", "What must change?"),
            f"python -m node review reject {bundle.id} --reason TEXT --key FILE",
        ),
    )  # fmt: skip
    return [approve, reject if may_reject else None]


def _why_not(visit: Visit, bundle: FrozenBundle, found: Sequence[DeskFinding], lacks: bool) -> str | None:
    """Say why this reviewer cannot approve; None where they can."""
    if bundle.state is not BundleState.UNDER_REVIEW and not lacks:
        number = sum(one.is_open for one in found)
        open_ones = visit.count(number, ("bevinding staat open.", "bevindingen staan open."),
                                ("finding is open.", "findings are open."))  # fmt: skip
        return open_ones if number else visit.t("De bundel is er niet aan toe.", "The bundle is not at that point.")
    if same_person(bundle.author, visit.who.name):
        return visit.t("U stelde deze bundel zelf op.", "You prepared this bundle yourself.")
    if any(one.answered_by and same_person(one.answered_by, visit.who.name) for one in found):
        return visit.t("U beantwoordde een bevinding.", "You answered a finding.")
    return None


def _officer(visit: Visit, bundle: FrozenBundle) -> Child:
    hold = decision_form(
        visit,
        bundle,
        "hold",
        visit.t("Zet stil", "Put on hold"),
        visit.t("Waarom mag dit nog niet uit?", "Why may it not leave yet?"),
        f"python -m node review dpo hold {bundle.id} --reason TEXT --key FILE",
    )
    lift = decision_form(
        visit,
        bundle,
        "lift",
        visit.t("Hef op", "Lift the hold"),
        visit.t("Wat loste het op?", "What settled it?"),
        f"python -m node review dpo lift {bundle.id} --reason TEXT --key FILE",
    )
    advise = decision_form(
        visit, bundle, "advise", visit.t("Geef advies", "Advise"),
        visit.t("Uw advies; het houdt niets tegen.", "Your advice; it stops nothing."),
        f"python -m node review dpo advise {bundle.id} --text TEXT --key FILE",
    )  # fmt: skip
    titles = {
        "hold": visit.t("Zet de bundel stil", "Put the bundle on hold"),
        "lift": visit.t("Hef de stilstand op", "Lift the hold"),
        "advise": visit.t("Adviseer zonder tegen te houden", "Advise without stopping it"),
    }
    can = {"hold": bool(ends(bundle.state, Step.HOLD)), "lift": bool(ends(bundle.state, Step.LIFT)), "advise": True}
    forms = {"hold": hold, "lift": lift, "advise": advise}
    return [h("details", h("summary", titles[name]), forms[name]) for name in forms if can[name]]


def _certificate(visit: Visit, bundle: FrozenBundle) -> Html | None:
    if bundle.state not in (BundleState.APPROVED, BundleState.SIGNED):
        return None
    told = visit.t("Verklaring voor het DPIA-dossier", "Certificate for the DPIA file")
    return h("p", link(told, f"/bundles/{bundle.id}/certificate"), class_="gap-s")
