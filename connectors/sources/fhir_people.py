"""Whose a resource is: references resolved to the identifier that stands for a person, and to a medicine's codes."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from . import SourceRefused
from .fhir_elements import Element, elements, first_text
from .fhir_files import Found
from .mapping import SourceMapping
from .settings import BSN_SYSTEM

_OLD_BSN_SYSTEM: Final = "urn:oid:2.16.840.1.113883.2.4.6.3"
_SEVERAL: Final = None  # in the place of an identifier: two patients are called the same


class ReferenceUnresolved(Exception):
    """A reference that leads to nobody; the message is the reason for the reject table, without a value."""


class People:
    """The patients of a delivery by every name that a reference can use, and the medicines beside them."""

    def __init__(self, mapping: SourceMapping) -> None:
        """Choose the identifier that stands for a person; raises SourceRefused where pseudonyms have no system."""
        chosen = mapping.fhir.identifier_system
        if chosen is None and mapping.legal.linkage == "pseudonym":
            raise SourceRefused(
                "fhir.identifier_system: is missing; name the system of the pseudonyms, as in Patient.identifier."
            )
        if chosen is not None:
            self._systems: tuple[str, ...] = (chosen,)
        else:
            self._systems = (BSN_SYSTEM, _OLD_BSN_SYSTEM) if mapping.legal.linkage == "bsn" else ()
        self._patients: dict[str, str | None] = {}
        self._medicines: dict[str, list[Any]] = {}

    def note(self, found: Found) -> None:
        """Remember a patient or a medicine of the delivery."""
        own = first_text(found.content, "id")
        names = [found.url] if found.url else []
        if own:
            names.append(f"{found.type}/{own}")
        if found.type == "Medication":
            for name in names:
                self._medicines[name] = elements(found.content, "code")
            return
        identity = self.identifier(found.content, found.url)
        names += [f"{one[0]}|{one[1]}" for one in _identifiers(found.content)]
        for name in names:
            known = self._patients.setdefault(name, identity)
            if known != identity:
                self._patients[name] = _SEVERAL

    def identifier(self, patient: Element, url: str = "") -> str:
        """Return what stands for a patient: the one current identifier of the chosen system, the empty text if none.

        Where no system is chosen and nothing links, it is the resource's own id.
        """
        if not self._systems:
            return first_text(patient, "id") or url
        found = {value for system, value in _identifiers(patient) if system in self._systems}
        return found.pop() if len(found) == 1 else ""

    def of(self, resource: Element, path: str) -> str:
        """Return the identifier of the person that a resource is about; raises ReferenceUnresolved."""
        references = elements(resource, path)
        if len(references) != 1:
            raise ReferenceUnresolved("is empty" if not references else "names more than one person")
        name = first_text(references[0], "reference")
        if name.startswith("#"):
            return self._contained(resource, name[1:])
        kind, _, search = name.partition("?")
        if search or not name:
            return self._by_identifier(kind, search, references[0])
        for called in (name, _typed(name)):
            if called in self._patients:
                return _one(self._patients[called])
        if not name.startswith("urn:") and not _typed(name).startswith("Patient/"):
            raise ReferenceUnresolved("is not about a patient")
        raise ReferenceUnresolved("points to a patient that is not in the delivery")

    def medicine(self, resource: Element, reference: Element) -> list[Any]:
        """Return the code elements of a medicine that is referred to, none where it is not in the delivery."""
        name = first_text(reference, "reference")
        if name.startswith("#"):
            held = [one for one in elements(resource, "contained") if first_text(one, "id") == name[1:]]
            return elements(held[0], "code") if held else []
        return self._medicines.get(name) or self._medicines.get(_typed(name), [])

    def _contained(self, resource: Element, name: str) -> str:
        for held in elements(resource, "contained"):
            if first_text(held, "id") == name and held.get("resourceType") == "Patient":
                if found := self.identifier(held) if self._systems else "":
                    return found
                raise ReferenceUnresolved("is a patient within the resource, without the identifier")
        raise ReferenceUnresolved("points to a patient that is not in the delivery")

    def _by_identifier(self, kind: str, search: str, reference: Element) -> str:
        if kind not in ("", "Patient"):
            raise ReferenceUnresolved("is not about a patient")
        system, value = first_text(reference, "identifier.system"), first_text(reference, "identifier.value")
        for part in search.split("&"):
            if part.startswith("identifier="):
                system, _, value = unquote(part.removeprefix("identifier=")).partition("|")
        if not value:
            raise ReferenceUnresolved("is empty" if not search else "is a search by something else than identifier")
        if system in self._systems:
            return value
        called = f"{system}|{value}"
        if called not in self._patients:
            raise ReferenceUnresolved("points to a patient that is not in the delivery")
        return _one(self._patients[called])


def _one(identity: str | None) -> str:
    if identity is _SEVERAL:
        raise ReferenceUnresolved("points to several patients who are called the same")
    if not identity:
        raise ReferenceUnresolved("points to a patient without the identifier")
    return identity


def _typed(reference: str) -> str:
    """Return `Type/id` of a relative or absolute reference, whatever its server and version."""
    parts = reference.split("/_history/")[0].rsplit("/", 2)
    return "/".join(parts[-2:])


def _identifiers(patient: Element) -> list[tuple[str, str]]:
    return [
        (first_text(one, "system"), first_text(one, "value"))
        for one in elements(patient, "identifier")
        if first_text(one, "use") != "old" and first_text(one, "value")
    ]
