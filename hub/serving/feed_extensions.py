"""What Atom has and feedgen lacks: an entry's own language and files, and the entries that are no more (RFC 6721)."""

import re
from typing import Any, Final

from feedgen.ext.base import BaseEntryExtension, BaseExtension

from hub.serving.lessons import WithdrawnLesson

_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class EntryLanguage(BaseEntryExtension):  # type: ignore[misc]
    """Gives one entry its own language, which feedgen itself only knows for a whole feed."""

    def __init__(self) -> None:
        self.code = ""

    def extend_atom(self, entry: Any) -> Any:
        """Set xml:lang on the entry."""
        if self.code:
            entry.set(_XML_LANG, self.code)
        return entry


class Enclosures(BaseEntryExtension):  # type: ignore[misc]
    """Gives an entry the files beside it, of which feedgen's own links keep nothing but the address."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []  # of each the attributes of an Atom link

    def extend_atom(self, entry: Any) -> Any:
        """Add a link for each file."""
        for one in self.links:
            entry.append(entry.makeelement(entry.tag.replace("entry", "link"), one | {"rel": "enclosure"}))
        return entry


class Tombstones(BaseExtension):  # type: ignore[misc]
    """Tells subscribers which entries are no more, which feedgen itself cannot."""

    def __init__(self) -> None:
        self.gone: list[WithdrawnLesson] = []

    def extend_ns(self) -> dict[str, str]:
        """Name the namespace of RFC 6721."""
        return {"at": _TOMBSTONES}

    def extend_atom(self, feed: Any) -> Any:
        """Add a deleted-entry for each that was taken back."""
        for one in self.gone:
            about = {"ref": event_urn(one.entry), "when": one.correction.at}
            told = feed.makeelement(f"{{{_TOMBSTONES}}}deleted-entry", about)
            feed.append(told)
            if one.correction.reason is not None:
                comment = feed.makeelement(f"{{{_TOMBSTONES}}}comment")
                comment.text = clean(one.correction.reason)
                told.append(comment)
        return feed


def event_urn(event_id: str) -> str:
    """Return the id of an entry: that of its first event, so it is the same at every address and in every version."""
    return f"urn:regiohelix:event:{event_id}"


def clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold at all."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
