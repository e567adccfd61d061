"""Where this node counts its records, for commands; what may be counted is decided in `node.work.counting`."""

from contextlib import AbstractContextManager
from functools import partial

import duckdb

from node.bootstrap import Node, now, open_warehouse
from node.indicators.warehouse import Place
from node.work import counting
from node.work.counting import NoRecords, NotPermitted, chosen_definitions, measured, open_records, owners

__all__ = [
    "NoRecords", "NotPermitted", "chosen_definitions", "counting_place", "measured", "open_records", "owners",
]  # fmt: skip


def counting_place(node: Node, records: duckdb.DuckDBPyConnection) -> AbstractContextManager[Place]:
    """Open where the records are counted: the linked store, or the warehouse that the settings name.

    Raises WarehouseUnfit where the warehouse may not be counted, and what opening it raises.
    """
    return counting.counting_place(node.settings, partial(open_warehouse, node), now, records)
