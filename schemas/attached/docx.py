"""Word documents (DOCX): known parts, no macro, object, comment or author, and all words that stand in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.parsers import expat

from .docx_words import Words, read_xml
from .jpeg import check_jpeg
from .png import check_png
from .refusal import FileUnfit
from .writing import TURNING
from .zip_parts import zip_parts

_INSPECT: Final = "in Word: File, Info, Check for Issues, Inspect Document, Remove All; then save it anew"
_DOCUMENT: Final = "word/document.xml"
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_KNOWN: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml"
    r"|word/(?:document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes"
    r"|header[0-9]*|footer[0-9]*|theme/theme[0-9]*)\.xml"
    r"|word/_rels/(?:document|settings|numbering|footnotes|endnotes|header[0-9]*|footer[0-9]*)\.xml\.rels"
    r"|word/media/[A-Za-z0-9_-]+\.(?:png|jpe?g)"
)
_REFUSED: Final = (  # parts that people ask about by name, and what to do
    (re.compile(r"vba|macro", re.IGNORECASE), "holds macros; save it as a document without macros (.docx)"),
    (
        re.compile(r"embeddings|activeX|\.bin$|afchunk", re.IGNORECASE),
        "holds another file or a control inside; take it out, or paste it as a picture",
    ),
    (
        re.compile(r"comments|people|customXml|custom\.xml|thumbnail", re.IGNORECASE),
        f"holds comments, names of their writers, or data that readers do not see; take them out, {_INSPECT}",
    ),
)
_NAMED: Final = ("creator", "lastModifiedBy", "Manager")  # elements of a document's properties that name a person
_PROPERTIES: Final = ("title", "subject", "keywords", "description", "category", "Company", "HyperlinkBase")
_NUMBERED: Final = re.compile("%[1-9]")  # how a list is numbered
_OUTSIDE: Final = ("https://", "http://", "mailto:")
_MOST_PIXELS: Final = 40_000_000  # of all pictures: a few kilobytes of one colour unpack to as many as one may have
_MOST_PICTURED: Final = 1024 * 1024  # bytes of all pictures: they are packed, so an archive makes them no smaller
_MEDIA: Final = "word/media/"
_MOST_MARKS: Final = 400_000  # that begin or end an element, of all parts: a few kilobytes unpack to many


def docx_text(content: bytes) -> str:
    """Return all words of a document, in the order of its parts; raises FileUnfit."""
    parts = zip_parts(content)
    _check_names(parts)
    if sum(part.count(b"<") for name, part in parts.items() if not name.startswith(_MEDIA)) > _MOST_MARKS:
        raise FileUnfit("has too many parts to read; make it simpler")
    texts: list[str] = []
    beside: list[str] = []
    try:
        _check_types(parts["[Content_Types].xml"])
        _check_pictures(parts)
        for name in sorted(parts, key=lambda one: (one != _DOCUMENT, one)):
            said = Words()
            beside += _beside(name, parts[name], said)
            texts.append(said.text())
            beside += said.beside
    except (expat.ExpatError, LookupError):
        raise FileUnfit("is no whole document; open it in Word and save it anew") from None
    shown = (one.strip() for one in beside if any(sign.isalnum() for sign in _NUMBERED.sub("", one)))
    text = "\n".join(filter(None, (*texts, *dict.fromkeys(shown))))
    if TURNING & set(text):
        raise FileUnfit("holds signs that turn text around; take them out")
    return text


def _check_names(parts: Mapping[str, bytes]) -> None:
    for name in parts:
        if _KNOWN.fullmatch(name) is None:
            told = next((told for sign, told in _REFUSED if sign.search(name)), None)
            raise FileUnfit(told or f"has a part that plain documents do not have; {_INSPECT}")
    if not {_DOCUMENT, "[Content_Types].xml", "_rels/.rels"} <= parts.keys():
        raise FileUnfit("is a zip archive and no Word document; save it as .docx")


def _check_types(part: bytes) -> None:
    types = [attributes.get("ContentType", "") for _, attributes in _elements(part)]
    if any("macro" in one.lower() or "activex" in one.lower() or "oleobject" in one.lower() for one in types):
        raise FileUnfit("holds macros or a control; save it as a document without macros (.docx)")
    if _MAIN not in types:
        raise FileUnfit("is no Word document, or a template; save it as .docx")


def _check_pictures(parts: Mapping[str, bytes]) -> None:
    pixels = 0
    if sum(len(part) for name, part in parts.items() if name.startswith(_MEDIA)) > _MOST_PICTURED:
        raise FileUnfit("holds pictures that are not packed as pictures are; take them out, or save them anew")
    for name in parts:
        if name.startswith(_MEDIA):
            pixels += (check_png if name.endswith(".png") else check_jpeg)(parts[name])
        if pixels > _MOST_PIXELS:
            raise FileUnfit(
                f"holds pictures of more than {_MOST_PIXELS // 1_000_000} million pixels together; make them smaller"
            )


def _beside(name: str, part: bytes, words: Words) -> Iterator[str]:
    """Look one part through, give its text to `words`, and yield what is said in links and properties."""
    if name.endswith(".rels"):
        yield from _links(part)
    elif name.startswith("docProps/"):
        yield from _properties(part)
    elif name.startswith("word/") and not name.startswith(_MEDIA):
        read_xml(part, words.start, words.end, words.characters)


def _links(part: bytes) -> Iterator[str]:
    for _, attributes in _elements(part):
        target = attributes.get("Target", "")
        if attributes.get("TargetMode", "Internal").lower() == "internal":
            continue
        type_ = attributes.get("Type", "")
        if not (type_.endswith("/hyperlink") and "\n" not in type_ and target.lower().startswith(_OUTSIDE)):
            raise FileUnfit(
                "takes a template, picture or part from elsewhere; put it into the document, and choose the template "
                "Normal"
            )
        yield target


def _properties(part: bytes) -> Iterator[str]:
    open_: list[str] = []
    said: dict[str, list[str]] = {}

    def characters(text: str) -> None:
        if open_:
            said.setdefault(open_[-1], []).append(text)

    read_xml(part, lambda name, _: open_.append(name), lambda _: open_.pop(), characters)
    told = {name: "".join(parts).strip() for name, parts in said.items()}
    if any(told.get(name) for name in _NAMED):
        raise FileUnfit(f"names its author, manager or who saved it last; take the names out, {_INSPECT}")
    yield from (told[name] for name in _PROPERTIES if name in told)


def _elements(part: bytes) -> list[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = []
    read_xml(part, lambda name, attributes: found.append((name, attributes)))
    return found
