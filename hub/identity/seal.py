"""What keeps addresses and words from whoever has a copy of the database alone, and makes links that none can guess.

All is derived from the hub's signing key, which lies outside the database, by HKDF (RFC 5869) with a use of its own
each. An address is sealed with AES-256-GCM, bound to its row and padded, so that neither its length nor a swap tells or
does anything; it is found by an HMAC. Links are HMACs over what they name, so none is kept.
"""

import hashlib
import hmac
import re
import secrets
from typing import Final, Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from connectors.mail import LONGEST_ADDRESS
from schemas.signature import SigningKey

Use = Literal["confirm", "leave"]
_NONCE: Final = 12  # bytes
_PADDED: Final = LONGEST_ADDRESS + 2
_LINK: Final = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")


def mark_of(key: SigningKey, address: str) -> str:
    """Return 32 hexadecimal digits by which an address is found, the same however it is capitalised."""
    return _mac(key, "find", address.casefold())


def sealed(key: SigningKey, row: str, address: str) -> bytes:
    """Return an address for the row of this id, readable with the hub's key alone."""
    nonce = secrets.token_bytes(_NONCE)
    padded = address.encode().ljust(_PADDED, b"\x00")
    return nonce + AESGCM(_derived(key, "address")).encrypt(nonce, padded, row.encode())


def unsealed(key: SigningKey, row: str, kept: bytes) -> str:
    """Return the address of a row; raises cryptography's InvalidTag where it was made with another key or row."""
    cipher = AESGCM(_derived(key, "address"))
    return cipher.decrypt(kept[:_NONCE], kept[_NONCE:], row.encode()).rstrip(b"\x00").decode()


def sealed_words(key: SigningKey, row: str, text: str) -> bytes:
    """Return words for the row of this id, readable with the hub's key alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_derived(key, "words")).encrypt(nonce, text.encode(), row.encode())


def unsealed_words(key: SigningKey, row: str, kept: bytes) -> str:
    """Return the words of a row; raises cryptography's InvalidTag where they were sealed with another key or row."""
    return AESGCM(_derived(key, "words")).decrypt(kept[:_NONCE], kept[_NONCE:], row.encode()).decode()


def link(key: SigningKey, use: Use, name: str) -> str:
    """Return what stands at the end of a link about a row's id or an address's mark (32 digits each)."""
    return name + _mac(key, use, name)


def followed(key: SigningKey, use: Use, shown: str) -> str | None:
    """Return what a link names; None for one that this hub did not make for this use."""
    found = _LINK.fullmatch(shown)
    if found is None or not hmac.compare_digest(_mac(key, use, found[1]), found[2]):
        return None
    return found[1]


def _mac(key: SigningKey, use: str, text: str) -> str:
    return hmac.new(_derived(key, use), text.encode(), hashlib.sha256).hexdigest()[:32]


def _derived(key: SigningKey, use: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"regiohelix/digest/{use}/v1".encode()).derive(key.to_pem())
