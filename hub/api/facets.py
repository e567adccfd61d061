"""By what readers look for lessons: words and facets, the same at `/api/v1/lessons` and at the feeds of lessons."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Mapping
from typing import Any, Final, get_args
from urllib.parse import urlencode

from marshmallow import Schema, fields, validate

from hub.api.choices import example, text
from hub.serving.indexing import KINDS
from hub.serving.search import FACETS
from hub.serving.told import CURSOR
from schemas.about import PRINCIPLES, Aim, Change, Lens, Phase, Rainbow, Scope
from schemas.codes import REGION_CODE
from schemas.items import VOICES

LONGEST_QUESTION: Final = 200  # characters
_MOST_VALUES: Final = 20  # of one facet


def _several(one: fields.Field[Any], sample: Any) -> fields.List[Any]:
    """Return an argument that may be given several times: any of its values will do."""
    return fields.List(one, load_default=[], validate=validate.Length(max=_MOST_VALUES), metadata=example([sample]))


def _one_of(literal: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(get_args(literal)))


class AskedArguments(Schema):
    """Of what: every word of `q`, and of each facet any of the values that are given."""

    q = text("rooster", load_default="", validate=validate.Length(max=LONGEST_QUESTION))
    theme = _several(fields.String(validate=validate.Length(max=100)), "diabetes")
    step = _several(fields.Integer(validate=validate.Range(min=1, max=6)), 3)
    aim = _several(_one_of(Aim), "health")
    change = _several(_one_of(Change), "finance")
    lens = _several(_one_of(Lens), "ambition")
    rainbow = _several(_one_of(Rainbow), "functional")
    principle = _several(fields.Integer(validate=validate.Range(min=1, max=max(PRINCIPLES))), 1)
    phase = _several(_one_of(Phase), "execution")
    scope = _several(_one_of(Scope), "theme")
    voice = _several(fields.String(validate=validate.OneOf(VOICES)), "practice")
    indicator = _several(fields.String(validate=validate.Length(max=100)), "h.dm_prev")
    region = _several(fields.String(validate=validate.Regexp(REGION_CODE)), "XR-DUINRAND")
    language = _several(fields.String(validate=validate.OneOf(("nl", "en"))), "nl")


class PageArguments(Schema):
    """Which page, counted from 1; the first holds the newest."""

    page = fields.Integer(load_default=1, validate=validate.Range(min=1))


class FacetArguments(PageArguments, AskedArguments):
    """Which page, and of what."""


class FeedArguments(FacetArguments):
    """As the search takes them, and `before`: where the page before it ended, as its link to the next one says."""

    before = text("", load_default="", validate=validate.Regexp(rf"({CURSOR.pattern})?\Z"))


class SearchArguments(FacetArguments):
    """As the feeds take them, and which kinds of item: lessons where none is named."""

    kind = _several(fields.String(validate=validate.OneOf(KINDS)), "lesson")


def chosen(arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values that were chosen, by the names in FACETS."""
    return {name: [str(one) for one in arguments[name]] for name in FACETS if arguments.get(name)}


def in_address(arguments: Mapping[str, Any]) -> str:
    """Return what was asked, without the page, as an address has it; empty where nothing was."""
    pairs = [("q", arguments["q"])] if arguments.get("q") else []
    return urlencode(pairs + [(name, value) for name, values in chosen(arguments).items() for value in values])
