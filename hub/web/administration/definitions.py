"""The definitions of the network: which version stands, who counts by which; adopting new ones, asking for one."""

from typing import Any, Final

from flask import Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.intake import definitions as held
from hub.intake.proposals import read_proposed
from hub.web.administration.acts import blueprint_of, done, field, is_sure, origin, page, who
from hub.web.administration.acts import refusal as said_refusal
from hub.web.pages import number_of, the_hub
from schemas.catalogue import know
from schemas.definition_schema import DefinitionInvalid
from schemas.refused import Refused

blueprint = blueprint_of("administration-definitions")
_PART: Final = "definitions"
_LARGEST: Final = 50_000  # bytes of what is proposed: the form that adopts it holds at most 64 KiB


class ProposalTooLarge(ValueError):
    """A proposal that a form does not take; the command does."""


@blueprint.get("/administration/definitions")
def definitions() -> Response:
    """List every definition: its version, who adopted it, which version is asked for and which regions count by it."""
    return _list()


@blueprint.post("/administration/definitions")
def post_definitions() -> AnyResponse:
    """Read what is proposed and, once seen, adopt it; or ask for a version of one definition."""
    verb = request.form.get("do", "")
    try:
        if verb == "read":
            return _read()
        if verb == "demand":
            return _demand()
    except (Refused, ProposalTooLarge) as error:
        return _list(error)
    return _list()


def _read() -> AnyResponse:
    text, name = _proposed()
    hub = the_hub()
    with hub.engine.connect() as connection:
        found, proposal = read_proposed(connection, text.encode(), name)
        known = held.newest(connection)
        for one in found:
            if one.id in known and one.version <= known[one.id].version:
                raise held.DefinitionNotNew
    if not is_sure():
        rows = [(one, known[one.id].version if one.id in known else None) for one in found]
        return page("proposal.html", _PART, rows=rows, proposal=proposal, text=text, name=name)
    with writing(hub.engine) as connection:
        held.adopt(
            connection, found, who(), hub.clock(),
            proposed_by=None if proposal is None else proposal.region,
            reason="" if proposal is None else proposal.reason,
            demand="demand" in request.form, origin=origin(),
        )  # fmt: skip
    with hub.engine.connect() as connection:
        know(held.adopted(connection))
    return done("administration-definitions.definitions", "adopted")


def _proposed() -> tuple[str, str]:
    """Return the text of what is proposed and a name that says its form: what was sent as a file, or was pasted."""
    file = request.files.get("file")
    data = file.read(_LARGEST + 1) if file is not None and file.filename else b""
    text = data.decode(errors="replace") if data else request.form.get("text", "")
    if len(text.encode(errors="replace")) > _LARGEST:
        raise ProposalTooLarge
    return text, "proposal.json" if text.lstrip().startswith("{") else "proposal.yaml"


def _demand() -> AnyResponse:
    hub, version = the_hub(), number_of(field("version", 9))
    with writing(hub.engine) as connection:
        held.ask_at_least(connection, field("indicator", 100), version or 0, who(), hub.clock(), origin=origin())
    return done("administration-definitions.definitions", "demanded")


def _list(error: Exception | None = None) -> Response:
    with the_hub().engine.connect() as connection:
        rows = _rows(connection)
    refused = None if error is None else said_refusal(error)
    behind = sum(any(not one["is_newest"] for one in row["used"]) for row in rows)
    status = 200 if error is None else 422
    return page(
        "definitions.html", _PART, status, rows=rows, behind=behind, refused=refused, form=request.form,
        sentences=error.sentences if isinstance(error, DefinitionInvalid) else (),
    )  # fmt: skip


def _rows(connection: Connection) -> list[dict[str, Any]]:
    newest, least = held.newest(connection), held.least_versions(connection)
    adopted, used = held.adoptions(connection), held.in_use(connection)
    return [
        {
            "one": one,
            "least": least.get(name, 1),
            "adopted": adopted[name] if name in adopted and adopted[name].version == one.version else None,
            "used": [
                {"version": version, "regions": regions, "is_newest": version == one.version}
                for version, regions in sorted(used.get(name, {}).items(), reverse=True)
            ],
        }
        for name, one in newest.items()
    ]
