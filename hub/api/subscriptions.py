"""Subscriptions by webhook, for a region's or partner's program and for people signed in: theirs, and no others.

What is sent and how it is verified is told in docs/webhooks.md.
"""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from flask import abort
from flask_smorest import abort as refuse
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy import Connection

from connectors.database import writing
from connectors.outside import LONGEST, AddressRefused
from hub.api.access import reader, the_hub
from hub.api.bodies import JsonBlueprint, YesOrNo
from hub.api.choices import example
from hub.api.facets import LONGEST_QUESTION, FacetArguments, chosen
from hub.config import Hub
from hub.identity.owners import owners_of
from hub.serving import subscriptions as held
from hub.serving.announced import announce
from hub.serving.delivery_log import AttemptPage, attempts
from hub.serving.moment import MomentWrong
from hub.serving.subscriptions import Subscription, SubscriptionUnknown, TooManySubscriptions

blueprint = JsonBlueprint(
    "subscriptions", __name__, url_prefix="/api/v1/subscriptions", description="Being told by webhook."
)
_LARGEST_NUMBER: Final = 2**31 - 1  # of an attempt
_MOMENT: Final = validate.Regexp(
    r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$", error="Write a day or a moment in UTC: 2026-01-31 or 2026-01-31T12:00:00Z."
)
_UNKNOWN: Final = {"description": "There is no such subscription of this caller."}


class ChosenFacets(FacetArguments):
    """What is chosen by facet, as the search for lessons takes it."""

    class Meta:
        """All facets, without what belongs to a search alone."""

        exclude = ("page", "q")


class ChangedSubscriptionSchema(Schema):
    """What to change of a subscription; what is left out stays. `facets` are put in place of all that were chosen."""

    name = fields.String(validate=validate.Length(max=100), metadata=example("Kennisbank"))
    address = fields.String(validate=validate.Length(max=LONGEST), metadata=example("https://example.nl/hook"))
    q = fields.String(validate=validate.Length(max=LONGEST_QUESTION), metadata=example("rooster"))
    facets = fields.Nested(ChosenFacets, metadata=example({"theme": ["diabetes"]}))


class WantedSubscriptionSchema(ChangedSubscriptionSchema):
    """A subscription to make, to all lessons or to those that fit; `since` has it begin with older ones."""

    address = fields.String(
        required=True, validate=validate.Length(max=LONGEST), metadata=example("https://example.nl/hook")
    )
    since = fields.String(validate=_MOMENT, metadata=example("2026-11-01"))
    owner = fields.String(
        validate=validate.Length(max=220), metadata={"description": "Where one acts for several; else left out."}
    )


class SinceSchema(Schema):
    """From when on everything is sent again: a day, or a moment in UTC."""

    since = fields.String(required=True, validate=_MOMENT, metadata=example("2026-11-01T12:00:00Z"))


class RenewedSchema(Schema):
    """Whether others know the old secret: then it ends at once, and else in a day."""

    lost = YesOrNo(load_default=False, metadata=example(False))


class LogArguments(Schema):
    """From where to go back (`next` of the answer before), and how far."""

    before = fields.Integer(load_default=None, validate=validate.Range(1, _LARGEST_NUMBER))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SubscriptionSchema(Schema):
    """A subscription; `why` says in a word why it is paused, `failures` how many attempts in a row came to nothing."""

    id = fields.String(required=True, metadata=example("1f0c2a9b7d3e4f56"))
    name = fields.String(required=True)
    owner = fields.String(required=True, metadata=example("partner Vilans"))
    audience = fields.String(required=True, metadata=example("partners"))
    address = fields.String(required=True, metadata=example("https://example.nl/hook"))
    q = fields.String(required=True)
    facets = fields.Dict(required=True, metadata=example({"theme": ["diabetes"]}))
    made_at = fields.String(required=True)
    state = fields.String(required=True, metadata=example("active"))
    why = fields.String(required=True)
    paused_at = fields.String(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    next_attempt_at = fields.String(required=True, allow_none=True)
    old_secret_until = fields.String(required=True, allow_none=True)


class SubscriptionListSchema(Schema):
    """The caller's subscriptions, oldest first."""

    subscriptions = fields.List(fields.Nested(SubscriptionSchema), required=True)


class SecretSchema(Schema):
    """A subscription with its secret, which is shown this once."""

    subscription = fields.Nested(SubscriptionSchema, required=True)
    secret = fields.String(required=True, metadata=example("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"))


class AttemptSchema(Schema):
    """One attempt to send one message; `status` is null where no answer came."""

    message = fields.String(required=True)
    type = fields.String(required=True, metadata=example("lesson.published"))
    event_id = fields.String(required=True)
    number = fields.Integer(required=True)
    at = fields.String(required=True)
    milliseconds = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True, metadata=example("delivered"))


