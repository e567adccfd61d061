"""The definitions of the network in the hub's signed words, and a region's signed proposal of new ones.

A definition travels as its meaning (what is hashed) beside its provenance, and is read as strictly as a file.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from .canonical import canonical_bytes
from .definition import IndicatorDefinition, meaning
from .definition_schema import DefinitionInvalid, read_definition
from .signature import PublicKey, Purpose, SigningKey

_MOST: Final = 2_000  # definitions in one list


class Offered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a definition as it travels; figures by a version below `least_version` are no longer asked for."""

    definition: Mapping[str, Any]
    provenance: Mapping[str, Any] | None = None
    least_version: int = 1


class DefinitionList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every definition that the hub knows at `as_of` (UTC), the newest version of each, signed by the hub."""

    as_of: str
    offered: tuple[Offered, ...]
    key_id: str
    signature: str = ""


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Definitions that a region proposes to the network, with its reason, signed by its service key."""

    region: str
    proposed_at: str
    reason: str
    offered: tuple[Offered, ...]
    key_id: str
    signature: str = ""


def offered(definition: IndicatorDefinition, least_version: int = 1) -> Offered:
    """Return a definition in the form in which it travels."""
    provenance = definition.provenance
    return Offered(meaning(definition), None if provenance is None else msgspec.to_builtins(provenance), least_version)


def read_offered(all_offered: Iterable[Offered], name: str) -> tuple[IndicatorDefinition, ...]:
    """Return the definitions that came in, checked as a file is; `name` is what a refusal calls their origin.

    Raises DefinitionInvalid, also for what would have another hash once read than its sender meant.
    """
    found = []
    for number, one in enumerate(all_offered, start=1):
        where = f"{name} (definition {number})"
        if number > _MOST:
            raise DefinitionInvalid((f"{name} holds more than {_MOST} definitions; ask for fewer.",))
        mapping = dict(one.definition) | ({} if one.provenance is None else {"provenance": one.provenance})
        definition = read_definition(mapping, where)
        if canonical_bytes(meaning(definition)) != canonical_bytes(one.definition):
            raise DefinitionInvalid((f"{where} is not in the form that is hashed; write it with this program.",))
        found.append(definition)
    return tuple(found)


def signed_list(listed: DefinitionList, key: SigningKey) -> DefinitionList:
    """Return the list with the hub's signature."""
    return msgspec.structs.replace(listed, signature=key.sign(Purpose.DEFINITIONS, _message(listed)))


def check_list(listed: DefinitionList, key: PublicKey) -> None:
    """Check the hub's signature; raises SignatureMismatch."""
    key.verify(Purpose.DEFINITIONS, _message(listed), listed.signature)


def signed_proposal(proposal: Proposal, key: SigningKey) -> Proposal:
    """Return the proposal with its region's signature."""
    return msgspec.structs.replace(proposal, signature=key.sign(Purpose.PROPOSAL, _message(proposal)))


def check_proposal(proposal: Proposal, key: PublicKey) -> None:
    """Check the region's signature; raises SignatureMismatch."""
    key.verify(Purpose.PROPOSAL, _message(proposal), proposal.signature)


def _message(signed: DefinitionList | Proposal) -> bytes:
    return canonical_bytes(msgspec.structs.replace(signed, signature=""))
