"""Definitions at the hub: packaged and adopted, the least version of each, and the signed list that nodes fetch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select

from hub.audit import record, utc_text
from hub.tables import adopted_definition, indicator_payload, key, least_version, region
from schemas.catalogue import packaged
from schemas.definition import IndicatorDefinition
from schemas.definition_list import (
    DefinitionList,
    Offered,
    Proposal,
    check_proposal,
    offered,
    read_offered,
    signed_list,
)
from schemas.refused import Refused
from schemas.signature import PublicKey, SigningKey


class ProposerUnknown(Refused, LookupError):
    """A proposal by a region or key that does not hold here."""


class DefinitionNotNew(Refused, ValueError):
    """A definition whose version is not above the newest one known here."""


class VersionUnknown(Refused, LookupError):
    """A version of an indicator that this hub does not know."""


def adopted(connection: Connection) -> tuple[IndicatorDefinition, ...]:
    """Return every adopted version."""
    order = (adopted_definition.c.indicator, adopted_definition.c.version)
    return tuple(
        _read(body) for body in connection.execute(select(adopted_definition.c.body).order_by(*order)).scalars()
    )


@lru_cache(maxsize=4096)  # a version never changes, and every process looks every few seconds
def _read(body: str) -> IndicatorDefinition:
    (found,) = read_offered((msgspec.json.decode(body, type=Offered),), "the hub's store")
    return found


def newest(connection: Connection) -> Mapping[str, IndicatorDefinition]:
    """Return the newest version of every definition by its id."""
    found = dict(packaged())
    for one in adopted(connection):
        if one.id not in found or one.version > found[one.id].version:
            found[one.id] = one
    return dict(sorted(found.items()))


def least_versions(connection: Connection) -> Mapping[str, int]:
    """Return the least version that is asked for, of the indicators for which that is not 1."""
    rows = connection.execute(select(least_version.c.indicator, least_version.c.version))
    return {row.indicator: row.version for row in rows}


def adoptions(connection: Connection) -> Mapping[str, Row[Any]]:
    """Return who adopted the newest adopted version of each definition, when, why and for whom, by its id."""
    kept = adopted_definition.c
    columns = [kept.indicator, kept.version, kept.proposed_by, kept.reason, kept.adopted_by, kept.adopted_at]
    rows = connection.execute(select(*columns).order_by(kept.version))
    return {row.indicator: row for row in rows}


def in_use(connection: Connection) -> Mapping[str, Mapping[int, tuple[str, ...]]]:
    """Return, by definition and version, the regions whose last figures of it were counted by that version."""
    said = indicator_payload.c
    last = func.max(said.sequence).label("last")
    columns = (said.indicator, said.region, said.version, last)
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    for row in connection.execute(select(*columns).group_by(said.indicator, said.region, said.version)):
        place = (row.indicator, row.region)
        newest[place] = max(newest.get(place, (0, 0)), (row.last, row.version))
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    for (indicator, code), (_, version) in sorted(newest.items()):
        of_version = found.setdefault(indicator, {})
        of_version[version] = (*of_version.get(version, ()), code)
    return found


def list_definitions(connection: Connection, signing: SigningKey, now: datetime) -> DefinitionList:
    """Return the newest version of every definition, signed by the hub."""
    least = least_versions(connection)
    listed = tuple(offered(one, least.get(name, 1)) for name, one in newest(connection).items())
    return signed_list(DefinitionList(utc_text(now), listed, signing.public.key_id), signing)


def check_proposer(connection: Connection, proposal: Proposal) -> None:
    """Check that a region's service key signed a proposal; raises ProposerUnknown or SignatureMismatch."""
    held = (
        select(key.c.hex)
        .join(region, region.c.code == key.c.region)
        .where(key.c.region == proposal.region, key.c.key_id == proposal.key_id, key.c.use == "service")
        .where(key.c.until_sequence.is_(None), region.c.awaiting.is_(None))
    )
    hex_key = connection.scalar(held)
    if hex_key is None:
        raise ProposerUnknown(
            f"No key of region {proposal.region} that holds here signed this proposal; have it signed again by an "
            "enrolled region's node."
        )
    check_proposal(proposal, PublicKey(hex_key))


def adopt(
    connection: Connection,
    definitions: Sequence[IndicatorDefinition],
    by: str,
    now: datetime,
    *,
    proposed_by: str | None = None,
    reason: str = "",
    demand: bool = False,
    **where: str,
) -> None:
    """Adopt definitions, all or none; with `demand` older versions of them are no longer asked for.

    `where` (an origin) goes into the log.

    Raises DefinitionNotNew.
    """
    known = dict(newest(connection))
    for one in definitions:
        standing = known.get(one.id)
        if standing is not None and one.version <= standing.version:
            raise DefinitionNotNew(
                f"{one.id} is known here in version {standing.version}; give the new one version "
                f"{standing.version + 1} and have it proposed again."
            )
        known[one.id] = one
        connection.execute(
            insert(adopted_definition).values(
                hash=one.hash, indicator=one.id, version=one.version, body=msgspec.json.encode(offered(one)).decode(),
                proposed_by=proposed_by, reason=reason, adopted_by=by, adopted_at=utc_text(now),
            )
        )  # fmt: skip
        record(connection, now, by, "definition adopted", indicator=one.id, version=one.version, hash=one.hash, **where)
        if demand:
            ask_at_least(connection, one.id, one.version, by, now, **where)


def ask_at_least(connection: Connection, indicator: str, version: int, by: str, now: datetime, **where: str) -> None:
    """Ask regions for this version or newer of an indicator; raises VersionUnknown."""
    known = newest(connection).get(indicator)
    if known is None or not 1 <= version <= known.version:
        what = "is no indicator of this hub" if known is None else f"is known here up to version {known.version}"
        raise VersionUnknown(f"{indicator} {what}; see `python -m hub definitions list`.")
    connection.execute(delete(least_version).where(least_version.c.indicator == indicator))
    connection.execute(
        insert(least_version).values(indicator=indicator, version=version, set_by=by, set_at=utc_text(now))
    )
    record(connection, now, by, "least version set", indicator=indicator, version=version, **where)
