"""A hub with something on every page of the portal, and the addresses of all of its pages.

Pages come from the application itself: a new one is walked without a line here, or fails until its arguments are given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import flask
from sqlalchemy import Connection, insert, select, update

from connectors.database import writing
from hub.audit import utc_text
from hub.config import Hub
from hub.digests.subscribe import Wish, ask
from hub.identity import accounts
from hub.identity.seal import link
from hub.identity.sessions import start_session
from hub.identity.tokens import issue_token, region_owner
from hub.intake.enrol import invite
from hub.routes import BLUEPRINTS
from hub.serving.subscriptions import make_subscription
from hub.tables import dead_letter, key, region
from hub.tables.digests import digest
from hub.web.outlines import ggd_outlines
from schemas.assessment import ExpertVerdict, Helix
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue
from tests.support.evaluations import an_evaluation
from tests.support.files import an_attachment, picture
from tests.support.held_by_hub import NOW, TAKEN_OVER, HeldByHub, a_lesson, figures
from tests.support.items import FILLED, an_item
from tests.support.panels import an_assessment, with_means
from tests.support.served import served

TOTAL: Final = ("total", "total", "total")
YEARS: Final = ("2021", "2022", "2023", "2024", "2025")
PANEL: Final[tuple[Helix, ...]] = ("government",) * 12 + ("practice",) * 12
PUBLIC_TABLE: Final = "jv24.sterk_eenzaam_54"
INVENTED: Final = {"XR-DUINRAND": "Duinrand", "XR-HEUVELZOOM": "Heuvelzoom", "XR-VEENKANT": "Veenkant"}
COOKIE: Final = "regiohelix-session"
ABSENT: Final = ("/compare/no.such", "/digests/leave/nothing", "/items/absent")
STATES: Final = (  # what the plain addresses do not show
    "/?region=GG1106", "/?region=XR-DUINRAND", "/compare?q=eenzaam", f"/compare/{PUBLIC_TABLE}", *ABSENT,
    "/regions/XR-DUINRAND?indicator=q.hba1c&since=2021&goal=70&traits=h.srh_good",
    "/compare/q.hba1c?set=invented&beside=XR-DUINRAND&sort=value", "/compare/h.srh_good?view=intervals&set=ggd",
    "/compare/h.srh_good?view=map&set=ggd", "/compare/h.srh_good?view=funnel&set=ggd&beside=GG1106",
    "/compare/h.srh_good?view=table&set=ggd", "/compare/q.hba1c?view=trend&set=invented&beside=XR-VEENKANT",
    "/compare/q.hba1c?view=control&set=invented&beside=XR-VEENKANT",
    "/regions/XR-DUINRAND/ledger?verify=1", "/gradient/q.hba1c?rank_by=h.srh_good&set=invented",
    "/knowledge?q=niets+hiervan", "/items?kind=method", "/administration/dead-letters?state=all",
    "/administration/regions/XR-NIEUW", "/administration/keys?state=ended", "/administration/tokens?state=ended",
    "/administration/users/bea",
)  # fmt: skip
_NO_PAGES: Final = ("static", "change_appearance")
_LESSON, _ITEM, _SUBSCRIPTION, _CONFIRM, _LEAVE = "_LESSON_", "_ITEM_", "_SUBSCRIPTION_", "_CONFIRM_", "_LEAVE_"
_GIVEN: Final = {
    "<indicator>": "h.srh_good", "<code>": "GG1106", "/lessons/<event_id>": f"/lessons/{_LESSON}",
    "/items/<event_id>": f"/items/{_ITEM}", "/subscriptions/<identifier>": f"/subscriptions/{_SUBSCRIPTION}",
    "/confirm/<shown>": f"/confirm/{_CONFIRM}", "/leave/<shown>": f"/leave/{_LEAVE}",
    "/dead-letters/<number>": "/dead-letters/1", "/users/<name>": "/users/anna",
}  # fmt: skip


@dataclass
class Portal:
    """The hub behind the pages, where it is served, and the sessions of a region's person and of an administrator."""

    held: HeldByHub
    url: str
    session: str
    administrator: str
    made: Mapping[str, str]

    def shown_by(self, page: str) -> str:
        """Return the session of who looks at a page."""
        return self.administrator if page.startswith("/administration") else self.session

    def at(self, page: str) -> str:
        """Return where a page of `PAGES` is served."""
        for name, identifier in self.made.items():
            page = page.replace(name, identifier)
        return self.url + page


def _every_page() -> list[str]:
    """Return the address of every route that answers people with a page; LookupError names one without arguments."""
    app, found = flask.Flask("pages"), []
    for blueprint in (one for one, _ in BLUEPRINTS if one.template_folder is not None):
        app.register_blueprint(blueprint)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith(_NO_PAGES):
            path = rule.rule
            for name, value in _GIVEN.items():
                path = path.replace(name, value)
            if "<" in path:
                raise LookupError(f"{path}: give what stands in its place in _GIVEN")
            found.append(path)
    return sorted(found)


PAGES: Final = (*_every_page(), *STATES)


