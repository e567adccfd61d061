"""What this region has let out or is about to: the earlier figures that every new release is audited against."""

import json

from sqlalchemy import Connection, select

from node.tables import bundle, remembered

from .disclosure import CellKey, Earlier
from .states import BundleState


def earlier(connection: Connection) -> Earlier:
    """Return every figure of all bundles that are not rejected; None marks one that was hidden.

    Bundles under review count too, so that two at once cannot leak together. A figure hidden once stays hidden.
    """
    rows = connection.execute(
        select(remembered.c.statistic, remembered.c.period, remembered.c.nodes, remembered.c.value)
        .join(bundle, bundle.c.id == remembered.c.bundle_id)
        .where(bundle.c.state != BundleState.REJECTED)
        .order_by(remembered.c.id)
    )
    return Earlier({CellKey(r.statistic, r.period, tuple(json.loads(r.nodes))): r.value for r in rows})
