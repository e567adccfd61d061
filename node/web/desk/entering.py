"""The door of the desk: sign in with name and passphrase, join by the link of an invitation, sign out."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.database import writing
from node.audit import AuditEntry
from node.release.person import same_person
from schemas.codes import Language
from schemas.text import Text

from . import accounts, known
from .accounts import SHORTEST
from .markup import Child, Html, h
from .pace import Pace, Trier, known_browser, link_holder, stranger
from .page import bare
from .page import field as field_of
from .visit import ROLE_NAMES, Answer, Desk, Visit

_LINK: Final = re.compile(r"/join/([A-Za-z0-9_-]{20,100})")
_WORDS: Final = {
    "sign_in": Text("Inloggen", "Sign in"),
    "name": Text("Uw naam", "Your name"),
    "passphrase": Text("Wachtzin", "Passphrase"),
    "again": Text("Nogmaals dezelfde wachtzin", "The same passphrase again"),
    "wrong": Text(
        "Naam en wachtzin horen niet bij elkaar, of er is te vaak een verkeerde gegeven. Wacht dan een minuut; na vijf "
        "keer telkens langer.",
        "Name and passphrase do not belong together, or a wrong one was given too often. Then wait a minute; after "
        "five times longer each time.",
    ),
    "slow": Text("Er wordt nu te vaak ingelogd; wacht een minuut.", "Too many sign in just now; wait a minute."),
    "slow_here": Text(
        "In deze browser is te vaak een wachtzin gegeven; wacht vijf minuten.",
        "A passphrase was given too often in this browser; wait five minutes.",
    ),
    "no_account": Text(
        "Nog geen account, of de wachtzin vergeten? De beheerder van de node maakt een link voor u.",
        "No account yet, or forgot the passphrase? The operator of the node makes a link for you.",
    ),
    "join": Text("Welkom aan de vrijgavebalie", "Welcome to the release desk"),
    "choose": Text(
        f"Kies een wachtzin van ten minste {SHORTEST} tekens, zoals een paar losse woorden.",
        f"Choose a passphrase of at least {SHORTEST} characters, such as a few words.",
    ),
    "differ": Text("De twee wachtzinnen verschillen; typ ze opnieuw.", "The two differ; type them again."),
    "begin": Text("Begin", "Begin"),
    "stale": Text("Deze pagina was verlopen; probeer het opnieuw.", "This page had expired; try again."),
}


def cookie_name(desk: Desk) -> str:
    """Return the name of the session's cookie; behind TLS one that no other host of the domain can set."""
    return "__Host-desk" if desk.url.startswith("https:") else "desk"


def known_name(desk: Desk) -> str:
    """Return the name of the cookie of a browser in which somebody signed in before."""
    return f"{cookie_name(desk)}-known"


def sign_out(visit: Visit, cookie: str) -> Answer:
    """End the session."""
    with writing(visit.desk.engine) as connection:
        accounts.end_session(connection, cookie)
    return Answer(
        status=303,
        to="/sign-in",
        heads=(_cookie(visit.desk, cookie_name(visit.desk), "", 0), ("Clear-Site-Data", '"cache"')),
    )


