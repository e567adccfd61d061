"""Hold the headings of a file against its mapping: what is gone, new or probably renamed is named, with the remedy."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from . import SourceRefused
from .heading_words import field_of
from .mapping import FileMapping

_ALIKE: Final = 0.6  # difflib's own default for a close match
_MOST_NAMED: Final = 8
_NO_HEADING: Final = 3  # digits in a row: a number or a date stands there, so it is not quoted


def check_headings(where: str, header: Sequence[str], file: FileMapping) -> None:
    """Refuse a file that lacks a mapped column or has it twice, or whose headings are not those of `columns`.

    `where` begins the sentence. A heading is quoted only where the row certainly is one of headings.
    """
    for column in file.mapped_columns:
        if header.count(column) > 1:
            raise SourceRefused(
                f"{where}: column `{column}` occurs twice; correct the extract, or the mapping's column and separator."
            )
    expected = file.columns or file.mapped_columns
    gone = [column for column in expected if column not in header]
    new = [column for column in header if column.strip() and column not in expected]
    if not gone and not (file.columns and new):
        return
    if len(gone) == len(expected) or not file.columns:
        # perhaps no row of headings at all: the values that stand there instead are not repeated
        _refuse_missing(where, gone, new if len(gone) < len(expected) else [])
    pairs = _renamed(gone, new)
    said = [f"`{old}` is probably called `{now}` now" for old, now in pairs.items()]
    said += [f"`{column}` is gone" for column in gone if column not in pairs]
    unpaired = [column for column in new if column not in pairs.values()]
    said += [f"`{column}` is new" for column in unpaired if _quotable(column)]
    said += ["there is a new column without a name that can be shown"] * any(not _quotable(c) for c in unpaired)
    more = f", and {len(said) - _MOST_NAMED} more changes" if len(said) > _MOST_NAMED else ""
    raise SourceRefused(
        f"{where}: the columns are not those of the mapping: {', '.join(said[:_MOST_NAMED])}{more}; ask the supplier "
        "what changed, then correct `columns` and `fields` in the mapping."
    )


def _refuse_missing(where: str, gone: Sequence[str], new: Sequence[str]) -> None:
    column = gone[0]
    candidate = _renamed([column], new).get(column)
    renamed = "" if candidate is None else f" (`{candidate}` may be its new name)"
    more = "" if len(gone) == 1 else f", and so {'is' if len(gone) == 2 else 'are'} {_named(gone[1:])}"
    raise SourceRefused(
        f"{where}: column `{column}` is missing{renamed}{more}; correct the extract, or the mapping's column and "
        "separator."
    )


def _named(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else ""
    return ", ".join(f"`{column}`" for column in columns[:_MOST_NAMED]) + more


def _renamed(gone: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Pair what is gone with what is new where they mean the same field or are spelt alike, each once."""
    scored = sorted(
        ((_likeness(old, now), old, now) for old in gone for now in new if _quotable(now)),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    pairs: dict[str, str] = {}
    for score, old, now in scored:
        if score >= _ALIKE and old not in pairs and now not in pairs.values():
            pairs[old] = now
    return pairs


def _likeness(old: str, now: str) -> float:
    field = field_of(old)
    if field is not None and field == field_of(now):
        return 1.0
    return SequenceMatcher(None, old.casefold(), now.casefold()).ratio()


def _quotable(heading: str) -> bool:
    digits = sum(character.isdigit() for character in heading)
    return bool(heading.strip()) and digits < _NO_HEADING and len(heading) <= 80
