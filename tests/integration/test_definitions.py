"""Definitions from proposal to approval: signed by the hub, refused when altered or old, computed when approved."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from demo.journey import approve_definitions, call, join_network
from hub.__main__ import main as hub_command
from node.records.store import open_store, records_path
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.catalogue import catalogue, forget, packaged
from schemas.definition_list import DefinitionList, Proposal, offered, signed_list
from schemas.signature import SigningKey
from tests.support.network import Network, serving_network

REGION = "XR-DUINRAND"
FILE = """
definitions:
  - id: h.gout
    version: {version}
    axis: health
    kind: proportion
    title: {{nl: Jicht, en: Gout}}
    description: {{nl: Aandeel inwoners met jicht., en: Share of residents with gout.}}
    unit: {{nl: "%", en: "%"}}
    per: 100
    favourable: lower
    reference: ICPC-1 T92.
    provenance: {{source: A working group, verified: false}}
    dimensions: [area, age_band, sex]
    age_bands: [0, 18, 45, 65, 75]
    segment: chronic
    population: {{covered_on: mid_period}}
    measure:
      count: persons
      of: {{record: condition, window: until_reference, system: icpc, prefixes: [T92]}}
      denominator: persons
"""


@pytest.fixture(autouse=True)
def as_packaged() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with serving_network(tmp_path_factory.mktemp("definitions")) as network:
        yield network


@pytest.fixture(scope="module")
def home(network: Network) -> Path:
    home = network.home.parent / "node"
    invited = network.inviting(REGION, "Duinrand", "invented")
    join_network(home, (REGION, "Duinrand", "invented", "2024"), ("XG-A",), network.url, invited)
    approve_definitions(home, "h.dm_prev")
    _some_records(home)
    return home


def _some_records(home: Path) -> None:
    store = open_store(records_path(home), read_only=False)
    store.execute("INSERT INTO person VALUES (1, '1950-01-01', 'f', 'XG-A', NULL)")
    store.execute("INSERT INTO coverage VALUES (1, '2000-01-01', '9999-12-31', 'insurer')")
    store.execute("INSERT INTO condition VALUES (1, 'icpc', 'T92', '2020-01-01', NULL, 'gp')")
    store.execute("INSERT INTO measurement VALUES (1, 'local', 'BMI', '2024-02-01', NULL, 'gp')")
    store.close()


def _hub(network: Network, *arguments: str, expected: int = 0) -> None:
    assert hub_command([*arguments, "--home", str(network.home)]) == expected


def _propose(home: Path, version: int) -> Path:
    file, out = home.parent / f"gout-{version}.yaml", home.parent / f"gout-{version}.json"
    file.write_text(FILE.format(version=version), encoding="utf-8")
    said = call(
        home, "definitions", "propose", str(file), "--out", str(out), "--reason", "No indicator on gout.",
        "--author", "Author",
    )  # fmt: skip
    assert "give that file to the hub's team" in said
    return out


def _measure(home: Path, expected: int = 0) -> str:
    return call(home, "measure", "--period", "2024", "--indicator", "h.gout", expected=expected)


def test_a_proposal_is_adopted_pulled_approved_and_then_computed_and_a_newer_one_demanded(
    network: Network, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "'h.gout' is no indicator" in _measure(home, expected=1)
    proposal = _propose(home, 1)
    _hub(network, "definitions", "read", str(proposal))
    assert f"Proposed and signed by {REGION}" in capsys.readouterr().out
    _hub(network, "definitions", "adopt", str(proposal), "--by", "Network council")
    served = network.get("/api/v1/definitions/h.gout").json()
    assert served["definition"]["segment"] == "chronic"
    assert served["hash"] == sha256_hex(canonical_bytes(served["definition"]))
    said = call(home, "definitions", "pull")
    assert "New: h.gout version 1 - Gout" in said
    assert "new here: 1" in said
    assert "h.gout version 1 is not approved by this region" in _measure(home, expected=1)
    call(home, "definitions", "approve", "h.gout", "--author", "Author")
    assert "h.gout" in _measure(home)
    assert catalogue()["h.gout"].segment == "chronic"
    shown = json.loads(call(home, "definitions", "show", "h.gout", "--json"))
    assert shown["state"].startswith("approved by Author on ")
    assert shown["provenance"] == {"source": "A working group", "verified": False}

    second = _propose(home, 2)
    _hub(network, "definitions", "adopt", str(second), "--by", "Network council", "--demand")
    assert "h.gout" in _measure(home)  # nothing changes here before the next pull
    assert "New: h.gout version 2" in call(home, "definitions", "pull")
    told = _measure(home, expected=1)
    assert "h.gout version 1 is approved here, and the hub takes version 2 or newer" in told
    assert "definitions approve h.gout --author NAME" in told
    call(home, "definitions", "approve", "h.gout", "--author", "Author")
    assert "h.gout" in _measure(home)
    call(home, "definitions", "revoke", "h.gout", "--author", "Author")
    assert "is approved here, and the hub takes version 2" in _measure(home, expected=1)


def test_an_earlier_version_is_shown_counted_by_and_ended_by_its_number(home: Path) -> None:
    first = json.loads(call(home, "definitions", "show", "c.ed", "--version", "1", "--json"))
    assert (first["version"], first["measure"]["of"]["window"]) == (1, "in_period")
    call(home, "definitions", "approve", "c.ed", "--hash", first["hash"], "--author", "Author")
    refused = call(home, "definitions", "revoke", "c.ed", "--author", "Author", expected=1)
    assert "c.ed version 2 was not approved; nothing changed. Version 1 is; `--version 1` ends that." in refused
    call(home, "definitions", "approve", "c.ed", "--author", "Author")
    assert "computed by version 2" in call(home, "definitions", "show", "c.ed", "--version", "1")
    assert "It is computed by version 1" in call(home, "definitions", "revoke", "c.ed", "--author", "Author")
    said = call(home, "definitions", "revoke", "c.ed", "--version", "1", "--author", "Author")
    assert "version 1 is no longer approved" in said
    assert "It is computed by" not in said
    refused = call(home, "definitions", "revoke", "c.ed", "--version", "3", "--author", "Author", expected=1)
    assert "There is no version 3 of 'c.ed' here" in refused


def test_a_version_that_is_not_new_and_a_proposal_that_was_altered_are_refused_whole(
    network: Network, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "again.yaml"
    file.write_text(FILE.format(version=1).replace("h.gout", "h.dm_prev"), encoding="utf-8")
    _hub(network, "definitions", "adopt", str(file), "--by", "Council", expected=1)
    assert "h.dm_prev is known here in version 1; give the new one version 2" in capsys.readouterr().err

    proposal = msgspec.json.decode(_propose(home, 7).read_bytes(), type=Proposal)
    altered = tmp_path / "altered.json"
    altered.write_bytes(msgspec.json.encode(msgspec.structs.replace(proposal, reason="Another reason.")))
    _hub(network, "definitions", "adopt", str(altered), "--by", "Council", expected=1)
    assert "signature does not fit" in capsys.readouterr().err
    stranger = msgspec.structs.replace(proposal, key_id="0" * 16)
    altered.write_bytes(msgspec.json.encode(stranger))
    _hub(network, "definitions", "read", str(altered), expected=1)
    assert "No key of region XR-DUINRAND that holds here signed this" in capsys.readouterr().err
    altered.write_text("{}", encoding="utf-8")
    _hub(network, "definitions", "read", str(altered), expected=1)
    assert "is not a proposal as" in capsys.readouterr().err


def test_a_list_that_the_hub_did_not_sign_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsigned = DefinitionList("2030-01-01T00:00:00Z", (), "0" * 16)
    for listed in (unsigned, signed_list(unsigned, SigningKey.generate())):
        monkeypatch.setattr("node.commands.definitions.fetch_definitions", lambda node, listed=listed: listed)
        assert re.search("signature (does not fit|is not written)", call(home, "definitions", "pull", expected=1))


def test_an_older_list_and_a_version_with_another_meaning_are_refused(
    network: Network, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(home, "definitions", "pull")
    key = SigningKey.from_pem((network.home / "hub.key").read_bytes())
    old = signed_list(DefinitionList("2020-01-01T00:00:00Z", (), key.public.key_id), key)
    monkeypatch.setattr("node.commands.definitions.fetch_definitions", lambda node: old)
    assert "list of definitions is of 2020-01-01" in call(home, "definitions", "pull", expected=1)
    changed = offered(msgspec.structs.replace(packaged()["h.dm_prev"], per=1000))
    told = signed_list(DefinitionList("2099-01-01T00:00:00Z", (changed,), key.public.key_id), key)
    monkeypatch.setattr("node.commands.definitions.fetch_definitions", lambda node: told)
    assert "The hub's h.dm_prev version 1 has another meaning" in call(home, "definitions", "pull", expected=1)


def test_what_a_definition_needs_and_what_is_missing_is_said_without_a_value(home: Path) -> None:
    said = call(home, "definitions", "needs", "h.copd", "h.obesity", "q.readmit30", "h.mort_prem", "q.flu", "c.zvw")
    assert "h.copd: condition (icpc: R95...)" in said
    assert "None of the codes was ever seen; needed is condition (icpc: R95...)." in said
    assert "No such measurement has a value; needed is measurement (local: BMI), with a value." in said
    assert "No encounter is loaded; needed is encounter (type admission), with an end date." in said
    assert "No date of death is loaded" in said
    assert "No treatment is loaded" in said
    assert "No cost is loaded; needed is cost." in said
    assert "can feed 0 of 6 definitions" in said
    assert "can feed 1 of 1" in call(home, "definitions", "needs", "pop.persons")
    listed = json.loads(call(home, "definitions", "list", "--json"))
    assert {row["id"] for row in listed} >= {"h.dm_prev", "q.readmit30"}
    assert "h.dm_prev" in call(home, "definitions", "list", "--all")
