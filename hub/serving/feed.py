"""Lessons, evaluations and assessments as Atom 1.0 and JSON Feed 1.1: plain text only, ids that never change.

An entry is updated when the hub accepted it, an evaluation that waited for figures when they were opened.
A revised lesson keeps the entry of its first version. One that was taken back is a tombstone: in Atom a deleted-entry
(RFC 6721), in JSON Feed an item that says so in the extension `_regiohelix`.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator

from hub.serving.assessment_text import summary
from hub.serving.assessments import AcceptedAssessment, AssessmentFeedPage
from hub.serving.evaluations import AcceptedEvaluation, EvaluationFeedPage
from hub.serving.lessons import AcceptedLesson, FeedPage, WithdrawnLesson
from schemas.canonical import sha256_hex

EMPTY: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a feed without entries has not been updated yet
PARTS: Final = ("context", "barrier_or_opportunity", "action", "consequence", "advice")
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class Feed(NamedTuple):
    """One feed: its name in addresses, the page that people read instead, and its words in both languages."""

    name: str
    home: str
    title: str
    taken_back: str


class _Told(NamedTuple):
    """One entry as both forms tell it; `language` is empty where the text is in both."""

    entry: str
    address: str
    title: str
    text: str
    language: str
    author: str
    rights: str
    tags: tuple[str, ...]
    published_at: str
    accepted_at: str
    more: dict[str, Any]


LESSONS: Final = Feed(
    "lessons", "lessons", "Regiohelix: lessen | lessons", "Deze les is teruggetrokken. | This lesson was withdrawn."
)
EVALUATIONS: Final = Feed(
    "evaluations",
    "",
    "Regiohelix: evaluaties | evaluations",
    "Deze evaluatie is teruggetrokken. | This evaluation was withdrawn.",
)

ASSESSMENTS: Final = Feed(
    "assessments",
    "readiness",
    "Regiohelix: gereedheid | readiness",
    "Deze beoordeling is teruggetrokken. | This assessment was withdrawn.",
)
AnyPage = FeedPage | EvaluationFeedPage | AssessmentFeedPage


class _Language(BaseEntryExtension):  # type: ignore[misc]
    """Gives one entry its own language, which feedgen itself only knows for a whole feed."""

    def __init__(self) -> None:
        self.code = ""

    def extend_atom(self, entry: Any) -> Any:
        """Set xml:lang on the entry."""
        if self.code:
            entry.set(_XML_LANG, self.code)
        return entry


class _Tombstones(BaseExtension):  # type: ignore[misc]
    """Tells subscribers which entries are no more, which feedgen itself cannot."""

    def __init__(self) -> None:
        self.gone: list[WithdrawnLesson] = []

    def extend_ns(self) -> dict[str, str]:
        """Name the namespace of RFC 6721."""
        return {"at": TOMBSTONES}

    def extend_atom(self, feed: Any) -> Any:
        """Add a deleted-entry for each that was taken back."""
        for one in self.gone:
            about = {"ref": event_urn(one.entry), "when": one.correction.at}
            told = feed.makeelement(f"{{{TOMBSTONES}}}deleted-entry", about)
            feed.append(told)
            if one.correction.reason is not None:
                comment = feed.makeelement(f"{{{TOMBSTONES}}}comment")
                comment.text = _clean(one.correction.reason)
                told.append(comment)
        return feed


def event_urn(event_id: str) -> str:
    """Return the id of an entry: that of its first event, so it is the same at every address and in every version."""
    return f"urn:regiohelix:event:{event_id}"


def atom(page: AnyPage, site: str, of: Feed = LESSONS, asked: str = "") -> bytes:
    """Return one page as Atom 1.0; `site` is the hub's address with a closing slash, `asked` the question in it."""
    address = f"{site}feeds/{of.name}.atom"
    at_page = f"{address}?{asked}&page=" if asked else f"{address}?page="
    feed = FeedGenerator()
    feed.id(f"urn:regiohelix:feed:{of.name}{':' + sha256_hex(asked.encode())[:16] if asked else ''}")
    feed.title(of.title)
    feed.updated(_updated(page))
    feed.link(href=f"{at_page}{page.page}", rel="self", type="application/atom+xml")
    feed.link(href=f"{site}{of.home}", rel="alternate", type="text/html")
    feed.link(href=f"{address}?{asked}" if asked else address, rel="first")
    feed.link(href=f"{at_page}{page.pages}", rel="last")
    if page.page > 1:
        feed.link(href=f"{at_page}{page.page - 1}", rel="previous")
    if page.page < page.pages:
        feed.link(href=f"{at_page}{page.page + 1}", rel="next")
    feed.register_extension("tombstones", _Tombstones, BaseEntryExtension)
    for one in page.entries:
        if isinstance(one, WithdrawnLesson):
            feed.tombstones.gone.append(one)
        else:
            feed.add_entry(_entry(_told(one, site)), order="append")
    found: bytes = feed.atom_str(pretty=True)
    return found


