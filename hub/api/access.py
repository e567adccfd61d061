"""Who may do what: every blueprint names its policy, and a request whose blueprint names none is turned away."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flask import Flask, abort, current_app, g, request
from sqlalchemy import select

from hub.config import Hub
from hub.tables import partner, region
from schemas.canonical import sha256_hex
from schemas.codes import Audience

_LARGEST_BODY: Final = 64 * 1024  # bytes
_LARGER_BODIES: Final = frozenset({"events.post_events"})  # behind a region's token; the application's own limit holds


class Policy(StrEnum):
    """Who may call a blueprint's routes."""

    ANYONE = "anyone"  # no token is looked at
    READER = "reader"  # anyone, who sees public items; with a token, what that token's audience may see
    REGION = "region"  # an enrolled region's token only


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is asking: the audience they belong to, and their region where they are one."""

    audience: Audience
    region: str | None = None


class BlueprintWithoutPolicy(RuntimeError):
    """A blueprint that was registered without saying who may call it."""


def the_hub() -> Hub:
    """Return the hub that this application serves."""
    hub = current_app.extensions["regiohelix"]
    if not isinstance(hub, Hub):
        raise TypeError("The application's extension 'regiohelix' is not a hub.")
    return hub


def reader() -> Reader:
    """Return who is asking, as their token says; without a token, a member of the public."""
    found = g.get("reader")
    return found if isinstance(found, Reader) else Reader("public")


def guard(app: Flask, policies: Mapping[str, Policy]) -> None:
    """Hold every request to its blueprint's policy; raises BlueprintWithoutPolicy for one that names none."""
    for name in app.blueprints:
        if name not in policies:
            raise BlueprintWithoutPolicy(
                f"Blueprint {name} names no policy; say who may call it where it is registered."
            )

    def check() -> None:
        if request.endpoint not in _LARGER_BODIES:
            request.max_content_length = _LARGEST_BODY
        if request.endpoint is None:
            return  # no such route: Flask answers 404
        policy = policies.get(request.blueprint or "")
        if policy is None:
            abort(403, "This route names no policy, so nobody may call it.")
        if policy is Policy.ANYONE:
            return
        g.reader = _identified(request.headers.get("Authorization"))
        if policy is Policy.REGION and g.reader.region is None:
            abort(401, "This route needs the token of an enrolled region; send it as: Authorization: Bearer TOKEN.")

    app.before_request(check)


def _identified(header: str | None) -> Reader:
    if header is None:
        return Reader("public")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        abort(401, "The Authorization header has another form; send it as: Authorization: Bearer TOKEN.")
    digest = sha256_hex(token.strip().encode())
    found = _known(digest)
    if found is None:
        abort(401, "The token is not known at this hub; ask its operator.")
    return found


def _known(digest: str) -> Reader | None:
    with the_hub().engine.connect() as connection:
        region_row = connection.execute(
            select(region.c.code, region.c.token_sha256).where(region.c.token_sha256 == digest)
        ).one_or_none()
        partner_row = connection.execute(
            select(partner.c.token_sha256).where(partner.c.token_sha256 == digest)
        ).one_or_none()
    if region_row is not None and hmac.compare_digest(region_row.token_sha256, digest):
        return Reader("network", region_row.code)
    if partner_row is not None and hmac.compare_digest(partner_row.token_sha256, digest):
        return Reader("partners")
    return None
