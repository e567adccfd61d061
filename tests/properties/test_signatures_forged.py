"""Signatures and keys that mathematics allows and we do not: each is refused as a mismatch, whatever its purpose."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from schemas.signature import KeyUnreadable, PublicKey, Purpose, SignatureMismatch, SigningKey

ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032, section 5.1: L
PRIME = 2**255 - 19
# The points of order 1, 2, 4 and 8, and the spellings of theirs that RFC 8032 does not allow.
SMALL = [
    number | sign << 255
    for number in (
        1,
        PRIME - 1,
        0,
        2707385501144840649318225287225658788936804267575313519463743609750303021222,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
        PRIME,
        PRIME + 1,
    )
    for sign in (0, 1)
]
KEY = SigningKey.generate()


def _hex(number: int) -> str:
    return number.to_bytes(32, "little").hex()


@pytest.mark.parametrize("key", SMALL)
def test_a_key_without_a_private_half_vouches_for_nothing(key: int) -> None:
    """With such a key somebody without any private half makes one signature that fits every eighth message or all."""
    for spelt in (_hex(key), _hex(key).upper()):
        for nonce in SMALL:
            for number in range(8):
                with pytest.raises(SignatureMismatch):
                    PublicKey(spelt).verify(Purpose.ENROLMENT, bytes([number]), _hex(nonce) + _hex(0))


@given(st.binary(max_size=64), st.integers(1, 15))
def test_a_signature_has_one_form_only(message: bytes, times: int) -> None:
    signature = KEY.sign(Purpose.ENVELOPE, message)
    point, number = signature[:64], int.from_bytes(bytes.fromhex(signature[64:]), "little")
    KEY.public.verify(Purpose.ENVELOPE, message, signature)
    for other in (number + times * ORDER, ORDER - number):
        if other < 2**256:
            with pytest.raises(SignatureMismatch):
                KEY.public.verify(Purpose.ENVELOPE, message, point + _hex(other))


@given(st.binary(max_size=100), st.binary(max_size=200))
def test_keys_and_signatures_of_any_other_length_are_refused(key: bytes, signature: bytes) -> None:
    if len(key) != 32:
        with pytest.raises(SignatureMismatch):
            PublicKey(key.hex()).verify(Purpose.ENVELOPE, b"", KEY.sign(Purpose.ENVELOPE, b""))
    with pytest.raises(SignatureMismatch):
        KEY.public.verify(Purpose.ENVELOPE, b"", signature.hex())


@pytest.mark.parametrize("other", ["rsa", "nist", "ed448"])
def test_a_key_of_another_algorithm_is_no_key_here(other: str) -> None:
    made = {
        "rsa": lambda: generate_rsa(65537, 2048),
        "nist": lambda: generate_private_key(SECP256R1()),
        "ed448": Ed448PrivateKey.generate,
    }[other]()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyUnreadable):
        SigningKey.from_pem(pem)


def test_a_signature_has_one_spelling() -> None:
    signature = KEY.sign(Purpose.RECEIPT, b"held")
    KEY.public.verify(Purpose.RECEIPT, b"held", signature)
    for spelt in (signature.upper(), f"{signature} ", f"{signature}\n", f"{signature[:2]} {signature[2:]}"):
        with pytest.raises(SignatureMismatch, match="128 hexadecimal digits"):
            KEY.public.verify(Purpose.RECEIPT, b"held", spelt)
