"""The part of a region's page that finds its peers: the choice of traits, and the regions nearest by them."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import Connection

from hub.serving.peers import MOST_TRAITS, USUAL_PEERS, Peer, PeersView, TraitUnfit, choosable, peers_view
from hub.web import words
from schemas.catalogue import catalogue
from schemas.codes import Audience, Language

COUNTS = (3, 5, 10, 15)


def peers_part(
    connection: Connection,
    reader: Audience,
    now: datetime,
    place: tuple[str, str],
    asked: dict[str, str],
    lang: Language,
) -> dict[str, Any]:
    """Return what the page shows of a region's peers (`place`: its code and set); none before traits are chosen."""
    code, region_set = place
    traits = [one for one in asked.get("traits", "").split(",") if one][:MOST_TRAITS]
    count = int(asked["count"]) if asked.get("count") in {str(one) for one in COUNTS} else USUAL_PEERS
    view, refused = None, None
    if traits:
        try:
            view = peers_view(connection, reader, now, code, list(dict.fromkeys(traits)), count)
        except TraitUnfit as error:
            refused = error.text.told(lang)
    offered = [
        {"id": name, "title": catalogue()[name].title.told(lang)}
        for name in choosable(connection, reader, now, region_set)
    ]
    return {
        "peers": view,
        "peers_refused": refused,
        "peer_rows": [] if view is None else [_row(one, lang) for one in view.peers],
        "left_out": [] if view is None else [one.name for one in view.left_out],
        "traits": traits,
        "count": count,
        "counts": COUNTS,
        "offered": sorted(offered, key=lambda one: one["title"]),
        "peers_compare": [] if view is None else _comparisons(view, lang),
        "peers_json": f"/api/v1/regions/{code}/peers?{urlencode({'traits': ','.join(traits), 'count': count})}",
    }


def _row(one: Peer, lang: Language) -> dict[str, Any]:
    span = f"{words.number(one.low, lang)}–{words.number(one.high, lang) if one.high is not None else '…'}"
    told = span if one.distance is None else words.number(one.distance, lang)
    return {"code": one.region, "name": one.name, "distance": told, "likeness": one.likeness}


def _comparisons(view: PeersView, lang: Language) -> list[dict[str, str]]:
    """Return for each trait the address of its comparison with the peers only."""
    peers = ",".join(one.region for one in view.peers)
    return [
        {
            "title": one.title.told(lang),
            "address": url_for(
                "pages.compare", indicator=one.indicator, period=one.period, set=view.region_set, beside=view.region,
                peers=peers, lang=lang,
            ),
        }
        for one in view.traits
    ]  # fmt: skip
