"""What readers choose from, and how a choice that there is not is refused: with the values that there are."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Iterable
from typing import Any, Final, NoReturn

from flask_smorest import abort
from marshmallow import fields, validate

from hub.serving.compared import ComparisonHeld, CutUnknown, NotOffered, RegionAbsent
from schemas.codes import PERIOD

PERIOD_FORM: Final = validate.Regexp(
    PERIOD, error="Write a year, quarter, month, week or day: 2025, 2025-Q1, 2025-01, 2025-W05 or 2025-01-31."
)
INDICATOR: Final = {"name": "indicator", "in": "path", "schema": {"type": "string"}, "example": "h.dm_prev"}
REGION: Final = {"name": "code", "in": "path", "schema": {"type": "string"}, "example": "XR-DUINRAND"}


def example(value: Any) -> dict[str, Any]:
    """Return the metadata of an argument with an example, which the tests ask a hub for."""
    return {"example": value}


def text(sample: str, **how: Any) -> fields.String:
    """Return an argument that may be left out, with an example."""
    return fields.String(**({"load_default": None, "metadata": example(sample)} | how))


def refuse(error: NotOffered) -> NoReturn:
    """Abort with 404, for a cut or a region beside with 400, and name what can be chosen instead.

    What regions may still reply to says as well from when others see it.
    """
    held = {"visible_from": error.visible_from} if isinstance(error, ComparisonHeld) else {}
    status = 400 if isinstance(error, CutUnknown | RegionAbsent) else 404
    refused(status, error, error.allowed, **held)


def refused(status: int, error: Exception, allowed: Iterable[str], **more: Any) -> NoReturn:
    """Abort with an error's sentence and the values that there are instead."""
    abort(status, message=str(error), allowed=list(allowed), **more)
    raise AssertionError("abort returns nothing")
