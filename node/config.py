"""A node's settings: one TOML file in its home folder, each value overridable by `REGIOHELIX_NODE_<NAME>`."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from connectors.files import write_whole
from connectors.mail import SECURITIES, AddressWrong, MailServer, PasswordUnreadable, checked_address, password_in
from connectors.outside import LOOPBACK
from schemas.codes import AREA_CODE, REGION_CODE
from schemas.refused import Refused

_PREFIX = "REGIOHELIX_NODE_"
STORE = "node.sqlite"  # in the home folder, where no other database is set
_LIGHT = re.compile(r"^(light\s*=\s*)true\b", re.MULTILINE)
_LISTS = ("areas", "remind_to")
_ENVIRONMENT_ONLY = ("kafka_password", "warehouse_url")


class SettingWrong(Refused, ValueError):
    """A setting that is missing, unknown or not of its form."""


class LightNode(Refused, PermissionError):
    """A light node that was asked for what only a node with records does."""


class HomeMissing(Refused, FileNotFoundError):
    """A home folder in which no node lives."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a node must know; paths are relative to `home`."""

    home: Path
    region: str
    name: str
    region_set: str
    division_year: int
    areas: tuple[str, ...]
    hub_url: str
    transport: str
    database: str
    kafka_bootstrap: str
    kafka_user: str
    kafka_ca_file: str
    kafka_password: str = field(repr=False)
    warehouse_url: str = field(default="", repr=False)
    warehouse_schema: str = ""
    release_every_months: int = 1
    coverage_percent: int = 80
    lens_threshold: str = "3.0"
    light: bool = False
    mail: MailServer | None = None  # None: this node sends no mail
    remind_to: tuple[str, ...] = ()  # who is mailed of actions that are due

    @property
    def database_url(self) -> str:
        """Return the SQLAlchemy URL; the default is SQLite in the home folder."""
        return self.database or f"sqlite:///{self.home / STORE}"

    def secret(self, name: str) -> Path:
        """Return the path of a secret file."""
        return self.home / "secrets" / name

    def check_full(self) -> None:
        """Raise LightNode where this node holds words and published tables only."""
        if self.light:
            raise LightNode(
                f"{self.home} is a light node, without the key and the agreements that records of persons need: words, "
                "assessments and published tables only; to count records on a machine of the region's own, run "
                "`python -m node widen` there (docs/light-node.md)."
            )


class _SettingsSchema(Schema):
    class Meta:
        unknown = RAISE

    region = fields.String(required=True, validate=validate.Regexp(REGION_CODE, error="must be a region code"))
    name = fields.String(required=True)
    region_set = fields.String(required=True)
    division_year = fields.Integer(required=True, validate=validate.Range(2000, 2100))
    areas = fields.List(fields.String(validate=validate.Regexp(AREA_CODE, error="must be area codes")), required=True)
    hub_url = fields.Url(required=True, require_tld=False, schemes={"http", "https"})
    transport = fields.String(load_default="http", validate=validate.OneOf(["http", "kafka"]))
    database = fields.String(load_default="")
    kafka_bootstrap = fields.String(load_default="")
    kafka_user = fields.String(load_default="")
    kafka_ca_file = fields.String(load_default="")
    kafka_password = fields.String(load_default="")
    warehouse_url = fields.String(load_default="")
    warehouse_schema = fields.String(
        load_default="",
        validate=validate.Regexp(r"^([a-z_][a-z0-9_]{0,62})?$", error="must be a schema's name in lower case."),
    )
    release_every_months = fields.Integer(load_default=1, validate=validate.Range(1, 24))
    coverage_percent = fields.Integer(load_default=80, validate=validate.Range(0, 100))

    lens_threshold = fields.String(
        load_default="3.0",
        validate=validate.Regexp(r"^([1-3](\.\d{1,2})?|4(\.0{1,2})?)$", error="must be a score from 1 to 4."),
    )
    light = fields.Boolean(load_default=False)
    remind_to = fields.List(fields.String(), load_default=list)
    smtp_host = fields.String(load_default="")
    smtp_port = fields.Integer(load_default=587, validate=validate.Range(1, 65535))
    smtp_security = fields.String(load_default="starttls", validate=validate.OneOf(SECURITIES))
    smtp_from = fields.String(load_default="")
    smtp_user = fields.String(load_default="")
    smtp_password_file = fields.String(load_default="")
    smtp_ca_file = fields.String(load_default="")

    @validates_schema
    def _know_the_mail_server_whole(self, data: dict[str, Any], **_: Any) -> None:
        needed = ("smtp_host", "smtp_from", "remind_to")
        lacking = [name for name in needed if not data[name]]
        if 0 < len(lacking) < len(needed):
            raise ValidationError(f"is needed as well: reminders by mail take {', '.join(needed)}.", lacking[0])
        for name, addresses in (("smtp_from", [parseaddr(data["smtp_from"])[1]]), ("remind_to", data["remind_to"])):
            if data["smtp_host"] and not all(map(_is_address, addresses)):
                raise ValidationError("must be written like name@example.nl.", name)
        if data["smtp_host"] and data["smtp_security"] == "none" and data["smtp_host"] not in LOOPBACK:
            raise ValidationError('"none" is for a mail server on this machine only.', "smtp_security")
        if data["smtp_user"] and not data["smtp_password_file"]:
            raise ValidationError("needs the password, in a file of its own: smtp_password_file.", "smtp_user")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "areas": tuple(data["areas"]), "remind_to": tuple(data["remind_to"])}


def _is_address(text: str) -> bool:
    try:
        checked_address(text)
    except AddressWrong:
        return False
    return True


