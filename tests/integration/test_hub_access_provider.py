"""Signing in at a real OpenID Connect provider: the whole code flow, and every way in which it must not work."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from connectors.partners.oidc import OidcClient, ProviderSilent
from hub.identity import accounts
from tests.support.access import Browser, ServedHub, serving
from tests.support.oidc import CLIENT_ID, Claims, LittleProvider, Person


@pytest.fixture
def served(tmp_path: Path, little_provider: LittleProvider) -> Iterator[ServedHub]:
    """Offer a hub whose people sign in at the little provider."""
    with serving(
        tmp_path,
        oidc_issuer=little_provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=little_provider.secret,
    ) as hub:
        little_provider.return_address = f"{hub.url}/session/provider/return"
        little_provider.clock = lambda: hub.clock().timestamp()
        yield hub


def _why(browser: Browser, path: str = "/session/provider?lang=en") -> str | None:
    """Go through the provider and return why nobody is signed in, if so."""
    answer = browser.get(path)
    assert answer.status_code == 200
    told = parse_qs(urlsplit(answer.url).query).get("why")
    assert (browser.who()["name"] is None) == (told is not None)
    return told[0] if told else None


def _return_address(browser: Browser) -> str:
    """Sign in at the provider, and stop at the address with which it sends the browser back."""
    begun = browser.http.get(f"{browser.url}/session/provider", allow_redirects=False)
    sent_back = browser.http.get(begun.headers["Location"], allow_redirects=False)
    assert sent_back.status_code == 302
    return sent_back.headers["Location"]


def _with(address: str, **changed: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return parts._replace(query=urlencode(query)).geturl()


def test_an_admitted_person_comes_in_with_the_roles_given_here(served: ServedHub) -> None:
    served.add("anna", "region:XR-DUIN", password=None)
    browser = served.browser()
    assert _why(browser) is None
    who = browser.who()
    assert (who["name"], who["roles"], who["audience"]) == ("anna", ["region:XR-DUIN"], "network")
    assert who["region"] is None, "a person never sends events"


def test_the_browser_is_sent_with_state_nonce_and_a_hashed_verifier(served: ServedHub) -> None:
    begun = served.browser().http.get(f"{served.url}/session/provider", allow_redirects=False)
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "code_verifier" not in asked


def test_nobody_comes_in_who_was_not_admitted(served: ServedHub, little_provider: LittleProvider) -> None:
    served.add("anna", "national", password=None)
    little_provider.person = Person("s-9", "somebody.else@example.nl")
    assert _why(served.browser()) == "not_admitted"
    assert [detail for _, action, detail in served.log() if action == "sign-in" and "refused" in detail]


def test_an_address_that_the_provider_did_not_verify_admits_nobody(
    served: ServedHub, little_provider: LittleProvider
) -> None:
    served.add("anna", "national", password=None)
    little_provider.person = Person("s-1", "anna@example.nl", is_verified=False)
    assert _why(served.browser()) == "not_admitted"
    little_provider.person = Person("s-1", "anna@example.nl")
    little_provider.bend = lambda claims: claims.update(email_verified="true")  # a text is not the truth
    assert _why(served.browser()) == "not_admitted"


def test_an_address_binds_once_and_the_subject_counts_from_then_on(
    served: ServedHub, little_provider: LittleProvider
) -> None:
    served.add("anna", "national", password=None)
    assert _why(served.browser()) is None
    little_provider.person = Person("s-2", "anna@example.nl")  # the address went to somebody else
    assert _why(served.browser()) == "not_admitted"
    little_provider.person = Person("s-1", "anna.married@example.nl")
    browser = served.browser()
    assert _why(browser) is None
    assert browser.who()["name"] == "anna"


def test_a_disabled_account_does_not_come_in_by_its_provider(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    assert _why(served.browser()) is None
    served.writing(accounts.disable_account, "anna")
    assert _why(served.browser()) == "not_admitted"


def _with_public_key_as_secret(provider: LittleProvider, claims: Claims) -> str:
    public = provider.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "JWT", "kid": provider.key.kid}
    signed = f"{_segment(header)}.{_segment(claims)}"
    return f"{signed}.{_text(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"


def _with_client_secret(provider: LittleProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(provider.secret.ljust(32)), ["HS256"])


def _unsigned(provider: LittleProvider, claims: Claims) -> str:
    return f"{_segment({'alg': 'none', 'typ': 'JWT', 'kid': provider.key.kid})}.{_segment(claims)}."


def _with_another_key(provider: LittleProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, RSAKey.generate_key(2048), ["RS256"])


def _with_a_key_of_its_own(provider: LittleProvider, claims: Claims) -> str:
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims, own, ["RS256"])


def _with_altered_claims(provider: LittleProvider, claims: Claims) -> str:
    good = jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key, ["RS256"]).split(".")
    return f"{good[0]}.{_segment({**claims, 'email': 'carl@example.nl'})}.{good[2]}"


def _segment(value: object) -> str:
    return _text(json.dumps(value).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "sign",
    [
        _unsigned,
        _with_public_key_as_secret,
        _with_client_secret,
        _with_another_key,
        _with_a_key_of_its_own,
        _with_altered_claims,
        lambda provider, claims: "not.a.token",
    ],
    ids=["alg none", "HS256 public key", "HS256 secret", "another key", "a key of its own", "altered", "no token"],
)
def test_an_id_token_with_another_signature_is_refused(
    served: ServedHub, little_provider: LittleProvider, sign: Callable[[LittleProvider, Claims], str]
) -> None:
    served.add("anna", "national", password=None)
    little_provider.sign = sign
    assert _why(served.browser()) == "provider_refused"


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "0" * 64},
        {"nonce": None},
        {"nonce": 7},
        {"iss": "https://sign-in.example.org"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": []},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 300},
        {"at_hash": "wrong"},
    ],
    ids=lambda bent: " ".join(f"{name}={str(value)[:20]}" for name, value in bent.items()),
)
def test_an_id_token_with_another_claim_is_refused(
    served: ServedHub, little_provider: LittleProvider, bent: Claims
) -> None:
    served.add("anna", "national", password=None)

    def bend(claims: Claims) -> None:
        claims.update(bent)
        for name in [name for name, value in bent.items() if value is None]:
            del claims[name]

    little_provider.bend = bend
    assert _why(served.browser()) == "provider_refused"


def test_a_state_that_this_browser_did_not_ask_for_is_refused(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    browser = served.browser()
    address = _return_address(browser)
    assert _why(browser, _with(address, state="another")) == "expired"
    assert _why(served.browser(), address) == "expired", "another browser was sent there"
    assert _why(browser, address) is None


def test_a_return_works_once_and_not_after_ten_minutes(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    browser = served.browser()
    address = _return_address(browser)
    assert _why(browser, address) is None
    browser.send("/account", "/session/end", {})
    assert _why(browser, address) == "expired"
    late = served.browser()
    address = _return_address(late)
    served.clock.pass_by(minutes=11)
    assert _why(late, address) == "expired"


def test_a_code_of_another_sign_in_does_not_fit(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    victim, attacker = served.browser(), served.browser()
    stolen = parse_qs(urlsplit(_return_address(victim)).query)["code"][0]
    address = _with(_return_address(attacker), code=stolen)
    assert _why(attacker, address) == "provider_refused", "the verifier of another browser"


def test_an_answer_in_another_providers_name_is_refused(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    browser = served.browser()
    assert _why(browser, _with(_return_address(browser), iss="https://sign-in.example.org")) == "provider_refused"


def test_a_refusal_by_the_provider_is_told_in_our_own_words(served: ServedHub) -> None:
    browser = served.browser()
    address = _with(_return_address(browser), error="access_denied", error_description="<b>call 0900</b>")
    answer = browser.get(address)
    assert "0900" not in answer.text
    assert _why(browser, address) == "expired", "a state serves one return, whatever came of it"
    assert "Your organisation did not sign you in" in browser.get("/sign-in?why=provider_refused&lang=en").text


def test_rotated_keys_are_fetched_again_and_not_for_every_unknown_one(
    served: ServedHub, little_provider: LittleProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.add("anna", "national", password=None)
    assert _why(served.browser()) is None
    little_provider.key = RSAKey.generate_key(2048, auto_kid=True)
    assert _why(served.browser()) == "provider_refused", "the keys were fetched within the last minute"
    assert little_provider.key_fetches == 1
    monkeypatch.setattr("connectors.partners.oidc._SOONEST_SECONDS", 0)
    assert _why(served.browser()) is None
    assert little_provider.key_fetches == 2


@pytest.mark.parametrize("issuer", ["http://localhost:{port}/elsewhere", "http://127.0.0.1:{port}", "http://[::1]:1"])
def test_a_provider_of_another_name_is_not_used(little_provider: LittleProvider, issuer: str) -> None:
    named = issuer.format(port=urlsplit(little_provider.issuer).port)
    client = OidcClient(named, CLIENT_ID, "secret", "http://localhost/return", lambda: datetime.now(UTC))
    with pytest.raises(ProviderSilent):
        client.address("state", "nonce", "verifier")


def test_a_provider_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    with serving(tmp_path, oidc_issuer="http://localhost:9", oidc_client_id=CLIENT_ID) as hub:
        assert _why(hub.browser()) == "provider"


def test_a_hub_without_a_provider_offers_none(tmp_path: Path) -> None:
    with serving(tmp_path) as hub:
        assert hub.browser().get("/session/provider").status_code == 404
        assert "/session/provider" not in hub.browser().get("/sign-in").text
