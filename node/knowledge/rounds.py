"""Rounds of an assessment: opened for a panel, closed for good, and what people said of a lens in words."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import assessment_round, invitation, lens_word, panel_answer
from schemas.assessment import HELICES, Helix
from schemas.codes import Language, first_day, last_day
from schemas.questionnaires import Questionnaire, spoken
from schemas.refused import Refused

WordKind = Literal["finding", "verdict"]
MOST_SEATS: Final = 1000  # of one helix
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST_TEXT: Final = 4000  # characters, as the hub takes


class RoundRefused(Refused, ValueError):
    """Something asked of a round that cannot be; the message says what to change."""


class RoundUnknown(Refused, LookupError):
    """A round that this node does not know."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what was asked, of how many per helix; `closed_at` None while answers still come in."""

    id: str
    questionnaire: Questionnaire
    period: str
    panel: Mapping[Helix, int]
    opened_at: str
    closed_at: str | None


@dataclass(frozen=True, slots=True)
class LensWord:
    """A focus group's finding or an expert team's verdict on a lens; `satisfactory` None for a finding."""

    lens: str
    kind: WordKind
    language: Language
    text: str
    satisfactory: bool | None
    author: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How far one helix of a round is: seats, links handed out, answers in."""

    helix: Helix
    seats: int
    invited: int
    answered: int


def open_round(
    connection: Connection,
    round_id: str,
    questionnaire: Questionnaire,
    period: str,
    panel: Mapping[Helix, int],
    entry: AuditEntry,
) -> Round:
    """Open a round for a panel, given as seats by helix; raises RoundRefused.

    Of overlapping periods one round asks an item: of two, the difference would tell of who joined in between; and the
    same answers cut into other lenses have other bands, which together leave one score where each leaves two.
    """
    if not _ID.fullmatch(round_id):
        raise RoundRefused(f"'{round_id}' is no name of a round; write small letters, digits and hyphens, at most 63.")
    seats = {helix: panel[helix] for helix in HELICES if panel.get(helix)}
    if not seats or not all(1 <= number <= MOST_SEATS for number in seats.values()):
        raise RoundRefused(f"The panel has no seats, or over {MOST_SEATS} of a helix; name them as government=4.")
    table = assessment_round
    for other in rounds(connection):
        if other.id == round_id or (_overlap(other.period, period) and _ask_alike(other.questionnaire, questionnaire)):
            raise RoundRefused(
                f"Round '{other.id}' has that name, or asks the same, or some of it, over {other.period} already; "
                "choose another name, items or period."
            )
    connection.execute(
        insert(table).values(
            id=round_id,
            instrument=questionnaire.id,
            questionnaire=msgspec.json.encode(questionnaire).decode(),
            period=period,
            panel=msgspec.json.encode(seats).decode(),
            opened_by=entry.actor,
            opened_at=timestamp(entry.at),
        )
    )
    record(connection, entry)
    return find(connection, round_id)


def _overlap(one: str, other: str) -> bool:
    spans = [(first_day(period), last_day(period)) for period in (one, other)]
    (begun, ended), (other_begun, other_ended) = spans
    if begun is None or ended is None or other_begun is None or other_ended is None:
        return one == other
    return begun <= other_ended and other_begun <= ended


def _ask_alike(one: Questionnaire, other: Questionnaire) -> bool:
    """Tell whether two questionnaires are versions of one, or have an item in common by its id or its words."""
    in_words = {spoken(item) for item in one.items} & {spoken(item) for item in other.items}
    return one.id == other.id or bool(in_words or {item.id for item in one.items} & {item.id for item in other.items})


def find(connection: Connection, round_id: str) -> Round:
    """Return one round; raises RoundUnknown."""
    for one in rounds(connection):
        if one.id == round_id:
            return one
    raise RoundUnknown(f"There is no round '{round_id}' here; `python -m node assess list` names them.")


def rounds(connection: Connection) -> tuple[Round, ...]:
    """Return every round, by instrument and then period."""
    table = assessment_round
    rows = connection.execute(select(table).order_by(table.c.instrument, table.c.period)).all()
    return tuple(
        Round(
            row.id,
            msgspec.json.decode(row.questionnaire, type=Questionnaire),
            row.period,
            msgspec.json.decode(row.panel, type=dict[Helix, int]),
            row.opened_at,
            row.closed_at,
        )
        for row in rows
    )


def check_open(one: Round) -> None:
    """Raise RoundRefused where a round is closed."""
    if one.closed_at is not None:
        raise RoundRefused(f"Round '{one.id}' was closed on {one.closed_at[:10]}, and a closed round stays as it is.")


def hold_open(connection: Connection, one: Round) -> None:
    """Keep a round from being closed until the caller's transaction ends; raises RoundRefused where it is closed."""
    table = assessment_round
    # SQLite has one writer anyway
    found = connection.execute(select(table.c.closed_at).where(table.c.id == one.id).with_for_update()).one_or_none()
    if found is None or found.closed_at is not None:
        raise RoundRefused(f"Round '{one.id}' was closed or removed just now, and takes no more answers in.")


