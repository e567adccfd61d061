"""Lessons, evaluations and assessments as Atom 1.0 and JSON Feed 1.1: plain text only, ids that never change.

An entry is updated when the hub accepted it, an evaluation that waited for figures when they were opened, a lesson also
when evidence of it changed. A revised lesson keeps the entry of its first version. One that was taken back is a
tombstone: in Atom a deleted-entry (RFC 6721), in JSON Feed an item that says so in the extension `_regiohelix`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator

from hub.serving.assessment_text import summary
from hub.serving.assessments import AcceptedAssessment, AssessmentFeedPage
from hub.serving.attachments import Attached
from hub.serving.evaluations import AcceptedEvaluation, EvaluationFeedPage
from hub.serving.evidence_text import evidence_said
from hub.serving.feed_extensions import Enclosures, EntryLanguage, Tombstones, clean, event_urn
from hub.serving.lessons import AcceptedLesson, FeedPage, WithdrawnLesson
from schemas.canonical import sha256_hex

EMPTY: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a feed without entries has not been updated yet
PARTS: Final = ("context", "barrier_or_opportunity", "action", "consequence", "advice")


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
    files: Sequence[Attached] = ()


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
Files = Mapping[str, Sequence[Attached]]
NO_FILES: Final[Files] = {}
AnyPage = FeedPage | EvaluationFeedPage | AssessmentFeedPage


def atom(page: AnyPage, site: str, of: Feed = LESSONS, asked: str = "", files: Files = NO_FILES) -> bytes:
    """Return one page as Atom 1.0; `site` is the hub's address with a closing slash, `asked` the question in it.

    `files` are those beside lessons, by the events of these.
    """
    address = f"{site}feeds/{of.name}.atom"
    at_page = f"{address}?{asked}&page=" if asked else f"{address}?page="
    feed = FeedGenerator()
    feed.id(f"urn:regiohelix:feed:{of.name}{':' + sha256_hex(asked.encode())[:16] if asked else ''}")
    feed.title(of.title)
    feed.updated(_updated(page))
    with_question = f"{address}?{asked}&" if asked else f"{address}?"
    feed.link(href=with_question + _this(page), rel="self", type="application/atom+xml")
    feed.link(href=f"{site}{of.home}", rel="alternate", type="text/html")
    feed.link(href=f"{address}?{asked}" if asked else address, rel="first")
    feed.link(href=f"{at_page}{page.pages}", rel="last")
    if page.page > 1 and not (isinstance(page, FeedPage) and page.before):
        feed.link(href=f"{at_page}{page.page - 1}", rel="previous")
    if (following := _next(page)) is not None:
        feed.link(href=with_question + following, rel="next")
    feed.register_extension("tombstones", Tombstones, BaseEntryExtension)
    for one in page.entries:
        if isinstance(one, WithdrawnLesson):
            feed.tombstones.gone.append(one)
        else:
            feed.add_entry(_entry(_told(one, site, files), site), order="append")
    found: bytes = feed.atom_str(pretty=True)
    return found


def _entry(told: _Told, site: str) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("tongue", EntryLanguage)
    entry.tongue.code = told.language
    entry.id(event_urn(told.entry))
    entry.title(clean(told.title))
    entry.updated(told.accepted_at)
    entry.published(told.published_at)
    entry.author(name=clean(told.author))
    entry.link(href=told.address, rel="alternate")
    entry.register_extension("files", Enclosures)
    entry.files.links = [
        {"href": f"{site}{one.path[1:]}", "type": one.media_type, "hreflang": one.language, "length": str(one.size)}
        | {"title": clean(one.title)}
        for one in told.files
    ]
    entry.content(clean(told.text), type="text")
    if told.rights:
        entry.rights(clean(told.rights))
    for theme in told.tags:
        entry.category(term=clean(theme))
    return entry


def json_feed(page: AnyPage, site: str, of: Feed = LESSONS, asked: str = "", files: Files = NO_FILES) -> dict[str, Any]:
    """Return one page as JSON Feed 1.1; `site` is the hub's address with a closing slash, `asked` the question.

    `files` are those beside lessons, by the events of these.
    """
    address = f"{site}feeds/{of.name}.json?{f'{asked}&' if asked else ''}"
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": of.title,
        "home_page_url": f"{site}{of.home}",
        "feed_url": address + _this(page),
        "items": [
            _withdrawn_item(one, of) if isinstance(one, WithdrawnLesson) else _item(_told(one, site, files), site)
            for one in page.entries
        ],
    }
    if (following := _next(page)) is not None:
        feed["next_url"] = address + following
    return feed


def _this(page: AnyPage) -> str:
    return f"before={page.before}" if isinstance(page, FeedPage) and page.before else f"page={page.page}"


def _next(page: AnyPage) -> str | None:
    """Return what the next page is asked for by: lessons by their place, which moves for nothing that is added."""
    if isinstance(page, FeedPage):
        return None if page.following is None else f"before={page.following}"
    return f"page={page.page + 1}" if page.page < page.pages else None


def lesson_item(one: AcceptedLesson | WithdrawnLesson, site: str) -> dict[str, Any]:
    """Return a lesson, or that it was taken back, as the item that the JSON feed has of it."""
    return _withdrawn_item(one, LESSONS) if isinstance(one, WithdrawnLesson) else _item(_told(one, site), site)


def _item(told: _Told, site: str) -> dict[str, Any]:
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
        **({"attachments": [_attachment(one, site) for one in told.files]} if told.files else {}),
        **({"_regiohelix": told.more} if told.more else {}),
    }


def _attachment(one: Attached, site: str) -> dict[str, Any]:
    told = {"url": f"{site}{one.path[1:]}", "mime_type": one.media_type}
    return told | {"title": one.title, "size_in_bytes": one.size}


def _withdrawn_item(one: WithdrawnLesson, of: Feed) -> dict[str, Any]:
    told = {"withdrawn": True, "kind": one.correction.kind, "at": one.correction.at, "reason": one.correction.reason}
    return {
        "id": event_urn(one.entry),
        "title": of.taken_back,
        "content_text": of.taken_back,
        "date_modified": one.correction.at,
        "_regiohelix": told | {"event_id": one.correction.event_id, "region": one.region},
    }


def _told(one: AcceptedLesson | AcceptedEvaluation | AcceptedAssessment, site: str, files: Files = NO_FILES) -> _Told:
    if isinstance(one, AcceptedAssessment):
        return _assessment(one, site)
    if isinstance(one, AcceptedEvaluation):
        return _evaluation(one, site)
    return _lesson(one, site)._replace(files=files.get(one.event_id, ()))


def _lesson(one: AcceptedLesson, site: str) -> _Told:
    lesson = one.payload
    parts = [str(getattr(lesson, name)).strip() for name in PARTS]
    parts += [evidence_said(change).told(lesson.language) for change in one.evidence_changed]
    # the pages hold public ones only
    address = f"{site}lessons/{one.event_id}" if one.audience == "public" else f"{site}api/v1/lessons/{one.event_id}"
    return _Told(
        one.entry, address, lesson.title, "\n\n".join(filter(None, parts)), lesson.language,
        f"{lesson.author_role}, {one.region_name}", lesson.licence, lesson.themes, one.published_at,
        _moment(one), {"evidence_changed": one.evidence_changed} if one.evidence_changed else {},
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
    if isinstance(one, AcceptedEvaluation):
        return one.told_at
    changes = one.evidence_changed if isinstance(one, AcceptedLesson) else ()
    return max([one.accepted_at, *(change.at for change in changes)])
