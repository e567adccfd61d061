"""A comparison narrowed to a region and the peers that a reader chose for it."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from hub.serving.compared import RegionAbsent
from hub.serving.published import sets
from hub.serving.view import IndicatorView
from schemas.definition import Text


def narrowed(connection: Connection, view: IndicatorView, peers: Sequence[str]) -> IndicatorView:
    """Return the rows of the peers, and of the region that others are laid beside; all rows without any peer.

    The regions together, funnel limits and ranks stay those of the whole set: no total is made of the peers alone.
    Raises RegionAbsent for a code that is none of the set's.
    """
    if not peers:
        return view
    codes = sets(connection).get(view.region_set, ())
    unknown = sorted(set(peers) - set(codes))
    if unknown:
        raise RegionAbsent(
            Text(
                "Een van de gekozen gelijken is geen regio van deze indeling; kies uit haar regio’s.",
                "One of the peers is no region of this set; choose them among its regions.",
            ),
            codes,
        )
    chosen = set(peers) | ({view.beside} if view.beside is not None else set())
    rows = tuple(row for row in view.rows if row.region in chosen)
    there = {row.region for row in rows}
    funnel = view.funnel and msgspec.structs.replace(
        view.funnel, regions=tuple(one for one in view.funnel.regions if one.region in chosen)
    )
    return msgspec.structs.replace(
        view,
        rows=rows,
        dark=tuple(one for one in view.dark if one.region in chosen),
        funnel=funnel,
        peers=tuple(dict.fromkeys(peers)),
        peers_without=tuple(sorted(set(peers) - there)),
    )
