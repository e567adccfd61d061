"""Every event at the hub verifies from its stored bytes; a node notices a single changed byte of its own chain."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from demo.journey import call
from schemas.envelope import (
    CHAIN_START,
    approval_message,
    check_in_bundle,
    check_signature,
    event_id,
    parse_envelope,
    payload_hash,
)
from schemas.signature import PublicKey, Purpose
from tests.acceptance.conftest import HealthMonitor

REGION = "GG0111"


def test_every_event_at_the_hub_verifies_from_its_stored_bytes(health_monitor: HealthMonitor) -> None:
    network = health_monitor.network
    keys = {(row["region"], row["key_id"]): row for row in network.rows("SELECT * FROM key")}
    heads: dict[str, tuple[int, str]] = {}
    for row in network.rows("SELECT * FROM event ORDER BY region, sequence"):
        envelope = parse_envelope(row["envelope"])
        signer = keys[row["region"], envelope.key_id]
        assert signer["use"] == "service"
        check_signature(envelope, PublicKey(signer["hex"]))
        check_in_bundle(envelope)
        assert payload_hash(row["salt"], row["payload"]) == envelope.payload_hash
        sequence, previous = heads.get(row["region"], (0, CHAIN_START))
        assert (envelope.region, envelope.sequence, envelope.previous) == (row["region"], sequence + 1, previous)
        assert event_id(envelope) == row["id"]
        heads[row["region"]] = (envelope.sequence, row["id"])
        assert len({approval.key_id for approval in envelope.approvals}) == 2
        message = approval_message(envelope.region, envelope.bundle.root, envelope.bundle.size)
        for approval in envelope.approvals:
            reviewer = keys[row["region"], approval.key_id]
            assert reviewer["use"] == "reviewer"
            PublicKey(reviewer["hex"]).verify(Purpose.APPROVAL, message, approval.signature)
    assert len(heads) == 25
    assert {sequence for sequence, _ in heads.values()} == {148}


def test_the_node_verifies_its_own_chain(health_monitor: HealthMonitor) -> None:
    said = call(health_monitor.homes / REGION, "ledger")
    assert said.splitlines()[-1] == "The chain of 148 events verifies."


def test_one_changed_byte_in_the_nodes_chain_is_named_by_its_sequence(
    health_monitor: HealthMonitor, tmp_path: Path
) -> None:
    home = tmp_path / REGION
    shutil.copytree(health_monitor.homes / REGION, home)
    with closing(sqlite3.connect(home / "node.sqlite")) as connection, connection:
        (envelope,) = connection.execute("SELECT envelope FROM event WHERE sequence = 7").fetchone()
        place = envelope.index(b'"payload_hash":"') + len(b'"payload_hash":"')
        other = b"1" if envelope[place : place + 1] == b"0" else b"0"
        changed = envelope[:place] + other + envelope[place + 1 :]
        connection.execute("UPDATE event SET envelope = ? WHERE sequence = 7", [changed])
    said = call(home, "ledger", expected=1)
    assert said.startswith("Refused: Event 7 of the chain does not verify")
