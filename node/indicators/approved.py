"""Which definitions this node knows, which its region approved, and what the hub demands; never a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import definition as definition_table
from node.tables import definition_approval, definition_list
from schemas.canonical import canonical_bytes
from schemas.catalogue import earlier, know, packaged
from schemas.definition import IndicatorDefinition
from schemas.definition_list import DefinitionList, Offered, check_list, offered, read_offered
from schemas.refused import Refused
from schemas.signature import PublicKey


class DefinitionUnknown(Refused, LookupError):
    """A definition that neither this program nor the hub's last list has."""


class DefinitionNotApproved(Refused, PermissionError):
    """A definition that this region has not approved in the version that is to be computed."""


class DefinitionOutdated(Refused, PermissionError):
    """A version of a definition that is older than what the hub still takes."""


class DefinitionChanged(Refused, ValueError):
    """A version that is known already with another meaning, or a list of the hub from before the last one."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a version, and when (UTC)."""

    by: str
    at: str


def stored(connection: Connection) -> tuple[IndicatorDefinition, ...]:
    """Return the definitions that came from the hub, every version."""
    rows = connection.execute(select(definition_table.c.body).order_by(definition_table.c.indicator)).scalars()
    return read_offered((msgspec.json.decode(body, type=Offered) for body in rows), "the node's store")


def known(connection: Connection) -> Mapping[str, tuple[IndicatorDefinition, ...]]:
    """Return every version that is known here by the indicator's id, the newest first."""
    found: dict[str, list[IndicatorDefinition]] = {}
    there = {(one.id, one.version): one for one in (*stored(connection), *earlier(), *packaged().values())}
    for one in there.values():
        found.setdefault(one.id, []).append(one)
    return {name: tuple(sorted(same, key=lambda one: -one.version)) for name, same in sorted(found.items())}


def take_in(
    connection: Connection, listed: DefinitionList, hub_key: PublicKey, entry: AuditEntry
) -> tuple[IndicatorDefinition, ...]:
    """Keep the definitions of the hub's signed list and return those that are new here; nothing is approved by it.

    Raises SignatureMismatch, DefinitionInvalid and DefinitionChanged, and then nothing was kept.
    """
    check_list(listed, hub_key)
    last = connection.scalar(select(func.max(definition_list.c.as_of)))
    if last is not None and listed.as_of < last:
        raise DefinitionChanged(
            f"The hub's list of definitions is of {listed.as_of}, and one of {last} came before it; ask the hub's team."
        )
    have = {(one.id, one.version): one.hash for same in known(connection).values() for one in same}
    new = []
    for one in read_offered(listed.offered, "the hub's list"):
        if have.get((one.id, one.version), one.hash) != one.hash:
            raise DefinitionChanged(
                f"The hub's {one.id} version {one.version} has another meaning than the one known here; have its team "
                "give it a new version."
            )
        if (one.id, one.version) not in have:
            body = msgspec.json.encode(offered(one)).decode()
            row = {"hash": one.hash, "indicator": one.id, "version": one.version, "body": body}
            connection.execute(insert(definition_table).values(**row, received_at=timestamp(entry.at)))
            new.append(one)
    connection.execute(delete(definition_list))
    connection.execute(insert(definition_list).values(as_of=listed.as_of, body=canonical_bytes(listed)))
    record(connection, entry)
    know(new)
    return tuple(new)


def demanded(connection: Connection) -> Mapping[str, int]:
    """Return the least version that the hub takes of each indicator, by its last list; empty before the first."""
    body = connection.scalar(select(definition_list.c.body).order_by(definition_list.c.as_of.desc()).limit(1))
    if body is None:
        return {}
    listed = msgspec.json.decode(body, type=DefinitionList)
    return {str(one.definition["id"]): one.least_version for one in listed.offered}


def approvals(connection: Connection) -> Mapping[str, Approval]:
    """Return who approved which version and when, by the definition's hash."""
    rows = connection.execute(select(definition_approval)).mappings()
    return {row["hash"]: Approval(row["approved_by"], row["approved_at"]) for row in rows}


def approve(connection: Connection, definitions: Iterable[IndicatorDefinition], author: str, now: datetime) -> int:
    """Approve these versions in this region's name; returns how many were not approved before."""
    done, fresh = approvals(connection), 0
    for one in definitions:
        if one.hash not in done:
            named = {"hash": one.hash, "indicator": one.id, "version": one.version}
            values = named | {"approved_by": author, "approved_at": timestamp(now)}
            connection.execute(insert(definition_approval).values(**values))
            record(connection, AuditEntry(author, "definition.approved", f"{one.id} {one.version}", now, one.hash))
            fresh += 1
    return fresh


def revoke(connection: Connection, definition: IndicatorDefinition, author: str, now: datetime) -> None:
    """End the approval of a version: it is not computed any more, what was released stands. Raises when there is none.

    Raises DefinitionNotApproved.
    """
    gone = connection.execute(delete(definition_approval).where(definition_approval.c.hash == definition.hash))
    if gone.rowcount == 0:
        other = computable(connection).get(definition.id)
        told = "" if other is None else f" Version {other.version} is; `--version {other.version}` ends that."
        raise DefinitionNotApproved(
            f"{definition.id} version {definition.version} was not approved; nothing changed.{told}"
        )
    what = f"{definition.id} {definition.version}"
    record(connection, AuditEntry(author, "definition.revoked", what, now, definition.hash))


def computable(connection: Connection) -> Mapping[str, IndicatorDefinition]:
    """Return by id the newest approved version that the hub takes, of what is computed from records."""
    done, least = approvals(connection), demanded(connection)
    found = {}
    for name, same in known(connection).items():
        approved = [one for one in same if one.measure is not None and one.hash in done]
        if approved and approved[0].version >= least.get(name, 1):
            found[name] = approved[0]
    return found


def refusal(connection: Connection, name: str) -> Exception:
    """Return why an indicator is not among the computable ones, in words that say what to do."""
    same = known(connection).get(name, ())
    if not any(one.measure is not None for one in same):
        return DefinitionUnknown(
            f"'{name}' is no indicator that is computed from records; see `python -m node definitions list`."
        )
    done, least = approvals(connection), demanded(connection).get(name, 1)
    approved = [one for one in same if one.hash in done]
    if approved and approved[0].version < least:
        return DefinitionOutdated(
            f"{name} version {approved[0].version} is approved here, and the hub takes version {least} or newer; read "
            f"it (`definitions show {name}`), then run `python -m node definitions approve {name} --author NAME`."
        )
    if same[0].version < least:
        return DefinitionOutdated(
            f"The hub takes {name} in version {least} or newer, and version {same[0].version} is known here; run "
            "`python -m node definitions pull`."
        )
    return DefinitionNotApproved(
        f"{name} version {same[0].version} is not approved by this region; read it (`definitions show {name}`), then "
        f"run `python -m node definitions approve {name} --author NAME`."
    )
