"""Put a node together: settings, store, keys, and the one place that opens a transport."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from sqlalchemy import Connection, Engine, insert, inspect, select

from connectors.database import is_current, open_engine, upgrade, writing
from connectors.files import make_private
from connectors.mail import Mailer
from connectors.partners.smtp import SmtpMailer
from connectors.secret_files import read_secret, write_secret
from connectors.sources.warehouse_database import warehouse
from connectors.transport.comparing_http import ComparisonReader
from connectors.transport.definitions_http import fetch_definition_list
from connectors.transport.http import HttpSender
from connectors.transport.hub_http import enrol as enrol_over_http
from connectors.transport.hub_http import fetch_heads
from connectors.transport.learning_http import fetch_heard
from connectors.transport.ledger_http import LedgerReader
from connectors.transport.messages_http import MessageReader
from connectors.transport.neighbours_http import fetch_neighbourhood, fetch_reopened
from connectors.transport.pages_http import page_server
from connectors.transport.probe_http import Seen, probe
from connectors.transport.renewal_http import TokenAtHub
from node.audit import AuditEntry, record, timestamp
from node.config import STORE, Settings, SettingWrong, kafka_connection, read_settings, widen_settings, write_settings
from node.indicators.approved import stored
from node.release.review import Reviewer
from node.release.sign import own_head
from node.tables import restored
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.catalogue import know
from schemas.definition_list import DefinitionList
from schemas.delivery import HeadsOf, Sender
from schemas.heard import HeardLesson
from schemas.joint import NeighbourhoodOf, Reopened
from schemas.refused import Refused
from schemas.signature import KeyUnreadable, PublicKey, Purpose, SigningKey

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class HomeTaken(Refused, FileExistsError):
    """A home folder in which a node lives already."""


class StoreGone(Refused, LookupError):
    """An enrolled node whose store, and with it the memory of what was released, is missing."""


class NotEnrolled(Refused, PermissionError):
    """A node that the hub does not know yet."""


@dataclass(frozen=True, slots=True)
class Node:
    """A running node: what the commands and the scheduler work with."""

    settings: Settings
    engine: Engine

    def secret(self, name: str) -> bytes:
        """Read a secret file; raises SecretExposed where its rights are too wide."""
        return read_secret(self.settings.secret(name))

    def pseudonym_keys(self) -> tuple[bytes, ...]:
        """Return the keys of the pseudonyms, the oldest first: each renewal wraps what the one before made."""
        keys = [self.secret("pseudonym")]
        while self.settings.secret(f"pseudonym.{len(keys) + 1}").is_file():
            keys.append(self.secret(f"pseudonym.{len(keys) + 1}"))
        return tuple(keys)

    def service_key(self) -> SigningKey:
        """Return the key that signs this region's chain."""
        return SigningKey.from_pem(self.secret("service.pem"))

    def hub_key(self) -> PublicKey:
        """Return the hub's verifying key, learnt at enrolment; raises NotEnrolled."""
        self.check_enrolled()
        return PublicKey(self.secret("hub.pub").decode())

    def check_enrolled(self) -> None:
        """Raise NotEnrolled until the hub has given this node a token."""
        if not self.settings.secret("token").is_file():
            raise NotEnrolled(
                f"Region {self.settings.region} is not enrolled at a hub yet; ask for an invitation, "
                "then run `python -m node enrol --invitation CODE`."
            )


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)


def create_node(home: Path, values: Mapping[str, Any]) -> Node:
    """Make a new node: settings, fresh keys readable by their owner only, an empty store; raises HomeTaken."""
    if (home / "node.toml").exists():
        raise HomeTaken(f"{home} holds a node already; choose another folder, nothing was changed.")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = write_settings(home, values)
    if not settings.database:
        make_private(home / STORE)
    settings.secret("").mkdir(mode=0o700, exist_ok=True)
    write_secret(settings.secret("service.pem"), SigningKey.generate().to_pem())
    for name in ("subject",) if settings.light else ("pseudonym", "subject"):
        write_secret(settings.secret(name), secrets.token_bytes(32))
    return open_node(home)


