"""Whatever single thing is done to a ledger file, verifying finds it; a tail cut with a fitting trailer needs heads."""

from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.canonical import canonical_bytes, parse_canonical
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.envelope import CHAIN_START
from schemas.heads import Head, Heads, signed_heads
from schemas.ledger_file import LedgerEntry, LedgerHeader, LedgerTrailer, checked, read_line, write_ledger
from schemas.ledger_proofs import LedgerFileWrong
from schemas.ledger_verify import verify_ledger
from schemas.signature import PublicKey, SigningKey
from tests.support.ledgers import first_ledger, ledger

HUB: Final = SigningKey.generate()
LINES: Final = ledger("XR-DUINRAND", HUB)
OTHER: Final = ledger("XR-HEUVEL", HUB)
EVENTS: Final = len(LINES) - 2
places = st.integers(1, EVENTS)  # line 0 is the header, line n is event n
calm = settings(deadline=None)  # signatures take their time on a busy machine


def wrong(lines: list[bytes]) -> LedgerFileWrong:
    with pytest.raises(LedgerFileWrong) as caught:
        verify_ledger(lines)
    return caught.value


def resealed(lines: list[bytes]) -> list[bytes]:
    """Write every check and the trailer anew, as who changes a file on purpose would."""
    header, *others = [read_line(one) for one in lines]
    assert isinstance(header, LedgerHeader)
    found = [one for one in others if isinstance(one, LedgerEntry)]
    return list(write_ledger(header, found))


def test_an_untouched_file_verifies() -> None:
    done = verify_ledger(LINES, hub_key=HUB.public)
    assert (done.events, done.receipts, done.destroyed, done.left_out) == (EVENTS, EVENTS, 1, 0)
    assert resealed(LINES) == LINES


def test_a_file_of_the_first_format_verifies_for_ever() -> None:
    lines = first_ledger("XR-DUINRAND", HUB)
    assert (b'"format":1' in lines[0], b'"batch"' in b"".join(lines)) == (True, False)
    assert verify_ledger(lines, hub_key=HUB.public).receipts == EVENTS


def test_a_file_of_a_format_to_come_is_named() -> None:
    header = msgspec.structs.replace(read_line(LINES[0]), format=3)
    assert "The file's format is 3 and this version reads 1 and 2" in str(
        wrong([canonical_bytes(header) + b"\n", *LINES[1:]])
    )


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_file_for_an_audience_holds_every_envelope_and_only_its_payloads(audience: Audience) -> None:
    lines = ledger("XR-DUINRAND", HUB, audience)
    done = verify_ledger(lines)
    found = [one for one in map(read_line, lines) if isinstance(one, LedgerEntry)]
    beyond = [one for one in found if not may_read(audience, one.envelope.audience)]
    assert (done.events, done.left_out) == (EVENTS, len(beyond))
    assert all(one.salt is None and one.payload is None for one in beyond)


@calm
@given(places)
def test_a_removed_event_is_named(place: int) -> None:
    found = wrong(LINES[:place] + LINES[place + 1 :])
    assert (found.sequence, found.kind) == (place, "removed")
    if place < EVENTS:
        found = wrong(resealed(LINES[:place] + LINES[place + 1 :]))
        assert (found.sequence, found.kind) == (place, "removed")


@calm
@given(places, places)
def test_a_doubled_event_is_named(place: int, at: int) -> None:
    lines = [*LINES[: at + 1], LINES[place], *LINES[at + 1 :]]
    for one in (lines, resealed(lines)):
        found = wrong(one)
        assert found.kind in ("inserted", "reordered")
        assert found.sequence == (place if place <= at else at + 1)


@calm
@given(st.lists(places, min_size=2, max_size=2, unique=True).map(sorted))
def test_two_events_in_each_others_place_are_named(pair: list[int]) -> None:
    lines = list(LINES)
    lines[pair[0]], lines[pair[1]] = lines[pair[1]], lines[pair[0]]
    for one in (lines, resealed(lines)):
        found = wrong(one)
        assert (found.sequence, found.kind) == (pair[0], "reordered")


@calm
@given(st.integers(0, EVENTS + 1), st.data())
def test_one_altered_byte_is_found_at_its_line(place: int, data: st.DataObject) -> None:
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != line[at]))
    found = wrong([*LINES[:place], line[:at] + bytes([byte]) + line[at + 1 :], *LINES[place + 1 :]])
    assert found.sequence in (place, _sequence_in(line[:at] + bytes([byte]) + line[at + 1 :]))


def _sequence_in(line: bytes) -> int:
    """Return the place that an altered line claims, which is then named; -1 where it is no event."""
    try:
        read = read_line(line)
    except ValueError:
        return -1
    return read.envelope.sequence if isinstance(read, LedgerEntry) else -1


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        return [one for key, inner in value.items() for one in leaves(inner, (*path, key))]
    if isinstance(value, list) and value:
        return [one for key, inner in enumerate(value) for one in leaves(inner, (*path, key))]
    return [path]


