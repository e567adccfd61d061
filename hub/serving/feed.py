"""Lessons as Atom 1.0 and JSON Feed 1.1: plain text only, ids that never change, updated when the hub accepted them.

A revised lesson keeps the entry of its first version. One that was taken back is a tombstone: in Atom a deleted-entry
(RFC 6721), in JSON Feed an item that says so in the extension `_regiohelix`.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator

from hub.serving.lessons import AcceptedLesson, FeedPage, WithdrawnLesson

FEED_ID: Final = "urn:regiohelix:feed:lessons"
TITLE: Final = "Regiohelix: lessen | lessons"
EMPTY: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a feed without entries has not been updated yet
PARTS: Final = ("context", "barrier_or_opportunity", "action", "consequence", "advice")
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
TAKEN_BACK: Final = "Deze les is teruggetrokken. | This lesson was withdrawn."
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class _Language(BaseEntryExtension):  # type: ignore[misc]
    """Gives one entry its own language, which feedgen itself only knows for a whole feed."""

    def __init__(self) -> None:
        self.code = ""

    def extend_atom(self, entry: Any) -> Any:
        """Set xml:lang on the entry."""
        entry.set(_XML_LANG, self.code)
        return entry


class _Tombstones(BaseExtension):  # type: ignore[misc]
    """Tells subscribers which entries are no more, which feedgen itself cannot."""

    def __init__(self) -> None:
        self.lessons: list[WithdrawnLesson] = []

    def extend_ns(self) -> dict[str, str]:
        """Name the namespace of RFC 6721."""
        return {"at": TOMBSTONES}

    def extend_atom(self, feed: Any) -> Any:
        """Add a deleted-entry per lesson."""
        for one in self.lessons:
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


def atom(page: FeedPage, site: str) -> bytes:
    """Return one page as Atom 1.0; `site` is the hub's address with a closing slash."""
    address = f"{site}feeds/lessons.atom"
    feed = FeedGenerator()
    feed.id(FEED_ID)
    feed.title(TITLE)
    feed.updated(_updated(page))
    feed.link(href=f"{address}?page={page.page}", rel="self", type="application/atom+xml")
    feed.link(href=f"{site}lessons", rel="alternate", type="text/html")
    feed.link(href=address, rel="first")
    feed.link(href=f"{address}?page={page.pages}", rel="last")
    if page.page > 1:
        feed.link(href=f"{address}?page={page.page - 1}", rel="previous")
    if page.page < page.pages:
        feed.link(href=f"{address}?page={page.page + 1}", rel="next")
    feed.register_extension("tombstones", _Tombstones, BaseEntryExtension)
    for one in page.entries:
        if isinstance(one, WithdrawnLesson):
            feed.tombstones.lessons.append(one)
        else:
            feed.add_entry(_entry(one, site), order="append")
    found: bytes = feed.atom_str(pretty=True)
    return found


def _entry(one: AcceptedLesson, site: str) -> FeedEntry:
    lesson = one.payload
    entry = FeedEntry()
    entry.register_extension("tongue", _Language)
    entry.tongue.code = lesson.language
    entry.id(event_urn(one.entry))
    entry.title(_clean(lesson.title))
    entry.updated(one.accepted_at)
    entry.published(one.published_at)
    entry.author(name=_clean(_author(one)))
    entry.link(href=_address(one, site), rel="alternate")
    entry.content(_clean(text_of(one)), type="text")
    entry.rights(_clean(lesson.licence))
    for theme in lesson.themes:
        entry.category(term=_clean(theme))
    return entry


def json_feed(page: FeedPage, site: str) -> dict[str, Any]:
    """Return one page as JSON Feed 1.1; `site` is the hub's address with a closing slash."""
    address = f"{site}feeds/lessons.json"
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "home_page_url": f"{site}lessons",
        "feed_url": f"{address}?page={page.page}",
        "items": [_item(one, site) for one in page.entries],
    }
    if page.page < page.pages:
        feed["next_url"] = f"{address}?page={page.page + 1}"
    return feed


def _item(one: AcceptedLesson | WithdrawnLesson, site: str) -> dict[str, Any]:
    if isinstance(one, WithdrawnLesson):
        return _withdrawn_item(one)
    lesson = one.payload
    return {
        "id": event_urn(one.entry),
        "url": _address(one, site),
        "title": lesson.title,
        "content_text": text_of(one),
        "date_published": one.published_at,
        "date_modified": one.accepted_at,
        "language": lesson.language,
        "authors": [{"name": _author(one)}],
        "tags": list(lesson.themes),
    }


def _withdrawn_item(one: WithdrawnLesson) -> dict[str, Any]:
    told = {"withdrawn": True, "kind": one.correction.kind, "at": one.correction.at, "reason": one.correction.reason}
    return {
        "id": event_urn(one.entry),
        "title": TAKEN_BACK,
        "content_text": TAKEN_BACK,
        "date_modified": one.correction.at,
        "_regiohelix": told | {"event_id": one.correction.event_id, "region": one.region},
    }


def text_of(one: AcceptedLesson) -> str:
    """Return the whole lesson as plain text, a paragraph per part."""
    return "\n\n".join(part for name in PARTS if (part := str(getattr(one.payload, name)).strip()))


def _author(one: AcceptedLesson) -> str:
    return f"{one.payload.author_role}, {one.region_name}"


def _address(one: AcceptedLesson, site: str) -> str:
    """Return where a reader finds the lesson: the pages hold public ones only."""
    return f"{site}lessons/{one.event_id}" if one.audience == "public" else f"{site}api/v1/lessons/{one.event_id}"


def _updated(page: FeedPage) -> datetime:
    moments = [one.correction.at if isinstance(one, WithdrawnLesson) else one.accepted_at for one in page.entries]
    return max((datetime.fromisoformat(moment) for moment in moments), default=EMPTY)


def _clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold at all."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
