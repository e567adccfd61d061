"""The containers hold what they are said to: no hub in a region, no secret in a file, the settings of the tests."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from connectors.transport.kafka_client import LARGEST_MESSAGE
from hub.intake.read_event import LARGEST_EVENT
from schemas.codes import DEAD_LETTERS_TOPIC, PARTNERS_TOPIC, RECEIPTS_TOPIC, TOPICS
from tests.support.kafka.settings import shared_properties

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVER = (ROOT / "deploy" / "kafka" / "server.properties").read_text(encoding="utf-8")


def _stage(name: str) -> str:
    start = DOCKERFILE.index(f" AS {name}\n")
    end = DOCKERFILE.find("\nFROM ", start)
    return DOCKERFILE[start : end if end > 0 else None]


def _rights() -> Any:
    spec = importlib.util.spec_from_file_location("rights", ROOT / "deploy" / "kafka" / "rights.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_composed_broker_has_every_setting_of_the_tested_one() -> None:
    lines = [line for line in SERVER.splitlines() if line and not line.startswith("#")]
    composed = dict(line.split("=", 1) for line in lines)
    assert len(composed) == len(lines)
    assert {name: composed.get(name) for name in shared_properties()} == shared_properties()


def test_the_composed_broker_runs_the_tested_version() -> None:
    pom = (ROOT / "tests" / "support" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<kafka\.version>(.+?)</kafka\.version>", pom)
    assert version
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_the_topics_are_those_of_the_shared_language() -> None:
    rights = _rights()
    assert set(rights.EVENTS) == set(TOPICS.values())
    assert (rights.RECEIPTS, rights.DEAD_LETTERS) == (RECEIPTS_TOPIC, DEAD_LETTERS_TOPIC)
    assert rights.PARTNERS == PARTNERS_TOPIC


def test_the_topics_hold_the_largest_message_that_either_side_sends() -> None:
    assert _rights().LARGEST_MESSAGE == LARGEST_MESSAGE > LARGEST_EVENT


def test_the_hubs_group_is_the_one_it_reads_in() -> None:
    source = (ROOT / "hub" / "bootstrap.py").read_text(encoding="utf-8")
    assert f'"{_rights().HUB_GROUP}"' in source


def test_every_setting_in_the_environment_is_one_that_the_program_knows() -> None:
    known = "".join((ROOT / side / "config.py").read_text(encoding="utf-8") for side in ("node", "hub"))
    for service in SERVICES.values():
        text = yaml.safe_dump([service.get("environment", {}), service.get("entrypoint", [])])
        for name in re.findall(r"REGIOHELIX_(?:NODE|HUB)_([A-Z_]+)", text):
            assert name.lower() in known or name in known, name


def test_a_region_is_given_no_right_to_read_events() -> None:
    rules = _rights().rules({"a": "XR-A", "b": "XR-B"})
    granted = {(resource.resource_name, operation.name) for user, resource, operation in rules if user == "a"}
    own = {(RECEIPTS_TOPIC, "READ"), ("regiohelix-node-XR-A", "READ")}
    assert granted == {(topic, "WRITE") for topic in TOPICS.values()} | own


def test_a_partner_is_given_the_lessons_that_are_for_partners_and_nothing_else() -> None:
    rules = _rights().rules({"a": "XR-A"}, ["partner"])
    granted = {(resource.resource_name, operation.name) for user, resource, operation in rules if user == "partner"}
    assert granted == {(PARTNERS_TOPIC, "READ"), ("regiohelix-partner-partner", "READ")}
    writers = {user for user, resource, operation in rules if resource.resource_name == PARTNERS_TOPIC}
    assert writers == {"hub", "partner"}


@pytest.mark.parametrize(("target", "absent"), [("region", "hub"), ("hub", "node")])
def test_an_image_holds_only_its_own_side(target: str, absent: str) -> None:
    copied = re.findall(r"^COPY (.+)$", _stage(target), re.MULTILINE)
    sources = {source for line in copied for source in line.split()[:-1]}
    assert absent not in sources
    assert {"schemas", "connectors"} < sources
    assert f"requirements/{'node' if target == 'region' else 'hub'}.txt" in sources


@pytest.mark.parametrize("target", ["region", "hub"])
def test_an_image_runs_as_nobody_special_and_installs_by_hash(target: str) -> None:
    assert "\nUSER regiohelix\n" in _stage(target)
    assert "--require-hashes" in _stage(target)


def test_every_secret_comes_from_a_folder_that_has_to_be_named() -> None:
    made = (ROOT / "deploy" / "make-secrets.sh").read_text(encoding="utf-8")
    for name, secret in COMPOSE["secrets"].items():
        assert re.fullmatch(rf"\$\{{REGIOHELIX_SECRETS:\?[^}}]*\}}/{name}", secret["file"])
        user = re.fullmatch(r"kafka_(.+)_password", name)
        assert (user[1] if user else name) in made
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])


def test_no_environment_holds_a_password() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if "PASS" in variable:
                assert str(value).startswith("/run/secrets/"), f"{name}: {variable}"
            assert not re.search(r"://[^/@]+:[^/@]+@", str(value)), f"{name}: {variable}"


def test_no_region_reaches_the_database_and_nothing_but_the_hub_and_its_proxy_is_published() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    inside = {name for name, service in SERVICES.items() if "inside" in service.get("networks", [])}
    assert inside == {"postgres", "hub", "hub-worker-one", "hub-worker-two"}
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"hub": ["127.0.0.1:8400:8400"], "tls": ["443:8443"]}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_can_do_the_least_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108 - the container's own
    assert not {"privileged", "devices", "pid", "ipc"} & set(service)
    as_root = service.get("user", "").startswith("0")
    assert as_root == (name == "tls-certificates")
    assert not as_root or (service["cap_add"] == ["CHOWN"] and service["network_mode"] == "none")


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if service["restart"] != "no"])
def test_every_lasting_service_says_whether_it_is_healthy(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_every_part_that_a_service_names_is_there() -> None:
    for name, service in SERVICES.items():
        volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {one for one in volumes if not one.startswith(".")} <= set(COMPOSE["volumes"]), name
        assert all((ROOT / one).exists() for one in volumes if one.startswith(".")), name
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"]), name
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        assert ("image" in service) != ("build" in service), name
        assert service.get("build", {}).get("target", "hub") in ("hub", "region")


def test_each_profile_has_all_that_its_services_wait_for() -> None:
    profiles = {name: set(service.get("profiles", [])) for name, service in SERVICES.items()}
    assert {one for found in profiles.values() for one in found} == {"workers", "tls"}
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert profiles[other] <= profiles[name] or how.get("required") is False, f"{name}: {other}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]


def test_the_hub_believes_its_own_proxy_and_nobody_else() -> None:
    address = SERVICES["tls"]["networks"]["outside"]["ipv4_address"]
    assert SERVICES["hub"]["environment"]["REGIOHELIX_HUB_TRUSTED_PROXIES"] == address
    proxy = (ROOT / "deploy" / "tls" / "nginx.conf").read_text(encoding="utf-8")
    assert proxy.count("proxy_set_header X-Forwarded-For $remote_addr;") == proxy.count("proxy_pass http://hub:8400;")
    assert "$request_uri" not in proxy
    assert "$args" not in proxy


def test_the_settings_of_the_workers_name_every_variable_that_the_profile_needs() -> None:
    lines = (ROOT / "deploy" / "workers.env").read_text(encoding="utf-8").splitlines()
    given = {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert given == set(re.findall(r"\$\{(\w+):-", text)) - {"TLS_NAMES"}


def test_a_certificate_is_made_once_for_the_names_given_and_no_key_is_left_open(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "deploy" / "tls" / "certificates.py"), str(tmp_path)]
    environment = {**os.environ, "TLS_NAMES": "hub.example.nl 127.0.0.1"}
    said = [subprocess.run(script, env=environment, capture_output=True, text=True, check=True).stdout for _ in "12"]
    assert [text.split()[0] for text in said] == ["Made", "The"]
    held = x509.load_pem_x509_certificate((tmp_path / "server.crt").read_bytes())
    held.verify_directly_issued_by(x509.load_pem_x509_certificate((tmp_path / "authority.crt").read_bytes()))
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.example.nl"]
    keys = [file for file in tmp_path.iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert [(file.name, file.stat().st_mode & 0o077) for file in keys] == [("server.key", 0)]
