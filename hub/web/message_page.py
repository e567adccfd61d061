"""The page on which somebody signed in writes to a lesson's author: no script, and a warning before it is sent."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.messages.keep import MessagePointsAtPersons, MessageUnfit, TooManyMessages, send
from hub.serving.lessons import LessonTakenBack, LessonUnknown, one_lesson
from hub.web import words
from hub.web.pages import audience, guard, language, reading, show, the_hub

blueprint = Blueprint("message", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/lessons/<event_id>/message")
def message(event_id: str) -> Response:
    """Show the form."""
    return _form(event_id)


@blueprint.post("/lessons/<event_id>/message")
def post_message(event_id: str) -> AnyResponse:
    """Keep the message for the region, or show the form again with what stands in the way."""
    hub = the_hub()
    form = request.form
    text = form.get("text", "")
    try:
        with writing(hub.engine) as connection:
            send(
                connection, hub.key, reading(), event_id, text, hub.clock(),
                checked="checked" in form, with_address="with_address" in form,
            )  # fmt: skip
    except (LessonUnknown, LessonTakenBack):
        return _form(event_id)
    except MessageUnfit:
        return _form(event_id, 422, text=text, why="message_unfit")
    except TooManyMessages:
        return _form(event_id, 429, text=text, why="message_many")
    except MessagePointsAtPersons as points:
        return _form(event_id, 422, text=text, found=points.found)
    lang = "en" if form.get("lang") == "en" else "nl"
    return redirect(url_for("knowledge.lesson", event_id=event_id, lang=lang, told="message"), 303)


def _form(event_id: str, status: int = 200, **content: Any) -> Response:
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            one = one_lesson(connection, audience(), event_id)
        except LessonUnknown as absent:
            return show("absent.html", status=404, here="lessons", text=absent.text.told(language()))
        except LessonTakenBack:
            said = words.word("message_taken_back", language())
            return show("absent.html", status=410, here="lessons", text=said)
    given = {"text": "", "why": "", "found": (), **content}
    return show("message.html", status=status, here="lessons", one=one, checks=request.form, **given)
