"""Secrets that the hub must be able to read again: sealed in the database by a key that follows from the hub's own.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA256 (RFC 5869) derives from the signing key, so a copy of the
database alone opens nothing. A secret is bound to whose it is: it opens nowhere else.
"""

import base64
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.signature import SigningKey

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification asks for 24 to 64
_NONCE_BYTES: Final = 12


class SecretUnreadable(ValueError):
    """A secret that another key sealed, or that was changed."""


def new_secret() -> str:
    """Return a new secret of a subscription, as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(key: SigningKey, whose: str, secret: str) -> bytes:
    """Return a secret as it is kept."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, secret.encode(), whose.encode())


def unseal(key: SigningKey, whose: str, sealed: bytes) -> str:
    """Return a secret that was kept; raises SecretUnreadable."""
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], whose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SecretUnreadable("The secret was sealed by another key of the hub; make a new one.") from error


def _cipher(key: SigningKey) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"regiohelix/webhook-secret/v1").derive(key.to_pem()))
