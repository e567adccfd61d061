"""JSON in and out: a body that cannot be read is refused, whatever it does to Python's reader."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from typing import Any

import msgspec
from flask import Request, Response, abort
from flask_smorest import Blueprint
from marshmallow import fields
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the body as JSON; aborts with 400 where it nests too deeply or holds a number without end."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):
            abort(400, "The body is nested too deep or holds too long a number; send it as the API describes it.")


class JsonBlueprint(Blueprint):
    """A blueprint with routes that take a JSON body."""

    ARGUMENTS_PARSER = _Parser()


class YesOrNo(fields.Boolean):
    """True or false as JSON has them, and not the many things that could be meant by either."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **how: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def json_answer(found: Any, status: int = 200) -> Response:
    """Return what was found as JSON."""
    return Response(msgspec.json.encode(found), status=status, content_type="application/json")
