"""What the doctor finds of the warehouse in which a region counts, where its settings name one."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from connectors.findings import Finding
from connectors.secret_files import SecretExposed
from connectors.sources import SourceRefused
from node.bootstrap import Node, now, open_warehouse
from node.config import SettingWrong
from node.indicators.warehouse_form import faults
from node.records.store import RecordStoreBusy, delete_by_dates, open_store, records_path


def in_the_warehouse(node: Node, home: Path) -> Iterator[Finding]:
    """Find what keeps the warehouse from being counted; nothing where the node counts in its own store."""
    if not node.settings.warehouse_schema:
        return
    try:
        permitted = _permitted(home)
    except (RecordStoreBusy, duckdb.Error):
        return  # said of the records
    try:
        with open_warehouse(node) as connection:
            found = list(faults(connection, node.settings.warehouse_schema, permitted, now().date()))
    except (SettingWrong, SourceRefused, SecretExposed) as refused:
        yield Finding("warehouse", str(refused), "then run `python -m node doctor` again")
    except SQLAlchemyError as error:
        what = f"the warehouse does not answer what it is asked ({type(error).__name__})"
        yield Finding("warehouse", what, "check its log; nothing was kept or changed there")
    else:
        for sentence in found:
            yield Finding("warehouse", sentence, "then run `python -m node doctor` again")


def _permitted(home: Path) -> Mapping[str, date]:
    if not records_path(home).is_file():
        return {}
    connection = open_store(records_path(home), read_only=True)
    try:
        return delete_by_dates(connection)
    finally:
        connection.close()