@dataclass(frozen=True)
class Door:
    """What is answered to who has not signed in."""

    desk: Desk
    pace: Pace
    lang: Language
    csrf: str = field(repr=False)
    cookie: str = field(repr=False)
    known: str = field(repr=False)  # the cookie of a browser in which somebody signed in before
    address: str = field(repr=False)

    def answer(self, method: str, path: str, fields: Mapping[str, Sequence[str]]) -> Answer:
        """Return the page to sign in, to join by a link, or what came of either."""
        given = {name: values[0] for name, values in fields.items() if values}
        if is_link := _LINK.fullmatch(path):
            return self._join(is_link[1], given) if method == "POST" else self._invited(is_link[1])
        if path == "/sign-in":
            return self._sign_in(given) if method == "POST" else self._page()
        return Answer(status=303, to="/sign-in")

    def _page(self, wrong: str = "", status: int = 200, name: str = "") -> Answer:
        return self._bare(
            "sign_in",
            self._alert(wrong),
            h(
                "form",
                field_of(self._w("name"), "name", name),
                field_of(self._w("passphrase"), "passphrase", type_="password"),
                h("p", h("button", self._w("sign_in"), class_="btn primary"), class_="btns"),
                method="post", action="/sign-in", class_="panel narrowed",
            ),
            h("p", self._w("no_account"), class_="quiet gap"),
            status=status,
        )  # fmt: skip

    def _sign_in(self, given: Mapping[str, str]) -> Answer:
        name = given.get("name", "")
        known_as = self._known_as(name)
        who: Trier = stranger(self.address) if known_as is None else known_browser(known_as)
        if not self.pace.is_free(who):
            return self._page("slow" if known_as is None else "slow_here", 429, name)
        account = accounts.check_passphrase(
            self.desk.engine, name, given.get("passphrase", ""), self.desk.clock(), known_as
        )
        if account is None:
            return self._page("wrong", 403, name)
        return self._enter(account)

    def _known_as(self, name: str) -> str | None:
        """Return the account of this name, where it signed in before in this browser."""
        if not self.known:
            return None
        with self.desk.engine.connect() as connection:
            found = known.account_of(connection, self.known, self.desk.secret("subject"))
        return found[0] if found is not None and same_person(found[1], name) else None

    def _invited(self, token: str, wrong: str = "", status: int = 200) -> Answer:
        try:
            with self.desk.engine.connect() as connection:
                account = accounts.invited(connection, token, self.desk.clock())
        except accounts.LinkUnknown as error:
            return self._gone(error)
        role = ROLE_NAMES[account.role].told(self.lang)
        whose = f" ({account.organisation})" if account.organisation else ""
        return self._bare(
            "join",
            self._alert(wrong),
            h("p", f"{account.name}, {role}{whose}", class_="lead"),
            h(
                "form",
                field_of(self._w("passphrase"), "passphrase", type_="password", hint=self._w("choose")),
                field_of(self._w("again"), "again", type_="password"),
                h("p", h("button", self._w("begin"), class_="btn primary"), class_="btns"),
                method="post", action=f"/join/{token}", class_="panel narrowed gap",
            ),
            status=status,
        )  # fmt: skip

    def _join(self, token: str, given: Mapping[str, str]) -> Answer:
        try:  # before it is counted: an address that leads nowhere uses up nobody's tries
            with self.desk.engine.connect() as connection:
                accounts.invited(connection, token, self.desk.clock())
        except accounts.LinkUnknown as error:
            return self._gone(error)
        if not self.pace.is_free(link_holder(token)):
            return self._invited(token, "slow", 429)
        if not hmac.compare_digest(given.get("passphrase", "").encode(), given.get("again", "").encode()):
            return self._invited(token, "differ", 400)
        entry = AuditEntry("", "desk.joined", "", self.desk.clock())
        try:
            account = accounts.join(self.desk.engine, token, given.get("passphrase", ""), entry)
        except accounts.LinkUnknown as error:
            return self._gone(error)
        except accounts.DeskRefused:
            return self._invited(token, "choose", 400)
        return self._enter(account)

    def _enter(self, account: accounts.Account) -> Answer:
        with writing(self.desk.engine) as connection:
            if self.cookie:
                accounts.end_session(connection, self.cookie)
            entry = AuditEntry(account.name, "desk.signed_in", account.id, self.desk.clock())
            token = accounts.begin_session(connection, account, entry)
            mark = known.mark_of(connection, account.id, self.desk.secret("subject"))
        session = _cookie(self.desk, cookie_name(self.desk), token, None)
        return Answer(status=303, to="/", heads=(session, _cookie(self.desk, known_name(self.desk), mark, known.AGE)))

    def _gone(self, error: accounts.LinkUnknown) -> Answer:
        told = Text(
            "Deze link is gebruikt, vervangen of verlopen; vraag de beheerder van de node om een nieuwe.", str(error)
        )
        return self._bare("join", h("p", told.told(self.lang), class_="note stop", role="alert"), status=404)

    def _alert(self, word: str) -> Html | None:
        return h("p", self._w(word), class_="note stop", role="alert") if word else None

    def _bare(self, title: str, *body: Child, status: int = 200) -> Answer:
        return bare(self.lang, self._w(title), self.desk.settings.name, *body, status=status)

    def _w(self, name: str) -> str:
        return _WORDS[name].told(self.lang)


def _cookie(desk: Desk, name: str, token: str, age: int | None) -> tuple[str, str]:
    secure = "; Secure" if desk.url.startswith("https:") else ""
    lasting = "" if age is None else f"; Max-Age={age}"
    return "Set-Cookie", f"{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{lasting}"
