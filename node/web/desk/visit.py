"""One request and its answer: who asks, in which language, with which fields; what they may do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy import Engine

from node.audit import AuditEntry
from node.config import Settings
from node.flow import Shipped
from node.work.counting import CountingPlace
from node.work.take_up import Do
from schemas.awaited import AwaitedFigures
from schemas.catalogue import catalogue
from schemas.codes import Language
from schemas.heard import HeardLesson
from schemas.joint import NeighbourhoodOf
from schemas.signature import PublicKey, SigningKey
from schemas.text import Text

from .accounts import Account, Role
from .bodies import SentFile
from .field_words import empty


class NotTheirs(PermissionError):
    """Something that another role does."""


class FormUnfit(ValueError):
    """A form that lacks a field, or in which one cannot be what it is."""


@dataclass(frozen=True)
class Desk:
    """What the pages work with: the node's store and settings, and its keys and doors by functions that open them."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    url: str  # where people reach it; empty: this machine alone
    service_key: Callable[[], SigningKey] = field(repr=False)
    hub_key: Callable[[], PublicKey] = field(repr=False)
    secret: Callable[[str], bytes] = field(repr=False)
    pseudonym_keys: Callable[[], tuple[bytes, ...]] = field(repr=False)
    counting_place: CountingPlace = field(repr=False)
    neighbourhood: Callable[[], NeighbourhoodOf] = field(repr=False)
    ship: Callable[[], Shipped] = field(repr=False)
    do_plan: Do = field(repr=False)
    fetch_messages: Callable[[], int] = field(repr=False)
    heard: Callable[[], tuple[HeardLesson, ...]] = field(repr=False)
    awaited: Callable[[], tuple[AwaitedFigures, ...]] = field(repr=False)
    has_figures: Callable[[str, str], bool] = field(repr=False)

    @property
    def is_enrolled(self) -> bool:
        """Tell whether the hub knows this node."""
        return self.settings.secret("token").is_file()


@dataclass(frozen=True)
class Visit:
    """A request by somebody who signed in; `csrf` is what their forms carry."""

    desk: Desk
    path: str
    lang: Language
    who: Account
    csrf: str = field(repr=False)
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    said: str = ""  # a word of what was just done
    here: str = ""  # where this page is read in the other language, from its own address: what was asked, or another
    upload: BinaryIO | None = field(default=None, repr=False)  # of `size` bytes, in place of fields
    size: int = 0
    files: Mapping[str, SentFile] = field(default_factory=dict, repr=False)  # of a form with files, by field

    def t(self, nl: str, en: str) -> str:
        """Return one of two texts, by the language of the page."""
        return nl if self.lang == "nl" else en

    def count(self, number: int, nl: tuple[str, str], en: tuple[str, str]) -> str:
        """Return a number with its noun, given in the singular and the plural."""
        return f"{self.number(number)} {self.noun(number, nl, en)}"

    def number(self, number: int) -> str:
        """Return a whole number with its thousands apart."""
        return f"{number:,}".replace(",", "." if self.lang == "nl" else ",")

    def noun(self, number: int, nl: tuple[str, str], en: tuple[str, str]) -> str:
        """Return the noun of a number that stands elsewhere, in the singular or the plural."""
        one, more = nl if self.lang == "nl" else en
        return one if number == 1 else more

    def indicator(self, name: str) -> str:
        """Return an indicator by its title, with its own name behind it; one that nobody defined by its name alone."""
        definition = catalogue().get(name)
        return name if definition is None else f"{self.told(definition.title)} ({name})"

    def told(self, text: Text) -> str:
        """Return a text in the language of the page."""
        return text.told(self.lang)

    def one(self, name: str, default: str | None = None) -> str:
        """Return a field without blanks around it; raises FormUnfit where it is missing and there is no default."""
        found = next((one.strip() for one in self.fields.get(name, ()) if one.strip()), default)
        if found is None:
            raise FormUnfit(self.told(empty(name)))
        return found

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that is not blank."""
        return tuple(one.strip() for one in self.fields.get(name, ()) if one.strip())

    def entry(self, action: str, subject: str, detail: str = "") -> AuditEntry:
        """Return an audit entry by this person, now."""
        return AuditEntry(self.who.name, action, subject, self.desk.clock(), detail)

    def may(self, *roles: Role) -> bool:
        """Tell whether this person has one of these roles."""
        return self.who.role in roles

    def require(self, *roles: Role) -> None:
        """Raise NotTheirs unless this person has one of these roles."""
        if not self.may(*roles):
            raise NotTheirs(
                self.t(
                    f"Dit doet een {' of '.join(ROLE_NAMES[one].nl for one in roles)}; u bent "
                    f"{ROLE_NAMES[self.who.role].nl}.",
                    f"That is done by a {' or '.join(ROLE_NAMES[one].en for one in roles)}; you are "
                    f"{ROLE_NAMES[self.who.role].en}.",
                )
            )


ROLE_NAMES: Final[Mapping[Role, Text]] = {
    "scientist": Text("datawetenschapper", "data scientist"),
    "reviewer": Text("beoordelaar", "reviewer"),
    "officer": Text("functionaris gegevensbescherming", "data protection officer"),
    "author": Text("auteur van lessen", "author of lessons"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a page, a file or, with `to`, the address to go on to."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html"
    to: str = ""
    heads: tuple[tuple[str, str], ...] = ()


def gone_to(path: str, said: str = "") -> Answer:
    """Return the answer after something was done: go and read there; `said` names the word for it."""
    return Answer(status=303, to=f"{path}?said={said}" if said else path)


Handler = Callable[..., Answer]
