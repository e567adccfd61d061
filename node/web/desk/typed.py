"""What is typed in a form, read strictly: a refusal names the field as it is labelled, and nothing typed is lost."""

from collections.abc import Collection, Sequence
from datetime import date

from schemas.text import Text

from .visit import FormUnfit, Visit


def is_sent(visit: Visit) -> bool:
    """Tell whether a form was sent, so that an empty field of it was emptied."""
    return "csrf" in visit.fields


def said(visit: Visit, name: str, had: str = "") -> str:
    """Return what stands in a field: what was typed, also nothing, else what was there."""
    return visit.one(name, "" if is_sent(visit) else had)


def chosen(visit: Visit, name: str, had: Sequence[str] = ()) -> Sequence[str]:
    """Return what is ticked in a group: what was sent, also nothing, else what was there."""
    return visit.all(name) if is_sent(visit) else visit.all(name) or had


def needed(visit: Visit, name: str, label: Text) -> str:
    """Return a field that may not be empty; raises FormUnfit."""
    if found := visit.one(name, ""):
        return found
    told = visit.told(label)
    raise FormUnfit(visit.t(f"'{told}' is leeg; vul het in.", f"'{told}' is empty; fill it in."))


def needed_day(visit: Visit, name: str, label: Text) -> date:
    """Return a field that is a day; raises FormUnfit."""
    try:
        return date.fromisoformat(needed(visit, name, label))
    except FormUnfit:
        raise
    except ValueError as error:
        told = visit.told(label)
        raise FormUnfit(visit.t(f"'{told}' is geen dag; schrijf een dag als 2026-12-31.",
                                f"'{told}' is no day; write a day as 2026-12-31.")) from error  # fmt: skip


def one_of(visit: Visit, name: str, label: Text, options: Collection[str]) -> str:
    """Return a field that is one of a list; raises FormUnfit."""
    found = needed(visit, name, label)
    if found not in options:
        told = visit.told(label)
        raise FormUnfit(visit.t(f"Kies bij '{told}' iets uit de lijst.", f"Choose '{told}' from the list."))
    return found
