"""Pages over many regions, as `in_turn` works them out and keeps them, the same for a page and for its data."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection

from hub.serving.became import OfLessons, became_of_region
from hub.serving.goals import GoalStands, goals_stand
from hub.serving.in_turn import in_turn
from hub.serving.indexing import catch_up
from hub.serving.learning import Learning, ToldAction, actions, learning
from hub.serving.match import MatchView, match
from hub.serving.programme import Programme, programme, programmes
from hub.serving.programme_network import NetworkProgress, network_progress
from hub.serving.sheet import sheet
from schemas.codes import Audience, Language
from schemas.learning import ActionState


def kept_match(
    connection: Connection, reader: Audience, now: datetime, region: str, wanted: str | None = None
) -> MatchView:
    """Return what `hub.serving.match.match` returns; raises as it does, and HubBusy."""
    catch_up(connection.engine)  # before it is asked what is kept: what comes into the index is a mark of that
    asked = ("match", reader, region, wanted)
    return in_turn(connection, asked, now, lambda: match(connection.engine, reader, now, region, wanted))


def kept_progress(
    connection: Connection, reader: Audience, now: datetime
) -> tuple[tuple[Programme, ...], NetworkProgress]:
    """Return all regions' programmes, and how far each is; raises HubBusy."""

    def work() -> tuple[tuple[Programme, ...], NetworkProgress]:
        found = programmes(connection, reader, now)
        return found, network_progress(connection, reader, now, found)

    return in_turn(connection, ("network progress", reader), now, work)


def kept_programme(
    connection: Connection, reader: Audience, now: datetime, code: str
) -> tuple[Programme, tuple[GoalStands, ...]]:
    """Return a region's programme and where its goals stand; raises RegionNotListed or HubBusy."""

    def work() -> tuple[Programme, tuple[GoalStands, ...]]:
        found = programme(connection, reader, now, code)
        return found, goals_stand(connection, reader, now, code, found.goals)

    return in_turn(connection, ("region programme", reader, code), now, work)


def kept_learning(
    connection: Connection, reader: Audience, now: datetime, region: str | None = None, page: int = 1
) -> Learning:
    """Return what `hub.serving.learning.learning` returns; raises PageUnknown or HubBusy."""
    asked = ("learning", reader, region, page)
    return in_turn(connection, asked, now, lambda: learning(connection, reader, now.date(), region, page))


def kept_became(connection: Connection, reader: Audience, now: datetime, region: str, page: int) -> OfLessons:
    """Return what `hub.serving.became.became_of_region` returns; raises PageUnknown or HubBusy."""
    asked = ("became", reader, region, page)
    return in_turn(connection, asked, now, lambda: became_of_region(connection, reader, now.date(), region, page))


def kept_actions(
    connection: Connection,
    reader: Audience,
    now: datetime,
    states: Collection[ActionState] = (),
    region: str | None = None,
    owner_role: str = "",
) -> tuple[ToldAction, ...]:
    """Return what `hub.serving.learning.actions` returns; raises HubBusy.

    Those of a role are not kept: its words are the reader's own, and without end.
    """
    asked = ("actions", reader, tuple(sorted(states)), region)
    return in_turn(
        connection, asked, now, lambda: actions(connection, reader, now.date(), states, region, owner_role),
        is_kept=not owner_role,
    )  # fmt: skip


def kept_sheet(
    connection: Connection,
    reader: Audience,
    now: datetime,
    code: str,
    lang: Language,
    since: date | None,
    form: str,
) -> bytes:
    """Return a region's sheet as `pdf` or `docx`; raises RegionNotListed or HubBusy."""

    def work() -> bytes:
        from hub.serving.sheet_files import as_docx, as_pdf  # half a second to read, for a file a meeting asks for

        made = sheet(connection, reader, now, code, lang, since)
        return as_pdf(made) if form == "pdf" else as_docx(made)

    return in_turn(connection, ("sheet", reader, code, lang, since, form), now, work)
