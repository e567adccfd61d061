"""What became of the region's own lessons elsewhere, as the hub tells it when the page is opened."""

from urllib.parse import quote, urljoin

from node.work.telling_heard import NO_LESSON, NOTHING, Heard, heard, title_of
from schemas.heard import HeardLesson
from schemas.refused import Refused

from .enrolled import unknown_at_hub
from .markup import Child, Html, h
from .page import coded, page, panel
from .refusal_words import told
from .visit import Answer, Visit


def show(visit: Visit) -> Answer:
    """Ask the hub, and show of each lesson who cited it, tried it, asked about it or acted on it."""
    body: Child
    if not visit.desk.is_enrolled:
        body = h("p", coded(unknown_at_hub(visit)), class_="note warn")
    else:
        try:
            found = visit.desk.heard()
            body = [_lesson(visit, one) for one in found] or h("p", visit.told(NO_LESSON), class_="quiet")
        except Refused as error:  # the hub is away or refuses: the page says so, and its other links still lead on
            body = h("p", told(visit, error), class_="note warn", role="status")
    return page(
        visit,
        visit.t("Wat er van uw lessen werd", "What became of your lessons"),
        h("div", body, class_="stack"),
        lead=visit.t(
            "Wat andere regio's met lessen van deze regio deden, zoals de hub het nu vertelt.",
            "What other regions did with lessons of this region, as the hub tells it now.",
        ),
    )


def _lesson(visit: Visit, one: HeardLesson) -> Html:
    lines = [_line(line) for line in heard(one, visit.lang)]
    return panel(
        title_of(one),
        h("ul", lines, class_="list") if lines else h("p", visit.told(NOTHING), class_="quiet"),
        h(
            "p",
            h("a", visit.t("Bekijk bij de hub", "See it at the hub"), href=_at_the_hub(visit, one.event_id),
              aria_label=visit.t(f"Bekijk {title_of(one)} bij de hub", f"See {title_of(one)} at the hub")),
            class_="small gap-s",
        ),
    )  # fmt: skip


def _line(line: Heard) -> Html:
    label = f"{line.label[:1].upper()}{line.label[1:]}: "
    event = h("code", line.event[:16]) if line.event else None
    return h("li", h("strong", label), line.said, " ", event, class_="under" if line.is_under else None)


def _at_the_hub(visit: Visit, event_id: str) -> str:
    base = visit.desk.settings.hub_url.rstrip("/") + "/"
    return urljoin(base, f"lessons/{quote(event_id, safe='')}?lang={visit.lang}")
