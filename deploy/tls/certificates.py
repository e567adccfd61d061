"""Make the certificate of the TLS proxy: an authority at the first start, a server certificate when it is due.

Usage: certificates.py FOLDER, with TLS_NAMES as names and addresses separated by blanks. For a hub that others reach,
put certificates of a real authority into the folder instead (server.crt, server.key): they are left as they are.
"""

import ipaddress
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PROXY_USER = 101  # of nginx-unprivileged
SERVER_DAYS = 397
RENEW_DAYS = 30
OWN_AUTHORITY = "Regiohelix TLS authority"


def main(folder: Path, names: list[str]) -> str:
    """Make what is missing or due and return what was done."""
    server = folder / "server.crt"
    now = datetime.now(UTC)
    if server.exists():
        held = x509.load_pem_x509_certificate(server.read_bytes())
        if OWN_AUTHORITY not in held.issuer.rfc4514_string():
            return "The certificate is of another authority and is left as it is."
        if held.not_valid_after_utc > now + timedelta(days=RENEW_DAYS) and _names(held) == set(names):
            return f"The certificate holds until {held.not_valid_after_utc:%Y-%m-%d}."
    key = ec.generate_private_key(ec.SECP256R1())
    # A fresh authority with every certificate: its key is never kept.
    authority_key = ec.generate_private_key(ec.SECP256R1())
    until = now + timedelta(days=SERVER_DAYS)
    authority = _signed(authority_key, authority_key, None, until, names)
    certificate = _signed(key, authority_key, authority, until, names)
    pem = serialization.Encoding.PEM
    _write(folder / "authority.crt", authority.public_bytes(pem), 0o644)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(folder / "server.key", secret, 0o600)
    _write(server, certificate.public_bytes(pem) + authority.public_bytes(pem), 0o644)
    return f"Made a certificate for {', '.join(names)} until {until:%Y-%m-%d}; clients trust authority.crt."


def _names(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))}


def _signed(
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    until: datetime,
    names: list[str],
) -> x509.Certificate:
    common = OWN_AUTHORITY if issuer is None else names[0]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(minutes=5))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is None:
        return builder.sign(by, hashes.SHA256())
    alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        builder.add_extension(alternatives, critical=False).add_extension(use, critical=False).sign(by, hashes.SHA256())
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, data: bytes, mode: int) -> None:
    unfinished = path.with_name(f".{path.name}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    if os.geteuid() == 0:
        os.chown(unfinished, PROXY_USER, PROXY_USER)
    unfinished.replace(path)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), os.environ["TLS_NAMES"].split()))  # noqa: T201
