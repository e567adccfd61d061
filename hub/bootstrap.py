"""Put a hub together: settings, key, database, and the web application with every blueprint and its policy."""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from connectors.database import DatabaseUrlUnknown, database_file, open_engine, revision, upgrade
from connectors.files import make_private
from connectors.mail import Mailer
from connectors.partners.oidc import IdTokenRefused, OidcClient, ProviderSilent
from connectors.partners.smtp import SmtpMailer
from connectors.partners.webhook import WebhookPoster
from connectors.transport.hub_http import fetch_heads
from connectors.trouble import trouble
from hub.config import Hub, Settings, SettingWrong, make_key, read_key, read_settings, write_settings
from hub.flow import receive
from hub.identity.oidc import RETURN_PATH, Attempt, Identity, IdentityRefused, Provider, ProviderUnreachable
from hub.intake.definitions import adopted
from hub.intake.heads import check_key
from hub.intake.ledger import standings
from hub.intake.position import Place, StoredPositions
from hub.partners_topic import PartnersTopic
from hub.serving.delivering import Post
from schemas.catalogue import know
from schemas.codes import PARTNERS_TOPIC, TOPICS
from schemas.heads import Heads
from schemas.receipt import Answer, understood
from schemas.refused import Refused
from schemas.standing import Standing

if TYPE_CHECKING:
    import flask

MIGRATIONS: Final = Path(__file__).parent / "migrations"
EVENT_TOPICS: Final = tuple(sorted(set(TOPICS.values())))


class BrokerNotSet(Refused, ValueError):
    """A hub that should receive from a broker it was not told of."""


class Receiver(Protocol):
    """What `receive` runs."""

    def receive(self, timeout_seconds: float = ...) -> int:
        """Take what has come and return how many messages that were."""
        ...

    def run(self, stop: threading.Event) -> None:
        """Receive until told to stop."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class DatabaseUnreachable(Refused, ConnectionError):
    """A database that does not answer."""


class DatabaseGone(Refused, LookupError):
    """A hub whose database file is missing, and with it every event it has given a receipt for."""


class DatabaseOutOfDate(Refused, RuntimeError):
    """A database that waits for a migration."""


def make_hub(home: Path, environ: Mapping[str, str] = os.environ) -> Hub:
    """Make a new hub in a folder: settings, signing key, database; raises the refusals of hub.config."""
    write_settings(home)
    settings = read_settings(home, environ)
    make_key(settings.key_file)
    file = database_file(open_engine(settings.database))
    if file is not None:
        make_private(file)
    return open_hub(home, environ, is_new=True)


def open_hub(
    home: Path,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    is_new: bool = False,
    migrate: bool = True,
    make_tables: bool = False,
) -> Hub:
    """Open a hub and, with `migrate`, bring its database up to date.

    Raises DatabaseGone, DatabaseUnreachable, DatabaseNewer, HubKeyDiffers, without `migrate` DatabaseOutOfDate, and the
    refusals of hub.config. A missing database file is made only for a hub that is new, tables in an empty database
    for that one and with `make_tables`: otherwise a hub that lost its events would go on as if it never had any.
    """
    settings = read_settings(home, environ)
    key = read_key(settings.key_file)
    try:
        engine = open_engine(settings.database)
    except DatabaseUrlUnknown as error:
        raise SettingWrong(f"The setting database is wrong: {error}") from error
    try:
        _check_there(engine, is_new)
        if not (is_new or make_tables):
            _check_not_empty(engine)
        if migrate:
            upgrade(engine, MIGRATIONS)
        else:
            _check_up_to_date(engine)
        with engine.connect() as connection:
            know(adopted(connection))
            check_key(connection, key, settings.key_file)
    except SQLAlchemyError as error:
        engine.dispose()
        raise DatabaseUnreachable(f"The hub's database: {trouble(error).sentence}") from error
    except BaseException:
        engine.dispose()
        raise
    return Hub(engine, key, settings, clock)


def _check_there(engine: Engine, is_new: bool) -> None:
    file = database_file(engine)
    if file is not None and not is_new and not file.is_file():
        raise DatabaseGone(
            f"{file} is missing, and with it every event this hub gave a receipt for; put it back, or restore a backup "
            "into a new folder with `python -m hub restore`."
        )


def _check_not_empty(engine: Engine) -> None:
    if revision(engine, MIGRATIONS).found is None:
        raise DatabaseGone(
            f"{database_file(engine) or 'The database'} holds no tables, so no event it gave a receipt for; correct "
            "the setting `database`, or restore a backup into a new folder with `python -m hub restore` (only where "
            "nothing was ever taken in: `python -m hub upgrade --new`)."
        )


def _check_up_to_date(engine: Engine) -> None:
    state = revision(engine, MIGRATIONS)
    if not state.is_current:
        raise DatabaseOutOfDate(
            f"The hub's database is at schema revision {state.found or 'none'}, this program needs {state.newest}; "
            "make a backup, then run `python -m hub upgrade`."
        )


def application(hub: Hub) -> "flask.Flask":
    """Make the web application with all its pages."""
    # what draws and reckons for the pages takes seconds to read: the other commands do not wait for it
    from werkzeug.exceptions import NotFound, ServiceUnavailable

    from hub.api import create_app
    from hub.api.problem import problem
    from hub.routes import BLUEPRINTS, POLICIES
    from hub.serving.turns import COME_BACK, HubBusy
    from hub.web import pages

    def later(error: HubBusy) -> ServiceUnavailable:
        return ServiceUnavailable(error.text.en, retry_after=COME_BACK)

    app = create_app(
        hub,
        BLUEPRINTS,
        POLICIES,
        open_provider(hub),
    )
    app.register_error_handler(NotFound, lambda error: pages.nowhere() or problem(error))
    app.register_error_handler(HubBusy, lambda error: pages.busy(error) or problem(later(error)))
    return app


def open_provider(hub: Hub) -> Provider | None:
    """Connect the provider at which people sign in; none where the settings name none."""
    settings = hub.settings
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.public_url is None:
        return None
    return _ConnectedProvider(
        OidcClient(
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret,
            settings.public_url + RETURN_PATH,
            hub.clock,
        )
    )


class _ConnectedProvider:
    def __init__(self, client: OidcClient) -> None:
        self._client = client

    def address(self, attempt: Attempt) -> str:
        try:
            return self._client.address(attempt.state, attempt.nonce, attempt.verifier)
        except ProviderSilent as error:
            raise ProviderUnreachable(str(error)) from error

    def identify(self, code: str, issuer: str | None, attempt: Attempt) -> Identity:
        try:
            found = self._client.identify(code, issuer, attempt.nonce, attempt.verifier)
        except IdTokenRefused as error:
            raise IdentityRefused(str(error)) from error
        except ProviderSilent as error:
            raise ProviderUnreachable(str(error)) from error
        return Identity(found.issuer, found.subject, found.email)


def open_poster(hub: Hub) -> Post:
    """Return what posts to subscribers' addresses."""
    return WebhookPoster(hub.settings.webhook_hosts).post