@contextmanager
def whole_portal(folder: Path, more: Callable[[HeldByHub], None] = lambda held: None) -> Iterator[Portal]:
    """Serve a hub with 25 regions on the map, three invented ones over the years, and knowledge of each kind.

    `more` puts in what a reader of this hub needs besides.
    """
    with served(lambda environ, start: held.app.wsgi_app(environ, start)) as port:
        url = f"http://127.0.0.1:{port}"
        held = HeldByHub.opened(folder, url)
        _on_the_map(held)
        more(held)
        yield _filled(held, url)
    held.hub.engine.dispose()


def _filled(held: HeldByHub, url: str) -> Portal:
    made = {_LESSON: _invented(held), _ITEM: _items(held)}
    held.prove()
    with writing(held.hub.engine) as connection:
        sessions = []
        for name, role in (("anna", "region:XR-DUINRAND"), ("bea", "administrator")):
            accounts.add_account(connection, name, f"{name}@example.nl", (role,), NOW)
            sessions.append(start_session(connection, name, NOW, "127.0.0.1", "password"))
        made |= _followed(connection, held.hub)
        _to_administer(connection)
    return Portal(held, url, *sessions, made)


def _items(held: HeldByHub) -> str:
    """Let a region release one item of every kind; return the method's id, which the others are shown beside."""
    made = {noun: held.accept("XR-DUINRAND", an_item(noun)) for noun in FILLED}
    held.accept("XR-DUINRAND", an_attachment(made["method"], picture("JPEG"), "foto.jpg", "foto"))
    return made["method"]


def _followed(connection: Connection, hub: Hub) -> dict[str, str]:
    """Subscribe a region to lessons, and somebody to a digest that is not confirmed yet."""
    wanted = {"address": "https://hooks.example.org/regiohelix", "name": "Duinrand", "q": "spoed"}
    one, _ = make_subscription(connection, hub, region_owner("XR-DUINRAND"), "network", wanted, "anna")
    ask(connection, hub.key, Wish("nl", "weekly", "", {}), "bea@example.nl", None, NOW)
    asked = connection.execute(select(digest.c.id, digest.c.address_mac)).one()
    links = {_CONFIRM: link(hub.key, "confirm", asked.id), _LEAVE: link(hub.key, "leave", asked.address_mac)}
    return {_SUBSCRIPTION: one.id} | links


def _to_administer(connection: Connection) -> None:
    """Invite a region, have another wait for approval, and hold a key, a refused event, and a token that ends soon."""
    invite(connection, "XR-NIEUW", "Nieuwland", "invented", NOW)
    connection.execute(update(region).where(region.c.code == "GG1106").values(awaiting="0" * 64))
    for number, use in enumerate(("service", "reviewer", "reviewer"), 1):
        held = {"region": "GG1106", "key_id": f"{number}" * 16, "hex": f"{number}" * 64, "use": use, "role": "huisarts"}
        until = 4 if number == 3 else None
        connection.execute(insert(key).values(**held, enrolled_at=utc_text(NOW), until_sequence=until))
    letter = {"region": "GG1106", "event_id": "0" * 64, "received_at": utc_text(NOW), "body": b"{}"}
    said = "The signature does not fit its key; sign the event again."
    connection.execute(insert(dead_letter).values(**letter, reason="signature_mismatch", detail=said))
    issue_token(connection, NOW, "uitvoer", "een partner", ["read:partners"], NOW + timedelta(days=9))


def _on_the_map(held: HeldByHub) -> None:
    for place, (code, outline) in enumerate(sorted(ggd_outlines().regions.items())):
        held.region(code, outline.name, "ggd")
        counted: TypedValue = (
            Exact((6000 + 60 * (place % 7)) * (place % 5 + 1), 10_000 * (place % 5 + 1))
            if place % 9 != 4
            else Suppressed(4000, 4400, 7000)
        )
        held.accept(code, figures("h.srh_good", {TOTAL: counted}, "2025"))
        taken: TypedValue = NotAvailable() if place == 3 else Rounded(f"{18 + place % 9}.5", "0.1")
        held.accept(code, figures(PUBLIC_TABLE, {(code,): taken}, "2024", origin=TAKEN_OVER))


def _invented(held: HeldByHub) -> str:
    for place, (code, name) in enumerate(INVENTED.items()):
        held.region(code, name, "invented")
        for number, year in enumerate(YEARS):
            value: TypedValue = Exact(600 + 25 * number + 30 * place, 1000)
            held.accept(code, figures("q.hba1c", {TOTAL: value}, year, "invented"))
        held.accept(code, figures("h.srh_good", {TOTAL: Exact(650 - 40 * place, 1000)}, "2025", "invented"))
    rested = [(held.accept("XR-DUINRAND", figures("h.dm_prev", {TOTAL: Exact(50, 1000)}, year, "invented")), year)
              for year in YEARS[:4]]  # fmt: skip
    said: Sequence[object] = (
        an_evaluation(rested, indicator="h.dm_prev"),
        an_assessment(
            with_means((349, 304, 320, 302, 304), (*PANEL, "citizens")),
            verdicts=[ExpertVerdict("organisation", False, "nl", "Zonder mandaat geen besluit.")],
        ),
    )
    for payload in said:
        held.accept("XR-DUINRAND", payload)  # type: ignore[arg-type]
    held.accept("XR-VEENKANT", a_lesson("les-2", "Een gesprek eerst"))
    lesson = held.accept("XR-DUINRAND", a_lesson())
    held.accept("XR-DUINRAND", an_attachment(lesson, b"- Wie is er nog niet?", "lijst.txt", "vragen"))
    return lesson
