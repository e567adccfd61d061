"""What waits for whom, with the page where it is done; and how far a new node is from its first safe release."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from node.indicators import approved
from node.knowledge import actions, lessons, messages
from node.release import outbox, review
from node.release.person import folded, same_person
from node.release.states import OVER, BundleState
from node.release.subject import name_of
from node.tables import bundle as bundle_table
from node.tables import event, reviewer
from node.tables import lesson as lesson_table
from node.work import linking, plans, runs
from node.work.sources import ListedSource, RecordStoreBusy
from node.work.taking_back import seen_among
from schemas.payloads import LessonPublished
from schemas.text import Text, counted

from .accounts import Role
from .visit import Desk, Visit

_SOON: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits: in words, where it is done, by whom; `is_mine` where it is this person's turn."""

    what: Text
    to: str
    roles: tuple[Role, ...]
    is_mine: bool
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step of the way from an empty node to its first safe release."""

    what: Text
    why: Text
    to: str
    is_done: bool


def waits(connection: Connection, visit: Visit, sources: tuple[ListedSource, ...]) -> tuple[Wait, ...]:
    """Return what waits, this person's own first."""
    found = [*_bundles(connection, visit), *_drafts(connection, visit), *_outbox(connection, visit)]
    found += [
        *_actions(connection, visit),
        *_messages(connection, visit),
        *_runs(connection, visit),
        *_terms(visit, sources),
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_mine, not one.is_urgent)))


def _bundles(connection: Connection, visit: Visit) -> Iterator[Wait]:
    open_ones = select(bundle_table).where(bundle_table.c.state.not_in(OVER))
    for row in connection.execute(open_ones.order_by(bundle_table.c.created_at)).all():
        own = same_person(row.author, visit.who.name)
        to = f"/bundles/{row.id}"
        makers: tuple[Role, ...] = ("scientist", "author")
        match BundleState(row.state):
            case BundleState.TO_ANSWER:
                text = Text(f"{row.id} heeft bevindingen zonder antwoord", f"{row.id} has findings without an answer")
                yield Wait(text, f"{to}#findings", makers, own)
            case BundleState.UNDER_REVIEW:
                decided = any(same_person(one.name, visit.who.name) for one in review.decisions(connection, row.id))
                text = Text(f"{row.id} wacht op beoordeling", f"{row.id} waits for review")
                yield Wait(text, f"{to}#review", ("reviewer",), visit.may("reviewer") and not decided and not own)
            case BundleState.HELD:
                text = Text(f"{row.id} staat stil", f"{row.id} is on hold")
                yield Wait(text, f"{to}#review", ("officer",), visit.may("officer"))
            case BundleState.APPROVED:
                text = Text(f"{row.id} is goedgekeurd en kan worden gepubliceerd", f"{row.id} is approved, to publish")
                yield Wait(text, f"{to}#review", makers, own)


def _drafts(connection: Connection, visit: Visit) -> Iterator[Wait]:
    """Yield the lessons that readers do not see as they read here: this person's own wait for them."""
    rows = connection.execute(select(lesson_table.c.author, lesson_table.c.payload)).all()
    kept = [(row.author, msgspec.json.decode(row.payload, type=LessonPublished)) for row in rows]
    seen = seen_among(connection, visit.desk.secret("subject"), [name_of(one) for _, one in kept])
    open_ones = [author for author, one in kept if (name := name_of(one)) not in seen or seen[name].content != one]
    if open_ones:
        what = counted(
            len(open_ones),
            (
                "les is nog niet uitgebracht zoals hij hier staat",
                "lessen zijn nog niet uitgebracht zoals ze hier staan",
            ),
            ("lesson is not released yet as it reads here", "lessons are not released yet as they read here"),
        )
        is_mine = any(same_person(author, visit.who.name) for author in open_ones)
        yield Wait(what, "/lessons", ("author", "scientist"), is_mine)


def _actions(connection: Connection, visit: Visit) -> Iterator[Wait]:
    """Yield the actions of the region whose day has come or comes soon."""
    due = actions.due(connection, visit.desk.clock().date())
    if number := len(due.overdue):
        what = counted(number, ("actie is over tijd", "acties zijn over tijd"),
                       ("action is overdue", "actions are overdue"))  # fmt: skip
        yield Wait(what, "/learning", ("author", "scientist"), visit.may("author"), is_urgent=True)
    if number := len(due.due_soon):
        what = counted(number, ("actie is binnenkort aan de beurt", "acties zijn binnenkort aan de beurt"),
                       ("action is due soon", "actions are due soon"))  # fmt: skip
        yield Wait(what, "/learning", ("author", "scientist"), visit.may("author"))


def _messages(connection: Connection, visit: Visit) -> Iterator[Wait]:
    if number := len(messages.kept(connection)):
        what = counted(number, ("bericht van een lezer wacht", "berichten van lezers wachten"),
                       ("message of a reader waits", "messages of readers wait"))  # fmt: skip
        yield Wait(what, "/messages", ("author", "scientist"), visit.may("author"))


