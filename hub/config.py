"""The hub's settings: one TOML file, every setting also from the environment, an unknown or missing one refused."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import Engine

from connectors.files import write_whole
from connectors.mail import SECURITIES, AddressWrong, MailServer, PasswordUnreadable, checked_address, password_in
from connectors.outside import LOOPBACK, named_place
from schemas.refused import Refused
from schemas.signature import KeyUnreadable, SigningKey

SETTINGS_FILE: Final = "hub.toml"
ENVIRONMENT: Final = "REGIOHELIX_HUB_"
HOME_VARIABLE: Final = "REGIOHELIX_HUB_HOME"
_TEMPLATE = """\
# Settings of this hub. Each can also come from the environment, for instance {prefix}PORT=8500.
database = "{database}"   # sqlite:///path, or postgresql://user@host/name
key_file = "{key_file}"   # the hub's signing key; owner-only rights; relative to this folder
host = "127.0.0.1"        # the address to listen on; put a TLS proxy in front
port = 8400
# kafka_bootstrap = "kafka.example.nl:9093"   # only where regions send over a broker; read by `receive`
# kafka_user = "hub"                          # SASL SCRAM-SHA-512; the password: {prefix}KAFKA_PASSWORD
# kafka_ca_file = "/path/to/ca.pem"
# public_url = "https://hub.example.nl"       # where readers find this hub; unset, cookies ask for HTTPS all the same
# trusted_proxies = "10.0.0.5, 10.1.0.0/24"   # whose word on a reader's address is believed; none where unset
# requests_per_minute = 3000                  # from one address, and with one token
# webhook_hosts = "hooks.internal, 10.0.0.7:8080"  # hosts inside that subscribers may name; no port: 443, 8443 and 80
# stream_readers = 1000                       # streams of lessons that are open at a time, in each process
# stream_readers_each = 600                   # of these for one account; an address without one: 20
reply_days = {reply_days}             # for regions to reply before others than the network see figures; 0: none
# oidc_issuer = "https://sign-in.example.nl"  # lets admitted people sign in there; needs public_url
# oidc_client_id = "regiohelix"               # the secret, if there is one: {prefix}OIDC_CLIENT_SECRET
# smtp_host = "mail.example.nl"               # lets readers ask for digests by e-mail; needs smtp_from and public_url
# smtp_from = "Regiohelix <digest@example.nl>"
# smtp_port = 587                             # 465 with smtp_security "tls"
# smtp_security = "starttls"                  # or "tls"; "none" for a server on this machine only
# smtp_user = "regiohelix"                    # the password: {prefix}SMTP_PASSWORD, or smtp_password_file
# smtp_password_file = "smtp.password"        # owner-only rights; relative to this folder
# smtp_ca_file = "/path/to/ca.pem"            # where the server's certificate is signed by an authority of your own
"""
REPLY_DAYS: Final = 14  # where the settings name no other
_ENVIRONMENT_ONLY: Final = ("kafka_password", "oidc_client_secret", "smtp_password")
Networks = tuple[IPv4Network | IPv6Network, ...]


class SettingsFileMissing(Refused, ValueError):
    """A home folder without settings."""


class SettingsFileExists(Refused, ValueError):
    """A home folder that is in use already."""


class SettingWrong(Refused, ValueError):
    """A setting that is unknown, missing or out of range."""


class HubKeyMissing(Refused, ValueError):
    """A hub without a readable signing key."""


class HubKeyExposed(Refused, ValueError):
    """A signing key that others on the machine may read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets; paths are absolute."""

    home: Path
    database: str
    key_file: Path
    host: str
    port: int
    kafka_bootstrap: str | None
    kafka_user: str
    kafka_ca_file: str | None
    kafka_password: str = field(repr=False)
    public_url: str | None
    trusted_proxies: Networks
    requests_per_minute: int
    webhook_hosts: frozenset[str]
    stream_readers: int
    stream_readers_each: int
    reply_days: int
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str = field(repr=False)
    mail: MailServer | None = None  # None: this hub sends no mail

    @property
    def is_on_loopback(self) -> bool:
        """Tell whether readers reach the hub without TLS, which is allowed on this machine only."""
        return self.public_url is not None and self.public_url.startswith("http:")


@dataclass(frozen=True, slots=True)
class Hub:
    """What every part of a running hub needs; views reach it as `current_app.extensions["regiohelix"]`."""

    engine: Engine
    key: SigningKey
    settings: Settings
    clock: Callable[[], datetime]  # aware, UTC


def _check_url(text: str) -> None:
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValidationError("An address starts with https://; http:// is for this machine only.")
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValidationError("An address has no user, query or fragment, like https://hub.example.nl.")


def _check_root(text: str) -> None:
    if urlsplit(text).path:
        raise ValidationError("The hub's address has no path and no last slash, like https://hub.example.nl.")


def _check_sender(text: str) -> None:
    try:
        checked_address(parseaddr(text)[1])
    except AddressWrong as error:
        raise ValidationError("A sender is written name@example.nl, or Name <name@example.nl>.") from error
    if not text.isprintable():
        raise ValidationError("A sender stands on one line.")


class _NetworksField(fields.Field[Networks]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Networks:
        given = value.split(",") if isinstance(value, str) else value
        try:
            return tuple(ip_network(one.strip()) for one in given)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValidationError("Proxies are addresses or networks, with commas between them.") from error


class _HostsField(fields.Field[frozenset[str]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> frozenset[str]:
        given = value.split(",") if isinstance(value, str) else value
        try:
            return frozenset(named_place(one) for one in given)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValidationError("Hosts are written host or host:port, with commas between them.") from error


class _SettingsSchema(Schema):
    class Meta:
        unknown = RAISE

    database = fields.String(required=True, validate=validate.Length(min=1))
    key_file = fields.String(required=True, validate=validate.Length(min=1))
    host = fields.String(required=True, validate=validate.Length(min=1))
    port = fields.Integer(required=True, validate=validate.Range(min=0, max=65535))
    kafka_bootstrap = fields.String(load_default=None, validate=validate.Length(min=1))
    kafka_user = fields.String(load_default="hub")
    kafka_ca_file = fields.String(load_default=None, validate=validate.Length(min=1))
    kafka_password = fields.String(load_default="")
    public_url = fields.String(load_default=None, validate=[_check_url, _check_root])
    trusted_proxies = _NetworksField(load_default=())
    requests_per_minute = fields.Integer(load_default=3000, validate=validate.Range(min=60))
    webhook_hosts = _HostsField(load_default=frozenset)
    stream_readers = fields.Integer(load_default=1000, validate=validate.Range(min=1, max=20_000))
    stream_readers_each = fields.Integer(load_default=600, validate=validate.Range(min=1, max=20_000))
    reply_days = fields.Integer(load_default=lambda: REPLY_DAYS, validate=validate.Range(min=0, max=90))
    oidc_issuer = fields.String(load_default=None, validate=_check_url)
    oidc_client_id = fields.String(load_default=None, validate=validate.Length(min=1))
    oidc_client_secret = fields.String(load_default="")
    smtp_host = fields.String(load_default=None, validate=validate.Length(min=1))
    smtp_port = fields.Integer(load_default=587, validate=validate.Range(min=1, max=65535))
    smtp_security = fields.String(load_default="starttls", validate=validate.OneOf(SECURITIES))
    smtp_from = fields.String(load_default=None, validate=_check_sender)
    smtp_user = fields.String(load_default=None, validate=validate.Length(min=1))
    smtp_password = fields.String(load_default="")
    smtp_password_file = fields.String(load_default=None, validate=validate.Length(min=1))
    smtp_ca_file = fields.String(load_default=None, validate=validate.Length(min=1))

    @validates_schema
    def _know_the_mail_server_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["smtp_host"] and not (data["smtp_from"] and data["public_url"]):
            raise ValidationError("It needs the settings smtp_from and public_url as well.", "smtp_host")
        if data["smtp_from"] and not data["smtp_host"]:
            raise ValidationError("It needs the setting smtp_host as well.", "smtp_from")
        if data["smtp_security"] == "none" and data["smtp_host"] not in (None, *LOOPBACK):
            raise ValidationError('"none" is for a mail server on this machine only.', "smtp_security")
        if data["smtp_user"] and not (data["smtp_password"] or data["smtp_password_file"]):
            said = f"It needs a password: {ENVIRONMENT}SMTP_PASSWORD, or the setting smtp_password_file."
            raise ValidationError(said, "smtp_user")

    @validates_schema
    def _know_the_provider_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["oidc_issuer"] and not (data["oidc_client_id"] and data["public_url"]):
            raise ValidationError("It needs the settings oidc_client_id and public_url as well.", "oidc_issuer")


def write_settings(home: Path) -> Path:
    """Write a commented settings file into a new home folder; raises SettingsFileExists."""
    file = home / SETTINGS_FILE
    if file.exists():
        raise SettingsFileExists(f"{file} is there already; choose another folder for a new hub.")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = f"sqlite:///{(home / 'hub.sqlite').resolve()}"
    text = _TEMPLATE.format(prefix=ENVIRONMENT, database=database, key_file="hub.key", reply_days=REPLY_DAYS)
    write_whole(file, text)
    return file


def read_settings(home: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a home folder, the environment first; raises SettingsFileMissing or SettingWrong."""
    file = home / SETTINGS_FILE
    try:
        given: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsFileMissing(
            f"{file} is not there; name the hub's folder with --home, make a new hub with `python -m hub init {home}`, "
            "or where one was lost, put its backup back with `python -m hub restore`."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingWrong(f"{file} is not readable as TOML ({error}); correct that line.") from error
    for name in _ENVIRONMENT_ONLY:
        if name in given:
            raise SettingWrong(f"{file} holds a secret; give it as {ENVIRONMENT}{name.upper()} in the environment.")
    for name, value in environ.items():
        if name.startswith(ENVIRONMENT) and name != HOME_VARIABLE:
            given[name.removeprefix(ENVIRONMENT).lower()] = value
    try:
        known = _SettingsSchema().load(given)
    except ValidationError as error:
        raise SettingWrong(_sentence(file, error)) from error
    smtp = {name.removeprefix("smtp_"): known.pop(name) for name in list(known) if name.startswith("smtp_")}
    mail = _mail_server(home, smtp)
    return Settings(**{**known, "home": home, "key_file": (home / known["key_file"]).resolve(), "mail": mail})


def _mail_server(home: Path, given: dict[str, Any]) -> MailServer | None:
    named = given.pop("password_file")
    if given["host"] is None:
        return None
    if named is not None and not given["password"]:
        try:
            given["password"] = password_in(home / named)
        except PasswordUnreadable as error:
            raise SettingWrong(str(error)) from error
    return MailServer(**{"sender": given.pop("from"), **given})


def make_key(file: Path) -> SigningKey:
    """Make the hub's signing key and write it with owner-only rights; never overwrites a file."""
    key = SigningKey.generate()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key.to_pem())
    return key


def read_key(file: Path) -> SigningKey:
    """Read the hub's signing key; raises HubKeyMissing or HubKeyExposed."""
    try:
        mode, pem = file.stat().st_mode, file.read_bytes()
        key = SigningKey.from_pem(pem)
    except FileNotFoundError as error:
        raise HubKeyMissing(
            f"The hub's key {file} is not there; put it back from a backup: regions know this hub by it, and no other."
        ) from error
    except KeyUnreadable as error:
        raise HubKeyMissing(
            f"The hub's key {file} is not readable as an Ed25519 key; put it back from a backup."
        ) from error
    if mode & 0o077:
        raise HubKeyExposed(f"The hub's key {file} can be read by others on this machine; run: chmod 600 {file}")
    return key


def _sentence(file: Path, error: ValidationError) -> str:
    said = error.messages if isinstance(error.messages, dict) else {"settings": error.messages}
    told = "; ".join(f"{name}: {' '.join(map(str, messages))}" for name, messages in sorted(said.items()))
    return f"A setting in {file} (or {ENVIRONMENT}… in the environment) is wrong: {told} Correct it there."
