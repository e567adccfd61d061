"""Whether the hub knows this node, in words for who asks for what needs that."""

from .visit import FormUnfit, Visit


def unknown_at_hub(visit: Visit) -> str:
    """Return what a page says where the hub does not know this node yet."""
    return visit.t(
        "De hub kent deze node nog niet: de beheerder doet `python -m node enrol`.",
        "The hub does not know this node yet: the operator runs `python -m node enrol`.",
    )


def require_enrolled(visit: Visit) -> None:
    """Raise FormUnfit where the hub does not know this node yet."""
    if not visit.desk.is_enrolled:
        raise FormUnfit(unknown_at_hub(visit))
