"""What a guess costs in earnest: at passwords, at passphrases of the desk, at backups. Other tests make it small."""

import hashlib
from pathlib import Path

import pytest

from connectors import archive
from connectors.archive import Manifest, extract, write_archive
from hub.identity.passwords import hash_password, matches, renewed
from node.web.desk import accounts
from tests.support import cheap_secrets

PHRASE = "weinig mensen lezen dit"


def test_a_guess_at_a_password_takes_64_mib_and_a_cheaper_hash_is_renewed(
    request: pytest.FixtureRequest,
) -> None:
    cheap = hash_password(PHRASE)
    request.getfixturevalue("real_price")
    kept = renewed(cheap, PHRASE)
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(kept, PHRASE)


@pytest.mark.usefixtures("real_price")
def test_a_guess_at_a_passphrase_of_the_desk_takes_32_mib() -> None:
    salt = b"0" * 16
    earnest = hashlib.scrypt(PHRASE.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=64)
    assert accounts._stretched(PHRASE, salt) == earnest


def test_a_guess_at_a_backup_takes_128_mib(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    part = tmp_path / "part"
    part.write_bytes(b"kept")
    told = Manifest("node", "XR-A", "2026-11-22T12:00:00Z", 1, "0003", {}, ())
    write_archive(tmp_path / "cheap", told, {"part": part}, PHRASE)
    request.getfixturevalue("real_price")
    assert archive._SCRYPT == {"length": 32, "n": 2**17, "r": 8, "p": 1}
    write_archive(tmp_path / "dear", told, {"part": part}, PHRASE)
    assert extract(tmp_path / "dear", tmp_path / "out", PHRASE).side == "node"
    with pytest.raises(archive.PassphraseWrong):
        extract(tmp_path / "cheap", tmp_path / "other", PHRASE)


def test_what_is_made_small_is_what_costs() -> None:
    assert [getattr(owner, name) is not real for owner, name, real in cheap_secrets.REAL] == [True] * 3