def close(connection: Connection, one: Round, entry: AuditEntry) -> int:
    """Close a round for good and forget its links; return how many answered. Raises RoundRefused."""
    check_open(one)
    answered = len(connection.execute(select(panel_answer.c.id).where(panel_answer.c.round == one.id)).all())
    if not answered:
        raise RoundRefused(f"Nobody answered in round '{one.id}' yet, so there is nothing to close.")
    connection.execute(
        update(assessment_round).where(assessment_round.c.id == one.id).values(closed_at=timestamp(entry.at))
    )
    connection.execute(delete(invitation).where(invitation.c.round == one.id))
    record(connection, entry)
    return answered


def remove(connection: Connection, one: Round, entry: AuditEntry) -> None:
    """Forget a round that is still open, its links and its answers; raises RoundRefused."""
    check_open(one)
    for table in (invitation, panel_answer, lens_word):
        connection.execute(delete(table).where(table.c.round == one.id))
    connection.execute(delete(assessment_round).where(assessment_round.c.id == one.id))
    record(connection, entry)


def taken(connection: Connection, one: Round) -> tuple[Taken, ...]:
    """Return how far each helix of a round's panel is."""
    links = Counter(connection.execute(select(invitation.c.helix).where(invitation.c.round == one.id)).scalars())
    answers = Counter(connection.execute(select(panel_answer.c.helix).where(panel_answer.c.round == one.id)).scalars())
    return tuple(Taken(helix, seats, links[helix], answers[helix]) for helix, seats in one.panel.items())


def say(connection: Connection, one: Round, word: LensWord, entry: AuditEntry) -> None:
    """Keep a finding or verdict on a lens, in place of an earlier one in that language; raises RoundRefused."""
    if word.lens not in {lens.id for lens in one.questionnaire.lenses}:
        known = ", ".join(lens.id for lens in one.questionnaire.lenses)
        raise RoundRefused(f"{one.questionnaire.id} has no lens '{word.lens}'; it has {known}.")
    if not word.text.strip() or len(word.text) > _LONGEST_TEXT:
        raise RoundRefused(f"The text on {word.lens} is empty or over {_LONGEST_TEXT} characters; write it, shorter.")
    table = lens_word
    place = (table.c.round == one.id) & (table.c.lens == word.lens) & (table.c.kind == word.kind)
    if word.kind == "verdict":  # one judgement of a lens, though its reason is there in two languages
        opposite = place & (table.c.language != word.language) & (table.c.satisfactory != word.satisfactory)
        connection.execute(delete(table).where(opposite))
    connection.execute(delete(table).where(place & (table.c.language == word.language)))
    connection.execute(
        insert(table).values(
            round=one.id,
            lens=word.lens,
            kind=word.kind,
            language=word.language,
            satisfactory=word.satisfactory,
            text=word.text.strip(),
            author=word.author,
            written_at=timestamp(entry.at),
        )
    )
    record(connection, entry)


def said(connection: Connection, one: Round) -> tuple[LensWord, ...]:
    """Return what was said of the lenses of a round, in the order of the questionnaire."""
    order = [lens.id for lens in one.questionnaire.lenses]
    rows = connection.execute(select(lens_word).where(lens_word.c.round == one.id)).all()
    rows = sorted(rows, key=lambda row: (order.index(row.lens), row.kind, row.language))
    return tuple(LensWord(r.lens, r.kind, r.language, r.text, r.satisfactory, r.author) for r in rows)
