"""Every route that a hub answers by GET, asked in every documented way, as text that can be searched and compared.

Routes come from the application itself, their arguments from /openapi.json: a new one is asked without a line here, or
fails until it has an example in the document or a value in `GIVEN`.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import flask
import msgspec
import pyarrow.parquet as pq
from werkzeug.routing import Rule

GIVEN: Mapping[str, Sequence[Any]] = {
    "period": ("2024", "2025", "2026"),
    "rank_period": ("2025",),
    "since": ("2024", "2025"),
    "set": ("invented",),
    "by": ("sex:f",),
    "as_known_on": ("2026-11-22", "2026-12-07"),
    "format": ("json", "csv", "xlsx", "parquet", "fhir", "dhis2", "pdf", "docx"),
    "traits": ("h.srh_good",),
    "rank_by": ("h.srh_good",),
    "page": (1, 2),
    "after": (0, ":0", "2026-11-22T12:00:00Z_" + "0" * 64),
    "limit": (1, 100),
    "before": (1000,),
    "last": (1, 24),
    "days": (2,),
    "day": ("2026-12-07",),
    "identifier": ("h.dm_prev",),
    "name": ("evaluation.published.v1",),
    "lang": ("nl", "en"),
    "shown": ("0" * 64,),
    "view": ("intervals", "funnel", "trend"),
    "state": ("overdue",),
    "number": (1,),
}
# that people's pages take; no document lists them
_PAGES = ("period", "set", "by", "as_known_on", "lang", "since", "region", "view")
_OF_PAGES = ("pages.", "region-page.", "region-egress.", "gradient.")
# files, the way to another server, drawings (made of specifications, which are asked), and a choice of colours
_NOT_ASKED = (
    "static", "session.get_provider", "session.get_return", "charts.get_svg", "charts.get_png",
    "portal.change_appearance",
)  # fmt: skip


class Answer(NamedTuple):
    """One answer: what was asked, its status and type, and its body as text."""

    asked: str
    status: int
    kind: str
    text: str


def every_question(
    app: flask.Flask, given: Mapping[str, Sequence[Any]], only: Collection[str] | None = None
) -> list[str]:
    """Return every address to ask, arguments included: each by itself, beside those that a route cannot do without.

    `given` adds to `GIVEN`; of what can be left out `only` some arguments are asked, where that is given. Raises
    KeyError naming an argument for which there is no value.
    """
    values = {**GIVEN, **given}
    document = app.test_client().get("/openapi.json").get_json()
    asked: list[str] = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith(_NOT_ASKED):
            continue
        told = _told(document, rule)
        for path in _paths(rule, values):
            needed = [(one["name"], _values(one, values)[0]) for one in told if one.get("required")]
            asked.append(_address(path, needed))
            for one in [one for one in told if only is None or one["name"] in only]:
                asked += [_address(path, [*needed, (one["name"], value)]) for value in _values(one, values)]
    return list(dict.fromkeys(asked))


def answers(app: flask.Flask, questions: Sequence[str], token: str | None) -> list[Answer]:
    """Return what one reader is answered to each question; headers that could tell states apart are part of it."""
    client = app.test_client()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    found = []
    for question in questions:
        given = client.get(question, headers=headers)
        assert given.status_code != 429, question
        kind = (given.content_type or "").partition(";")[0]
        marks = "".join(
            f"\n{name}: {given.headers[name]}" for name in ("ETag", "Last-Modified") if name in given.headers
        )
        found.append(Answer(question, given.status_code, kind, _text(kind, given.data) + marks))
    return found


def comparable(one: Answer) -> Any:
    """Return an answer without the news that figures are awaited, which others than the network may have."""
    if one.status != 200:
        return one.status
    if one.kind in ("application/json", "application/ld+json", "application/feed+json", "application/fhir+json"):
        return _without_news(msgspec.json.decode(one.text))
    if one.kind == "text/csv":
        rows = csv.DictReader(io.StringIO(one.text))
        kept = [row for row in rows if row.get("why_not") != "held_for_replies"]
        return [{name: cell for name, cell in row.items() if name != "visible_from"} for row in kept]
    return one.text if one.kind in ("application/atom+xml", "text/event-stream") else one.status


def _without_news(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _without_news(one) for name, one in found.items() if name not in ("awaited", "visible_from")}
    return [_without_news(one) for one in found] if isinstance(found, list) else found


def _told(document: dict[str, Any], rule: Rule) -> list[dict[str, Any]]:
    path = rule.rule
    for argument in rule.arguments:
        path = path.replace(f"<string:{argument}>", f"{{{argument}}}")
    operations = document["paths"].get(path)
    if operations is None:
        return [{"name": name} for name in _PAGES] if rule.endpoint.startswith(_OF_PAGES) else []
    told = [*operations.get("parameters", ()), *operations.get("get", {}).get("parameters", ())]
    return [one for one in told if one.get("in") == "query"]


def _paths(rule: Rule, values: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    paths = [rule.rule]
    for argument in sorted(rule.arguments):
        paths = [
            path.replace(f"<string:{argument}>", str(one)).replace(f"<{argument}>", str(one))
            for path in paths
            for one in values[argument]
        ]
    yield from paths


def _values(one: Mapping[str, Any], values: Mapping[str, Sequence[Any]]) -> Sequence[Any]:
    if one["name"] in values:
        return values[one["name"]]
    schema = one.get("schema", {})
    listed = [value for value in schema.get("enum", ()) if value is not None]
    sample = one.get("example", schema.get("example"))
    if not listed and sample is None:
        raise KeyError(f"{one['name']}: give it an example in the document, or a value in tests/support/every_route.py")
    return listed or [sample]


def _address(path: str, query: Sequence[tuple[str, Any]]) -> str:
    said = "&".join(f"{name}={quote(str(value))}" for name, value in dict(query).items())
    return f"{path}?{said}" if said else path


def _text(kind: str, body: bytes) -> str:
    if kind == "application/pdf":
        streams = re.findall(rb"stream\n(.*?)\nendstream", body, re.DOTALL)
        return b"\n".join(map(zlib.decompress, streams)).decode("windows-1252") + body.decode("latin-1")
    if kind.endswith(("spreadsheetml.sheet", "wordprocessingml.document")):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    if kind == "application/vnd.apache.parquet":
        return repr(pq.read_table(io.BytesIO(body)).to_pylist())
    return body.decode()
