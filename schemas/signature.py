"""Ed25519 signatures (RFC 8032) with a purpose bound in, so that a signature made for one use never serves another."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from schemas.refused import Refused

from .canonical import sha256_hex

_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


class Purpose(StrEnum):
    """What a signature is for; the text is signed in front of the message."""

    ENVELOPE = "regiohelix/envelope/v1"
    APPROVAL = "regiohelix/approval/v1"
    RECEIPT = "regiohelix/receipt/v1"
    RECEIPTS = "regiohelix/receipts/v2"  # the root over a batch of them
    REFUSAL = "regiohelix/refusal/v1"
    STANDING = "regiohelix/standing/v1"
    HEADS = "regiohelix/heads/v1"
    ENROLMENT = "regiohelix/enrolment/v1"
    DEFINITIONS = "regiohelix/definitions/v1"
    PROPOSAL = "regiohelix/proposal/v1"
    RENEWAL = "regiohelix/renewal/v1"  # of a region's token: the next one, by its hash
    DESK = "regiohelix/desk/v1"  # what somebody decides in a browser; it stays in the region


# The eight points of small order in every spelling that OpenSSL reads (Cremers and Jackson, "Prime, Order Please!",
# CSF 2019): with such a key a signature made without any private half fits one message in eight, or every message.
_NO_KEYS = frozenset(
    f"{point}{last}"
    for point, lasts in {
        "00" * 31: ("00", "80"),
        "01" + "00" * 30: ("00", "80"),
        "ec" + "ff" * 30: ("7f", "ff"),
        "ed" + "ff" * 30: ("7f", "ff"),
        "ee" + "ff" * 30: ("7f", "ff"),
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc": ("05", "85"),
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03": ("7a", "fa"),
    }.items()
    for last in lasts
)


class SignatureMismatch(Refused, ValueError):
    """A signature that does not fit its key, purpose or message."""


class KeyUnreadable(Refused, ValueError):
    """A key file or key text that is not an Ed25519 key, or whose passphrase is missing or wrong."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verifying key: 64 hexadecimal digits; its id is the first 16 digits of its SHA-256."""

    hex: str

    @property
    def key_id(self) -> str:
        """Return the short name under which envelopes and approvals refer to this key."""
        return sha256_hex(bytes.fromhex(self.hex))[:16]

    def verify(self, purpose: Purpose, message: bytes, signature: str) -> None:
        """Check a signature of 128 hexadecimal digits, in small letters; raises SignatureMismatch.

        It has one spelling, since ids and batches are hashes over texts.
        """
        if self.hex.lower() in _NO_KEYS:
            raise SignatureMismatch("The key has no private half: anyone could have made this signature.")
        if not _SIGNATURE.fullmatch(signature):
            raise SignatureMismatch("The signature is not written as 128 hexadecimal digits in small letters.")
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.hex))
            key.verify(bytes.fromhex(signature), _bound(purpose, message))
        except (InvalidSignature, ValueError) as error:
            raise SignatureMismatch("The signature does not fit its key and message.") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that never prints itself."""

    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes | None = None) -> "SigningKey":
        """Read a PKCS#8 PEM; raises KeyUnreadable."""
        try:
            key = load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError) as error:
            raise KeyUnreadable("This is not a readable Ed25519 key; check the file and its passphrase.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnreadable("This key is not an Ed25519 key; make one with the tool's own command.")
        return cls(key)

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """Return the PKCS#8 PEM, encrypted when a passphrase is given."""
        encryption: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    @property
    def public(self) -> PublicKey:
        """Return the verifying half."""
        return PublicKey(self._key.public_key().public_bytes_raw().hex())

    def sign(self, purpose: Purpose, message: bytes) -> str:
        """Return the signature as 128 hexadecimal digits."""
        return self._key.sign(_bound(purpose, message)).hex()


def _bound(purpose: Purpose, message: bytes) -> bytes:
    return purpose.value.encode() + b"\x00" + message
