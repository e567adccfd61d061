"""What this region has let out or is about to: the earlier figures that every new release is audited against."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from node.tables import bundle, remembered, vintage

from .disclosure import CellKey, Dimension, Earlier, Group, Organisations, Statistic, Vintage
from .states import BundleState


def earlier(connection: Connection) -> Earlier:
    """Return every figure of all bundles that are not rejected, None marking hidden ones, and the statistics behind.

    Bundles under review count too, so that two at once cannot leak together. A figure hidden once stays hidden.
    """
    rows = connection.execute(
        select(remembered.c.statistic, remembered.c.period, remembered.c.nodes, remembered.c.value)
        .join(bundle, bundle.c.id == remembered.c.bundle_id)
        .where(bundle.c.state != BundleState.REJECTED)
        .order_by(remembered.c.id)
    )
    cells = {CellKey(r.statistic, r.period, tuple(json.loads(r.nodes))): r.value for r in rows}
    return Earlier(cells, tuple(_vintages(connection)))


def keep(connection: Connection, bundle_id: str, vintages: Iterable[Vintage]) -> None:
    """Keep the statistics of a bundle as they are to be released, each once; the bundle gives them their moment."""
    rows = {(one.statistic.key, one.statistic.period): _written(one) for one in vintages}
    if rows:
        connection.execute(
            insert(vintage),
            [
                {"bundle_id": bundle_id, "statistic": key, "period": period, "body": body}
                for (key, period), body in sorted(rows.items())
            ],
        )


def _vintages(connection: Connection) -> Iterable[Vintage]:
    rows = connection.execute(
        select(vintage)
        .join(bundle, bundle.c.id == vintage.c.bundle_id)
        .where(bundle.c.state != BundleState.REJECTED)
        .order_by(vintage.c.id)
    )
    moments: dict[str, int] = {}
    for row in rows:
        moment = moments.setdefault(row.bundle_id, len(moments))
        body = json.loads(row.body)
        yield Vintage(moment, _read(row.statistic, row.period, body), tuple(body["wholes"]), body["rounded"])


def _written(vintage: Vintage) -> str:
    one = vintage.statistic
    return json.dumps(
        {
            "wholes": vintage.wholes,
            "rounded": vintage.rounded,
            "kind": one.kind,
            "dimensions": [[side.name, side.leaves, side.total, side.groups] for side in one.dimensions],
            "values": one.values.tolist(),
            "persons": None if one.persons is None else one.persons.tolist(),
            "largest": None if one.largest is None else one.largest.tolist(),
            "organisations": None if one.organisations is None else _by_code(one.organisations),
        },
        separators=(",", ":"),
    )


def _by_code(paid: Organisations) -> dict[str, list[list[int]]]:
    """Return per code the leaves, by their place, in which it was paid, and how much: most are paid in few of them."""
    lanes = [lane.ravel().tolist() for lane in np.moveaxis(paid.amounts, -1, 0)]
    found = {
        code: [[leaf, n] for leaf, n in enumerate(lane) if n] for code, lane in zip(paid.codes, lanes, strict=True)
    }
    return {code: amounts for code, amounts in found.items() if amounts}


def _of_codes(found: dict[str, list[list[int]]], shape: tuple[int, ...]) -> Organisations:
    amounts = np.zeros((int(np.prod(shape)), len(found)), np.int64)
    for place, lane in enumerate(found.values()):
        for leaf, amount in lane:
            amounts[leaf, place] = amount
    return Organisations(tuple(found), amounts.reshape((*shape, len(found))))


def _read(key: str, period: str, body: dict[str, Any]) -> Statistic:
    dimensions = tuple(
        Dimension(name, tuple(leaves), total, tuple(Group(group, tuple(below)) for group, below in groups))
        for name, leaves, total, groups in body["dimensions"]
    )
    shape = tuple(len(side.leaves) for side in dimensions)
    values = np.array(body["values"], np.int64).reshape(shape)
    persons = None if body["persons"] is None else np.array(body["persons"], np.int64).reshape(shape)
    largest = None if body["largest"] is None else np.array(body["largest"], np.int64).reshape((*shape, 2))
    paid = body.get("organisations")  # vintages of earlier versions have none
    organisations = None if paid is None else _of_codes(paid, shape)
    return Statistic(key, period, body["kind"], dimensions, values, persons, largest, organisations)
