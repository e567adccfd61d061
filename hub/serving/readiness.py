"""Readiness over the network: what the last rounds say per region and per lens, regions by name."""

from collections import Counter

import msgspec
from sqlalchemy import Connection

from hub.serving.assessments import AcceptedAssessment, latest_of_each
from schemas.assessment import Banded
from schemas.codes import Audience
from schemas.text import Text


class RegionReadiness(msgspec.Struct, frozen=True):
    """One region's last round: the lenses that may be least integrated, and what experts judged; its scores apart."""

    region: str
    region_name: str
    event_id: str
    period: str
    answered: int
    least_integrated: tuple[str, ...]
    satisfactory: tuple[str, ...]
    not_satisfactory: tuple[str, ...]


class LensOverNetwork(msgspec.Struct, frozen=True):
    """One lens over the regions: in how many a median is told, in how many it may be or alone is the lowest.

    `satisfactory` and `not_satisfactory` count experts' verdicts, and are not derived from scores.
    """

    lens: str
    title: Text
    told_in: int
    may_be_lowest_in: int
    alone_lowest_in: int
    satisfactory: int
    not_satisfactory: int


class NetworkReadiness(msgspec.Struct, frozen=True):
    """An instrument over the network, as this reader sees it; `regions` are listed by name."""

    instrument: str
    regions: tuple[RegionReadiness, ...]
    lenses: tuple[LensOverNetwork, ...]


def network_readiness(connection: Connection, reader: Audience, instrument: str) -> NetworkReadiness:
    """Return what the last round of each region says that this reader may see."""
    last = latest_of_each(connection, reader, instrument)
    return NetworkReadiness(instrument, tuple(map(_region, last)), _lenses(last))


def _region(one: AcceptedAssessment) -> RegionReadiness:
    said = one.payload
    good = dict.fromkeys(verdict.lens for verdict in said.verdicts if verdict.satisfactory)
    not_good = dict.fromkeys(verdict.lens for verdict in said.verdicts if not verdict.satisfactory)
    return RegionReadiness(
        region=one.region,
        region_name=one.region_name,
        event_id=one.event_id,
        period=said.period,
        answered=said.answered,
        least_integrated=one.least_integrated,
        satisfactory=tuple(good),
        not_satisfactory=tuple(not_good),
    )


def _lenses(last: tuple[AcceptedAssessment, ...]) -> tuple[LensOverNetwork, ...]:
    titles = {lens.lens: lens.title for one in last for lens in one.payload.lenses}
    told = Counter(lens.lens for one in last for lens in one.payload.lenses if isinstance(lens.panel, Banded))
    may = Counter(lens for one in last for lens in one.least_integrated)
    alone = Counter(one.least_integrated[0] for one in last if len(one.least_integrated) == 1)
    judged = Counter(pair for one in last for pair in {(v.lens, v.satisfactory) for v in one.payload.verdicts})
    return tuple(
        LensOverNetwork(lens, title, told[lens], may[lens], alone[lens], judged[lens, True], judged[lens, False])
        for lens, title in titles.items()
    )
