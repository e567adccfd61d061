"""Lessons as a stream of server-sent events, which each reader resumes where it ended."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask, Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import RAISE, fields, validate
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from connectors.streams.hall import Hall, Line
from connectors.streams.server import HAND_OVER
from hub.api.access import reader, the_hub
from hub.api.choices import text
from hub.api.facets import AskedArguments, chosen
from hub.api.feeds import site
from hub.api.health import registry_of
from hub.config import Hub
from hub.identity.origin import counted
from hub.metrics import StreamMetrics
from hub.serving.feeder import Credential, Feeder, ReaderFull, Seat, StreamsFull
from hub.serving.stream import MEDIA_TYPE, Question, opening, until_now
from hub.serving.telling import TOLD_KINDS
from hub.serving.told import CURSOR, Place, heads, place_of

EXTENSION: Final = "regiohelix.streams"
BEGINNING: Final = "beginning"
NOW: Final = "now"
_COME_BACK: Final = 30  # seconds, where there is no room
# an answer for one reader, to be passed on as it comes
_HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
_LAST_ID: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The id of the last event that came: what followed it is told, whatever `since` and `from` say.",
}
_EVENT: Final = {  # each of them; `data` is an item of /feeds/lessons.json, in JSON
    "type": "object",
    "properties": {
        "event": {"enum": list(TOLD_KINDS)},
        "id": {"type": "string", "pattern": f"^{CURSOR.pattern}$"},
        "data": {"type": "string"},
    },
    "required": ["event", "id", "data"],
}
_SAID: Final = f"Write the id of an event of this stream, or {BEGINNING} in the argument `from`."

blueprint = Blueprint("streams", __name__, url_prefix="/feeds", description="What regions tell, as it comes.")


class Streams:
    """What serves the streams of one process: the hall that holds connections, and who feeds them."""

    def __init__(self, app: Flask) -> None:
        """Make them for an application, which hands readers over to them; nothing runs yet."""
        hub = app.extensions["regiohelix"]
        if not isinstance(hub, Hub):
            raise TypeError("The application's extension 'regiohelix' is not a hub.")
        self.hall = Hall()
        counts = StreamMetrics(registry_of(app), lambda: self.feeder.readers())
        settings = hub.settings
        self.feeder = Feeder(
            hub.engine, hub.clock, self.hall, counts, settings.stream_readers, settings.stream_readers_each
        )
        app.extensions[EXTENSION] = self.feeder
        self._is_open = False

    def open(self) -> None:
        """Begin to hold and to feed."""
        self._is_open = True
        self.hall.open()
        self.feeder.open()

    def close(self) -> None:
        """End every stream in good order; harmless to do again."""
        if self._is_open:
            self._is_open = False
            self.feeder.close()
            self.hall.close()


class StreamArguments(AskedArguments):
    """Of what, and from where: from now on, where neither `since` nor `from` says otherwise."""

    since = text("public-00000000-0", load_default="", validate=validate.Regexp(rf"({CURSOR.pattern})?\Z", error=_SAID))
    from_ = fields.String(data_key="from", load_default=NOW, validate=validate.OneOf((NOW, BEGINNING)))


@blueprint.get("/lessons/stream")
@blueprint.doc(parameters=[_LAST_ID])
@blueprint.arguments(StreamArguments, location="query", unknown=RAISE)
@blueprint.response(200, _EVENT, content_type="text/event-stream")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(429, description="The reader has as many streams open as one may have, or asks too often.")
@blueprint.alt_response(
    503, description="The hub holds as many streams as it can; `Retry-After` says when to ask again."
)
def get_stream(arguments: dict[str, Any]) -> Response:
    """Tell of lessons as they are published, revised, withdrawn or redacted, as server-sent events.

    Where the server cannot hold a connection, the answer ends with what there is, and the reader comes back.
    """
    hub, audience = the_hub(), reader().audience
    place = _place(arguments, heads(hub.engine)[audience])
    question = Question.of(arguments["q"], chosen(arguments))
    feeder, hand_over = current_app.extensions.get(EXTENSION), request.environ.get(HAND_OVER)
    body: Any
    if isinstance(feeder, Feeder) and callable(hand_over):
        body = _Held(feeder, _seat(feeder, place, question), hand_over)
    else:
        body = _told(hub, place, question, site())
    return Response(body, content_type=MEDIA_TYPE, headers=_HEADERS)


class _Held:
    """The body of an answer that goes on without this thread."""

    def __init__(self, feeder: Feeder, seat: Seat, hand_over: Callable[[Line], None]) -> None:
        self._feeder, self._seat, self._hand_over = feeder, seat, hand_over
        self._is_handed_over = False

    def __iter__(self) -> Iterator[bytes]:
        self._is_handed_over = True
        self._hand_over(self._seat.line)
        yield self._feeder.begin(self._seat)

    def close(self) -> None:
        """Give the seat up where nobody asked for the body, as after HEAD."""
        if not self._is_handed_over:
            self._seat.line.end("unused")


def _told(hub: Hub, place: Place, question: Question, address: str) -> Iterator[bytes]:
    yield opening(place, 0)
    yield from until_now(hub.engine, place, question, address)


def _place(arguments: dict[str, Any], head: Place) -> Place:
    """Return from where this reader is told."""
    cursor = request.headers.get("Last-Event-ID") or arguments["since"]
    if cursor:
        return place_of(cursor, head)
    return head._replace(number=0) if arguments["from_"] == BEGINNING else head


def _seat(feeder: Feeder, place: Place, question: Question) -> Seat:
    account = reader().name or f"address {counted(request.remote_addr)}"
    try:
        return feeder.reserve(account, place, question, site(), _credential())
    except StreamsFull as error:
        raise ServiceUnavailable(str(error), retry_after=_COME_BACK) from error
    except ReaderFull as error:
        raise TooManyRequests(str(error), retry_after=_COME_BACK) from error


def _credential() -> Credential | None:
    """Return what the reader was let in by, which may end before the stream does."""
    if "token_id" in g:
        return Credential("token", g.token_id)
    return Credential("session", g.session_id) if "session_id" in g else None
