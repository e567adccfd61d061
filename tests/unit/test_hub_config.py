"""The hub's settings and key: read from file and environment, and refused in one sentence when wrong."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from hub.config import (
    HubKeyExposed,
    HubKeyMissing,
    SettingsFileExists,
    SettingsFileMissing,
    SettingWrong,
    make_key,
    read_key,
    read_settings,
    write_settings,
)

MAILS = """
public_url = "https://hub.example.nl"
smtp_host = "mail.example.nl"
smtp_from = "Regiohelix <digest@example.nl>"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_settings(tmp_path / "hub")
    return tmp_path / "hub"


def test_written_settings_can_be_read_and_point_into_the_home(home: Path) -> None:
    settings = read_settings(home, {})
    assert settings.database == f"sqlite:///{home.resolve()}/hub.sqlite"
    assert settings.key_file == (home / "hub.key").resolve()
    assert home.stat().st_mode & 0o077 == 0


def test_the_environment_goes_before_the_file(home: Path) -> None:
    environ = {"REGIOHELIX_HUB_PORT": "9001", "REGIOHELIX_HUB_HOME": "ignored", "OTHER": "ignored"}
    assert read_settings(home, environ).port == 9001


def test_hosts_for_webhooks_are_a_list_with_commas_or_a_list(home: Path) -> None:
    assert read_settings(home, {}).webhook_hosts == frozenset()
    environ = {"REGIOHELIX_HUB_WEBHOOK_HOSTS": "Hooks.internal, 10.0.0.7:8080"}
    assert read_settings(home, environ).webhook_hosts == {"hooks.internal", "10.0.0.7:8080"}
    (home / "hub.toml").write_text((home / "hub.toml").read_text() + 'webhook_hosts = ["::1", "[FD00::1]:8080"]')
    assert read_settings(home, {}).webhook_hosts == {"::1", "[fd00::1]:8080"}


@pytest.mark.parametrize(
    ("line", "environ", "named"),
    [
        ("colour = 'red'", {}, "colour"),
        ("", {"REGIOHELIX_HUB_COLOUR": "red"}, "colour"),
        ("", {"REGIOHELIX_HUB_PORT": "many"}, "port"),
        ("kafka_password = 'x'", {}, "KAFKA_PASSWORD"),
        ("", {"REGIOHELIX_HUB_PORT": "70000"}, "port"),
        ("oidc_client_secret = 'x'", {}, "OIDC_CLIENT_SECRET"),
        ("public_url = 'http://hub.example.nl'", {}, "public_url"),
        ("public_url = 'https://hub.example.nl/'", {}, "public_url"),
        ("public_url = 'https://user@hub.example.nl'", {}, "public_url"),
        ("oidc_issuer = 'https://sign-in.example.nl'", {}, "oidc_issuer"),
        ("", {"REGIOHELIX_HUB_OIDC_ISSUER": "http://sign-in.example.nl"}, "oidc_issuer"),
        ("trusted_proxies = 'everybody'", {}, "trusted_proxies"),
        ("trusted_proxies = 7", {}, "trusted_proxies"),
        ("requests_per_minute = 1", {}, "requests_per_minute"),
        ("webhook_hosts = 'http://hooks.internal'", {}, "webhook_hosts"),
        ("webhook_hosts = 7", {}, "webhook_hosts"),
        ("webhook_hosts = 'hooks.internal:0'", {}, "host:port"),
        ("webhook_hosts = 'hooks.internal:99999'", {}, "host:port"),
        ("webhook_hosts = ' , '", {}, "host:port"),
        ("smtp_password = 'x'", {}, "SMTP_PASSWORD"),
        ("smtp_host = 'mail.example.nl'", {}, "smtp_from and public_url"),
        ("smtp_from = 'digest@example.nl'", {}, "smtp_host"),
        ("smtp_from = 'nobody'", {}, "smtp_from"),
        (MAILS + "smtp_security = 'none'", {}, "smtp_security"),
        (MAILS + "smtp_security = 'maybe'", {}, "smtp_security"),
        (MAILS + "smtp_port = 0", {}, "smtp_port"),
        (MAILS + "smtp_user = 'hub'", {}, "smtp_password_file"),
        (MAILS + "smtp_user = 'hub'\nsmtp_password_file = 'absent'", {}, "absent"),
        (MAILS + "smtp_colour = 'red'", {}, "smtp_colour"),
    ],
)
def test_an_unknown_or_wrong_setting_is_named(home: Path, line: str, environ: dict[str, str], named: str) -> None:
    file = home / "hub.toml"
    file.write_text(file.read_text() + line)
    with pytest.raises(SettingWrong, match=named) as caught:
        read_settings(home, environ)
    assert "\n" not in str(caught.value)


