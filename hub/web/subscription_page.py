"""The pages of subscriptions: what one has, a new one, and one with its log; forms alone, without script."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from connectors.outside import AddressRefused
from hub.config import Hub
from hub.identity.owners import owners_of
from hub.serving import subscriptions as held
from hub.serving.announced import announce
from hub.serving.delivery_log import attempts
from hub.serving.indexing import LESSON
from hub.serving.moment import MomentWrong
from hub.serving.search import FACETS, find
from hub.serving.subscriptions import Subscription, SubscriptionUnknown, TooManySubscriptions
from hub.web import words
from hub.web.facet_words import LONGEST, label, region_names
from hub.web.facet_words import chosen as chosen_of
from hub.web.pages import audience, guard, language, number_of, reading, show, the_hub

blueprint = Blueprint("subscriptions-page", __name__, template_folder="templates")
blueprint.after_request(guard)
_OFFERED: Final = tuple(name for name in FACETS if name != "kind")  # a subscription is to lessons
_LONGEST_NAME: Final = 100
_FEEDS: Final = {"Atom": "feeds.get_atom", "JSON Feed": "feeds.get_json"}

Act = Callable[[Connection, Hub, Subscription, str], object]
_ACTS: Final[Mapping[str, Act]] = {
    "test": lambda connection, hub, one, by: held.ask_for_test(connection, one),
    "pause": lambda connection, hub, one, by: held.pause(connection, one, hub.clock(), by),
    "resume": lambda connection, hub, one, by: held.resume(connection, one, hub.clock(), by),
    "remove": lambda connection, hub, one, by: held.remove(connection, one, hub.clock(), by),
    "change": lambda connection, hub, one, by: held.change(connection, hub, one, _written(), by),
    "replay": lambda connection, hub, one, by: held.replay(
        connection, one, held.since_of(request.form.get("since", ""), hub.clock()), hub.clock(), by
    ),
}


@blueprint.get("/subscriptions")
def subscriptions() -> Response:
    """Show what one has, and the forms for a new one."""
    return _list(request.args.get("q", ""), chosen_of(request.args, _OFFERED))


@blueprint.post("/subscriptions")
def post_subscription() -> Response:
    """Make a subscription and show its secret."""
    hub, caller = the_hub(), reading()
    owners = owners_of(caller)
    owner = request.form.get("owner", owners[0])
    question, chosen = request.form.get("q", "")[:LONGEST], chosen_of(request.form, _OFFERED)
    wanted = _written() | {"q": question, "facets": chosen}
    announce(hub.engine, hub.clock, everything=False)  # what is there already is not new
    try:
        with writing(hub.engine) as connection:
            since = request.form.get("since") or None
            since = None if since is None else held.since_of(since, hub.clock())
            owner = owner if owner in owners else owners[0]
            by = caller.name or ""
            one, secret = held.make_subscription(connection, hub, owner, caller.audience, wanted, by, since)
    except (AddressRefused, MomentWrong, TooManySubscriptions) as refusal:
        return _list(question, chosen, refusal)
    return _page(one, 201, secret=secret)


@blueprint.get("/subscriptions/<identifier>")
def subscription(identifier: str) -> Response:
    """Show one subscription, how it is doing, and what can be done with it."""
    try:
        with the_hub().engine.connect() as connection:
            one = held.one_subscription(connection, identifier, owners_of(reading()))
    except SubscriptionUnknown:
        return _absent()
    return _page(one)


@blueprint.post("/subscriptions/<identifier>")
def post_act(identifier: str) -> AnyResponse:
    """Do to a subscription what a button says."""
    hub, caller, verb = the_hub(), reading(), request.form.get("do", "")
    by, secret, one = caller.name or "", None, None
    try:
        with writing(hub.engine) as connection:
            one = held.one_subscription(connection, identifier, owners_of(caller))
            if verb in ("renew", "lost"):
                one, secret = held.renew_secret(connection, hub, one, by, is_lost=verb == "lost")
            elif verb in _ACTS:
                _ACTS[verb](connection, hub, one, by)
    except SubscriptionUnknown:
        return _absent()
    except (AddressRefused, MomentWrong) as refusal:
        with hub.engine.connect() as connection:
            return _page(held.one_subscription(connection, identifier, owners_of(caller)), 422, refusal)
    if secret is not None:
        return _page(one, secret=secret)
    why = f"subscription_{verb}" if verb in _ACTS else None
    if verb == "remove":
        return redirect(url_for("subscriptions-page.subscriptions", lang=language(), why=why), 303)
    return redirect(url_for("subscriptions-page.subscription", identifier=one.id, lang=language(), why=why), 303)


def _absent() -> Response:
    return show("absent.html", status=404, here="subscriptions", text=words.word("no_subscription", language()))


def _written() -> dict[str, Any]:
    """Return the name and address that a form has."""
    address = request.form.get("address", "").strip()
    return {"address": address, "name": " ".join(request.form.get("name", "").split())[:_LONGEST_NAME]}


def _list(question: str, chosen: Mapping[str, list[str]], refusal: Exception | None = None) -> Response:
    hub, owners = the_hub(), owners_of(reading())
    question = " ".join(question.split())[:LONGEST]
    found = find(hub.engine, audience(), question, {**chosen, "kind": [LESSON]})
    with hub.engine.connect() as connection:
        mine = held.subscriptions(connection, owners)
        names = region_names(connection)
    site = (hub.settings.public_url or request.url_root).rstrip("/")
    kept = {"q": question, **chosen} if question else dict(chosen)
    values = {
        name: [(one, label(name, one.value, names), one.value in chosen.get(name, ())) for one in found.facets[name]]
        for name in _OFFERED
    }
    return show(
        "subscriptions.html",
        status=200 if refusal is None else 422,
        here="subscriptions",
        mine=[(one, _said(one.q, one.facets, names)) for one in mine],
        owners=owners,
        owner_said=_owner,
        question=question,
        chosen=chosen,
        choice_said=_said(question, chosen, names),
        total=found.total,
        facets=values,
        feeds={name: site + url_for(endpoint, **kept) for name, endpoint in _FEEDS.items()},
        form=request.form,
        refused=None if refusal is None else _refused(refusal),
        told=_told(),
    )


def _page(
    one: Subscription, status: int = 200, refusal: Exception | None = None, secret: str | None = None
) -> Response:
    with the_hub().engine.connect() as connection:
        log = attempts(connection, one.id, number_of(request.args.get("before", "")))
        names = region_names(connection)
    return show(
        "subscription.html",
        status=status,
        here="subscriptions",
        one=one,
        owner_said=_owner,
        choice_said=_said(one.q, one.facets, names),
        log=log,
        secret=secret,
        refused=None if refusal is None else _refused(refusal),
        told="" if secret else _told(),
        moment=partial(words.moment, lang=language()),
    )


def _owner(owner: str) -> str:
    """Return for whom a subscription is in words: an owner is kept as its kind and its name."""
    kind, _, name = owner.partition(" ")
    key = f"owner_{kind}"
    return words.word(key, language()).format(name=name) if name and key in words.WORDS else owner


def _told() -> str:
    # only our own words are shown, whatever the address says
    why = f"why_{request.args.get('why', '')}"
    return why if why.startswith("why_subscription_") and why in words.WORDS else ""


def _refused(refusal: Exception) -> str:
    if isinstance(refusal, MomentWrong):
        return refusal.text.told(language())
    return words.word(f"refused_{refusal.why}" if isinstance(refusal, AddressRefused) else "refused_many", language())


def _said(question: str, chosen: Mapping[str, list[str]], names: Mapping[str, str]) -> str:
    """Return a choice in words of the reader's language."""
    parts = [f"‘{question}’"] if question else []
    parts += [
        f"{words.word(f'facet_{name}', language())}: {', '.join(label(name, one, names) for one in values)}"
        for name, values in chosen.items()
    ]
    return "; ".join(parts) or words.word("subscription_all", language())