def read_settings(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read `home/node.toml` and the environment; raises HomeMissing or SettingWrong with one sentence."""
    file = home / "node.toml"
    if not file.is_file():
        raise HomeMissing(
            f"{home} holds no node (node.toml is missing); make one with `python -m node init`, or "
            "where one was lost, put its backup back with `python -m node restore`."
        )
    try:
        values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingWrong(f"{file} is not readable as TOML ({error}); correct that line.") from error
    for secret in _ENVIRONMENT_ONLY:
        if secret in values:
            raise SettingWrong(
                f"{file} holds a secret; give it as {_PREFIX}{secret.upper()} in the environment, and renew it."
            )
    for key, value in environment.items():
        if key.startswith(_PREFIX) and key != f"{_PREFIX}HOME":
            name = key.removeprefix(_PREFIX).lower()
            values[name] = [one.strip() for one in value.split(",")] if name in _LISTS else value
    return _settings(home, values, file)


def _settings(home: Path, values: dict[str, Any], file: Path) -> Settings:
    try:
        known = _SettingsSchema().load(values)
    except ValidationError as error:
        key, problem = next(iter(_messages(error).items()))
        text = problem[0] if isinstance(problem, list) else "has a wrong entry"
        raise SettingWrong(f"{file}: setting '{key}': {text} Correct it or its {_PREFIX}{key.upper()}.") from error
    smtp = {name.removeprefix("smtp_"): known.pop(name) for name in list(known) if name.startswith("smtp_")}
    return Settings(home=home, mail=_mail_server(home, smtp), **known)


def _mail_server(home: Path, given: dict[str, Any]) -> MailServer | None:
    if not given["host"]:
        return None
    named, sender = given.pop("password_file"), given.pop("from")
    try:
        password = password_in(home / named) if named else ""
    except PasswordUnreadable as error:
        raise SettingWrong(str(error)) from error
    more: dict[str, Any] = {"user": given.pop("user") or None, "ca_file": given.pop("ca_file") or None}
    return MailServer(**given, **more, sender=sender, password=password)


def _messages(error: ValidationError) -> dict[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"node.toml": messages}


def write_settings(home: Path, values: Mapping[str, Any]) -> Settings:
    """Write a commented `node.toml` for a new node and return its settings; raises SettingWrong."""
    settings = _settings(home, dict(values), home / "node.toml")
    areas = ", ".join(f'"{area}"' for area in settings.areas)
    text = f"""# Settings of this region's node. An environment variable overrides each, e.g. {_PREFIX}HUB_URL.
# Secrets are not here: they are in secrets/, readable by the owner only.
region = "{settings.region}"          # this region's code in the network
name = {_quoted(settings.name)}
region_set = {_quoted(settings.region_set)}      # regions of one set do not overlap and are compared with each other
division_year = {settings.division_year}         # which year's municipal division the areas follow
areas = [{areas}]   # municipalities of this region; empty: figures for the region as a whole
hub_url = "{settings.hub_url}"
transport = "{settings.transport}"          # http or kafka
database = {_quoted(settings.database)}               # empty: SQLite in this folder; or a postgresql+psycopg URL
kafka_bootstrap = "{settings.kafka_bootstrap}"          # for transport kafka; the password: {_PREFIX}KAFKA_PASSWORD
kafka_user = "{settings.kafka_user}"
kafka_ca_file = {_quoted(settings.kafka_ca_file)}
warehouse_schema = "{settings.warehouse_schema}"         # counts in a PostgreSQL of your own
release_every_months = {settings.release_every_months}   # how often a bundle is due; `release list` says when
coverage_percent = {settings.coverage_percent}   # a source that covers less gives partial figures: no verdict
lens_threshold = "{settings.lens_threshold}"   # `assess show` marks a lens whose mean is below it; no source gives one
light = {str(settings.light).lower()}   # true: words, assessments and published tables only; `widen` ends that
# remind_to = ["name@example.nl"]       # who is mailed of actions that are due; needs smtp_host and smtp_from
# smtp_host = "mail.example.nl"
# smtp_from = "Regiohelix <node@example.nl>"
# smtp_port = 587                       # 465 with smtp_security "tls"
# smtp_security = "starttls"            # or "tls"; "none" for a server on this machine only
# smtp_user = "node"
# smtp_password_file = "secrets/smtp"   # owner-only rights; relative to this folder
# smtp_ca_file = "/path/to/ca.pem"      # where the server's certificate is signed by an authority of your own
"""
    write_whole(home / "node.toml", text)
    return settings


def widen_settings(home: Path) -> None:
    """Make a light node's settings those of a node that may hold records, the rest as it is; raises SettingWrong."""
    file = home / "node.toml"
    text, count = _LIGHT.subn(r"\1false", file.read_text(encoding="utf-8"))
    if count != 1:
        raise SettingWrong(
            f"{file}: setting 'light' is not `true` on a line of its own; where {_PREFIX}LIGHT says so, change that."
        )
    write_whole(file, text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def kafka_connection(settings: Settings) -> dict[str, Any]:
    """Return how this region's principal reaches the broker; raises SettingWrong where a setting is missing."""
    if not (settings.kafka_bootstrap and settings.kafka_user and settings.kafka_password):
        raise SettingWrong(
            f"{settings.home / 'node.toml'}: transport kafka needs kafka_bootstrap, kafka_user, and "
            "REGIOHELIX_NODE_KAFKA_PASSWORD in the environment."
        )
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": settings.kafka_password,
        "ssl_cafile": settings.kafka_ca_file,
    }
