"""What is proposed to the network: a region's signed proposal, or definitions in YAML of the hub's own team."""

import msgspec
from sqlalchemy import Connection

from hub.intake import definitions as intake
from schemas.catalogue import read_file
from schemas.definition import IndicatorDefinition
from schemas.definition_list import Proposal, read_offered
from schemas.refused import Refused


class ProposalUnreadable(Refused, ValueError):
    """A file that is neither a region's proposal nor definitions in YAML."""


def read_proposed(
    connection: Connection, data: bytes, name: str
) -> tuple[tuple[IndicatorDefinition, ...], Proposal | None]:
    """Return the definitions in a file's bytes and, where a region proposes and signed them, its proposal.

    A name that ends in `.json` is a proposal, any other YAML. Raises a `Refused`.
    """
    if not name.endswith(".json"):
        try:
            return tuple(read_file(data.decode(), name)), None
        except UnicodeDecodeError as error:
            raise ProposalUnreadable(f"{name} is not UTF-8 text; name a proposal (.json) or YAML.") from error
    try:
        proposal = msgspec.json.decode(data, type=Proposal)
    except msgspec.DecodeError as error:
        raise ProposalUnreadable(
            f"{name} is not a proposal as `python -m node definitions propose` writes it; ask for it again."
        ) from error
    intake.check_proposer(connection, proposal)
    return read_offered(proposal.offered, name), proposal