def _outbox(connection: Connection, visit: Visit) -> Iterator[Wait]:
    counts = outbox.counts(connection)
    if number := counts["pending"] + counts["sent"]:
        what = counted(number, ("gebeurtenis wacht op de hub", "gebeurtenissen wachten op de hub"),
                       ("event waits for the hub's answer", "events wait for the hub's answer"))  # fmt: skip
        yield Wait(what, "/ledger", ("scientist", "author"), visit.may("scientist"))
    if number := counts["refused"]:
        what = counted(number, ("gebeurtenis is door de hub geweigerd", "gebeurtenissen zijn door de hub geweigerd"),
                       ("event was refused by the hub", "events were refused by the hub"))  # fmt: skip
        yield Wait(what, "/ledger", ("scientist", "author"), visit.may("scientist"), is_urgent=True)


def _runs(connection: Connection, visit: Visit) -> Iterator[Wait]:
    for plan in plans.plans(connection):
        last = runs.newest(connection, plan.id)
        if last is not None and last.outcome == "failed":
            what = Text(f"planning '{plan.id}' is mislukt", f"plan '{plan.id}' failed")
            yield Wait(what, "/plans", ("scientist",), visit.may("scientist"), is_urgent=True)


def _terms(visit: Visit, sources: tuple[ListedSource, ...]) -> Iterator[Wait]:
    today = visit.desk.clock().date()
    for one in sources:
        if one.delete_by <= today + _SOON:
            what = Text(
                f"de rijen van bron {one.id} worden op {one.delete_by} verwijderd",
                f"the rows of source {one.id} are to be deleted on {one.delete_by}",
            )
            yield Wait(what, f"/sources/{one.id}", ("scientist",), visit.may("scientist"), one.delete_by <= today)


def first_steps(connection: Connection, desk: Desk, sources: tuple[ListedSource, ...]) -> tuple[FirstStep, ...]:
    """Return the way from an empty node to its first release, each step with whether it was taken."""
    gone = set(connection.scalars(select(reviewer.c.name).where(reviewer.c.revoked_at.is_not(None))))
    people = [one for one in review.reviewers(connection) if one.name not in gone]
    houses = {folded(one.organisation) for one in people}
    states = set(connection.scalars(select(bundle_table.c.state).distinct()))
    signed = bool(connection.scalar(select(func.count()).select_from(event)))
    accepted = bool(outbox.counts(connection)["accepted"])
    has_words = bool(lessons.titles(connection))
    return (
        FirstStep(
            Text("Twee beoordelaars van twee organisaties", "Two reviewers of two organisations"),
            Text("De beheerder nodigt hen uit (`python -m node desk invite`); ieder maakt een eigen sleutel onder "
                 "'Mijn sleutel'.",
                 "The operator invites them (`python -m node desk invite`); each makes a key of their own under 'My "
                 "key'."),
            "/key", len(people) >= 2 and len(houses) >= 2,
        ),
        FirstStep(
            Text("De hub kent deze node", "The hub knows this node"),
            Text("De beheerder doet dit met de code van het landelijk team: `python -m node enrol`.",
                 "The operator does this with the national team's code: `python -m node enrol`."),
            "/ledger", desk.is_enrolled,
        ),
        FirstStep(
            Text("Een bron geladen, of een les geschreven", "A source loaded, or a lesson written"),
            Text("Wie geen bronnen heeft, begint met een les: dat kan binnen een uur.",
                 "Without sources, begin with a lesson: that takes less than an hour."),
            "/sources", bool(sources) or has_words,
        ),
        *_linkage_step(desk, sources),
        FirstStep(
            Text("Definities goedgekeurd die de regio berekent", "Definitions approved that the region computes"),
            Text("Alleen goedgekeurde versies worden berekend; voor lessen is dit niet nodig.",
                 "Only approved versions are computed; lessons do not need this."),
            "/definitions", bool(approved.computable(connection)) or (has_words and not sources),
        ),
        FirstStep(
            Text("Een eerste bundel bevroren", "A first bundle frozen"),
            Text("Beschermd en getoetst; u ziet precies wat zou uitgaan.",
                 "Protected and audited; you see exactly what would leave."),
            "/bundles", bool(states),
        ),
        FirstStep(
            Text("Beoordeeld en ondertekend", "Reviewed and signed"),
            Text("Twee akkoorden voor cijfers, een voor woorden alleen.",
                 "Two approvals for figures, one for words alone."),
            "/bundles", signed,
        ),
        FirstStep(
            Text("Aangenomen door de hub", "Accepted by the hub"),
            Text("Verzend onder Grootboek; de ontvangst van de hub staat daar.",
                 "Ship under Ledger; the hub's receipt is shown there."),
            "/ledger", accepted,
        ),
    )  # fmt: skip


def _linkage_step(desk: Desk, sources: tuple[ListedSource, ...]) -> tuple[FirstStep, ...]:
    """Return the step that a region has whose sources share no number: to know how well they were linked."""
    if all(one.linkage != "probabilistic" for one in sources):
        return ()
    try:
        is_judged = linking.is_judged(desk.settings.home)
    except RecordStoreBusy:
        return ()
    return (
        FirstStep(
            Text("Beoordeeld hoe goed de bronnen gekoppeld zijn", "Judged how well the sources are linked"),
            Text("Een steekproef van paren zegt wat het model van zichzelf niet weet; cijfers dragen de uitkomst mee.",
                 "A sample of pairs tells what the model does not know of itself; figures carry the outcome."),
            "/linkage", is_judged,
        ),
    )  # fmt: skip