class AttemptPageSchema(Schema):
    """Attempts, newest first."""

    deliveries = fields.List(fields.Nested(AttemptSchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class TestSchema(Schema):
    """The number of the message that is sent within seconds; what came of it is in the log."""

    message = fields.String(required=True)


@blueprint.get("")
@blueprint.response(200, SubscriptionListSchema)
def get_subscriptions() -> dict[str, Any]:
    """Return the caller's subscriptions."""
    with the_hub().engine.connect() as connection:
        return {"subscriptions": held.subscriptions(connection, owners_of(reader()))}


@blueprint.post("")
@blueprint.arguments(WantedSubscriptionSchema, unknown=RAISE)
@blueprint.response(201, SecretSchema)
def post_subscription(given: dict[str, Any]) -> dict[str, Any]:
    """Make a subscription to what the caller may read."""
    hub, caller = the_hub(), reader()
    owners = owners_of(caller)
    owner = given.pop("owner", owners[0])
    if owner not in owners:
        refuse(422, message="You do not act for this owner.", errors={"owner": ["Leave it out, or choose."]})
    announce(hub.engine, hub.clock, everything=False)  # what is there already is not new
    with _refusing(), writing(hub.engine) as connection:
        since = held.since_of(given["since"], hub.clock()) if "since" in given else None
        made = held.make_subscription(
            connection, hub, owner, caller.audience, wanted_of(given), caller.name or "", since
        )
    return _with_secret(*made)


@blueprint.get("/<string:identifier>")
@blueprint.response(200, SubscriptionSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def get_subscription(identifier: str) -> Subscription:
    """Return one subscription."""
    with _refusing(), the_hub().engine.connect() as connection:
        return held.one_subscription(connection, identifier, owners_of(reader()))


@blueprint.patch("/<string:identifier>")
@blueprint.arguments(ChangedSubscriptionSchema, unknown=RAISE, required=False)
@blueprint.response(200, SubscriptionSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def patch_subscription(given: dict[str, Any], identifier: str) -> Subscription:
    """Change a subscription, for what is sent from now on."""
    with _of_caller(identifier) as (hub, connection, one, by):
        return held.change(connection, hub, one, wanted_of(given), by)


@blueprint.delete("/<string:identifier>")
@blueprint.response(204)
@blueprint.alt_response(404, **_UNKNOWN)
def delete_subscription(identifier: str) -> None:
    """Remove a subscription with its secret and its log."""
    with _of_caller(identifier) as (hub, connection, one, by):
        held.remove(connection, one, hub.clock(), by)


@blueprint.get("/<string:identifier>/deliveries")
@blueprint.arguments(LogArguments, location="query", unknown=RAISE)
@blueprint.response(200, AttemptPageSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def get_deliveries(arguments: dict[str, Any], identifier: str) -> AttemptPage:
    """Return what came of the last attempts to deliver, kept for 90 days."""
    with _refusing(), the_hub().engine.connect() as connection:
        one = held.one_subscription(connection, identifier, owners_of(reader()))
        return attempts(connection, one.id, arguments["before"], arguments["limit"])


@blueprint.post("/<string:identifier>/test")
@blueprint.response(202, TestSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def post_test(identifier: str) -> dict[str, str]:
    """Send a message that says nothing, once, also where the subscription is paused."""
    with _of_caller(identifier) as (_, connection, one, _by):
        return {"message": held.ask_for_test(connection, one)}


@blueprint.post("/<string:identifier>/replay")
@blueprint.arguments(SinceSchema, unknown=RAISE)
@blueprint.response(202, SubscriptionSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def post_replay(given: dict[str, Any], identifier: str) -> Subscription:
    """Send again, in order and under the same numbers, all that became readable at a moment or later."""
    with _of_caller(identifier) as (hub, connection, one, by):
        since = held.since_of(given["since"], hub.clock())
        return held.replay(connection, one, since, hub.clock(), by)


@blueprint.post("/<string:identifier>/secret")
@blueprint.arguments(RenewedSchema, unknown=RAISE, required=False)
@blueprint.response(201, SecretSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def post_secret(given: dict[str, Any], identifier: str) -> dict[str, Any]:
    """Make a new secret; for a day messages are signed with the old one as well, unless it is lost."""
    with _of_caller(identifier) as (hub, connection, one, by):
        return _with_secret(*held.renew_secret(connection, hub, one, by, given["lost"]))


@blueprint.post("/<string:identifier>/pause")
@blueprint.response(200, SubscriptionSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def post_pause(identifier: str) -> Subscription:
    """Send nothing until the subscription is resumed; nothing is lost meanwhile."""
    with _of_caller(identifier) as (hub, connection, one, by):
        return held.pause(connection, one, hub.clock(), by)


@blueprint.post("/<string:identifier>/resume")
@blueprint.response(200, SubscriptionSchema)
@blueprint.alt_response(404, **_UNKNOWN)
def post_resume(identifier: str) -> Subscription:
    """Go on at once where it stopped."""
    with _of_caller(identifier) as (hub, connection, one, by):
        return held.resume(connection, one, hub.clock(), by)


def wanted_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked for as subscriptions keep it."""
    plain = {name: given[name] for name in ("name", "address", "q") if name in given}
    return plain | ({"facets": chosen(given["facets"])} if "facets" in given else {})


@contextmanager
def _of_caller(identifier: str) -> Iterator[tuple[Hub, Connection, Subscription, str]]:
    """Open a transaction on a subscription of the caller's; aborts with 404 where it is none."""
    hub, caller = the_hub(), reader()
    with _refusing(), writing(hub.engine) as connection:
        one = held.one_subscription(connection, identifier, owners_of(caller))
        yield hub, connection, one, caller.name or ""


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except SubscriptionUnknown as error:
        abort(404, str(error))
    except (AddressRefused, MomentWrong, TooManySubscriptions) as error:
        field = {AddressRefused: "address", MomentWrong: "since", TooManySubscriptions: "owner"}[type(error)]
        refuse(422, message=str(error), errors={field: [str(error)]})


def _with_secret(one: Subscription, secret: str) -> dict[str, Any]:
    return {"subscription": one, "secret": secret}