def widen_node(home: Path, entry: AuditEntry) -> None:
    """Let a light node hold records: a key for pseudonyms, and the setting; raises SettingWrong.

    Its own key, chain and store stay, so that its region goes on where it was.
    """
    key = read_settings(home).secret("pseudonym")
    if not key.is_file():
        write_secret(key, secrets.token_bytes(32))
    widen_settings(home)
    node = open_node(home)
    try:
        with writing(node.engine) as connection:
            record(connection, entry)
    finally:
        node.engine.dispose()


def open_node(home: Path) -> Node:
    """Open a node, bringing its store's schema up to date; raises HomeMissing, SettingWrong or StoreGone."""
    settings = read_settings(home)
    engine = open_engine(settings.database_url)
    if settings.secret("token").is_file() and not inspect(engine).has_table("bundle"):
        engine.dispose()
        raise StoreGone(
            f"{home}: this node is enrolled, but its store is empty, so what was released before is not known here; "
            "restore the whole folder from backup and publish nothing until then."
        )
    if not is_current(engine, MIGRATIONS):  # asked first: reading commands then wait for nobody who writes
        upgrade(engine, MIGRATIONS)
    with engine.connect() as connection:
        know(stored(connection))
    return Node(settings, engine)


@contextmanager
def open_warehouse(node: Node) -> Iterator[Connection]:
    """Open the region's own warehouse for one run, which keeps nothing; raises SettingWrong or SourceRefused."""
    address, place = node.settings.warehouse_url, "REGIOHELIX_NODE_WAREHOUSE_URL"
    if not address:
        place = "secrets/warehouse"
        if not node.settings.secret("warehouse").is_file():
            raise SettingWrong(
                f"{node.settings.home / 'node.toml'}: 'warehouse_schema' is set and the warehouse's address is not;"
                " put it in secrets/warehouse (chmod 600), or in REGIOHELIX_NODE_WAREHOUSE_URL."
            )
        address = node.secret("warehouse").decode().strip()
    with warehouse(address, node.settings.warehouse_schema, place) as connection:
        yield connection


def open_sender(node: Node) -> Sender:
    """Open the transport that the settings name; raises NotEnrolled."""
    node.check_enrolled()
    if node.settings.transport == "kafka":
        from connectors.transport.kafka import KafkaSender  # only regions that use a broker install its client

        return KafkaSender(kafka_connection(node.settings), node.settings.region)
    return HttpSender(node.settings.hub_url, lambda: node.secret("token").decode())  # renewed while `run` runs


def open_heads(node: Node) -> HeadsOf:
    """Return what fetches the hub's signed heads, which are read over HTTP whatever the transport."""
    return partial(fetch_heads, node.settings.hub_url)


def fetch_definitions(node: Node) -> DefinitionList:
    """Fetch the hub's list of definitions over HTTP, unchecked; raises TransportUnavailable or TransportRefused."""
    return fetch_definition_list(node.settings.hub_url)


def open_neighbourhood(node: Node) -> NeighbourhoodOf:
    """Return what asks the hub for other regions' figures, over HTTP whatever the transport; raises NotEnrolled."""
    node.check_enrolled()
    return partial(fetch_neighbourhood, node.settings.hub_url, node.secret("token").decode())


def told_together(node: Node) -> tuple[Reopened, ...]:
    """Return what the hub found of this region's hidden figures; raises NotEnrolled and what a transport raises."""
    node.check_enrolled()
    return fetch_reopened(node.settings.hub_url, node.secret("token").decode())


def fetch_heard_of(node: Node) -> tuple[HeardLesson, ...]:
    """Return what became of this region's lessons; raises NotEnrolled and what a transport raises."""
    node.check_enrolled()
    return fetch_heard(node.settings.hub_url, node.settings.region, node.secret("token").decode())