def test_a_missing_setting_is_named(home: Path) -> None:
    file = home / "hub.toml"
    file.write_text("\n".join(row for row in file.read_text().splitlines() if not row.startswith("port")))
    with pytest.raises(SettingWrong, match="port"):
        read_settings(home, {})


def test_unreadable_toml_is_refused(home: Path) -> None:
    (home / "hub.toml").write_text("port = ")
    with pytest.raises(SettingWrong):
        read_settings(home, {})


def test_a_home_is_made_once_and_read_only_where_it_is(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsFileExists):
        write_settings(home)
    with pytest.raises(SettingsFileMissing):
        read_settings(tmp_path / "elsewhere", {})


def test_the_key_is_for_its_owner_only_and_never_overwritten(home: Path) -> None:
    file = home / "hub.key"
    made = make_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file).public == made.public
    with pytest.raises(FileExistsError):
        make_key(file)
    file.chmod(0o640)
    with pytest.raises(HubKeyExposed):
        read_key(file)


def test_a_missing_or_broken_key_is_refused(home: Path) -> None:
    with pytest.raises(HubKeyMissing):
        read_key(home / "hub.key")
    (home / "hub.key").write_text("no key")
    with pytest.raises(HubKeyMissing):
        read_key(home / "hub.key")


def test_a_password_from_the_environment_does_not_print_itself(home: Path) -> None:
    settings = read_settings(home, {"REGIOHELIX_HUB_KAFKA_PASSWORD": "a secret of this test"})
    assert settings.kafka_password == "a secret of this test"
    assert "a secret of this test" not in repr(settings)


def test_readers_are_reached_over_tls_unless_the_address_says_this_machine(home: Path) -> None:
    assert not read_settings(home, {}).is_on_loopback
    assert not read_settings(home, {"REGIOHELIX_HUB_PUBLIC_URL": "https://hub.example.nl"}).is_on_loopback
    assert read_settings(home, {"REGIOHELIX_HUB_PUBLIC_URL": "http://127.0.0.1:8400"}).is_on_loopback


def test_proxies_are_read_from_a_list_or_from_one_line(home: Path) -> None:
    wanted = (ip_network("10.0.0.5"), ip_network("fd00::/8"))
    assert read_settings(home, {"REGIOHELIX_HUB_TRUSTED_PROXIES": "10.0.0.5, fd00::/8"}).trusted_proxies == wanted
    file = home / "hub.toml"
    file.write_text(file.read_text() + 'trusted_proxies = ["10.0.0.5", "fd00::/8"]\n')
    assert read_settings(home, {}).trusted_proxies == wanted


def test_a_secret_of_the_settings_is_in_no_repr(home: Path) -> None:
    settings = read_settings(home, {"REGIOHELIX_HUB_OIDC_CLIENT_SECRET": "not to be seen"})
    assert settings.oidc_client_secret == "not to be seen"
    assert "not to be seen" not in repr(settings)


def test_a_hub_sends_mail_only_where_it_is_told_by_which_server(home: Path) -> None:
    assert read_settings(home, {}).mail is None
    (home / "hub.toml").write_text((home / "hub.toml").read_text() + MAILS + "smtp_user = 'hub'\n")
    found = read_settings(home, {"REGIOHELIX_HUB_SMTP_PASSWORD": "a secret of this test"}).mail
    assert found is not None
    assert (found.host, found.port, found.security, found.user) == ("mail.example.nl", 587, "starttls", "hub")
    assert found.password == "a secret of this test"
    assert "a secret of this test" not in repr(found)


def test_the_mail_password_can_stand_in_a_file_that_only_its_owner_reads(home: Path) -> None:
    file, secret = home / "hub.toml", home / "smtp.password"
    file.write_text(file.read_text() + MAILS + "smtp_user = 'hub'\nsmtp_password_file = 'smtp.password'\n")
    secret.write_text("a secret of this test\n")
    secret.chmod(0o640)
    with pytest.raises(SettingWrong, match="chmod 600"):
        read_settings(home, {})
    secret.chmod(0o600)
    found = read_settings(home, {}).mail
    assert found is not None
    assert found.password == "a secret of this test"
    secret.write_text("\n")
    with pytest.raises(SettingWrong, match="empty"):
        read_settings(home, {})
