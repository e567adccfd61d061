"""A comparison as an XLSX workbook: the table, and a sheet on its columns and whose figures they are."""

import io
from decimal import Decimal
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from hub.serving.columns import COLUMNS, Column
from hub.serving.table import Cell, rows
from hub.serving.view import IndicatorView

# Nothing that comes from outside becomes a formula, a link or a number by its looks.
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MISSING: Final = "=NA()"  # ours alone: a number that does not apply is #N/A, since a blank would count as zero


def as_xlsx(view: IndicatorView) -> bytes:
    """Return the workbook; numbers are numbers, and one that does not apply is #N/A, never a blank."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        table = book.add_worksheet("comparison")
        for place, column in enumerate(COLUMNS):
            table.write_string(0, place, column.name)
        for line, row in enumerate(rows(view), start=1):
            for place, column in enumerate(COLUMNS):
                _write(table, line, place, column, row[column.name])
        table.freeze_panes(1, 0)
        _explain(book.add_worksheet("columns"), view)
    return file.getvalue()


def _write(sheet: Worksheet, line: int, place: int, column: Column, cell: Cell) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(line, place, cell)
    elif isinstance(cell, int | Decimal):
        sheet.write_number(line, place, float(cell))  # whole ones are below 2^53
    elif isinstance(cell, str):
        sheet.write_string(line, place, cell)
    elif column.form in ("whole", "decimal"):
        sheet.write_formula(line, place, _MISSING, None, "#N/A")


def _explain(sheet: Worksheet, view: IndicatorView) -> None:
    lines = [("column", "betekenis", "meaning")]
    lines += [(column.name, column.meaning.nl, column.meaning.en) for column in COLUMNS]
    lines += [(view.indicator, view.title.nl, view.title.en), ("unit", view.unit.nl, view.unit.en)]
    for source in view.sources:
        about = f"{source.owner}, {source.table}, {source.licence}, {source.url}"
        lines.append(
            ("source", f"overgenomen, hier niet beschermd: {about}", f"taken over, not protected here: {about}")
        )
    for reply in view.replies:
        if reply.text is not None:
            who = f"{reply.name}, {reply.author_role}, {reply.as_known_on[:10]}"
            lines.append(
                (f"reply {reply.language}", f"reactie van {who}: {reply.text}", f"reply of {who}: {reply.text}")
            )
    if view.visible_from is not None:
        until = f"{view.visible_from[:16].replace('T', ' ')} UTC"
        lines.append(
            (
                "visible_from",
                f"nieuwe cijfers waarop regio’s nog kunnen reageren; anderen dan het netwerk zien ze uiterlijk {until}",
                f"new figures to which regions may still reply; others than the network see them by {until}",
            )
        )
    for line, texts in enumerate(lines):
        for place, text in enumerate(texts):
            sheet.write_string(line, place, text)
