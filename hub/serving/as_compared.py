"""What the hub holds, in the forms that a comparison takes."""

from collections.abc import Iterable
from datetime import datetime

from hub.comparison import StoredIndicator, WithdrawnRegion
from hub.serving.figures import AcceptedIndicator, Latest, WithdrawnIndicator


def stored_of(held: Iterable[Latest]) -> list[StoredIndicator]:
    """Return the figures that stand as a comparison takes them."""
    return [
        StoredIndicator(one.region, one.region_name, one.payload, _time(one), one.revision)
        for one in held
        if isinstance(one, AcceptedIndicator)
    ]


def withdrawn_of(held: Iterable[Latest]) -> list[WithdrawnRegion]:
    """Return the regions whose figures were taken back, as a comparison takes them."""
    return [
        WithdrawnRegion(one.region, one.region_name, one.period, one.region_set, _time(one), one.revision)
        for one in held
        if isinstance(one, WithdrawnIndicator)
    ]


def _time(one: Latest) -> datetime:
    return datetime.fromisoformat(one.accepted_at)
