"""The commands that let people and programs in, and the migration that moved the tokens of before."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from connectors.database import open_engine, upgrade, writing
from hub.__main__ import main
from hub.bootstrap import MIGRATIONS, application, open_hub
from hub.identity import accounts
from hub.identity.sessions import session_of, start_session
from hub.identity.tokens import kept_tokens
from schemas.canonical import sha256_hex


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "hub")]) == 0
    return tmp_path / "hub"


class Answers:
    """What commands say, as JSON."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *argv: str) -> Any:
        self.capsys.readouterr()
        assert main([*argv, "--home", str(self.home), "--json"]) == 0
        return json.loads(self.capsys.readouterr().out)

    def refusal(self, *argv: str) -> str:
        self.capsys.readouterr()
        assert main([*argv, "--home", str(self.home)]) == 1
        told = self.capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)
        return told.err


@pytest.fixture
def say(home: Path, capsys: pytest.CaptureFixture[str]) -> Answers:
    return Answers(home, capsys)


ANNA = ("user", "add", "anna", "--email", "Anna@Example.nl")


def test_a_person_is_added_with_a_code_and_no_password(say: Answers) -> None:
    made = say(*ANNA, "--role", "national", "--role", "region:XR-DUIN")
    assert len(made["code"]) >= 43
    (one,) = say("user", "list")
    assert (one["email"], one["roles"]) == ("anna@example.nl", ["national", "region:XR-DUIN"])
    assert (one["has_password"], one["is_at_provider"], one["disabled_at"]) == (False, False, None)
    assert made["code"] not in json.dumps(one)
    assert say("user", "code", "anna")["code"] != made["code"]


def test_a_person_who_signs_in_elsewhere_gets_no_code(say: Answers) -> None:
    assert say(*ANNA, "--role", "partner", "--provider") == {"account": "anna"}


def test_roles_are_replaced_sessions_counted_and_accounts_shut(say: Answers) -> None:
    say(*ANNA, "--role", "national")
    assert say("user", "roles", "anna", "--role", "administrator")["roles"] == ["administrator"]
    assert say("user", "sessions", "anna") == {"account": "anna", "sessions": 0, "revoked": False}
    assert say("user", "sessions", "anna", "--revoke")["revoked"] is True
    token = say("token", "add", "export", "--owner", "anna", "--scope", "read:network")
    assert say("user", "disable", "anna")["disabled"] is True
    (kept,) = say("token", "list")
    assert (kept["id"], kept["owner"]) == (token["id"], "account anna")
    assert kept["revoked_at"] is not None
    assert say("user", "disable", "anna", "--undo")["disabled"] is False


def test_a_token_is_shown_once_and_can_be_taken_back(say: Answers) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=400):%Y-%m-%d}"
    made = say("token", "add", "export", "--owner", "a partner", "--scope", "read:partners", "--expires", day)
    (kept,) = say("token", "list")
    assert (kept["expires_at"], kept["revoked_at"], kept["last_used"]) == (f"{day}T23:59:59Z", None, None)
    assert made["token"] not in json.dumps(kept)
    renewed = say("token", "renew", made["id"], "--expires", day)
    assert (renewed["former"], renewed["expires"]) == (made["id"], day)
    assert renewed["token"] != made["token"]
    assert sorted(one["expires_at"][:10] for one in say("token", "list")) == [
        f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}", day,
    ]  # fmt: skip
    assert say("token", "revoke", made["id"]) == {"id": made["id"], "revoked": True}
    say.refusal("token", "revoke", made["id"])


def test_refusals_are_one_line_and_name_no_value_of_a_person(say: Answers) -> None:
    say(*ANNA, "--role", "national")
    for argv in (
        ("user", "add", "bram", "--email", "anna@example.nl", "--role", "partner"),
        ("user", "add", "bram", "--email", "no address", "--role", "partner"),
        ("user", "add", "Bram!", "--email", "bram@example.nl", "--role", "partner"),
        ("user", "add", "bram", "--email", "bram@example.nl", "--role", "king"),
        ("user", "roles", "nobody", "--role", "partner"),
        ("user", "disable", "nobody"),
        ("user", "code", "nobody"),
        ("user", "sessions", "nobody"),
        ("token", "add", "x", "--owner", "y", "--scope", "everything"),
        ("token", "add", "x", "--owner", "y", "--scope", "send:XR-DUIN"),
        ("token", "add", "x", "--owner", "y", "--scope", "manage", "--expires", "2001-01-01"),
        ("token", "add", "x", "--owner", "y", "--scope", "manage", "--expires", "2099-01-31"),
        ("token", "renew", "0000000000000000"),
        ("token", "revoke", "0000000000000000"),
    ):
        said = say.refusal(*argv)
        assert "anna@" not in said
        assert "bram@" not in said
    assert [one["name"] for one in say("user", "list")] == ["anna"]


