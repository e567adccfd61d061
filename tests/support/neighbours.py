"""What a hub shows of other regions to a node under test."""

from schemas.joint import Neighbourhood


def nobody(indicator: str, period: str) -> Neighbourhood:
    """Say that no other region published anything."""
    return Neighbourhood((), {})
