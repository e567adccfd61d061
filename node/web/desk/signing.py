"""Decisions that somebody signs in a browser with a key of their own: the form, and what is checked of its answer.

An approval is signed as on the command line: purpose `regiohelix/approval/v1` over region, root and number of items.
Any other decision is signed with purpose `regiohelix/desk/v1` over canonical JSON (RFC 8785) of what is decided, on
which frozen copy, why, and the moment of its page: it stays in the region, and is kept there with the decision.
"""

import json
import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from node.audit import timestamp
from node.release.brought import BroughtSignature
from node.release.candidate import FrozenBundle
from node.release.officer import officers
from node.release.person import same_person
from node.release.refusal import ReleaseRefused
from node.release.review import reviewers
from node.release.signed_decisions import DecisionStep, decision_about, keep
from node.work import enrolling
from schemas.canonical import canonical_bytes
from schemas.envelope import approval_message
from schemas.payloads import key_proof_message
from schemas.signature import PublicKey, Purpose

from .markup import Child, Html, h
from .page import area, button, command, form
from .visit import Visit

_KEY: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = timedelta(hours=10)  # as a session; an older page is opened again


class KeyNotYours(ReleaseRefused):
    """A signature by a key that is not of the one who signed in."""


class SignatureMissing(ReleaseRefused):
    """A decision without a signature: sent without script, or with none of its key."""


class PageTooOld(ReleaseRefused):
    """A decision on a page that was opened too long ago."""


def approval_form(visit: Visit, bundle: FrozenBundle) -> Html:
    """Return the form by which a reviewer signs the frozen copy."""
    message = approval_message(visit.desk.settings.region, bundle.root, len(bundle.items))
    line = f"python -m node review approve {bundle.id} --key FILE"
    return _signed(
        visit, f"/bundles/{bundle.id}/approve", "approve", visit.t("Onderteken akkoord", "Sign approval"), line, (),
        purpose=Purpose.APPROVAL, message=message.hex(), primary=True,
    )  # fmt: skip


def decision_form(visit: Visit, bundle: FrozenBundle, step: DecisionStep, label: str, ask: str, line: str) -> Html:
    """Return the form for another decision on a bundle, with its reason."""
    at = timestamp(visit.desk.clock())
    about = decision_about(visit.desk.settings.region, step, bundle.id, bundle.root, at)
    asked = area(ask, "reason", hint=visit.t("Zonder namen; anderen lezen dit.", "Without names; others read this."),
                 id_=f"reason-{step}")  # fmt: skip
    return _signed(
        visit, f"/bundles/{bundle.id}/{step}", step, label, line, (asked,),
        purpose=Purpose.DESK, decision=json.dumps(about), at=at,
    )  # fmt: skip


def joining_form(visit: Visit, line: str) -> Html:
    """Return the form by which somebody makes their key known, and proves that they have it."""
    at = timestamp(visit.desk.clock())
    about = decision_about(visit.desk.settings.region, "join", visit.who.name, visit.who.organisation, at)
    label = visit.t("Maak deze sleutel bekend", "Make this key known")
    return _signed(
        visit, "/key", "join", label, line, (), purpose=Purpose.DESK, decision=json.dumps(about), at=at, primary=True
    )  # fmt: skip


def enrolment_form(visit: Visit, key: PublicKey, line: str) -> Html:
    """Return the form by which a reviewer has the hub told of their key, signed as `key add-reviewer` does."""
    message = key_proof_message(visit.desk.settings.region, key.hex, enrolling.PURPOSE)
    label = visit.t("Vraag de hub mijn sleutel te kennen", "Have the hub told of my key")
    return _signed(
        visit, "/key/enrol", "enrol", label, line, (), purpose=Purpose.ENROLMENT, message=message.hex(), primary=True
    )  # fmt: skip


def brought(visit: Visit) -> BroughtSignature:
    """Return the signature that a form brings; raises SignatureMissing."""
    key, signature = visit.one("key", ""), visit.one("signature", "")
    if not _KEY.fullmatch(key) or not signature:
        raise SignatureMissing(
            "This was sent without a signature; choose your key file and let scripts of this page run, or use the "
            "command line that the page shows."
        )
    return BroughtSignature(PublicKey(key), signature)


