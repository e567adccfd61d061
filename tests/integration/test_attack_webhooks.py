"""Nobody makes the hub post into its own network, wait without end, follow or believe: addresses as attackers give."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.outside import AddressRefused, is_callable, named_place, place_of
from connectors.partners.webhook import WebhookPoster
from tests.support.receivers import Receiver, receiving

HERE = "127.0.0.1"
HEADERS = {"Content-Type": "application/json", "webhook-id": "msg_1"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def to(*addresses: str) -> Any:
    """Look every name up as these addresses."""

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return resolve


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://example.nl/hook", "scheme"),
        ("ftp://example.nl/", "scheme"),
        ("file:///etc/passwd", "form"),
        ("https://", "form"),
        ("https://name:word@example.nl/", "user"),
        ("https://127.0.0.1@example.nl/", "user"),
        ("https://example.nl:22/", "port"),
        ("https://example.nl:0/", "port"),
        ("https://example.nl:99999/", "form"),
        ("https://127.0.0.1/", "inside"),
        ("https://10.0.0.8/", "inside"),
        ("https://169.254.169.254/latest/meta-data", "inside"),
        ("https://168.63.129.16/", "inside"),
        ("https://100.64.0.1/", "inside"),
        ("https://0.0.0.0/", "inside"),
        ("https://224.0.0.1/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[::]/", "inside"),
        ("https://[fe80::1]/", "inside"),
        ("https://[fd00:ec2::254]/", "inside"),
        ("https://[::ffff:10.0.0.8]/", "inside"),
        ("https://[::ffff:7f00:1]/", "inside"),
        ("https://[64:ff9b::7f00:1]/", "inside"),
        ("https://[2002:7f00:1::]/", "inside"),
        ("https://[2001:0:1:2:3:4:5:6]/", "inside"),
        ("https://[::a00:8]/", "inside"),
        ("https://[fe80::1%25eth0]/", "inside"),
        ("https://2130706433/", "form"),  # 127.0.0.1 as one number, and in other spellings that lookups take
        ("https://0x7f000001/", "form"),
        ("https://127.1/", "form"),
        ("https://0177.0.0.1/", "form"),
        ("https://127.0.0.1./", "form"),
        ("https://\u2460\u2461\u2466.0.0.1/", "form"),
        ("https://example.nl\\@10.0.0.8/", "form"),
        ("https://example.nl/ho ok", "form"),
        ("https://example.nl/\r\nHost: other", "form"),
        ("https://exam\tple.nl/", "form"),
        ("https://example.nl/#part", "form"),
        ("https://example.nl/" + "a" * 500, "form"),
    ],
)
def test_an_address_that_is_no_place_outside_is_refused_when_it_is_written(address: str, why: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        place_of(address)
    assert refused.value.why == why


def test_a_plain_address_is_taken_as_it_stands() -> None:
    assert place_of("https://Hook.Example.nl/in?a=1") == ("https", "hook.example.nl", 443, "/in?a=1", False)
    assert place_of("https://93.184.215.14:8443").target == "/"
    assert place_of("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/").port == 443


def test_ranges_that_lead_inside_by_a_translator_or_relay_are_not_outside() -> None:
    inside = ("64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "fec0::1", "5f00::1", "3fff::1", "192.0.0.192", "192.88.99.1")
    assert [one for one in inside if is_callable(one)] == []
    assert is_callable("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert is_callable("93.184.215.14")


def test_a_host_that_the_operator_named_may_be_inside_but_never_where_secrets_are_told() -> None:
    assert place_of("http://inside:8080/", {"inside:8080"}).is_named
    assert place_of("http://inside/", {"inside"}).is_named
    assert is_callable("10.0.0.8", is_named=True)
    assert is_callable(HERE, is_named=True)
    never = ("169.254.169.254", "168.63.129.16", "fd00:ec2::254", "fe80::1", "224.0.0.1", "ff02::1", "::")
    assert [one for one in never if is_callable(one, is_named=True)] == []
    with pytest.raises(AddressRefused):
        place_of("http://other:8080/", {"inside:8080"})


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("http://inside:6379/", "inside"),
        ("https://inside:9200/", "inside"),
        ("http://inside:6379/", "inside:8080"),
        ("http://[fd00::1]:6379/", "fd00::1"),
        ("http://[fd00::1]:6379/", "[fd00::1]:8080"),
    ],
)
def test_a_host_that_is_named_opens_no_other_port(address: str, named: str) -> None:
    with pytest.raises(AddressRefused):
        place_of(address, {named})


def test_a_port_that_is_named_opens_nothing_else_of_its_host() -> None:
    assert not place_of("https://inside.example.nl/", {"inside.example.nl:8080"}).is_named, "so it has to lie outside"
    with pytest.raises(AddressRefused):
        place_of("https://10.0.0.7/", {"10.0.0.7:8080"})
    assert place_of("http://[fd00::1]:8080/", {named_place("[FD00::1]:8080")}).port == 8080


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), ("93.184.215.14", "10.0.0.8"), ("::1",), ("::ffff:127.0.0.1",), ("169.254.169.254",)]
)
def test_a_name_that_leads_inside_is_not_called_also_where_it_leads_outside_besides(
    found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, where: called.append(where))
    answer = WebhookPoster(resolve=to(*found)).post("https://hook.example.nl/", HEADERS, b"{}")
    assert (answer.status, answer.trouble, called) == (None, "address", [])


def test_a_name_is_looked_up_once_and_called_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    answers = [to("93.184.215.14"), to(HERE)]  # a name that is rebound after it was checked

    def connect(_: socket.socket, where: Any) -> None:
        called.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    poster = WebhookPoster(resolve=lambda *given, **how: answers.pop(0)(*given, **how))
    assert poster.post("https://hook.example.nl/", HEADERS, b"{}").trouble == "unreachable"
    assert (called, len(answers)) == ([("93.184.215.14", 443)], 1)


def test_a_redirect_is_not_followed_and_no_proxy_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"{receiver.url}/proxy")
    address = receiver.answers("/hook", 302, Location=f"{receiver.url}/secret")
    assert WebhookPoster([receiver.place]).post(address, HEADERS, b"{}")[:2] == (302, "")
    assert [(one.path, one.headers["Host"]) for one in receiver.got] == [
        ("/hook", receiver.url.removeprefix("http://"))
    ]


def test_what_is_sent_arrives_as_it_was_signed(receiver: Receiver) -> None:
    body = '{"title":"coöperatie"}'.encode()
    answer = WebhookPoster([receiver.place]).post(f"{receiver.url}/in?a=1", HEADERS, body)
    (got,) = receiver.got
    assert (answer.status, got.path, got.body) == (204, "/in?a=1", body)
    assert got.headers["webhook-id"] == "msg_1"


def _drips(handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
    try:
        while not ended.wait(0.02):  # a byte of a header now and then, for ever
            handler.wfile.write(b"H")
            handler.wfile.flush()
    except OSError:
        ended.wait(0)


def _endless(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 100_000)


def _interim(handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
    while not ended.is_set():
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _large(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + b"x" * 1_000_000)


def _nonsense(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


@pytest.mark.parametrize(
    ("way", "seconds", "expected"),
    [
        (_drips, 0.3, (None, "too_slow")),
        (_endless, 5, (None, "unreadable")),
        (_interim, 5, (None, "unreadable")),
        (_large, 5, (200, "")),  # its body is left where it is
        (_nonsense, 5, (None, "unreadable")),
    ],
)
def test_an_answer_that_drips_or_has_no_end_is_left(
    receiver: Receiver, way: Any, seconds: float, expected: tuple[int | None, str]
) -> None:
    receiver.ways["/hook"] = way
    assert WebhookPoster([receiver.place], seconds=seconds).post(f"{receiver.url}/hook", HEADERS, b"{}")[:2] == expected


def test_nobody_there_and_no_such_name_are_told_apart() -> None:
    with socket.socket() as held:
        held.bind((HERE, 0))  # bound, and nobody listens
        place = f"{HERE}:{held.getsockname()[1]}"
        assert WebhookPoster([place]).post(f"http://{place}/", HEADERS, b"{}").trouble == "unreachable"

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    assert WebhookPoster(resolve=unknown).post("https://hook.example.nl/", HEADERS, b"{}").trouble == "unresolved"


def test_over_https_only_a_certificate_of_that_host_will_do(tmp_path: Path) -> None:
    certificate, key = _made_for(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    with receiving(lambda plain: server.wrap_socket(plain, server_side=True)) as receiver:
        address, port = f"{receiver.url}/hook", receiver.url.rpartition(":")[2]
        assert WebhookPoster([receiver.place]).post(address, HEADERS, b"{}").trouble == "certificate"
        trusting = WebhookPoster([receiver.place], trusted=ssl.create_default_context(cafile=certificate))
        assert trusting.post(address, HEADERS, b"{}").status == 204
        by_name = WebhookPoster([f"other:{port}"], to(HERE), trusted=ssl.create_default_context(cafile=certificate))
        assert by_name.post(f"https://other:{port}/hook", HEADERS, b"{}").trouble == "certificate"
    assert len(receiver.got) == 1


def _made_for(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine's own address."""
    key, name = generate_private_key(SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
