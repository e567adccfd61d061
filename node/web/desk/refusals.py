"""Which errors are sentences for people: this project's own; of any other only its kind is ever told."""

from typing import Final

import duckdb

from connectors.trouble import of_file, of_records

_OURS: Final = ("node", "schemas", "connectors")


def sentence_of(error: Exception) -> str | None:
    """Return what a refusal says to people; None of a fault of this program, whose text could hold a value."""
    if type(error).__module__.partition(".")[0] in _OURS:
        return str(error)
    if isinstance(error, duckdb.Error):
        return of_records(error)
    if isinstance(error, OSError):
        return of_file(error)
    return None