def open_comparisons(node: Node) -> ComparisonReader:
    """Open what the hub says of comparisons with this region, read over HTTP; raises NotEnrolled."""
    node.check_enrolled()
    settings = node.settings
    return ComparisonReader(
        settings.hub_url, settings.region, settings.region_set, lambda: node.secret("token").decode()
    )  # fmt: skip


def open_ledger(node: Node) -> LedgerReader:
    """Open this region's chain at the hub, which is read over HTTP whatever the transport; raises NotEnrolled."""
    node.check_enrolled()
    return LedgerReader(node.settings.hub_url, node.settings.region, node.secret("token").decode())


def open_messages(node: Node) -> MessageReader:
    """Open the messages of readers for this region, over HTTP whatever the transport; raises NotEnrolled."""
    node.check_enrolled()
    return MessageReader(node.settings.hub_url, node.secret("token").decode())


def open_token(node: Node, shown: str) -> TokenAtHub:
    """Open what says when the token in a secret's file ends, and renews it; raises NotEnrolled."""
    node.check_enrolled()
    return TokenAtHub(node.settings.hub_url, node.secret(shown).decode())


def seen_hub(node: Node, clock: Callable[[], datetime]) -> Seen:
    """Return what this node's hub shows of itself to anyone."""
    return probe(node.settings.hub_url, clock)


def enrol(node: Node, invitation: str, reviewers: Sequence[Reviewer]) -> bool:
    """Send the hub this region's verifying keys, proved by the service key; keep its token and key.

    Tells whether the keys count at once; else they wait until the hub's operator has compared their fingerprint.
    """
    key = node.service_key()
    request = {
        "region": node.settings.region,
        "invitation_sha256": sha256_hex(invitation.encode()),
        "service_key": key.public.hex,
        "reviewer_keys": [{"hex": r.key.hex, "role": r.organisation} for r in reviewers],
    }
    proof = key.sign(Purpose.ENROLMENT, canonical_bytes(request))
    del request["invitation_sha256"]
    answer = enrol_over_http(node.settings.hub_url, {**request, "invitation": invitation, "proof": proof})
    _mark_where_behind(node, int(answer.get("events") or 0))  # first, so that it never signs a sequence twice
    write_secret(node.settings.secret("token"), str(answer["token"]).encode())
    write_secret(node.settings.secret("hub.pub"), str(answer["hub_key"]).encode())
    return not answer.get("awaiting")


def _mark_where_behind(node: Node, held: int) -> None:
    """Have a store catch up that lacks events which the hub holds: its region comes back without its former home."""
    with writing(node.engine) as connection:
        is_marked = connection.execute(select(restored.c.made_at)).first() is not None
        if own_head(connection)[0] < held and not is_marked:
            at = timestamp(now())
            connection.execute(insert(restored).values(restored_at=at, made_at=at))


def open_mailer(node: Node) -> Mailer | None:
    """Return what takes mails on, nothing connected yet; None where the settings name no mail server."""
    return None if node.settings.mail is None else SmtpMailer(node.settings.mail, now)


def open_page_server(host: str, port: int, application: Any, patience: float | None = None) -> WSGIServer:
    """Listen for those who were invited, with a WSGI application; raises OSError where the port is taken.

    `patience` are the seconds that a request and its answer may take once the application knows who asks; before that,
    and without it, the server's own.
    """
    server = page_server(host, port, application)
    server.long_patience = patience
    return server


def read_reviewer_key(path: Path, passphrase: str) -> SigningKey:
    """Read a reviewer's own key file; raises KeyUnreadable or SecretExposed."""
    if not path.is_file():
        raise KeyUnreadable(f"There is no key file {path}; name the file that `review join` made.")
    return SigningKey.from_pem(read_secret(path), passphrase.encode() or None)
