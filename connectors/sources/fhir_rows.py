"""One FHIR resource brought to the fields of its record, by `fhir_table`; what cannot be is refused with a reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from schemas.codes import AREA_CODE

from .canonical import Record
from .fhir_elements import Element, day, elements, first_text, texts
from .fhir_people import People, ReferenceUnresolved
from .fhir_table import CODE_SYSTEMS, ENCOUNTER_TYPES, PREFERRED, RESOURCES, SEXES, URGENT_CLASSES, Field, Resource
from .mapping import SourceMapping

Row = dict[str, str]
_SYSTEM: Final = re.compile(r"(https?://|urn:oid:)[A-Za-z0-9._:/-]{1,120}")
_UNIT: Final = re.compile(r"[A-Za-z0-9/{}\[\].%*^_-]{1,20}")  # UCUM, or what comes close
_CODE: Final = re.compile(r"[A-Za-z0-9.-]{1,20}")
_MUNICIPALITY: Final = re.compile(r"[0-9]{4}")
_LONGEST_NUMBER: Final = 18  # digits before the point; what is larger is rejected where it is typed


class Uncounted(Exception):
    """A resource that is no record: the path that says so, and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class Rows:
    """Makes rows of resources; what deserves a word in the report is counted in `remarks`, by type and text."""

    def __init__(self, mapping: SourceMapping, people: People) -> None:
        self._settings, self._people, self._municipality = mapping.fhir, people, mapping.municipality or ""
        self._systems = {**CODE_SYSTEMS, **mapping.fhir.code_systems}
        self.remarks: Counter[tuple[str, str]] = Counter()
        self._units: dict[tuple[str, str, str], Counter[str]] = {}
        self._taken: Mapping[str, Callable[[str, Element, Field, Resource], str]] = {
            "day": self._day,
            "last_day": self._last_day,
            "text": _first,
            "sex": lambda _, resource, field, __: SEXES.get(first_text(resource, *field.paths), "unknown"),
            "class": self._encounter_type,
            "urgency": _urgency,
            "area": self._area,
            "number": self._number,
            "money": self._money,
        }

    def row(self, kind: str, resource: Element, url: str) -> Row:
        """Return a resource's row, with every field of its record and `person_id`; raises Uncounted."""
        read = RESOURCES[kind]
        if elements(resource, "modifierExtension"):
            raise Uncounted("modifierExtension", "is an extension that can turn the meaning round")
        for path, wrong in read.not_counted.items():
            for text in texts(resource, path):
                if text in wrong:
                    raise Uncounted(path, f"is {text}")
        row = {"person_id": self._person(kind, resource, read, url), "record_id": first_text(resource, "id") or url}
        if kind == "Patient" and first_text(resource, "deceasedBoolean") == "true":
            self.remarks[kind, "has died on a day that is not given, and counts as alive"] += 1
        whole = {**row, **self._fields(kind, resource, read)}
        if read.record == "measurement":
            self._note_unit(kind, resource, whole)
        return whole

    def components(self, kind: str, resource: Element, whole: Row) -> Iterator[Row | Uncounted]:
        """Yield the rows of a resource's components, each with the whole's person and day."""
        read = RESOURCES[kind]
        for number, one in enumerate(elements(resource, read.component or ""), start=1):
            name = f"{kind}.{read.component}"
            try:
                code = self._coded(name, one, read.fields["code"], read.record)
                value = self._number(name, one, read.fields["value"], read)
            except Uncounted as why:
                yield why
            else:
                self._note_unit(name, one, code)
                yield {**whole, **code, "value": value, "record_id": f"{whole['record_id']}#{number}"}

    def several_units(self) -> Iterator[tuple[str, str, int]]:
        """Yield type, text and count of what was measured in more than one unit: a value is kept as it was written."""
        for (kind, system, code), units in sorted(self._units.items()):
            if len(units) > 1:
                named = ", ".join(sorted(units))
                yield kind, f"{system} {code} comes in several units ({named}), none of them converted", units.total()

    def _note_unit(self, kind: str, resource: Element, row: Row) -> None:
        unit = first_text(resource, "valueQuantity.code", "valueQuantity.unit")
        if _UNIT.fullmatch(unit) and _CODE.fullmatch(row["code"]):
            self._units.setdefault((kind, row["code_system"], row["code"]), Counter())[unit] += 1

    def _person(self, kind: str, resource: Element, read: Resource, url: str) -> str:
        if kind == "Patient":
            return self._people.identifier(resource, url)
        try:
            return self._people.of(resource, read.person)
        except ReferenceUnresolved as why:
            raise Uncounted(read.person, str(why)) from None

    def _fields(self, kind: str, resource: Element, read: Resource) -> Row:
        row: Row = {}
        for name, field in read.fields.items():
            if field.take == "coded":
                try:
                    row |= self._coded(kind, resource, field, read.record)
                except Uncounted:
                    if read.record != "encounter":  # a contact counts without its reason
                        raise
                    row |= {"code_system": "", "code": ""}
            else:
                row[name] = self._taken[field.take](kind, resource, field, read)
        return row

    def _coded(self, kind: str, resource: Element, field: Field, record: Record) -> Row:
        found: dict[str, str] = {}
        unknown: set[str] = set()
        for path in field.paths:
            for one in elements(resource, path):
                concepts = self._people.medicine(resource, one) if path.endswith("Reference") else [one]
                for coding in (coding for concept in concepts for coding in elements(concept, "coding")):
                    system, code = first_text(coding, "system"), first_text(coding, "code")
                    if code and system in self._systems:
                        found.setdefault(self._systems[system], code)
                    elif _SYSTEM.fullmatch(system):
                        unknown.add(system)
        for system in (*PREFERRED[record], *sorted(found)):
            if system in found:
                return {"code_system": system, "code": found[system]}
        for system in sorted(unknown):
            self.remarks[kind, f"has no other code than one of {system}, which `fhir.code_systems` may name"] += 1
        missing = "has no code of a known system" if unknown or elements(resource, field.paths[0]) else "is empty"
        raise Uncounted(field.paths[0], missing)

    def _day(self, kind: str, resource: Element, field: Field, _: Resource) -> str:
        return self._of_moment(kind, resource, field, last=False)

    def _last_day(self, kind: str, resource: Element, field: Field, _: Resource) -> str:
        return self._of_moment(kind, resource, field, last=True)

    def _of_moment(self, kind: str, resource: Element, field: Field, last: bool) -> str:
        for path in field.paths:
            if moment := first_text(resource, path):
                found, precision = day(moment, last)
                if precision != "day":
                    which = "last" if last else "first"
                    self.remarks[kind, f"{path} gives only the {precision}, read as its {which} day"] += 1
                return found
        return ""

    def _encounter_type(self, _: str, resource: Element, field: Field, __: Resource) -> str:
        code = first_text(resource, *field.paths)
        return self._settings.encounter_types.get(code) or ENCOUNTER_TYPES.get(code, "other")

    def _area(self, _: str, resource: Element, field: Field, __: Resource) -> str:
        """Return the municipality of the home address: its CBS code is an extension of `district` (nl-core)."""
        addresses = [one for one in elements(resource, field.paths[0]) if first_text(one, "use") != "old"]
        current = [one for one in addresses if not first_text(one, "period.end")]
        for one in sorted(current, key=lambda one: first_text(one, "use") != "home"):
            for text in (*texts(one, "_district.extension.valueCodeableConcept.coding.code"), *texts(one, "district")):
                if _MUNICIPALITY.fullmatch(text):
                    return f"GM{text}"
                if AREA_CODE.fullmatch(text):
                    return text
        return self._municipality

    def _number(self, kind: str, resource: Element, field: Field, _: Resource) -> str:
        quantity, integer, coded = field.paths
        for one in elements(resource, quantity):
            if first_text(one, "comparator"):
                self.remarks[kind, "has a value that is a bound (< or >), and counts without it"] += 1
                return ""
            if number := first_text(one, "value"):
                return self._rounded(number, 4)
        if number := first_text(resource, integer):
            return self._rounded(number, 4)
        codes = texts(resource, f"{coded}.coding.code")
        for code in codes:
            if code in self._settings.value_codes:
                return self._settings.value_codes[code]
        if codes:
            self.remarks[kind, "has a coded value without a number in `fhir.value_codes`, and counts without it"] += 1
        return ""

    def _money(self, _: str, resource: Element, field: Field, __: Resource) -> str:
        for path in field.paths:
            for one in elements(resource, path):
                if first_text(one, "currency") not in ("", self._settings.currency):
                    raise Uncounted(path, "is not in the currency of the mapping")
                return self._rounded(first_text(one, "value"), 2)
        return ""

    def _rounded(self, text: str, places: int) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
            return text
        if self._settings.round:
            number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return format(number, "f")


def _first(_: str, resource: Element, field: Field, __: Resource) -> str:
    return first_text(resource, *field.paths)


def _urgency(_: str, resource: Element, field: Field, __: Resource) -> str:
    return "acute" if first_text(resource, *field.paths) in URGENT_CLASSES else ""