def _entry(told: _Told) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("tongue", _Language)
    entry.tongue.code = told.language
    entry.id(event_urn(told.entry))
    entry.title(_clean(told.title))
    entry.updated(told.accepted_at)
    entry.published(told.published_at)
    entry.author(name=_clean(told.author))
    entry.link(href=told.address, rel="alternate")
    entry.content(_clean(told.text), type="text")
    if told.rights:
        entry.rights(_clean(told.rights))
    for theme in told.tags:
        entry.category(term=_clean(theme))
    return entry


def json_feed(page: AnyPage, site: str, of: Feed = LESSONS, asked: str = "") -> dict[str, Any]:
    """Return one page as JSON Feed 1.1; `site` is the hub's address with a closing slash, `asked` the question."""
    address = f"{site}feeds/{of.name}.json?{f'{asked}&' if asked else ''}page="
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": of.title,
        "home_page_url": f"{site}{of.home}",
        "feed_url": f"{address}{page.page}",
        "items": [
            _withdrawn_item(one, of) if isinstance(one, WithdrawnLesson) else _item(_told(one, site))
            for one in page.entries
        ],
    }
    if page.page < page.pages:
        feed["next_url"] = f"{address}{page.page + 1}"
    return feed


def _item(told: _Told) -> dict[str, Any]:
    return {
        "id": event_urn(told.entry),
        "url": told.address,
        "title": told.title,
        "content_text": told.text,
        "date_published": told.published_at,
        "date_modified": told.accepted_at,
        **({"language": told.language} if told.language else {}),
        "authors": [{"name": told.author}],
        "tags": list(told.tags),
        **({"_regiohelix": told.more} if told.more else {}),
    }


def _withdrawn_item(one: WithdrawnLesson, of: Feed) -> dict[str, Any]:
    told = {"withdrawn": True, "kind": one.correction.kind, "at": one.correction.at, "reason": one.correction.reason}
    return {
        "id": event_urn(one.entry),
        "title": of.taken_back,
        "content_text": of.taken_back,
        "date_modified": one.correction.at,
        "_regiohelix": told | {"event_id": one.correction.event_id, "region": one.region},
    }


def _told(one: AcceptedLesson | AcceptedEvaluation | AcceptedAssessment, site: str) -> _Told:
    if isinstance(one, AcceptedAssessment):
        return _assessment(one, site)
    return _evaluation(one, site) if isinstance(one, AcceptedEvaluation) else _lesson(one, site)


def _lesson(one: AcceptedLesson, site: str) -> _Told:
    lesson = one.payload
    parts = (str(getattr(lesson, name)).strip() for name in PARTS)
    # the pages hold public ones only
    address = f"{site}lessons/{one.event_id}" if one.audience == "public" else f"{site}api/v1/lessons/{one.event_id}"
    return _Told(
        one.entry, address, lesson.title, "\n\n".join(filter(None, parts)), lesson.language,
        f"{lesson.author_role}, {one.region_name}", lesson.licence, lesson.themes, one.published_at,
        one.accepted_at, {},
    )  # fmt: skip


def _evaluation(one: AcceptedEvaluation, site: str) -> _Told:
    said = one.payload
    on_page = f"{site}regions/{one.region}#{anchor(one.event_id)}"
    address = on_page if one.audience == "public" else f"{site}api/v1/evaluations/{one.event_id}"
    title = f"{said.title.nl}: {said.indicator} | {said.title.en}: {said.indicator}"
    more = {"outcome": one.outcome, "level": said.level, "indicator": said.indicator, "region": one.region}
    return _Told(
        one.entry, address, title, f"{said.reading.nl}\n\n{said.reading.en}", "", f"{said.made_by}, {one.region_name}",
        "", (said.indicator,), one.published_at, one.told_at, more | {"evidence_changed": one.evidence_changed},
    )  # fmt: skip


def _assessment(one: AcceptedAssessment, site: str) -> _Told:
    said, told = one.payload, summary(one)
    on_page = f"{site}regions/{one.region}#{assessment_anchor(one.event_id)}"
    address = on_page if one.audience == "public" else f"{site}api/v1/assessments/{one.event_id}"
    title = f"{said.title.nl}, {said.period} | {said.title.en}, {said.period}"
    more = {"instrument": said.instrument, "period": said.period, "region": one.region}
    return _Told(
        one.entry, address, title, f"{told.nl}\n\n{told.en}", "", f"{said.made_by}, {one.region_name}",
        "", (said.instrument,), one.published_at, one.accepted_at,
        more | {"least_integrated": list(one.least_integrated)},
    )  # fmt: skip


def assessment_anchor(event_id: str) -> str:
    """Return the place of an assessment on its region's page."""
    return f"assessment-{event_id[:16]}"


def anchor(event_id: str) -> str:
    """Return the place of an evaluation on its region's page."""
    return f"evaluation-{event_id[:16]}"


def _updated(page: AnyPage) -> datetime:
    moments = [_moment(one) for one in page.entries]
    return max((datetime.fromisoformat(moment) for moment in moments), default=EMPTY)


def _moment(one: AcceptedLesson | AcceptedEvaluation | AcceptedAssessment | WithdrawnLesson) -> str:
    if isinstance(one, WithdrawnLesson):
        return one.correction.at
    return one.told_at if isinstance(one, AcceptedEvaluation) else one.accepted_at


def _clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold at all."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