def changed(value: Any) -> Any:
    match value:
        case int():
            return value + 1
        case str() if value:
            return value[:-1] + ("1" if value.endswith("0") else "0")
    return "x"


@calm
@given(st.integers(0, EVENTS + 1), st.data())
def test_one_changed_field_in_canonical_form_is_found(place: int, data: st.DataObject) -> None:
    value = parse_canonical(LINES[place][:-1])
    *path, last = data.draw(st.sampled_from(leaves(value)))
    inner = value
    for key in path:
        inner = inner[key]
    inner[last] = changed(inner[last])
    wrong([*LINES[:place], canonical_bytes(value) + b"\n", *LINES[place + 1 :]])


SIGNED: Final = ("id", "envelope", "salt", "payload", "destroyed_by", "receipt")


@calm
@given(places, st.sampled_from(SIGNED), st.data())
def test_a_changed_field_is_found_also_where_the_checks_are_made_to_fit(
    place: int, name: str, data: st.DataObject
) -> None:
    value = parse_canonical(LINES[place][:-1])
    *path, last = data.draw(st.sampled_from(leaves(value[name], (name,))))
    inner = value
    for key in path:
        inner = inner[key]
    inner[last] = changed(inner[last])
    lines = [*LINES[:place], canonical_bytes(value) + b"\n", *LINES[place + 1 :]]
    try:
        lines = resealed(lines)
    except ValueError:  # not even a line of such a file any more
        assert wrong(lines).sequence == place
        return
    wrong(lines)


@calm
@given(places, places)
def test_another_regions_event_is_named(place: int, other: int) -> None:
    for lines in (
        [*LINES[:place], OTHER[other], *LINES[place:]],
        [*LINES[:place], OTHER[other], *LINES[place + 1 :]],
        [*LINES[:place], *OTHER[place:]],
    ):
        for one in (lines, resealed(lines)):
            found = wrong(one)
            assert (found.sequence, found.kind) == (place, "inserted")


@calm
@given(st.integers(0, EVENTS))
def test_a_cut_tail_is_named(last: int) -> None:
    found = wrong(LINES[: last + 1])
    assert (found.sequence, found.kind) == (last + 1, "truncated")


@calm
@given(st.integers(0, EVENTS + 1), st.data())
def test_a_file_that_ends_within_a_line_is_named(place: int, data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(LINES[place]) - 1))
    found = wrong([*LINES[:place], LINES[place][:end]])
    assert (found.sequence, found.kind) == (place, "truncated")


def heads(count: int) -> Heads:
    entries = [one for one in map(read_line, LINES) if isinstance(one, LedgerEntry)]
    head = Head("XR-DUINRAND", count, entries[count - 1].id)
    return signed_heads(Heads("2026-11-22T23:59:59Z", CHAIN_START, (head,), HUB.public.key_id), HUB)


@calm
@given(st.integers(8, EVENTS - 1))  # from the redaction on: before it the destroyed payload has no reason
def test_a_cut_tail_with_a_trailer_made_to_fit_is_seen_by_the_hubs_heads_only(last: int) -> None:
    header = read_line(LINES[0])
    assert isinstance(header, LedgerHeader)
    cut = resealed([*LINES[: last + 1]])
    assert verify_ledger(cut).events == last  # nothing in such a file can tell
    with pytest.raises(LedgerFileWrong) as caught:
        verify_ledger(cut, [heads(EVENTS)])
    assert (caught.value.sequence, caught.value.kind) == (last + 1, "truncated")
    assert verify_ledger(LINES, [heads(EVENTS)]).days == 1


def test_a_hub_key_other_than_the_one_given_is_refused() -> None:
    with pytest.raises(LedgerFileWrong, match="another hub key"):
        verify_ledger(LINES, hub_key=PublicKey(SigningKey.generate().public.hex))


def test_a_payload_put_back_behind_its_redaction_is_found() -> None:
    found = [read_line(one) for one in LINES]
    gone = next(one for one in found if isinstance(one, LedgerEntry) and one.destroyed_by)
    put_back = msgspec.structs.replace(gone, salt="00" * 32, payload={}, destroyed_by=None)
    number = gone.envelope.sequence
    lines = [*LINES[:number], canonical_bytes(put_back) + b"\n", *LINES[number + 1 :]]
    assert wrong(resealed(lines)).sequence == number


def test_a_trailer_is_checked_like_every_line() -> None:
    trailer = read_line(LINES[-1])
    assert isinstance(trailer, LedgerTrailer)
    assert checked(trailer, "0" * 64).check != trailer.check