def open_receiver(
    hub: Hub,
    config: Mapping[str, Any] | None = None,
    topics: Sequence[str] = EVENT_TOPICS,
    taken: Callable[[Sequence[Answer], float], None] | None = None,
) -> Receiver:
    """Make the receiver of what regions send over a broker; `config` replaces the settings' Kafka client settings.

    `taken` hears of each batch's answers and seconds. Raises BrokerNotSet.
    """
    from connectors.transport.kafka_receiver import KafkaReceiver  # only a hub behind a broker installs its client

    def take(bodies: Sequence[bytes], positions: Mapping[Place, int]) -> Sequence[Answer]:
        begun = time.monotonic()
        answers = receive(bodies, hub, positions=positions)
        if taken is not None:
            taken(answers, time.monotonic() - begun)
        return answers

    def said() -> Sequence[Standing]:
        with hub.engine.connect() as connection:
            return standings(connection, hub.clock(), hub.key)

    return KafkaReceiver(
        config or _kafka_config(hub.settings), "regiohelix-hub", topics, take, StoredPositions(hub.engine), said,
        outages=(OperationalError,), understood=lambda answer, protocol: understood(answer, protocol, hub.key),
    )  # fmt: skip


def open_mailer(hub: Hub) -> Mailer | None:
    """Return what takes mails on, nothing connected yet; None where the settings name no mail server."""
    return None if hub.settings.mail is None else SmtpMailer(hub.settings.mail, hub.clock)


def open_partners_topic(hub: Hub, config: Mapping[str, Any] | None = None) -> PartnersTopic:
    """Return what writes to the topic of partners; `config` as for `open_receiver`. Raises BrokerNotSet."""
    from connectors.transport.kafka_topic import KafkaTopicWriter

    return PartnersTopic(hub, KafkaTopicWriter(config or _kafka_config(hub.settings), PARTNERS_TOPIC))


def brokers_away(settings: Settings, timeout_seconds: float = 3.0) -> list[str]:
    """Return which of the broker's addresses take no connection."""
    away = []
    for address in (settings.kafka_bootstrap or "").split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=timeout_seconds).close()
        except (OSError, ValueError):
            away.append(address.strip())
    return away


def _kafka_config(settings: Settings) -> dict[str, Any]:
    if settings.kafka_bootstrap is None:
        raise BrokerNotSet("This hub has no broker; set kafka_bootstrap, or let regions push over HTTP to `serve`.")
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": settings.kafka_password,
        "ssl_cafile": settings.kafka_ca_file,
    }


def heads_shown(url: str) -> Heads | None:
    """Fetch the heads of all chains that the hub at an address shows now, None where it shows none.

    Raises TransportUnavailable or TransportRefused.
    """
    return next(iter(fetch_heads(url, None)), None)
