"""The routes by which a region enrols its keys with an invitation, and renews its token before it ends."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import abort, g
from marshmallow import Schema, ValidationError, fields, pre_load, validate

from connectors.database import writing
from hub.api.access import reader, the_hub
from hub.api.bodies import JsonBlueprint
from hub.intake.approval import awaiting
from hub.intake.enrol import (
    Enrolment,
    EnrolmentKeyInUse,
    EnrolmentProofMismatch,
    FingerprintUnexpected,
    InvitationUnknown,
    ReviewerKey,
    ReviewerKeysWrong,
    enrol,
)
from hub.intake.keys import next_place
from hub.intake.renew import RenewalProofMismatch, RenewedTokenUnfit, TokenHoldsOn, renew

blueprint = JsonBlueprint("enrolments", __name__, url_prefix="/api/v1/enrolments", description="Joining as a region.")
_KEY = validate.Regexp(r"\A[0-9a-f]{64}\Z", error="A key is 64 lower-case hexadecimal digits.")
_MOST_REVIEWERS: Final = 50


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("The text holds a character that cannot be printed; write plain text.")


class ReviewerKeySchema(Schema):
    """A reviewer's public key and role."""

    hex = fields.String(required=True, validate=_KEY)
    role = fields.String(required=True, validate=[validate.Length(1, 100), _printable])


class EnrolmentSchema(Schema):
    """What a region sends; `proof` is the service key's signature over the rest (purpose regiohelix/enrolment/v1)."""

    region = fields.String(required=True, validate=[validate.Length(1, 16), _printable])
    invitation = fields.String(required=True, validate=[validate.Length(1, 200), _printable])
    service_key = fields.String(required=True, validate=_KEY)
    reviewer_keys = fields.List(
        fields.Nested(ReviewerKeySchema), required=True, validate=validate.Length(1, _MOST_REVIEWERS)
    )
    proof = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{128}\Z"))

    @pre_load
    def count_reviewers(self, data: Any, **_: Any) -> Any:
        """Refuse too many reviewer keys before each is looked at."""
        keys = data.get("reviewer_keys") if isinstance(data, dict) else None
        if isinstance(keys, list) and len(keys) > _MOST_REVIEWERS:
            raise ValidationError(f"An enrolment names at most {_MOST_REVIEWERS} reviewer keys.", "reviewer_keys")
        return data


class EnrolledSchema(Schema):
    """The region's bearer token, shown once, and the hub's verifying key."""

    region = fields.String(required=True)
    token = fields.String(required=True)
    hub_key = fields.String(required=True)
    awaiting = fields.String(
        metadata={"description": "The fingerprint with which the keys wait for approval; empty where they count."}
    )
    events = fields.Integer(
        required=True, metadata={"description": "The last place of the chain that the hub holds of this region."}
    )


@blueprint.post("")
@blueprint.arguments(EnrolmentSchema)
@blueprint.response(201, EnrolledSchema)
@blueprint.alt_response(403, description="The invitation or the proof does not fit.")
def post_enrolment(given: dict[str, Any]) -> dict[str, Any]:
    """Enrol a region."""
    hub = the_hub()
    reviewers = tuple(ReviewerKey(one["hex"], one["role"]) for one in given.pop("reviewer_keys"))
    enrolment = Enrolment(reviewer_keys=reviewers, **given)
    try:
        with writing(hub.engine) as connection:
            token = enrol(connection, enrolment, hub.clock())
            waits = awaiting(connection, enrolment.region)
            held = next_place(connection, enrolment.region) - 1
    except (InvitationUnknown, EnrolmentProofMismatch, FingerprintUnexpected) as refusal:
        abort(403, str(refusal))
    except (EnrolmentKeyInUse, ReviewerKeysWrong) as refusal:
        abort(422, str(refusal))
    said = {"region": enrolment.region, "token": token, "hub_key": hub.key.public.hex}
    return {**said, "awaiting": waits or "", "events": held}


class TokenRenewalSchema(Schema):
    """The next token by its SHA-256; `proof` is the service key's signature (purpose regiohelix/renewal/v1)."""

    token_sha256 = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))
    proof = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{128}\Z"))


class TokenRenewedSchema(Schema):
    """When the next token ends (UTC); it holds from now on, beside the one that was shown."""

    expires_at = fields.String(required=True)


@blueprint.post("/renewal")
@blueprint.arguments(TokenRenewalSchema)
@blueprint.response(201, TokenRenewedSchema)
@blueprint.alt_response(403, description="No service key of the region that holds signed it.")
def post_renewal(given: dict[str, str]) -> dict[str, str]:
    """Renew the region's token that is shown; its node made the next one."""
    hub = the_hub()
    try:
        with writing(hub.engine) as connection:
            until = renew(
                connection, reader().region or "", g.token_id, given["token_sha256"], given["proof"], hub.clock()
            )
    except RenewalProofMismatch as refusal:
        abort(403, str(refusal))
    except (TokenHoldsOn, RenewedTokenUnfit) as refusal:
        abort(422, str(refusal))
    return {"expires_at": until}
