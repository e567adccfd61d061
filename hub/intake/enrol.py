"""Enrol a region: an invitation, used once, turns a region's keys into keys the hub trusts."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from hub.audit import OPERATOR, record, utc_text
from hub.identity.tokens import has_token, issue_token, partner_owner, region_owner, revoke_tokens_of
from hub.intake.keys import in_use, is_name_taken, next_place
from hub.tables import invitation, key, region
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import REGION_CODE
from schemas.fingerprint import digits_of, fingerprint, is_fingerprint
from schemas.refused import Refused
from schemas.signature import PublicKey, Purpose, SignatureMismatch

HOLDS: Final = timedelta(days=30)  # an invitation, used or not: it lies in a mail or a note somewhere
_TOKEN_BYTES = 32
_LONGEST_NAME, _LONGEST_SET = 200, 64  # characters
ENROLMENT: Final = "enrolment"  # the name of the token that enrolling gives


class RegionCodeWrong(Refused, ValueError):
    """A region code in a form we do not use."""


class RegionNameWrong(Refused, ValueError):
    """A region's name, or that of its set, which is empty, too long or cannot be printed."""


class FingerprintWrong(Refused, ValueError):
    """A fingerprint in a form that none has."""


class RegionEnrolledAlready(Refused, ValueError):
    """A region that has its keys and token."""


class RegionNotEnrolled(Refused, ValueError):
    """A region that has no chain at this hub yet, and so none to come back to."""


class EnrolmentKeyInUse(ValueError):
    """A key of an enrolment that serves another region or another use, or that was revoked."""


class InvitationUnknown(PermissionError):
    """An invitation that this hub did not issue to this region, or that was used with other keys."""


class InvitationOver(InvitationUnknown):
    """An invitation of this region that holds no longer."""


class FingerprintUnexpected(PermissionError):
    """Keys other than those whose fingerprint the operator was told beforehand."""


class EnrolmentProofMismatch(PermissionError):
    """An enrolment whose proof does not fit its service key."""


class ReviewerKeysWrong(ValueError):
    """Reviewer keys that are not one distinct key per reviewer, apart from the service key."""


class PartnerExists(Refused, ValueError):
    """A partner that has a token already."""