@pytest.mark.parametrize(
    "argv",
    [
        ("user", "add", "bram", "--email", "bram@example.nl"),
        ("user", "add", "bram", "--email", "bram@example.nl", "--role", "partner", "--password"),
        ("user", "add", "bram", "--email", "bram@example.nl", "--role", "partner", "--password", "--provider"),
        ("token", "add", "x", "--owner", "y"),
        ("token", "add", "x", "--owner", "y", "--scope", "manage", "--expires", "soon"),
    ],
)
def test_a_wrong_call_ends_with_two(home: Path, argv: tuple[str, ...]) -> None:
    assert main([*argv, "--home", str(home)]) == 2


def test_a_restored_hub_lets_nobody_in_by_an_old_session_or_code(
    home: Path, say: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "enough words for a test of backups")
    code = say(*ANNA, "--role", "national")["code"]
    hub = open_hub(home)
    with writing(hub.engine) as connection:
        held = start_session(connection, "anna", hub.clock(), "test", "test")
    hub.engine.dispose()
    assert main(["backup", str(tmp_path / "kept"), "--home", str(home)]) == 0
    assert main(["restore", str(tmp_path / "kept"), "--home", str(tmp_path / "again")]) == 0
    for place, is_known in ((home, True), (tmp_path / "again", False)):
        hub = open_hub(place)
        with hub.engine.connect() as connection:
            assert (session_of(connection, held, hub.clock()) is not None) == is_known
            sha256 = connection.scalar(text("SELECT sha256 FROM account_code"))
            assert (sha256 == sha256_hex(code.encode())) == is_known
            assert [one.name for one in accounts.kept_accounts(connection)] == ["anna"]
        hub.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Offer an empty database."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    made = open_engine(request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)
    yield made
    made.dispose()


def _old_hub(connection: Connection) -> None:
    """Make the tables of the revision before, with two regions, an event that names one, and a partner."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0002")
    for code, token in (("XR-DUIN", sha256_hex(b"a region's token")), ("XR-VELD", None)):
        connection.execute(
            text("INSERT INTO region (code, name, region_set, token_sha256, enrolled_at) VALUES (:c, :c, 's', :t, :e)"),
            {"c": code, "t": token, "e": "2026-11-01T00:00:00Z" if token else None},
        )
    connection.execute(
        text("INSERT INTO partner (name, token_sha256, added_at) VALUES ('A partner', :t, '2026-11-02T00:00:00Z')"),
        {"t": sha256_hex(b"a partner's token")},
    )
    connection.execute(
        text("INSERT INTO invitation (sha256, region, issued_at) VALUES ('x', 'XR-VELD', '2026-11-01T00:00:00Z')")
    )


def test_the_tokens_of_before_go_on_working(engine: Engine, home: Path) -> None:
    with writing(engine) as connection:
        _old_hub(connection)
    upgrade(engine, MIGRATIONS)
    with engine.connect() as connection:
        kept = {one.owner: one for one in kept_tokens(connection)}
        assert connection.scalar(text("SELECT count(*) FROM region WHERE token_sha256 IS NOT NULL")) == 0
        assert connection.scalar(text("SELECT count(*) FROM invitation")) == 1
    assert {owner: one.scopes for owner, one in kept.items()} == {
        "region XR-DUIN": ("read:network", "send:XR-DUIN"),
        "partner A partner": ("read:partners",),
    }
    assert kept["region XR-DUIN"].made_at == "2026-11-01T00:00:00Z"
    url = engine.url.render_as_string(hide_password=False)
    hub = open_hub(home, {"REGIOHELIX_HUB_DATABASE": url})
    client = application(hub).test_client()
    for token, audience, region in (
        ("a region's token", "network", "XR-DUIN"),
        ("a partner's token", "partners", None),
    ):
        who = client.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"}).get_json()
        assert (who["audience"], who["region"]) == (audience, region)
    hub.engine.dispose()
