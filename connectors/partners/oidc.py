"""OpenID Connect with another organisation's provider: authorization code with PKCE, and ID tokens checked in full."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey, import_key

from connectors.outside import LOOPBACK

# A closed list, so that neither `none` nor a MAC made with the public key is ever looked at.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
SCOPE: Final = "openid email"
_LEEWAY_SECONDS: Final = 60
_TIMEOUT_SECONDS: Final = 10
_KEPT_SECONDS: Final = 3600
_SOONEST_SECONDS: Final = 60  # between two fetches of the keys, however many unknown key ids are shown
_LONGEST_TEXT: Final = 255  # characters of a subject or an address


class ProviderSilent(ConnectionError):
    """A provider that cannot be reached, or does not describe itself as OpenID Connect asks."""


class IdTokenRefused(PermissionError):
    """A code or an ID token that does not hold."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for; `email` only where it says that the address is verified."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class _Described:
    authorization: str
    token: str
    jwks: str
    fetched_at: float  # time.monotonic()


class OidcClient:
    """Ask one provider who somebody is."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, return_address: str, clock: Callable[[], datetime]
    ) -> None:
        self._issuer, self._client_id, self._secret = issuer, client_id, client_secret
        self._return_address, self._clock = return_address, clock
        self._lock = threading.Lock()
        self._described: _Described | None = None
        self._keys: tuple[KeySet, float] | None = None

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser goes to sign in; raises ProviderSilent."""
        url, _ = self._session().create_authorization_url(
            self._description().authorization, state=state, nonce=nonce, code_verifier=verifier
        )
        return str(url)

    def identify(self, code: str, issuer: str | None, nonce: str, verifier: str) -> Vouched:
        """Exchange a code and return whom its ID token vouches for.

        `issuer` is what the return address carried (RFC 9207), where it did. Raises IdTokenRefused or ProviderSilent.
        """
        if issuer is not None and issuer != self._issuer:
            raise IdTokenRefused("The answer came from another provider than was asked.")
        try:
            answer = self._session().fetch_token(
                self._description().token,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except OAuthError as error:
            raise IdTokenRefused("The provider did not exchange the code.") from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderSilent("The provider did not answer; try again later.") from error
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise IdTokenRefused("The provider's answer holds no ID token.")
        return self._vouched(self._checked(id_token, nonce, answer.get("access_token")))

    def _checked(self, id_token: str, nonce: str, access_token: str | None) -> CodeIDToken:
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS)
            except InvalidKeyIdError:  # the provider may have rotated its keys
                token = jwt.decode(id_token, self._key_set(renew=True), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True},
                },
                {"client_id": self._client_id, "access_token": access_token},
            )
            claims.validate(int(self._clock().timestamp()), _LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise IdTokenRefused("The provider's ID token does not hold.") from error
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise IdTokenRefused("The provider's ID token was made for another sign-in.")
        return claims

    def _vouched(self, claims: CodeIDToken) -> Vouched:
        subject, email = claims["sub"], claims.get("email")
        if not _is_text(subject):
            raise IdTokenRefused("The provider's ID token names nobody.")
        verified = claims.get("email_verified") is True and _is_text(email)
        return Vouched(self._issuer, subject, email if verified else None)

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self._client_id,
            self._secret or None,
            scope=SCOPE,
            redirect_uri=self._return_address,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT_SECONDS,
        )

    def _description(self) -> _Described:
        with self._lock:
            if self._described is None or time.monotonic() - self._described.fetched_at > _KEPT_SECONDS:
                found = _fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self._issuer:
                    raise ProviderSilent("The provider names another issuer than the setting oidc_issuer.")
                names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                authorization, token, jwks = (self._endpoint(found.get(name)) for name in names)
                self._described = _Described(authorization, token, jwks, time.monotonic())
            return self._described

    def _endpoint(self, url: object) -> str:
        parts = urlsplit(url if isinstance(url, str) else "")
        own = urlsplit(self._issuer)
        local = own.scheme == "http" and own.hostname in LOOPBACK and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or (local and parts.scheme == "http")):
            raise ProviderSilent("The provider describes an endpoint that is not reached over HTTPS.")
        return parts.geturl()

    def _key_set(self, renew: bool = False) -> KeySet:
        where = self._description().jwks
        with self._lock:
            age = None if self._keys is None else time.monotonic() - self._keys[1]
            if self._keys is None or age is None or age > (_SOONEST_SECONDS if renew else _KEPT_SECONDS):
                self._keys = (_verifying_keys(_fetch(where)), time.monotonic())
            return self._keys[0]


def _fetch(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
        found = answer.json() if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError) as error:
        raise ProviderSilent("The provider does not describe itself; check the setting oidc_issuer.") from error
    if not isinstance(found, dict):
        raise ProviderSilent("The provider does not describe itself; check the setting oidc_issuer.")
    return found


def _verifying_keys(jwks: dict[str, Any]) -> KeySet:
    listed = jwks.get("keys")
    keys: list[OctKey | RSAKey | ECKey | OKPKey] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC", "OKP") and one.get("use", "sig") == "sig":
            try:
                key = import_key(one)
            except (JoseError, ValueError, KeyError) as error:
                raise ProviderSilent("The provider shows a key that cannot be read.") from error
            if isinstance(key, RSAKey | ECKey | OKPKey):
                keys.append(key)
    if not keys:
        raise ProviderSilent("The provider shows no key to check its signatures with.")
    return KeySet(keys)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable()
