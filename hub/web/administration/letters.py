"""What the hub refused: each letter with reason and remedy, never its payload; tried again, or given up."""

from typing import Any, Final, get_args

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.flow import replay_for
from hub.intake import letters as held
from hub.intake.letters import DeadLetterDecided, DeadLetterNotWhole, DeadLetterUnknown
from hub.web.administration.acts import (
    ROWS,
    ReasonMissing,
    absent,
    ask,
    blueprint_of,
    done,
    field,
    is_sure,
    named,
    origin,
    page,
    refusal,
    said,
    who,
)
from hub.web.pages import language, number_of, the_hub

blueprint = blueprint_of("administration-letters")
AT_ONCE: Final = 50  # letters tried again while a browser waits; the command takes all
_PART: Final = "letters"


@blueprint.get("/administration/dead-letters")
def letters() -> Response:
    """List the letters, newest first: those in one state, of one region."""
    state: Any = request.args.get("state", "open")
    state = state if state in get_args(held.State) else None
    region = request.args.get("region") or None
    hub = the_hub()
    with writing(hub.engine) as connection:
        held.settle(connection, hub.clock())
    with hub.engine.connect() as connection:
        rows = held.listed(connection, state, region, number_of(request.args.get("before", "")), ROWS + 1)
        whole = len(held.open_numbers(connection, region))
    older = rows[ROWS - 1]["id"] if len(rows) > ROWS else None
    given = {"states": held.STATES, "state": state, "region": region, "older": older, "can_replay": min(whole, AT_ONCE)}
    return page("letters.html", _PART, rows=rows[:ROWS], reason_said=named("letter"), **given)


@blueprint.post("/administration/dead-letters")
def post_replay() -> AnyResponse:
    """Try the oldest open letters again, of all regions or of one."""
    region = field("region", 16) or None
    with the_hub().engine.connect() as connection:
        numbers = held.open_numbers(connection, region)[:AT_ONCE]
    answers = replay_for(the_hub(), numbers, who(), origin=origin())
    still = sum(answer.outcome == "refused" for answer in answers.values())
    why = "none_replayed" if not answers else "all_replayed" if not still else "some_replayed"
    return done("administration-letters.letters", why, state="open", region=region)


@blueprint.get("/administration/dead-letters/<number>")
def letter(number: str) -> Response:
    """Show one letter."""
    return _one(number)


@blueprint.post("/administration/dead-letters/<number>")
def post_act(number: str) -> AnyResponse:
    """Try a letter again, or give it up for the reason in the form."""
    hub, verb, identifier = the_hub(), request.form.get("do", ""), number_of(number)
    if identifier is None:
        return _one(number)
    try:
        if verb == "replay":
            with hub.engine.connect() as connection:
                held.replayable(connection, identifier)
            answers = replay_for(hub, [identifier], who(), origin=origin())
            still = any(answer.outcome == "refused" for answer in answers.values())
            return done("administration-letters.letter", "still_refused" if still else "replayed", number=number)
        if verb == "discard":
            return _discard(identifier)
    except DeadLetterUnknown:
        return _one(number)
    except (DeadLetterDecided, DeadLetterNotWhole, ReasonMissing) as error:
        return _one(number, 422, error)
    return _one(number)


def _discard(number: int) -> AnyResponse:
    hub, reason = the_hub(), field("reason")
    if not reason:
        raise ReasonMissing
    if not is_sure():
        with hub.engine.connect() as connection:
            found = held.shown(connection, number)
        will = [said("discard_will_empty", bytes=found["body"]), said("discard_will_stay")]
        will += [said("will_be_logged", reason=reason)]
        back = url_for("administration-letters.letter", number=number, lang=language())
        return ask(_PART, "discard", will, back, {"reason": reason})
    with writing(hub.engine) as connection:
        held.discard(connection, number, reason, hub.clock(), who(), origin=origin())
    return done("administration-letters.letter", "discarded", number=number)


def _one(number: str, status: int = 200, error: Exception | None = None) -> Response:
    identifier = number_of(number)
    with the_hub().engine.connect() as connection:
        try:
            found = held.shown(connection, -1 if identifier is None else identifier)
        except DeadLetterUnknown:
            return absent("refusal_DeadLetterUnknown")
        try:
            can_replay = held.replayable(connection, found["id"]) > 0
        except (DeadLetterDecided, DeadLetterNotWhole):
            can_replay = False
    refused = None if error is None else refusal(error)
    return page(
        "letter.html", _PART, status, one=found, can_replay=can_replay, refused=refused, form=request.form,
        reason_said=named("letter"), remedy=named("remedy"),
    )  # fmt: skip
