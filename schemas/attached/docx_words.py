"""The words of one part of a Word document: what is shown, hidden, deleted or said of a picture, and every field."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.parsers import expat

from .refusal import FileUnfit

_DEEPEST: Final = 200  # elements
_MOST: Final = 500_000
_MOST_SAID: Final = 200  # attributes of one element
_LONGEST_FIELD: Final = 2_000  # characters of what a field does
_FIELDS: Final = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK", "TOC", "TC", "REF", "PAGEREF", "NOTEREF", "SEQ", "STYLEREF",
     "DATE", "TIME", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "SYMBOL", "XE", "INDEX", "="}
)  # fmt: skip
_RUNS: Final = frozenset({"altChunk", "OLEObject", "object", "control", "subDoc", "mailMerge", "movie", "script"})
_SAID: Final = ("descr", "title", "alt", "tooltip", "string", "instr")  # attributes with words, of any element
_NAMED: Final = {
    "docPr": ("name",), "cNvPr": ("name",), "bookmarkStart": ("name",), "docVar": ("name", "val"), "alias": ("val",),
    "tag": ("val",), "statusText": ("val",), "helpText": ("val",), "default": ("val",), "listEntry": ("val",),
    "lvlText": ("val",),
}  # fmt: skip
_FETCH: Final = (
    "src",
    "althref",
    "href",
)  # attributes by which a drawing of the older kind (VML) shows what lies there
_RELATION: Final = re.compile(r"[A-Za-z0-9_]*")  # the name of a relation, which says where it leads for itself
_MADE_BY_WORD: Final = " Char"  # a style that Word makes beside one of the same name
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n"}
_WORDY: Final = frozenset({"t", "delText", "instrText", "delInstrText"})


class Words:
    """Collects the words of a part as its elements pass."""

    def __init__(self) -> None:
        self.beside: list[str] = []
        self._found: list[str] = []
        self._open: list[str] = []
        self._fields: list[str] = []
        self._is_own_style = False

    def text(self) -> str:
        """Return the text; what is said beside it (of pictures, links, own styles, lists) is in `beside`."""
        return "".join(self._found).strip()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take in one element that starts."""
        self._open.append(name)
        if name in _RUNS:
            raise FileUnfit("holds another file, a control or a part from elsewhere; take it out")
        if attributes.get("author", "").strip() or attributes.get("initials", "").strip():
            raise FileUnfit("tells who changed or noted what; accept or refuse all changes and take the notes out")
        if any(_RELATION.fullmatch(attributes.get(one, "")) is None for one in _FETCH):
            raise FileUnfit("has a drawing that takes a picture, or leads, elsewhere; paste it anew as a picture")
        self._found.append(_BREAKS.get(name, ""))
        self.beside += [attributes[one] for one in (*_SAID, *_NAMED.get(name, ())) if one in attributes]
        if name == "style":
            self._is_own_style = attributes.get("customStyle", "0") in ("1", "true", "on")
        elif name == "name" and self._is_own_style and not attributes.get("val", "").endswith(_MADE_BY_WORD):
            self.beside.append(attributes.get("val", ""))
        elif name == "fldSimple":
            _check_field(attributes.get("instr", ""))
        elif name == "fldChar":
            self._field(attributes.get("fldCharType", ""))

    def end(self, name: str) -> None:
        """Take in one element that ends."""
        self._open.pop()
        if name == "p":
            self._found.append("\n")
        if not self._open and self._fields:
            raise FileUnfit("has a field that does not end; open it in Word and save it anew")

    def characters(self, text: str) -> None:
        """Take in what stands in an element; outside of words only blanks do, or what is as good as words."""
        name = self._open[-1] if self._open else ""
        if name in ("instrText", "delInstrText"):
            if not self._fields:
                raise FileUnfit("has a field that does not begin; open it in Word and save it anew")
            self._fields[-1] += text[:_LONGEST_FIELD]
            if len(self._fields[-1]) > _LONGEST_FIELD:
                raise FileUnfit("has a field that is too long; turn it into plain text")
        if name in _WORDY:
            self._found.append(text)
        elif text.strip():
            self.beside.append(text.strip())

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
            return
        if not self._fields or kind not in ("separate", "end"):
            raise FileUnfit("has a field that does not begin; open it in Word and save it anew")
        _check_field(self._fields[-1])
        if kind == "end":
            self._fields.pop()


def _check_field(instruction: str) -> None:
    words = instruction.split()
    if words and words[0].upper() not in _FIELDS and not words[0].startswith("="):
        raise FileUnfit("has a field that fetches or runs something, or names a person; turn it into plain text")


def read_xml(
    part: bytes,
    start: Callable[[str, Mapping[str, str]], Any],
    end: Callable[[str], Any] | None = None,
    characters: Callable[[str], Any] | None = None,
) -> None:
    """Call `start`, `end` and `characters` with names without their namespace; raises FileUnfit and ExpatError."""
    depth = seen = 0

    def started(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, seen
        depth, seen = depth + 1, seen + 1
        if depth > _DEEPEST or seen > _MOST or len(attributes) > _MOST_SAID:
            raise FileUnfit("is nested too deeply or has too many parts; make it simpler")
        said: dict[str, str] = {}
        for key, value in attributes.items():  # none hides behind one of the same name in another namespace
            bare = key.rpartition(" ")[2]
            said[bare] = f"{said[bare]}\n{value}" if bare in said else value
        start(name.rpartition(" ")[2], said)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name.rpartition(" ")[2])

    def refuse(*_: object) -> None:
        raise FileUnfit("declares a document type, which no Word document does; check where it is from")

    def refuse_notes(*_: object) -> None:
        raise FileUnfit("holds notes between its parts that nobody sees; open it in Word and save it anew")

    # without a handler for external entities nothing is fetched, and a document type ends the reading at once
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.CommentHandler = parser.ProcessingInstructionHandler = refuse_notes
    parser.StartElementHandler, parser.EndElementHandler = started, ended
    if characters is not None:
        parser.CharacterDataHandler = characters
    parser.Parse(part, True)
