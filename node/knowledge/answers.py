"""Answers of a panel: taken in by a link that holds once, or from a CSV file, and kept without who gave them."""

import csv
import hashlib
import io
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from node.audit import AuditEntry, record
from node.tables import invitation, panel_answer
from schemas.assessment import HELICES, Helix
from schemas.questionnaires import POINTS, Questionnaire
from schemas.refused import Refused

from .rounds import Round, RoundRefused, check_open, find, hold_open, taken

_TOKEN_BYTES: Final = 32
_MOST_ROWS: Final = 4000
_LONGEST_FILE: Final = 4_000_000  # bytes
RESPONDENT: Final = "respondent"


class InvitationUnknown(Refused, LookupError):
    """A link that is none of this node's, or of a round that is closed."""


class InvitationUsed(RoundRefused):
    """A link by which answers were sent already."""


class AnswersUnreadable(Refused, ValueError):
    """Answers that cannot be taken in; `lines` are the sentences, one per row that is wrong."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the sentences."""
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Link:
    """One invitation; the token is not kept and cannot be shown again."""

    helix: Helix
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one respondent answered: per item of the questionnaire 1 to 4, or None."""

    helix: Helix
    points: tuple[int | None, ...] = field(repr=False)


def invite(connection: Connection, one: Round, entry: AuditEntry) -> tuple[Link, ...]:
    """Make a link for every seat of a round that has neither link nor answer; raises RoundRefused."""
    check_open(one)
    used = Counter(
        connection.execute(
            select(invitation.c.helix).where(invitation.c.round == one.id, invitation.c.used.is_(True))
        ).scalars()
    )
    links = tuple(
        Link(helix.helix, secrets.token_urlsafe(_TOKEN_BYTES))
        for helix in taken(connection, one)
        for _ in range(helix.seats - helix.invited - (helix.answered - used[helix.helix]))
    )
    if not links:
        raise RoundRefused(f"Every seat of round '{one.id}' has its link or its answer already.")
    rows = [{"id": _hash(link.token), "round": one.id, "helix": link.helix, "used": False} for link in links]
    connection.execute(insert(invitation), sorted(rows, key=lambda row: str(row["id"])))
    record(connection, replace(entry, detail=f"{len(links)} links"))
    return links


def asked(connection: Connection, token: str) -> Round:
    """Return the round that a link asks for; raises InvitationUnknown or InvitationUsed."""
    row = connection.execute(
        select(invitation.c.round, invitation.c.used).where(invitation.c.id == _hash(token))
    ).one_or_none()
    if row is None:
        raise InvitationUnknown("This link is not known here, or its round is closed.")
    if row.used:
        raise InvitationUsed("By this link answers were sent already; they cannot be seen or changed.")
    return find(connection, row.round)


def answer(connection: Connection, token: str, given: Mapping[str, str], now: datetime) -> None:
    """Keep what a respondent answers, by item, and mark the link used, in the caller's one transaction.

    Raises InvitationUnknown, InvitationUsed or AnswersUnreadable. Neither the link nor the hour is kept with it.
    """
    one = asked(connection, token)
    points, wrong = read_points(one.questionnaire, given)
    if wrong:
        raise AnswersUnreadable(wrong)
    hold_open(connection, one)
    place = invitation.c.id == _hash(token)
    marked = connection.execute(update(invitation).where(place, invitation.c.used.is_(False)).values(used=True))
    if marked.rowcount != 1:
        raise InvitationUsed("By this link answers were sent already; they cannot be seen or changed.")
    helix = connection.execute(select(invitation.c.helix).where(place)).scalar_one()
    _keep(connection, one, [Answer(helix, points)])
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    record(connection, AuditEntry(RESPONDENT, "assessment.answered", one.id, day))


def import_answers(connection: Connection, one: Round, found: Sequence[Answer], entry: AuditEntry) -> None:
    """Keep all answers of a file, or none: raises RoundRefused where a helix has fewer seats left."""
    check_open(one)
    hold_open(connection, one)
    coming = Counter(row.helix for row in found)
    unused = Counter(
        connection.execute(
            select(invitation.c.helix).where(invitation.c.round == one.id, invitation.c.used.is_(False))
        ).scalars()
    )
    held = {helix.helix: helix for helix in taken(connection, one)}
    for helix, number in coming.items():
        left = held[helix].seats - held[helix].answered - unused[helix] if helix in held else 0
        if number > left:
            raise RoundRefused(
                f"The file has {number} answers of {helix} and round '{one.id}' has {left} seats left there without a "
                "link; nothing was taken in."
            )
    _keep(connection, one, found)
    record(connection, replace(entry, detail=f"{len(found)} answers"))


def read_answers(file: Path, questionnaire: Questionnaire) -> tuple[Answer, ...]:
    """Read a CSV file with a column `helix` and one per item; raises AnswersUnreadable with a sentence per bad row."""
    if file.stat().st_size > _LONGEST_FILE:
        raise AnswersUnreadable(
            [f"{file}: the file is over {_LONGEST_FILE // 1_000_000} MB; a panel's is far smaller."]
        )
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswersUnreadable([f"{file}: this is not UTF-8; save it as CSV UTF-8."]) from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        head, *rows = [[cell.strip() for cell in row] for row in reader] or [[]]
    except csv.Error as error:
        raise AnswersUnreadable([f"{file} line {reader.line_num}: this is no CSV; correct that line."]) from error
    names = [item.id for item in questionnaire.items]
    if sorted(head) != sorted(["helix", *names]):
        absent = [name for name in ("helix", *names) if name not in head]
        what = f"column '{absent[0]}' is missing" if absent else "a column stands twice or is none of the questionnaire"
        raise AnswersUnreadable([f"{file} line 1: {what}; the columns are helix and the items' ids, each once."])
    lines: list[str] = []
    found: list[Answer] = []
    for number, row in enumerate(rows[: _MOST_ROWS + 1], start=2):
        if any(row):
            _read_row(f"{file} row {number}", head, row, questionnaire, found, lines)
    if len(rows) > _MOST_ROWS:
        lines.append(f"{file}: there are over {_MOST_ROWS} rows; a panel is smaller.")
    if not found and not lines:
        lines.append(f"{file}: there is no row with answers under the columns' names.")
    if lines:
        raise AnswersUnreadable(lines)
    return tuple(found)


def read_points(questionnaire: Questionnaire, given: Mapping[str, str]) -> tuple[tuple[int | None, ...], list[str]]:
    """Return the points per item (None: not answered) and a sentence per item that has something else."""
    lines = [
        f"'{item.id}' is answered with something else than 1 to 4; choose one, or leave it out"
        for item in questionnaire.items
        if given.get(item.id, "") not in {"", *map(str, POINTS)}
    ]
    if not lines and not any(given.get(item.id) for item in questionnaire.items):
        lines = ["nothing is answered; answer at least one question"]
    texts = [given.get(item.id, "") for item in questionnaire.items]
    return tuple(int(text) if text and not lines else None for text in texts), lines


def answers_of(connection: Connection, round_id: str) -> tuple[Answer, ...]:
    """Return the answers of a round, in an order that tells nothing."""
    rows = connection.execute(
        select(panel_answer.c.helix, panel_answer.c.answers)
        .where(panel_answer.c.round == round_id)
        .order_by(panel_answer.c.id)
    )
    return tuple(Answer(row.helix, msgspec.json.decode(row.answers, type=tuple[int | None, ...])) for row in rows)


def _read_row(
    place: str, head: Sequence[str], row: Sequence[str], asked: Questionnaire, found: list[Answer], lines: list[str]
) -> None:
    if len(row) != len(head):
        lines.append(f"{place}: there are {len(row)} columns and not {len(head)}; add or remove some.")
        return
    given = dict(zip(head, row, strict=True))
    helix = next((one for one in HELICES if one == given["helix"]), None)
    if helix is None:
        lines.append(f"{place}: 'helix' is none of {', '.join(HELICES)}.")
        return
    points, wrong = read_points(asked, given)
    if wrong:
        lines.append(f"{place}: {'; '.join(wrong)}.")
        return
    found.append(Answer(helix, points))


def forget_order(engine: Engine) -> None:
    """Clear what the database keeps beside its rows of when which answer came; best done after each, harmless always.

    Where another process uses SQLite's log, or PostgreSQL will not vacuum now, the next answer tries again.
    """
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw, suppress(OperationalError):
            cursor = raw.cursor()
            (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute("PRAGMA busy_timeout = 0")  # whoever sent an answer does not wait for other readers
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return
    with suppress(SQLAlchemyError), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {panel_answer.name}")


def _keep(connection: Connection, one: Round, found: Sequence[Answer]) -> None:
    """Keep answers, and write all others of the round anew with them: so no row tells with which link it came.

    Else a row's place in SQLite's file would tell the order in which answers came; and PostgreSQL marks each row with
    the transaction that wrote it, which for an answer by a link wrote the link's row as well.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # else the rows before would linger in their pages
    every = [*answers_of(connection, one.id), *found]
    connection.execute(delete(panel_answer).where(panel_answer.c.round == one.id))
    rows = [
        {
            "id": secrets.token_hex(16),
            "round": one.id,
            "helix": row.helix,
            "answers": msgspec.json.encode(row.points).decode(),
        }
        for row in every
    ]
    connection.execute(insert(panel_answer), sorted(rows, key=lambda row: row["id"]))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
