"""The hub's signed list of definitions, fetched over HTTP; anyone may read it, and only its signature makes it true."""

from schemas.definition_list import DefinitionList

from .hub_http import HubConnection


def fetch_definition_list(hub_url: str) -> DefinitionList:
    """Fetch the hub's definitions, unchecked; raises TransportUnavailable or TransportRefused."""
    connection = HubConnection(hub_url)
    try:
        listed: DefinitionList = connection.call("GET", "/api/v1/definitions/signed", DefinitionList)
    finally:
        connection.close()
    return listed
