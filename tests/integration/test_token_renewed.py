"""A node renews its token before it ends: unasked, also when it is killed halfway or its hub was restored meanwhile."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.transport.renewal_http import TokenAtHub
from node.__main__ import main
from node.commands import token
from schemas.canonical import sha256_hex
from schemas.delivery import TransportRefused
from tests.support.network import Network, serving_network
from tests.support.small_region import SmallRegion, enrolled_region


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as made:
        yield made


@pytest.fixture
def region(tmp_path: Path, network: Network) -> Iterator[SmallRegion]:
    made = enrolled_region(tmp_path / "node", network)
    yield made
    made.node.engine.dispose()


def _at_hub(network: Network, statement: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(network.home / "hub.sqlite")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def _ends_in(network: Network, days: int) -> None:
    until = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT23:59:59Z}"
    _at_hub(network, "UPDATE token SET expires_at = ?", until)


def _held(network: Network) -> set[str]:
    return {row[0] for row in _at_hub(network, "SELECT sha256 FROM token WHERE revoked_at IS NULL")}


def _shipped(region: SmallRegion) -> int:
    return main(["ship", "--home", str(region.node.settings.home)])


def test_ship_renews_the_token_in_its_last_two_months_and_goes_on_with_the_next(
    region: SmallRegion, network: Network
) -> None:
    secrets = region.node.settings.home / "secrets"
    first = (secrets / "token").read_bytes()
    _ends_in(network, 61)
    assert _shipped(region) == 0
    assert (secrets / "token").read_bytes() == first
    _ends_in(network, 58)
    region.release("2001")
    assert _shipped(region) == 0
    following = (secrets / "token").read_bytes()
    assert following != first
    assert (secrets / "token").stat().st_mode & 0o077 == 0
    assert not (secrets / token.NEXT).exists()
    assert _held(network) == {sha256_hex(first), sha256_hex(following)}
    (seen,) = _at_hub(network, "SELECT expires_at FROM token WHERE sha256 = ?", sha256_hex(following))
    assert seen[0][:10] == f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%d}"
    _at_hub(network, "DELETE FROM token WHERE sha256 = ?", sha256_hex(first))
    region.release("2002")
    assert _shipped(region) == 0
    assert _at_hub(network, "SELECT count(*) FROM event") == [(4,)]


def test_a_lost_answer_leaves_one_next_token_and_the_former_in_use(
    region: SmallRegion, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = region.node.settings.home / "secrets"
    first = (secrets / "token").read_bytes()
    _ends_in(network, 20)
    real = TokenAtHub.renew

    def killed(self: TokenAtHub, token_sha256: str, proof: str) -> datetime:
        real(self, token_sha256, proof)
        raise KeyboardInterrupt

    monkeypatch.setattr(TokenAtHub, "renew", killed)
    with pytest.raises(KeyboardInterrupt):
        token.renew(region.node, datetime.now(UTC))
    monkeypatch.undo()
    assert (secrets / "token").read_bytes() == first
    following = (secrets / token.NEXT).read_bytes()
    assert token.renew(region.node, datetime.now(UTC)) is not None
    assert (secrets / "token").read_bytes() == following
    assert _held(network) == {sha256_hex(first), sha256_hex(following)}


def test_a_hub_restored_from_before_the_renewal_is_told_the_token_again(region: SmallRegion, network: Network) -> None:
    secrets = region.node.settings.home / "secrets"
    _ends_in(network, 20)
    assert _shipped(region) == 0
    following = (secrets / "token").read_bytes()
    _at_hub(network, "DELETE FROM token WHERE sha256 = ?", sha256_hex(following))
    region.release("2001")
    assert _shipped(region) == 0
    assert (secrets / "token").read_bytes() == following
    assert _at_hub(network, "SELECT count(*) FROM event") == [(2,)]


def test_a_token_that_was_taken_back_is_not_renewed_by_the_former_one(region: SmallRegion, network: Network) -> None:
    _ends_in(network, 20)
    assert _shipped(region) == 0
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    following = sha256_hex((region.node.settings.home / "secrets" / "token").read_bytes())
    _at_hub(network, "UPDATE token SET revoked_at = ? WHERE sha256 = ?", now, following)
    with pytest.raises(TransportRefused, match="holds no longer"):
        token.renew(region.node, datetime.now(UTC))
    assert following not in _held(network)


def test_the_doctor_says_that_a_token_ends_and_that_one_has_ended(
    region: SmallRegion, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_the_hub() -> list[dict[str, Any]]:
        capsys.readouterr()
        main(["doctor", "--json", "--home", str(region.node.settings.home)])
        return [one for one in json.loads(capsys.readouterr().out)["findings"] if one["about"] == "hub"]

    assert of_the_hub() == []
    _ends_in(network, 29)
    (found,) = of_the_hub()
    assert "was not renewed" in found["what"]
    assert "node ship" in found["mend"]
    _ends_in(network, -1)
    (found,) = of_the_hub()
    day = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    assert f"The token ended on {day}; ask its operator." in found["what"]
