"""Replies to comparisons: written, scanned, frozen for a reviewer and taken back; and the word that none is needed."""

from functools import partial
from typing import Final

from connectors.database import writing as connected
from node.knowledge import replies
from node.knowledge.replies import WrittenReply
from node.release.preview_words import OF_REPLY
from node.release.refusal import ReleaseRefused
from node.release.scan import Finding
from node.release.subject import reply_name
from node.release.words import deidentifier
from node.work import replying, writing
from node.work.taking_back import seen_among, seen_by_readers, take_back
from schemas.codes import PERIOD
from schemas.payloads import ReplyPublished

from .bundles import asked_audience
from .drafts import draft_state, release_panel, withdrawal_panel
from .findings import findings_panel, let_stand, scanned
from .markup import Child, Html, h
from .own_figures import own_panel
from .page import area, button, choice, field, form, link, page, panel, table
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to

_MOST: Final = 20  # own figures that are offered to reply to
_LANGUAGES: Final = (("nl", "Nederlands"), ("en", "English"))


class ReplyNotSeen(ReleaseRefused):
    """A reply that no reader sees, so that it cannot be taken back."""


def index(visit: Visit, wrong: Exception | None = None) -> Answer:
    """List the replies that are kept here, and offer to write one or to say that none is needed."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        drafts = replies.drafts(connection)
        seen = seen_among(connection, key, [reply_name(one.name) for one in drafts])
        own = replying.comparisons(connection, _MOST)
    rows = [
        (link(one.name, _path(one.name)), f"{visit.indicator(one.reply.indicator)}, {one.reply.period}",
         draft_state(visit, one.reply, seen.get(reply_name(one.name))))
        for one in drafts
    ]  # fmt: skip
    title = visit.t("Reacties van deze regio", "Replies of this region")
    heads = [visit.t("Reactie", "Reply"), visit.t("Op", "To"), visit.t("Staat", "State")]
    return page(
        visit,
        visit.t("Reacties", "Replies"),
        refusal_note(visit, wrong),
        h(
            "div",
            h(
                "div",
                panel(title, table(title, heads, rows) if rows
                      else h("p", visit.t("Nog geen.", "None yet."), class_="quiet")),
                panel(
                    visit.t("Schrijf een reactie", "Write a reply"),
                    form(visit, "/replies", _naming(visit), _fields(visit, None),
                         h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns")),
                ),
                class_="stack",
            ),
            h("div", own_panel(visit, own), _waiver(visit), class_="stack"),
            class_="grid g21",
        ),
        lead=visit.t("Zeg iets bij een vergelijking, voordat anderen dan het netwerk haar zien.",
                     "Say something to a comparison, before others than the network see it."),
        status=409 if wrong else 200,
    )  # fmt: skip


def show(visit: Visit, name: str, wrong: Exception | None = None) -> Answer:
    """Show a reply to be edited, what may point at a person in it, and its way to readers."""
    with visit.desk.engine.connect() as connection:
        one = replies.find(connection, name)
        there = seen_by_readers(connection, visit.desk.secret("subject"), reply_name(name))
    looked = scanned(visit, one, _path(name), OF_REPLY)
    return page(
        visit,
        visit.t(f"Reactie op {visit.indicator(one.indicator)}, {one.period}",
                f"Reply to {visit.indicator(one.indicator)}, {one.period}"),
        refusal_note(visit, wrong),
        h(
            "div",
            panel(
                visit.t("De reactie", "The reply"),
                form(visit, _path(name), _fields(visit, one),
                     h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns")),
            ),
            h(
                "div",
                findings_panel(visit, looked, partial(_repair, visit)),
                release_panel(visit, f"{_path(name)}/release", is_clean=looked.is_clean,
                              is_out=there is not None and there.content == one),
                withdrawal_panel(visit, visit.t("Neem de reactie terug", "Take the reply back"),
                                 f"{_path(name)}/withdraw", there.event_id) if there is not None else None,
                class_="stack",
            ),
            class_="grid g21",
        ),
        crumb=[link(visit.t("Reacties", "Replies"), "/replies"), " · ", name, " ", draft_state(visit, one, there)],
        status=409 if wrong else 200,
    )  # fmt: skip


def save(visit: Visit, name: str = "") -> Answer:
    """Keep a reply as a draft; where it cannot be one, the form comes back with why."""
    desk = visit.desk
    try:
        with desk.engine.connect() as connection:
            had = replies.find(connection, name) if name else None
            known = {one.name for one in replies.drafts(connection)}
        language = had.language if had is not None else visit.one("language")
        if language not in ("nl", "en"):
            raise FormUnfit(visit.t("Kies de taal van de reactie.", "Choose the language of the reply."))
        called = had.reply if had is not None else visit.one("reply")
        written = WrittenReply(
            called, visit.one("indicator"), visit.one("period"), "en" if language == "en" else "nl",
            visit.one("text"), visit.one("author_role"), visit.one("as_known_on", "") or None,
        )  # fmt: skip
        made = replies.made_of(written, called, desk.settings.region_set, desk.clock())
        if had is None and replies.name_of(made) in known:
            raise FormUnfit(visit.t(f"Er is hier al een reactie '{replies.name_of(made)}'; kies een andere naam.",
                                    f"There is a reply '{replies.name_of(made)}' here already; choose another "
                                    "name."))  # fmt: skip
        is_sure = _compared(visit, made.indicator, made.period)
        replying.keep(desk.engine, made, visit.who.name, desk.clock)
    except REFUSALS as error:
        return show(visit, name, error) if name else index(visit, error)
    return gone_to(_path(replies.name_of(made)), "kept" if is_sure else "kept_unsure")


def _compared(visit: Visit, indicator: str, period: str) -> bool:
    """Return whether it is certain that there are figures to reply to; raises NothingToReplyTo."""
    desk = visit.desk
    ask = desk.has_figures if desk.is_enrolled else None
    return replying.check_compared(desk.engine, desk.secret("subject"), indicator, period, ask)


def stand(visit: Visit, name: str) -> Answer:
    """Let a finding stand, with a reason that reviewers read."""
    try:
        return let_stand(visit, partial(replies.find, name=name), _path(name), name)
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)


def release(visit: Visit, name: str) -> Answer:
    """Scan a reply and freeze it for a reviewer."""
    desk = visit.desk
    try:
        with desk.engine.connect() as connection:
            one = replies.find(connection, name)
        with deidentifier.at_hand() as finder:
            bundle = writing.freeze(
                desk.engine, desk.settings, (one,), name, audience=asked_audience(visit),
                subject_key=desk.secret("subject"), reason=visit.one("reason", ""), author=visit.who.name,
                clock=desk.clock, finder=finder,
            )  # fmt: skip
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def waive(visit: Visit) -> Answer:
    """Freeze for a reviewer that the region needs no time for a reply."""
    desk = visit.desk
    try:
        period = visit.one("period")
        if not PERIOD.match(period):
            raise FormUnfit(visit.t("De periode is geen jaar, kwartaal, maand, week of dag; schrijf haar als in de "
                                    "vergelijking.",
                                    "The period is no year, quarter, month, week or day; write it as the comparison "
                                    "has it."))  # fmt: skip
        replies.check_known(visit.one("indicator"))
        _compared(visit, visit.one("indicator"), period)
        bundle = replying.waive(
            desk.engine, desk.settings, desk.secret("subject"), visit.one("indicator"), period, visit.who.name,
            desk.clock,
        )  # fmt: skip
    except REFUSALS as error:
        return index(again(visit, "/replies"), error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def withdraw(visit: Visit, name: str) -> Answer:
    """Freeze for a reviewer that a reply is taken back."""
    desk = visit.desk
    try:
        with connected(desk.engine) as connection:
            bundle = take_back(
                connection, desk.secret("subject"), reply_name(name),
                ReplyNotSeen(f"No reader sees reply '{name}', so there is nothing to take back."),
                visit.one("reason"), visit.entry("withdrawal.prepared", name),
            )  # fmt: skip
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def _naming(visit: Visit) -> list[Html]:
    return [
        field(visit.t("Korte naam van de reactie", "The reply's short name"), "reply", visit.one("reply", ""),
              hint=visit.t("Blijft altijd zo, bijvoorbeeld diabetes-2025.",
                           "Stays so for ever, for instance diabetes-2025.")),
        choice(visit.t("Taal van de reactie", "Language of the reply"), "language", _LANGUAGES,
               visit.one("language", visit.lang)),
    ]  # fmt: skip


def _fields(visit: Visit, one: ReplyPublished | None) -> list[Child]:
    had = ("", "", "", "", "") if one is None else (one.indicator, one.period, one.text, one.author_role,
                                                    one.as_known_on)  # fmt: skip
    indicator, period, text, role, known_on = had
    return [
        field("Indicator", "indicator", visit.one("indicator", indicator),
              hint=visit.t("Van de vergelijking, zoals h.dm_prev.", "Of the comparison, such as h.dm_prev.")),
        field(visit.t("Periode", "Period"), "period", visit.one("period", period),
              hint=visit.t("Zoals de vergelijking haar heeft: 2025, 2025-Q3.",
                           "As the comparison has it: 2025, 2025-Q3.")),
        area(visit.told(OF_REPLY["text"]), "text", visit.one("text", text), rows=6,
             hint=visit.t("Hoogstens 4.000 tekens; staat naast de vergelijking.",
                          "4,000 characters at most; stands beside the comparison.")),
        field(visit.told(OF_REPLY["author_role"]), "author_role", visit.one("author_role", role),
              hint=visit.t("Een rol, geen naam.", "A role, not a name.")),
        field(visit.told(OF_REPLY["as_known_on"]), "as_known_on", visit.one("as_known_on", known_on), required=False,
              hint=visit.t("Het moment dat de vergelijking noemt, zoals 2026-11-22T21:00:00Z; leeg: nu.",
                           "The moment that the comparison names, such as 2026-11-22T21:00:00Z; empty: now.")),
    ]  # fmt: skip


def _repair(visit: Visit, one: Finding) -> Html:
    return h("p", visit.t("Zeg het anders in het veld. ", "Say it otherwise in the field. "),
             link(visit.t("Naar het veld", "To the field"), f"#f-{one.field}"))  # fmt: skip


def _waiver(visit: Visit) -> Html:
    told = visit.t("Hebben alle regio's gereageerd of dit gezegd, dan zien anderen de vergelijking eerder. Alleen het "
                   "netwerk leest het.",
                   "Once all regions replied or said this, others see the comparison sooner. Only the network reads "
                   "it.")  # fmt: skip
    return panel(
        visit.t("Geen reactie nodig", "No reply needed"),
        h("p", told, class_="quiet small"),
        form(
            visit, "/replies/waive",
            field("Indicator", "indicator", visit.one("indicator", ""), id_="waive-indicator"),
            field(visit.t("Periode", "Period"), "period", visit.one("period", ""), id_="waive-period"),
            h("p", button(visit.t("Bevries dat er geen nodig is", "Freeze that none is needed")), class_="btns"),
        ),
    )  # fmt: skip


def _path(name: str) -> str:
    return f"/replies/{name}"
