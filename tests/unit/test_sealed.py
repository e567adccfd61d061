"""Secrets of subscriptions: as the specification writes them, sealed by the hub's key, each for one subscription."""

import base64

import pytest

from hub.serving.messages import Message, number_of, signature
from hub.serving.sealed import SecretUnreadable, new_secret, seal, unseal
from schemas.signature import SigningKey

KEY = SigningKey.generate()


def test_a_secret_has_the_form_that_the_specification_asks() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert {one[:6] for one in made} == {"whsec_"}
    assert {len(base64.b64decode(one[6:], validate=True)) for one in made} == {32}


def test_a_secret_comes_back_by_the_same_key_for_the_same_subscription_alone() -> None:
    secret = new_secret()
    sealed = seal(KEY, "one", secret)
    assert unseal(SigningKey.from_pem(KEY.to_pem()), "one", sealed) == secret
    assert base64.b64decode(secret[6:]) not in sealed
    assert secret.encode() not in sealed
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for key, whose, kept in ((SigningKey.generate(), "one", sealed), (KEY, "two", sealed), (KEY, "one", changed),
                             (KEY, "one", b""), (KEY, "one", sealed[:12])):  # fmt: skip
        with pytest.raises(SecretUnreadable):
            unseal(key, whose, kept)
    assert seal(KEY, "one", secret) != sealed, "a nonce is used once"


def test_the_signature_is_that_of_the_specification_s_own_example() -> None:
    """The known answer of the Standard Webhooks libraries' own tests."""
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", "", "", b'{"test": 2432232314}')
    made = signature(message, 1614265330, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_has_one_number_for_each_subscriber() -> None:
    assert number_of("one", "a" * 64) == number_of("one", "a" * 64)
    assert len({number_of(whose, told) for whose in ("one", "two") for told in ("a", "b")}) == 4
