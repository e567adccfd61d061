"""Hold what a hub shows against what it signed before: whoever kept its heads sees a second history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from schemas.refused import Refused

from .envelope import CHAIN_START, Envelope, event_id
from .heads import Heads, check_heads, heads_hash
from .signature import PublicKey

_DAY: Final = len("2026-11-22")


class HistoryRewritten(Refused, ValueError):
    """A hub that shows something else than what it signed before; keep both copies, they are the proof."""


def check_days(days: Sequence[Heads], key: PublicKey) -> None:
    """Check a run of daily heads, oldest first: signed, chained, one a day, and no chain shorter or other than before.

    A run may start anywhere. Raises SignatureMismatch or HistoryRewritten.
    """
    before: Heads | None = None
    for one in days:
        check_heads(one, key)
        if before is not None:
            if one.as_of[:_DAY] <= before.as_of[:_DAY] or one.previous != heads_hash(before):
                raise HistoryRewritten(f"The heads of {one.as_of[:_DAY]} do not follow those of the day before.")
            _check_growth(before, one)
        before = one


def check_follows(kept: Sequence[Heads], shown: Sequence[Heads], key: PublicKey) -> None:
    """Check that the days shown now are those kept before, or go on from the last of them.

    Raises SignatureMismatch or HistoryRewritten, which also means a day that was kept and is not shown any more.
    """
    check_days(kept, key)
    check_days(shown, key)
    if not (kept and shown):
        return
    first = shown[0].as_of[:_DAY]
    now = {one.as_of[:_DAY]: heads_hash(one) for one in shown}
    for one in kept:
        day = one.as_of[:_DAY]
        if day >= first and now.get(day) != heads_hash(one):
            raise HistoryRewritten(f"The heads of {day} are not those that were kept.")
    if first > kept[-1].as_of[:_DAY] and shown[0].previous != heads_hash(kept[-1]):
        raise HistoryRewritten(f"The heads of {first} do not follow the last ones that were kept.")


def chain_links(envelopes: Iterable[Envelope]) -> dict[int, str]:
    """Return a whole chain's event ids by place; raises HistoryRewritten where a link does not fit the one before."""
    links: dict[int, str] = {}
    previous = CHAIN_START
    for envelope in envelopes:
        if envelope.sequence != len(links) + 1 or envelope.previous != previous:
            raise HistoryRewritten(
                f"Place {len(links) + 1} of {envelope.region}'s chain does not follow the one before."
            )
        previous = links[envelope.sequence] = event_id(envelope)
    return links


def check_chain(region: str, links: Mapping[int, str], days: Iterable[Heads]) -> None:
    """Check that a region's chain holds the link that each day's heads name; raises HistoryRewritten."""
    for one in days:
        for head in one.heads:
            if head.region == region and links.get(head.sequence) != head.event_id:
                raise HistoryRewritten(
                    f"The heads of {one.as_of[:_DAY]} name another event at place {head.sequence} of {region}'s chain."
                )


def _check_growth(before: Heads, after: Heads) -> None:
    now = {head.region: head for head in after.heads}
    for head in before.heads:
        later = now.get(head.region)
        if later is None or later.sequence < head.sequence:
            raise HistoryRewritten(f"The chain of {head.region} is shorter on {after.as_of[:_DAY]} than it was before.")
        if later.sequence == head.sequence and later.event_id != head.event_id:
            raise HistoryRewritten(f"The chain of {head.region} ends otherwise on {after.as_of[:_DAY]} than before.")