@dataclass(frozen=True, slots=True)
class ReviewerKey:
    """A reviewer's own public key, and on whose behalf the reviewer signs."""

    hex: str
    role: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a region sends to be enrolled; `proof` signs the rest with the service key."""

    region: str
    invitation: str
    service_key: str
    reviewer_keys: Sequence[ReviewerKey]
    proof: str


def enrolment_message(enrolment: Enrolment) -> bytes:
    """Return the canonical bytes that the proof signs; the invitation takes part as its SHA-256."""
    return canonical_bytes(
        {
            "region": enrolment.region,
            "invitation_sha256": sha256_hex(enrolment.invitation.encode()),
            "service_key": enrolment.service_key,
            "reviewer_keys": [{"hex": k.hex, "role": k.role} for k in enrolment.reviewer_keys],
        }
    )


def invite(
    connection: Connection,
    code: str,
    name: str,
    region_set: str,
    now: datetime,
    fingerprint: str | None = None,
    by: str = OPERATOR,
    **where: str,
) -> str:
    """Register a region and return its invitation, which is shown once and kept as a hash only.

    With `fingerprint` it is good for those keys only, and they count at once; without, the keys that come wait until
    their fingerprint was approved. A new invitation takes the place of an unused one. `by` and `where` (an origin) go
    into the log. Raises RegionCodeWrong, RegionNameWrong, FingerprintWrong or RegionEnrolledAlready.
    """
    if not REGION_CODE.fullmatch(code):
        raise RegionCodeWrong("The region code has another form; write two letters and more, like GG0111 or XR-DUIN.")
    for text, longest in ((name, _LONGEST_NAME), (region_set, _LONGEST_SET)):
        if not (text.strip() and text.isprintable() and len(text) <= longest):
            raise RegionNameWrong(
                f"A region's name is one printable line of at most {_LONGEST_NAME} characters, its set one of at most "
                f"{_LONGEST_SET}; give both."
            )
    row = connection.execute(select(region.c.enrolled_at).where(region.c.code == code)).one_or_none()
    if row is None:
        connection.execute(insert(region).values(code=code, name=name, region_set=region_set))
    elif row.enrolled_at is not None:
        raise RegionEnrolledAlready(f"Region {code} is enrolled already; it needs no invitation.")
    else:
        connection.execute(update(region).where(region.c.code == code).values(name=name, region_set=region_set))
    return _issue(connection, code, "region invited", now, fingerprint, by, **where)


def invite_again(
    connection: Connection,
    code: str,
    now: datetime,
    fingerprint: str | None = None,
    by: str = OPERATOR,
    **where: str,
) -> str:
    """Return an invitation by which an enrolled region states its keys anew and goes on with its chain.

    Its keys hold until it is used. Raises RegionNotEnrolled or FingerprintWrong.
    """
    row = connection.execute(select(region.c.enrolled_at).where(region.c.code == code)).one_or_none()
    if row is None or row.enrolled_at is None:
        raise RegionNotEnrolled(f"Region {code} is not enrolled at this hub; invite it without --again.")
    return _issue(connection, code, "region invited again", now, fingerprint, by, **where)


def enrol(connection: Connection, enrolment: Enrolment, now: datetime) -> str:
    """Enrol a region's keys and return its bearer token, kept as a hash only.

    The keys named are all that hold from the place behind the last event held: of a region that was invited again,
    those it does not name any more end there. As long as the same keys hold they may enrol again with the same
    invitation, so a lost answer costs nothing; they get a new token. Raises InvitationUnknown (InvitationOver after
    HOLDS), EnrolmentProofMismatch, ReviewerKeysWrong or EnrolmentKeyInUse.
    """
    digest = sha256_hex(enrolment.invitation.encode())
    found = connection.execute(select(invitation).where(invitation.c.sha256 == digest).with_for_update()).one_or_none()
    if found is None or not hmac.compare_digest(found.region.encode(), enrolment.region.encode()):
        raise InvitationUnknown("The invitation is not one for this region; ask the hub's operator for a new one.")
    service = PublicKey(enrolment.service_key)
    try:
        service.verify(Purpose.ENROLMENT, enrolment_message(enrolment), enrolment.proof)
    except SignatureMismatch as error:
        raise EnrolmentProofMismatch("The proof does not fit the service key; sign the enrolment again.") from error
    if found.issued_at <= utc_text(now - HOLDS):
        raise InvitationOver(f"The invitation is older than {HOLDS.days} days; ask the hub's operator for a new one.")
    wanted = _wanted_keys(enrolment)
    came = fingerprint(enrolment.service_key, [one.hex for one in enrolment.reviewer_keys])
    if found.fingerprint is not None and not hmac.compare_digest(found.fingerprint, digits_of(came)):
        raise FingerprintUnexpected(
            "The invitation is good for other keys; read the fingerprint to the hub's operator (`node fingerprint`)."
        )
    if found.used_at is None:
        _keep_keys(connection, enrolment.region, wanted, now)
        waits = came if found.fingerprint is None else None
        connection.execute(update(region).where(region.c.code == enrolment.region).values(awaiting=waits))
        connection.execute(update(invitation).where(invitation.c.sha256 == digest).values(used_at=utc_text(now)))
    elif _kept_keys(connection, enrolment.region) != {(hex_, use) for hex_, (use, _) in wanted.items()}:
        raise InvitationUnknown("The invitation was used with other keys; ask the hub's operator what happened.")
    code, owner = enrolment.region, region_owner(enrolment.region)
    connection.execute(update(region).where(region.c.code == code).values(enrolled_at=utc_text(now)))
    revoke_tokens_of(connection, owner, now, by=code, name=ENROLMENT)
    _, token = issue_token(connection, now, ENROLMENT, owner, (f"send:{code}", "read:network"), by=code)
    record(connection, now, enrolment.region, "region enrolled", key=service.key_id, reviewers=len(wanted) - 1)
    return token


def add_partner(connection: Connection, name: str, now: datetime, by: str = OPERATOR, **where: str) -> str:
    """Register a partner and return its reading token, kept as a hash only, good for a year; raises PartnerExists."""
    if has_token(connection, partner_owner(name), now):
        raise PartnerExists(
            f"Partner {name} has a token that holds; `python -m hub token renew` gives another, or choose another name."
        )
    _, token = issue_token(connection, now, "reading", partner_owner(name), ("read:partners",), None, by, **where)
    record(connection, now, by, "partner added", partner=name, **where)
    return token


def _issue(
    connection: Connection, code: str, action: str, now: datetime, expected: str | None, by: str, **where: str
) -> str:
    if expected and not is_fingerprint(expected):
        raise FingerprintWrong("A fingerprint has 32 digits from 0 to 9 and a to f; have it read out again.")
    connection.execute(delete(invitation).where(invitation.c.region == code, invitation.c.used_at.is_(None)))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    connection.execute(
        insert(invitation).values(
            sha256=sha256_hex(token.encode()),
            region=code,
            issued_at=utc_text(now),
            fingerprint=digits_of(expected) if expected else None,
        )
    )
    record(connection, now, by, action, region=code, **where)
    return token


def _wanted_keys(enrolment: Enrolment) -> dict[str, tuple[str, str]]:
    wanted = {enrolment.service_key: ("service", "service")}
    for reviewer in enrolment.reviewer_keys:
        if reviewer.hex in wanted:
            raise ReviewerKeysWrong("Two of the keys are the same; each reviewer and the service need their own key.")
        wanted[reviewer.hex] = ("reviewer", reviewer.role)
    if len({PublicKey(hex_).key_id for hex_ in wanted}) < len(wanted):
        raise ReviewerKeysWrong("Two of the keys have the same short name; make one of them anew.")
    if len(wanted) < 2:
        raise ReviewerKeysWrong("The enrolment names no reviewer key; add at least one, two to release figures.")
    return wanted


def _keep_keys(connection: Connection, code: str, wanted: dict[str, tuple[str, str]], now: datetime) -> None:
    connection.execute(select(region.c.code).where(region.c.code == code).with_for_update()).all()
    place = next_place(connection, code)
    connection.execute(
        update(key)
        .where(key.c.region == code, key.c.until_sequence.is_(None), key.c.hex.not_in(sorted(wanted)))
        .values(until_sequence=place)
    )
    for hex_, (use, role) in wanted.items():
        public = PublicKey(hex_)
        users = in_use(connection, public)
        if any(row.region != code or row.use != use or row.until_sequence is not None for row in users):
            raise EnrolmentKeyInUse(
                f"Key {public.key_id} serves another region or use, or was revoked; enrol with a new key."
            )
        if is_name_taken(connection, code, public):
            raise EnrolmentKeyInUse(f"Key {public.key_id} has the short name of another key; enrol with a new key.")
        if not users:
            values = {"region": code, "key_id": public.key_id, "hex": hex_, "use": use, "role": role}
            connection.execute(insert(key).values(**values, enrolled_at=utc_text(now), from_sequence=place))


def _kept_keys(connection: Connection, code: str) -> set[tuple[str, str]]:
    held = select(key.c.hex, key.c.use).where(key.c.region == code, key.c.until_sequence.is_(None))
    return {(row.hex, row.use) for row in connection.execute(held)}
