"""A real little OpenID Connect provider (Authlib's own server), which can be told to misbehave in its ID tokens.

PYTEST_DONT_REWRITE: nothing is asserted here.
"""
# mypy: disable-error-code="import-untyped, misc, no-untyped-def, no-any-unimported, no-untyped-call"

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID = "regiohelix"
Claims = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Whom the provider knows."""

    subject: str
    email: str
    is_verified: bool = True

    def get_user_id(self) -> str:
        return self.subject


@dataclass
class _Client(ClientMixin):
    secret: str
    return_address: str

    client_id = CLIENT_ID

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return self.return_address

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.return_address

    def check_client_secret(self, client_secret):
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class _Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    person: Person
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


@cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


def _as_signed(provider: "LittleProvider", claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key, ["RS256"])


@dataclass
class LittleProvider:
    """The provider: who signs in next, and how its ID tokens are bent and signed."""

    secret: str
    clock: Callable[[], float] = time.time
    person: Person = field(default_factory=lambda: Person("s-1", "anna@example.nl"))
    bend: Callable[[Claims], object] = lambda claims: None
    sign: "Callable[[LittleProvider, Claims], str]" = _as_signed
    key: RSAKey = field(default_factory=_first_key)
    issuer: str = ""
    return_address: str = ""
    codes: dict[str, _Code] = field(default_factory=dict)
    key_fetches: int = 0

    def public_keys(self) -> dict[str, Any]:
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig"}]}


def application(provider: LittleProvider) -> Flask:
    """Make the provider's web application."""
    app = Flask("provider")
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: (
            _Client(provider.secret, provider.return_address) if client_id == CLIENT_ID else None
        ),
        save_token=lambda token, request: None,
    )

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code, request):
            data = request.payload.data
            provider.codes[code] = _Code(
                code,
                request.payload.redirect_uri,
                request.scope,
                data.get("nonce"),
                data.get("code_challenge"),
                data.get("code_challenge_method"),
                request.user,
            )

        def query_authorization_code(self, code, client):
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code):
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code):
            return authorization_code.person

    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return any(code.nonce == nonce for code in provider.codes.values())

        def encode_id_token(self, token, request):
            now, person = int(provider.clock()), request.user
            claims = {
                "iss": provider.issuer,
                "aud": CLIENT_ID,
                "iat": now,
                "exp": now + 300,
                "sub": person.subject,
                "email": person.email,
                "email_verified": person.is_verified,
                **self.get_authorization_code_claims(request.authorization_code),
            }
            claims["auth_time"] = now
            provider.bend(claims)
            return provider.sign(provider, claims)

    server.register_grant(Grant, [Tokens(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def describe() -> Response:
        return jsonify(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            jwks_uri=f"{provider.issuer}/keys",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        )

    @app.get("/keys")
    def keys() -> Response:
        provider.key_fetches += 1
        return jsonify(provider.public_keys())

    @app.get("/authorize")
    def authorize() -> Response:
        grant = server.get_consent_grant(end_user=provider.person)
        return server.create_authorization_response(grant_user=provider.person, grant=grant)

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    return app


@pytest.fixture
def little_provider() -> Iterator[LittleProvider]:
    """Offer a provider that listens on this machine."""
    provider = LittleProvider(secret="a client secret of this test")
    server = make_server("127.0.0.1", 0, application(provider), threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
