"""Follow what happens to lessons: server-sent events by the rules of the HTML standard, resumed after a break."""

import codecs
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests

from .errors import AnswerNotUnderstood, HubRefused, HubUnreachable, refusal

TIMEOUTS: Final = (10.0, 60.0)  # seconds to connect, and without a sign of life
_FIRST_WAIT: Final = 3.0  # seconds before coming back, until the hub says otherwise
_LONGEST_WAIT: Final = 60.0
_LINE: Final = re.compile(r"\r\n|\n|\r")
_COME_BACK: Final = (429, 502, 503, 504)
_TIMES_IN_VAIN: Final = 10


@dataclass(frozen=True)
class LessonTold:
    """Something that happened to a lesson: `kind` is published, revised, evidence_changed, withdrawn or redacted.

    `id` is what to go on from (`since`); `item` the lesson as the JSON feed has it, or that it was taken back; `lesson`
    names it through all its versions.
    """

    kind: str
    id: str
    item: Mapping[str, Any]

    @property
    def lesson(self) -> str:
        """The id of the lesson, the same in every version."""
        return str(self.item.get("id", ""))

    @property
    def evidence_changed(self) -> Sequence[Mapping[str, Any]]:
        """What happened to evidence that the lesson rests on: which, when, why and by which event; the first first."""
        found: Sequence[Mapping[str, Any]] = self.item.get("_regiohelix", {}).get("evidence_changed", ())
        return found

    @property
    def is_gone(self) -> bool:
        """Tell whether the lesson itself was taken back, and not an earlier version only."""
        about = self.item.get("_regiohelix", {})
        return self.kind in ("withdrawn", "redacted") and not about.get("stands", False)


class Follower:
    """One stream through all its connections."""

    def __init__(self, session: requests.Session, address: str, asked: Mapping[str, Any], since: str | None) -> None:
        """Take where and what to ask, and after which id."""
        self._session, self._address, self._asked = session, address, dict(asked)
        self._last = since or ""
        self._wait = _FIRST_WAIT

    def for_ever(self) -> Iterator[LessonTold]:
        """Yield what is told, over as many connections as it takes; raises HubRefused or HubUnreachable."""
        in_vain = 0
        while True:
            try:
                with self._opened() as answer:
                    in_vain = 0
                    yield from self._told(answer)
            except HubUnreachable:
                in_vain += 1
                if in_vain >= _TIMES_IN_VAIN:
                    raise
            except requests.RequestException:
                pass  # broken off; it goes on after the last id
            time.sleep(min(self._wait, _LONGEST_WAIT))

    def until_now(self) -> Iterator[LessonTold]:
        """Yield what is told until the hub says that nothing more is there now; raises HubRefused or HubUnreachable."""
        try:
            with self._opened() as answer:
                yield from self._told(answer, ends=True)
        except requests.RequestException as error:
            raise HubUnreachable(f"{self._address} broke off; go on after the last id that you have.") from error

    def _opened(self) -> requests.Response:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._last:
            headers["Last-Event-ID"] = self._last
        try:
            answer = self._session.get(
                self._address, params=self._asked, headers=headers, timeout=TIMEOUTS, stream=True
            )
        except requests.RequestException as error:
            raise HubUnreachable(f"{self._address} does not answer; check the address, or try later.") from error
        if answer.status_code in _COME_BACK:
            answer.close()
            raise HubUnreachable(f"{self._address} has no room now; try later.")
        if not answer.ok:
            raise _refused(answer)
        if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            answer.close()
            raise AnswerNotUnderstood(f"{self._address} gives no stream; check whether it is a hub's address.")
        return answer

    def _told(self, answer: requests.Response, ends: bool = False) -> Iterator[LessonTold]:
        kind, data, left = "", "", ""
        is_opened = False
        last = self._last
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for piece in answer.iter_content(None):
            left += decoder.decode(piece)
            while (found := _LINE.search(left)) and not (found.group() == "\r" and found.end() == len(left)):
                line, left = left[: found.start()], left[found.end() :]
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if not line:
                    self._last = last
                    if data:
                        yield LessonTold(kind, last, _item(data.removesuffix("\n")))
                    elif ends and is_opened:
                        return
                    is_opened = True
                    kind = data = ""
                elif name == "event":
                    kind = value
                elif name == "data":
                    data += value + "\n"
                elif name == "id":
                    last = value
                elif name == "retry" and value.isascii() and value.isdigit():
                    self._wait = int(value) / 1000


def _item(data: str) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise AnswerNotUnderstood("The hub told something that is no JSON; update the client.") from error
    if not isinstance(found, dict):
        raise AnswerNotUnderstood("The hub told something that is no item; update the client.")
    return found


def _refused(answer: requests.Response) -> HubRefused:
    try:
        told = answer.json()
    except ValueError:
        told = None
    return refusal(answer.status_code, told)
