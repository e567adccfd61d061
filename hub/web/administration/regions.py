"""The regions of the network: who takes part, an invitation to join or come back, and whose keys count."""

from datetime import datetime
from typing import Final

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub import flow
from hub.audit import utc_text
from hub.identity.tokens import kept_tokens, region_owner
from hub.intake import approval, enrol
from hub.intake.keys import KeyNotHeld, KeyRevokedAlready, next_place, region_keys, revoke_by_operator
from hub.intake.members import RegionNotInvited, members, one_member
from hub.web.administration.acts import (
    ReasonMissing,
    absent,
    ask,
    blueprint_of,
    done,
    field,
    is_sure,
    origin,
    page,
    refusal,
    said,
    who,
)
from hub.web.pages import language, the_hub
from schemas.fingerprint import is_fingerprint

blueprint = blueprint_of("administration-regions")
_PART: Final = "regions"
_REFUSED: Final = (
    enrol.FingerprintWrong, enrol.RegionCodeWrong, enrol.RegionNameWrong,
    enrol.RegionEnrolledAlready, enrol.RegionNotEnrolled,
    approval.NothingToApprove, approval.FingerprintMismatch, KeyNotHeld, KeyRevokedAlready,
)  # fmt: skip


@blueprint.get("/administration/regions")
def regions() -> Response:
    """List every region, and offer to invite one."""
    return _list()


@blueprint.post("/administration/regions")
def post_region() -> Response:
    """Invite a region and show its invitation, once."""
    hub = the_hub()
    code, fingerprint = field("code", 16).upper(), field("fingerprint", 100) or None
    try:
        with writing(hub.engine) as connection:
            invitation = enrol.invite(
                connection, code, field("name", 201), field("region_set", 65), hub.clock(), fingerprint, who(),
                origin=origin(),
            )  # fmt: skip
    except _REFUSED as error:
        return _list(error)
    return _one(code, 201, secret=invitation)


@blueprint.get("/administration/regions/<code>")
def region(code: str) -> Response:
    """Show one region: how far it came, its keys and its tokens, and what can be done."""
    return _one(code)


@blueprint.post("/administration/regions/<code>")
def post_act(code: str) -> AnyResponse:
    """Let a region's keys count, invite it again, or end a key, as a button says."""
    verb = request.form.get("do", "")
    try:
        with the_hub().engine.connect() as connection:
            one_member(connection, code)
        if verb == "approve":
            number = flow.approve(the_hub(), code, field("fingerprint", 100), who(), origin=origin())
            return done("administration-regions.region", "keys_approved" if not number else "keys_let_in", code=code)
        if verb == "again":
            return _again(code)
        if verb == "revoke":
            return _revoke(code)
    except RegionNotInvited:
        return absent("refusal_RegionNotInvited")
    except (*_REFUSED, ReasonMissing) as error:
        return _one(code, 422, error)
    return _one(code)


def _again(code: str) -> Response:
    hub = the_hub()
    fingerprint = field("fingerprint", 100)
    if fingerprint and not is_fingerprint(fingerprint):
        raise enrol.FingerprintWrong
    if not is_sure():
        will = [said("again_will_keys"), said("again_will_old"), said("again_will_chain")]
        return ask(_PART, "again", will, _address(code), {"fingerprint": fingerprint})
    with writing(hub.engine) as connection:
        invitation = enrol.invite_again(connection, code, hub.clock(), fingerprint or None, who(), origin=origin())
    return _one(code, 201, secret=invitation)


def _revoke(code: str) -> AnyResponse:
    hub = the_hub()
    key_id, reason = field("key_id", 16), field("reason")
    if not reason:
        raise ReasonMissing
    with hub.engine.connect() as connection:
        held = next((one for one in region_keys(connection, code) if one["key_id"] == key_id), None)
        until = next_place(connection, code)
        others = [one for one in region_keys(connection, code) if one["until_sequence"] is None]
    if held is None:
        raise KeyNotHeld
    if held["until_sequence"] is not None:
        raise KeyRevokedAlready
    if not is_sure():
        is_last = held["use"] == "service" and sum(one["use"] == "service" for one in others) == 1
        will = [said("revoke_will_end", key=key_id, region=code, place=until), said("revoke_will_stay", place=until)]
        will += [said("revoke_will_last")] if is_last else []
        will += [said("will_be_logged", reason=reason)]
        return ask(_PART, "revoke", will, _address(code), {"key_id": key_id, "reason": reason})
    with writing(hub.engine) as connection:
        revoke_by_operator(connection, code, key_id, reason, hub.clock(), who(), origin=origin())
    return done("administration-regions.region", "key_revoked", code=code)


def _list(error: Exception | None = None) -> Response:
    with the_hub().engine.connect() as connection:
        found = members(connection)
    sets = sorted({one.region_set for one in found})
    refused = None if error is None else refusal(error)
    status = 200 if error is None else 422
    return page("regions.html", _PART, status, regions=found, sets=sets, form=request.form, refused=refused)


def _one(code: str, status: int = 200, error: Exception | None = None, secret: str | None = None) -> Response:
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            found = one_member(connection, code)
        except RegionNotInvited:
            return absent("refusal_RegionNotInvited")
        keys = region_keys(connection, code)
        tokens = [one for one in kept_tokens(connection) if one.owner == region_owner(code)]
    refused = None if error is None else refusal(error)
    where = (hub.settings.public_url or request.url_root).rstrip("/")
    invited = None if found.invited_at is None else datetime.fromisoformat(found.invited_at)
    until = None if invited is None else utc_text(invited + enrol.HOLDS)
    return page(
        "region.html", _PART, status, one=found, keys=keys, held_tokens=tokens, secret=secret, refused=refused,
        form=request.form, where=where, until=until,
    )  # fmt: skip


def _address(code: str) -> str:
    return url_for("administration-regions.region", code=code, lang=language())
