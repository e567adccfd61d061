"""Every address of the desk, by method, with the roles that may ask it; an address that is not here is not there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import (
    bundle,
    bundle_file,
    bundles,
    citations_page,
    deciding,
    definitions_page,
    evaluations_page,
    event_page,
    extracts_page,
    files_page,
    heard_page,
    home,
    interventions_page,
    key_page,
    keys_page,
    learning_page,
    ledger_page,
    lessons_page,
    linkage_page,
    linkage_sample,
    messages_page,
    plans_page,
    redact_page,
    replies_page,
    rounds_page,
    sources_page,
    tables_page,
    word_findings,
)
from .accounts import ROLES, Role
from .visit import Handler

_BUNDLE: Final = r"/bundles/(B[0-9]{8}-[0-9a-f]{8})"
_LESSON: Final = r"/lessons/([^/]{1,64})"
_CITATION: Final = r"/citations/([a-z0-9][a-z0-9-]{0,48})"
_LEARNT: Final = "/learning/(action|reflection)"
_LEARNT_ONE: Final = f"{_LEARNT}/([a-z0-9][a-z0-9-]{{0,48}})"
_EVENT: Final = r"/ledger/events/([0-9a-f]{64})"
_NAME: Final = r"([a-z0-9][A-Za-z0-9._-]{0,99})"
_COMING: Final = r"/sources/in/([a-z][a-z0-9_-]{0,39})"
_FILE: Final = r"/files/([a-z0-9][a-z0-9-]{0,48})"
_REPLY: Final = r"/replies/([a-z0-9][a-z0-9-]{0,48}\.(?:nl|en))"
_INTERVENTION: Final = r"/interventions/([^/]{1,64})"
_TABLE: Final = r"/tables/([a-z][a-z0-9_-]{0,39})"
_SCIENTIST: Final[Sequence[Role]] = ("scientist",)
_MAKERS: Final[Sequence[Role]] = ("scientist", "author")
ROUTES: Final[Sequence[tuple[str, str, Handler, Sequence[Role]]]] = (
    ("GET", "/", home.show, ROLES),
    ("GET", "/bundles", bundles.index, ROLES),
    ("GET", "/bundles/new", bundles.new, _MAKERS),
    ("POST", "/bundles", bundles.prepare, _MAKERS),
    ("POST", "/bundles/alternatives", bundles.alternatives, _SCIENTIST),
    ("GET", _BUNDLE, bundle.show, ROLES),
    ("GET", rf"{_BUNDLE}/items/([0-9]{{1,5}})", bundle.item, ROLES),
    ("GET", rf"{_BUNDLE}/items/([0-9]{{1,5}})\.json", bundle.payload, ROLES),
    ("GET", rf"{_BUNDLE}/items/([0-9]{{1,5}})/file", bundle_file.hand_out, ROLES),
    ("GET", f"{_BUNDLE}/certificate", bundle.certificate, ROLES),
    ("POST", f"{_BUNDLE}/answer", deciding.answer, _MAKERS),
    ("POST", f"{_BUNDLE}/approve", deciding.approve, ("reviewer",)),
    ("POST", f"{_BUNDLE}/reject", deciding.reject, ("reviewer",)),
    ("POST", f"{_BUNDLE}/hold", deciding.hold, ("officer",)),
    ("POST", f"{_BUNDLE}/lift", deciding.lift, ("officer",)),
    ("POST", f"{_BUNDLE}/advise", deciding.advise, ("officer",)),
    ("POST", f"{_BUNDLE}/publish", deciding.publish, _MAKERS),
    ("GET", "/lessons", lessons_page.index, _MAKERS),
    ("POST", "/lessons", lessons_page.save, _MAKERS),
    ("GET", "/lessons/new", lessons_page.new, _MAKERS),
    ("POST", "/lessons/check", word_findings.check, _MAKERS),
    ("GET", _LESSON, lessons_page.show, _MAKERS),
    ("POST", f"{_LESSON}/replace", lessons_page.replace, _MAKERS),
    ("POST", f"{_LESSON}/stand", lessons_page.stand, _MAKERS),
    ("POST", f"{_LESSON}/withdraw", lessons_page.withdraw, _MAKERS),
    ("GET", "/citations", citations_page.index, _MAKERS),
    ("POST", "/citations", citations_page.save, _MAKERS),
    ("GET", "/citations/new", citations_page.new, _MAKERS),
    ("GET", _CITATION, citations_page.show, _MAKERS),
    ("POST", f"{_CITATION}/replace", citations_page.replace, _MAKERS),
    ("POST", f"{_CITATION}/stand", citations_page.stand, _MAKERS),
    ("POST", f"{_CITATION}/release", citations_page.release, _MAKERS),
    ("POST", f"{_CITATION}/withdraw", citations_page.withdraw, _MAKERS),
    ("GET", "/learning", learning_page.index, _MAKERS),
    ("POST", _LEARNT, learning_page.save, _MAKERS),
    ("GET", f"{_LEARNT}/new", learning_page.new, _MAKERS),
    ("GET", _LEARNT_ONE, learning_page.show, _MAKERS),
    ("POST", _LEARNT_ONE, learning_page.save, _MAKERS),
    ("POST", f"{_LEARNT_ONE}/replace", learning_page.replace, _MAKERS),
    ("POST", f"{_LEARNT_ONE}/stand", learning_page.stand, _MAKERS),
    ("POST", f"{_LEARNT_ONE}/release", learning_page.release, _MAKERS),
    ("POST", f"{_LEARNT_ONE}/withdraw", learning_page.withdraw, _MAKERS),
    ("GET", "/heard", heard_page.show, _MAKERS),
    ("GET", "/messages", messages_page.show, _MAKERS),
    ("POST", "/messages/fetch", messages_page.fetch, _MAKERS),
    ("POST", r"/messages/([^/]{1,100})/done", messages_page.done, _MAKERS),
    ("GET", "/files", files_page.index, _MAKERS),
    ("POST", "/files", files_page.keep, _MAKERS),
    ("GET", _FILE, files_page.show, _MAKERS),
    ("POST", _FILE, files_page.keep, _MAKERS),
    ("GET", f"{_FILE}/file", files_page.hand_out, _MAKERS),
    ("POST", f"{_FILE}/stand", files_page.stand, _MAKERS),
    ("POST", f"{_FILE}/release", files_page.release, _MAKERS),
    ("POST", f"{_FILE}/withdraw", files_page.withdraw, _MAKERS),
    ("GET", "/replies", replies_page.index, _MAKERS),
    ("POST", "/replies", replies_page.save, _MAKERS),
    ("POST", "/replies/waive", replies_page.waive, _MAKERS),
    ("GET", _REPLY, replies_page.show, _MAKERS),
    ("POST", _REPLY, replies_page.save, _MAKERS),
    ("POST", f"{_REPLY}/stand", replies_page.stand, _MAKERS),
    ("POST", f"{_REPLY}/release", replies_page.release, _MAKERS),
    ("POST", f"{_REPLY}/withdraw", replies_page.withdraw, _MAKERS),
    ("GET", "/sources", sources_page.index, _SCIENTIST),
    ("POST", "/sources/in", extracts_page.begin, _SCIENTIST),
    ("GET", _COMING, extracts_page.incoming, _SCIENTIST),
    ("POST", f"{_COMING}/files/([^/]{{1,200}})", extracts_page.receive, _SCIENTIST),
    ("POST", f"{_COMING}/mapping", extracts_page.keep_mapping, _SCIENTIST),
    ("POST", f"{_COMING}/choose", extracts_page.choose, _SCIENTIST),
    ("POST", f"{_COMING}/check", extracts_page.check, _SCIENTIST),
    ("POST", f"{_COMING}/load", extracts_page.load, _SCIENTIST),
    ("POST", f"{_COMING}/forget", extracts_page.forget, _SCIENTIST),
    ("GET", f"/sources/{_NAME}", sources_page.show, _SCIENTIST),
    ("POST", f"/sources/{_NAME}/remove", sources_page.remove, _SCIENTIST),
    ("GET", "/tables", tables_page.index, _SCIENTIST),
    ("POST", "/tables", tables_page.keep, _SCIENTIST),
    ("GET", _TABLE, tables_page.show, _SCIENTIST),
    ("POST", _TABLE, tables_page.keep, _SCIENTIST),
    ("POST", f"{_TABLE}/freeze", tables_page.freeze, _SCIENTIST),
    ("POST", f"{_TABLE}/forget", tables_page.forget, _SCIENTIST),
    ("GET", "/linkage", linkage_page.show, _SCIENTIST),
    ("GET", "/linkage/sample", linkage_sample.show, _SCIENTIST),
    ("POST", "/linkage/sample/judge", linkage_sample.judge, _SCIENTIST),
    ("POST", "/linkage/sample/back", linkage_sample.take_back, _SCIENTIST),
    ("GET", "/evaluations", evaluations_page.index, _SCIENTIST),
    ("POST", "/evaluations", evaluations_page.ask, _SCIENTIST),
    ("POST", "/evaluations/freeze", evaluations_page.freeze_shown, _SCIENTIST),
    ("GET", "/interventions", interventions_page.index, _SCIENTIST),
    ("POST", "/interventions", interventions_page.save, _SCIENTIST),
    ("GET", "/interventions/new", interventions_page.new, _SCIENTIST),
    ("GET", _INTERVENTION, interventions_page.show, _SCIENTIST),
    ("POST", _INTERVENTION, interventions_page.save, _SCIENTIST),
    ("POST", f"{_INTERVENTION}/remove", interventions_page.remove, _SCIENTIST),
    ("GET", "/definitions", definitions_page.index, ("scientist", "reviewer")),
    ("GET", f"/definitions/{_NAME}", definitions_page.show, ("scientist", "reviewer")),
    ("POST", f"/definitions/{_NAME}", definitions_page.approve, _SCIENTIST),
    ("GET", "/plans", plans_page.show, _SCIENTIST),
    ("POST", "/plans/ingest", plans_page.ingest, _SCIENTIST),
    ("POST", "/plans/measure", plans_page.measure, _SCIENTIST),
    ("POST", f"/plans/{_NAME}/run", plans_page.run, _SCIENTIST),
    ("POST", f"/plans/{_NAME}/remove", plans_page.remove, _SCIENTIST),
    ("GET", "/rounds", rounds_page.index, _MAKERS),
    ("POST", "/rounds", rounds_page.begin, _MAKERS),
    ("GET", f"/rounds/{_NAME}", rounds_page.show, _MAKERS),
    ("POST", f"/rounds/{_NAME}/invite", rounds_page.invite, _MAKERS),
    ("POST", f"/rounds/{_NAME}/say", rounds_page.say, _MAKERS),
    ("POST", f"/rounds/{_NAME}/close", rounds_page.close, _MAKERS),
    ("POST", f"/rounds/{_NAME}/release", rounds_page.release, _MAKERS),
    ("GET", "/ledger", ledger_page.show, ROLES),
    ("POST", "/ledger/ship", ledger_page.ship, _MAKERS),
    ("POST", "/ledger/scrub", event_page.scrub, _SCIENTIST),
    ("GET", _EVENT, event_page.show, ROLES),
    ("POST", f"{_EVENT}/withdraw", event_page.withdraw, _MAKERS),
    ("GET", f"{_EVENT}/redact", redact_page.ask, _MAKERS),
    ("POST", f"{_EVENT}/redact", redact_page.confirm, _MAKERS),
    ("POST", f"{_EVENT}/redact/freeze", redact_page.freeze, _MAKERS),
    ("GET", "/ledger/keys", keys_page.show, ROLES),
    ("POST", "/ledger/keys/renew", keys_page.renew, _SCIENTIST),
    ("POST", r"/ledger/keys/([0-9a-f]{16})/revoke", keys_page.revoke, ("scientist", "reviewer")),
    ("GET", "/key", key_page.show, ("reviewer", "officer")),
    ("POST", "/key", key_page.join, ("reviewer", "officer")),
    ("POST", "/key/enrol", key_page.enrol, ("reviewer",)),
)
TAKE_FILES: Final[Sequence[Handler]] = (tables_page.keep, files_page.keep)


@dataclass(frozen=True, slots=True)
class Route:
    """What answers an address, for whom, with the parts of the address that vary."""

    handler: Handler
    roles: Sequence[Role]
    parts: tuple[str, ...]

    @property
    def takes_files(self) -> bool:
        """Tell whether a form with files may be sent here."""
        return self.handler in TAKE_FILES


_COMPILED: Final = tuple((method, re.compile(path), handler, roles) for method, path, handler, roles in ROUTES)


def find(method: str, path: str) -> Route | None:
    """Return what answers a request; None where nothing does."""
    for known, pattern, handler, roles in _COMPILED:
        if known == method and (found := pattern.fullmatch(path)):
            return Route(handler, roles, found.groups())
    return None