def own_signature(visit: Visit, connection: Connection) -> BroughtSignature:
    """Return the signature that a form brings, by a key that this person joined with; raises KeyNotYours."""
    found = brought(visit)
    people = reviewers(connection) if visit.may("reviewer") else officers(connection)
    owner = next((one.name for one in people if one.key == found.public), None)
    if owner is None:
        raise KeyNotYours("This key is not known here; make it known under 'My key' first, or choose the right file.")
    if not same_person(owner, visit.who.name):
        raise KeyNotYours(f"This is the key of {owner}, and {visit.who.name} signed in; choose your own key file.")
    return found


def decided(
    visit: Visit, connection: Connection, bundle: FrozenBundle, step: DecisionStep, now: datetime
) -> tuple[BroughtSignature, str]:
    """Return who decided so and why, by their own signature over this decision and its reason, which is kept.

    Raises KeyNotYours, SignatureMissing, PageTooOld or SignatureMismatch.
    """
    found, reason = own_signature(visit, connection), visit.one("reason")
    region = visit.desk.settings.region
    keep(connection, region, bundle, step, found, reason, timestamp(now), _moment(visit))
    return found, reason


def joined(visit: Visit) -> PublicKey:
    """Return the key that this person proves to have; raises SignatureMissing, PageTooOld or SignatureMismatch."""
    found = brought(visit)
    about = decision_about(visit.desk.settings.region, "join", visit.who.name, visit.who.organisation, _moment(visit))
    found.sign(Purpose.DESK, canonical_bytes(about))
    return found.public


def _moment(visit: Visit) -> str:
    at, now = visit.one("at"), visit.desk.clock()
    try:
        age = now - datetime.fromisoformat(at)
    except (ValueError, TypeError) as error:
        raise PageTooOld("This page does not say when it was opened; open it again.") from error
    if not timedelta(0) <= age <= _LONGEST:
        raise PageTooOld("This page was opened too long ago; open it again and decide on what it shows then.")
    return at


def _signed(
    visit: Visit,
    action: str,
    step: str,
    label: str,
    line: str,
    before: tuple[Child, ...],
    *,
    purpose: Purpose,
    message: str | None = None,
    decision: str | None = None,
    at: str = "",
    primary: bool = False,
) -> Html:
    """Return a form that the script signs: its key file and passphrase have no name, so that they are never sent."""
    file, secret = f"key-{step}", f"passphrase-{step}"
    told = h("p", "", class_="note stop small", role="alert", hidden=True, tabindex=-1, data_told=True)
    alone = visit.t("blijft op dit apparaat", "stays on this device")
    return form(
        visit,
        action,
        [h("input", type="hidden", name=name, value=value)
         for name, value in (("signature", ""), ("key", ""), ("at", at))],
        *before,
        h("div", h("label", visit.t("Uw sleutelbestand", "Your key file"), " ", h("span", f"({alone})",
                                                                                  class_="quiet"), for_=file),
          h("input", type="file", id=file, accept=".pem"), class_="field"),
        h("div", h("label", visit.t("Wachtzin van de sleutel", "The key's passphrase"), for_=secret),
          h("input", type="password", id=secret, autocomplete="off"), class_="field"),
        told,
        h("p", button(label, primary=primary, disabled=True), class_="btns"),
        h("details", h("summary", visit.t("Zonder script, op de opdrachtregel", "Without script, on the command line")),
          command(line)),
        class_="signed",
        data_purpose=str(purpose), data_message=message, data_decision=decision,
        data_missing=visit.t("Kies eerst uw sleutelbestand.", "Choose your key file first."),
        data_unreadable=visit.t("Dit is geen leesbare sleutel; kies het bestand dat u bewaarde.",
                                "This is no readable key; choose the file that you saved."),
        data_passphrase=visit.t("De wachtzin van de sleutel ontbreekt of is niet de goede.",
                                "The key's passphrase is missing or wrong."),
        data_other=visit.t("Deze sleutel is anders versleuteld; gebruik de opdrachtregel.",
                           "This key is encrypted in another way; use the command line."),
        data_unable=visit.t("Deze browser kan hier niet ondertekenen; gebruik de opdrachtregel.",
                            "This browser cannot sign here; use the command line."),
    )  # fmt: skip
