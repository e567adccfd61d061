"""Items of knowledge and of the programme as drafts: written as YAML, kept in the node, released like a lesson."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import draft_item
from schemas.item_kinds import KINDS
from schemas.items import Item, wrong_with_item
from schemas.refused import Refused

from .written import WrittenUnreadable, convert_written, read_plain

_PAGE: Final = "docs/items.md"
_YEARS: Final = ("period", "value", "held_on", "began", "ended", "starts_on", "ends_on")  # YAML reads 2026 as a number


class ItemUnreadable(Refused, ValueError):
    """An item's file that is not YAML, lacks a field or has one too many, or says what no hub takes."""


class ItemUnknown(Refused, LookupError):
    """An item that this node does not know."""


def read_item(file: Path) -> Item:
    """Read one item from YAML, whose `noun` says which kind it is; raises ItemUnreadable naming file, field, remedy."""
    try:
        data: Any = read_plain(file)
        noun = data.pop("noun", None) if isinstance(data, dict) else None
        if not isinstance(noun, str) or noun not in KINDS:
            raise ItemUnreadable(f"{file}: field `noun` says what this is: one of {', '.join(KINDS)}; see {_PAGE}.")
        found = convert_written(file, _as_text(data), KINDS[noun], _PAGE)
    except WrittenUnreadable as error:
        raise ItemUnreadable(str(error)) from error
    check_item(found, str(file))
    return found


def read_items(files: Sequence[Path]) -> tuple[Item, ...]:
    """Read items from files, each another one; raises ItemUnreadable."""
    found: dict[tuple[str, str], Item] = {}
    for file in files:
        one = read_item(file)
        if (one.noun, one.item) in found:
            raise ItemUnreadable(f"{file}: this {one.noun} stands in an earlier file too; name it in one file only.")
        found[one.noun, one.item] = one
    return tuple(found.values())


def _as_text(part: Any) -> Any:
    """Return values with days and decimals as texts, which is what fields with a day, year or figure hold."""
    if isinstance(part, dict):
        return {name: _year(value) if name in _YEARS else _as_text(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_as_text(one) for one in part]
    return str(part) if isinstance(part, date | float) else part


def _year(value: Any) -> Any:
    return str(value) if isinstance(value, int) else _as_text(value)


def check_item(item: Item, where: str) -> None:
    """Raise ItemUnreadable where an item says what no hub takes."""
    if (wrong := wrong_with_item(item)) is not None:
        raise ItemUnreadable(f"{where}: {wrong}; see {_PAGE} for the fields.")


def keep(connection: Connection, item: Item, entry: AuditEntry) -> None:
    """Store a draft, replacing an earlier one of the same noun and name."""
    connection.execute(delete(draft_item).where(draft_item.c.noun == item.noun, draft_item.c.id == item.item))
    row = {"noun": item.noun, "id": item.item, "payload": msgspec.json.encode(item).decode()}
    connection.execute(insert(draft_item).values(**row, author=entry.actor, written_at=timestamp(entry.at)))
    record(connection, entry)


def find(connection: Connection, noun: str, name: str) -> Item:
    """Return a draft; raises ItemUnknown."""
    here = (draft_item.c.noun == noun, draft_item.c.id == name)
    text = connection.execute(select(draft_item.c.payload).where(*here)).scalar_one_or_none()
    if text is None:
        raise ItemUnknown(f"There is no {noun} '{name}' here; `python -m node item list` names them.")
    return msgspec.json.decode(text, type=KINDS[noun])


def drafts(connection: Connection, nouns: Sequence[str] = tuple(KINDS)) -> Sequence[Item]:
    """Return every draft of some kinds, in order of noun and name."""
    wanted = select(draft_item).where(draft_item.c.noun.in_(nouns)).order_by(draft_item.c.noun, draft_item.c.id)
    return [msgspec.json.decode(row.payload, type=KINDS[row.noun]) for row in connection.execute(wanted)]
