"""FHIR in XML, brought to the same elements as JSON; a document type, and so every entity, is refused unread."""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

from .fhir_elements import Element

_NAMESPACE: Final = "http://hl7.org/fhir"
_DEEPEST: Final = 100  # elements; FHIR's own structures stay below 30
_MOST: Final = 1_000_000  # elements, of up to 500 bytes each once they are objects of Python


class XmlNotFhir(Exception):
    """XML that is not a FHIR resource, or must not be read; the message is the end of a sentence, without a value."""


def parse_xml(content: bytes) -> Element:
    """Parse one resource or bundle; elements come as lists, primitives as their texts, extensions under `_name`.

    Raises XmlNotFhir for XML that is not well formed, of another kind, nested too deeply, or with a document type.
    """
    built = _Builder()
    # expat without a handler for external entities fetches nothing, and a document type ends the reading at once
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler, parser.EndElementHandler = built.start, built.end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise XmlNotFhir("is not well-formed XML") from None
    if "resourceType" not in built.whole:
        raise XmlNotFhir("is XML, and no FHIR resource")
    return built.whole


def _refuse_document_type(*_: Any) -> None:
    raise XmlNotFhir("has a document type (DOCTYPE), which FHIR never has")


class _Builder:
    """The elements that are open: the name of each, its value where it is a primitive, and its fields as lists."""

    def __init__(self) -> None:
        self.whole: Element = {}
        self._open: list[tuple[str, str | None, Element]] = []
        self._skipped = self._seen = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self._skipped or namespace != _NAMESPACE:
            self._skipped += 1  # the narrative is XHTML, and nothing is read from it
            return
        self._seen += 1
        if self._seen > _MOST:
            raise XmlNotFhir("has over a million elements")
        if len(self._open) >= _DEEPEST:
            raise XmlNotFhir(f"is nested more than {_DEEPEST} elements deep")
        fields: Element = {"url": [attributes["url"]]} if "url" in attributes else {}
        self._open.append((local, attributes.get("value"), fields))

    def end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        local, value, fields = self._open.pop()
        holder = self._open[-1][2] if self._open else self.whole
        if local[0].isupper():
            # <resource> and <contained> are the resource that they hold
            holder.update(fields, resourceType=local)
        elif value is None:
            holder.setdefault(local, []).append(fields)
        else:
            holder.setdefault(local, []).append(value)
            if fields:
                holder.setdefault(f"_{local}", []).append(fields)
