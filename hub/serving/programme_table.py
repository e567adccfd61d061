"""The network's progress as CSV and XLSX: a row a region by name, and what each column means."""

import csv
import io
from typing import Final

import xlsxwriter

from hub.serving.programme_network import NetworkProgress, ProgressRow
from hub.serving.table import Cell, said
from hub.serving.workbook import OPTIONS
from schemas.text import Text

COLUMNS: Final[dict[str, Text]] = {
    "region": Text("code van de regio", "code of the region"),
    "name": Text("naam van de regio", "name of the region"),
    "region_set": Text("regio-indeling", "set of regions"),
    "example": Text("verzonnen voorbeeldregio", "invented example region"),
    "phase": Text(
        "fase van nu; leeg: de regio noemt er geen; meer dan een staat achter elkaar",
        "present phase; empty: the region names none; more than one stand behind each other",
    ),
    "organise": Text("anders organiseren; leeg: niet gezegd", "organising differently; empty: not said"),
    "finance": Text("anders bekostigen; leeg: niet gezegd", "financing differently; empty: not said"),
    "monitor": Text("anders volgen; leeg: niet gezegd", "monitoring differently; empty: not said"),
    "indicators": Text("hoeveel indicatoren uit de catalogus de regio deelt", "how many indicators of the catalogue"),
    "of_catalogue": Text("hoeveel indicatoren de catalogus heeft", "how many indicators the catalogue has"),
    "freshest": Text("nieuwste periode; leeg: geen cijfer", "newest period; empty: no figure"),
    "linkage_known": Text(
        "named: de nieuwste cijfers noemen hoe gekoppeld is; not_measured: niet",
        "named: the newest figures name how records were linked; not_measured: they do not",
    ),
    "linkage": Text("hoe gekoppeld is", "how records were linked"),
    "actions_open": Text("open acties", "open actions"),
    "actions_overdue": Text("waarvan over hun dag", "of these past their day"),
    "help_asked": Text("open vragen aan de andere regio’s", "open questions to the other regions"),
    "last_sign": Text(
        "laatst aangenomen van wat deze lezer mag zien, UTC", "last accepted of what this reader may see, UTC"
    ),
    "as_known_on": Text("zoals bekend op, UTC", "as known on, UTC"),
}


def rows(view: NetworkProgress) -> list[dict[str, Cell]]:
    """Return the rows by the names of `COLUMNS`."""
    return [_row(one) | {"as_known_on": view.as_known_on} for one in view.rows]


def as_csv(view: NetworkProgress) -> bytes:
    """Return the table as CSV (RFC 4180, UTF-8)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    for row in rows(view):
        writer.writerow({name: said(cell) for name, cell in row.items()})
    return text.getvalue().encode()


def as_xlsx(view: NetworkProgress) -> bytes:
    """Return the table as a workbook, with a sheet on its columns."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        table, told = book.add_worksheet("programme"), book.add_worksheet("columns")
        for place, name in enumerate(COLUMNS):
            table.write_string(0, place, name)
        for line, row in enumerate(rows(view), start=1):
            for place, cell in enumerate(row.values()):
                table.write(line, place, cell)
        table.freeze_panes(1, 0)
        for line, texts in enumerate(
            [("column", "betekenis", "meaning"), *((n, t.nl, t.en) for n, t in COLUMNS.items())]
        ):
            for place, one in enumerate(texts):
                told.write_string(line, place, one)
    return file.getvalue()


def _row(one: ProgressRow) -> dict[str, Cell]:
    changes: dict[str, Cell] = {change.change: change.state for change in one.changes}
    return {
        "region": one.region,
        "name": one.name,
        "region_set": one.region_set,
        "example": one.is_example,
        "phase": ", ".join(one.phases) or None,
        **changes,
        "indicators": len(one.data.indicators),
        "of_catalogue": one.data.of_catalogue,
        "freshest": one.data.freshest,
        "linkage_known": one.data.linkage_known,
        "linkage": ", ".join(one.data.linkage) or None,
        "actions_open": one.actions_open,
        "actions_overdue": one.actions_overdue,
        "help_asked": one.help_asked,
        "last_sign": one.last_sign,
    }
