"""What the web applications of a run have alike, worked out once: templates, ways to write addresses, the document.

Reading all templates and describing all routes takes a tenth of a second for every application that a test makes, and
thousands are made. What comes of it is the same; the document of the routes is made when somebody asks for it.
"""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from collections.abc import Callable, Iterator
from threading import Lock
from types import CodeType
from typing import Any

import flask_smorest
import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class ReadTemplates(BytecodeCache):
    """Templates as compiled, by their file and what it holds."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Builders:
    """What writes the address of a rule, which depends on the rule's text alone unless it has defaults."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Builder] = {}
        self._made = Rule._compile_builder

    def of(self, rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:
            return self._made(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in self._kept:
            self._kept[key] = self._made(rule, append_unknown)
        return self._kept[key]


class Documents:
    """The descriptions of routes and answers that wait until somebody asks for the document."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shown = flask_smorest.Api._openapi_json

    def later(self, describe: Callable[..., None]) -> Callable[..., None]:
        """Return what remembers what there is to describe."""

        def remembered(*how: Any, **named: Any) -> None:
            api = next(one for one in how if isinstance(one, flask_smorest.Api))
            vars(api).setdefault("waiting", []).append(lambda: describe(*how, **named))

        return remembered

    def show(self, api: Any) -> Any:
        with self._lock:
            for describe in vars(api).pop("waiting", ()):
                describe()
        return self._shown(api)


OWN: tuple[tuple[type[Any], str, Any], ...] = tuple(  # what the libraries do by themselves
    (owner, name, getattr(owner, name))
    for owner, name in (
        (Flask, "jinja_options"),
        (Rule, "_compile_builder"),
        (flask_smorest.Api, "_register_responses"),
        (flask_smorest.Blueprint, "register_views_in_doc"),
        (flask_smorest.Api, "_openapi_json"),
    )
)


@pytest.fixture(scope="session", autouse=True)
def _applications_share_what_is_alike() -> Iterator[None]:
    builders, documents = Builders(), Documents()
    options, _, responses, views, _ = (own for _, _, own in OWN)
    shared = (
        {**options, "bytecode_cache": ReadTemplates()},
        lambda rule, append_unknown=True: builders.of(rule, append_unknown),
        documents.later(responses),
        documents.later(views),
        lambda api: documents.show(api),
    )
    with pytest.MonkeyPatch.context() as patch:
        for (owner, name, _), instead in zip(OWN, shared, strict=True):
            patch.setattr(owner, name, instead)
        yield
