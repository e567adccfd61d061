"""When tokens end and who is told before, on both databases: no token for ever, and nobody surprised."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from connectors.database import writing
from hub.config import Hub
from hub.identity import tokens
from hub.identity.tables import token as token_table
from hub.identity.token_ends import Ending, TokenExpiryFar, TokenExpiryPast, ending
from hub.identity.tokens import bearer_of, ended_on, issue_token, renew_token
from hub.intake.enrol import PartnerExists, add_partner
from hub.intake.renew import RenewalProofMismatch, RenewedTokenUnfit, TokenHoldsOn, renew
from schemas.canonical import sha256_hex
from schemas.renewal import renewal_message
from schemas.signature import Purpose, SigningKey
from tests.support.events import TestRegion
from tests.support.hub_stores import Clock, join

NEXT = sha256_hex(b"the next token of the region")


def _made(hub: Hub, until: datetime | None = None, scope: str = "read:partners") -> tuple[str, str]:
    with writing(hub.engine) as connection:
        return issue_token(connection, hub.clock(), "export", "a partner", [scope], until)


def _told(hub: Hub) -> list[Ending]:
    with hub.engine.connect() as connection:
        return list(ending(connection, hub.clock()))


def _ends(hub: Hub) -> set[str | None]:
    with hub.engine.connect() as connection:
        return set(connection.scalars(select(token_table.c.expires_at)))


def _proof(key: SigningKey, code: str, digest: str = NEXT) -> str:
    return key.sign(Purpose.RENEWAL, renewal_message(code, digest))


def test_every_token_ends_within_a_year_unless_told_and_within_two_in_any_case(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    with writing(stored_hub.engine) as connection:
        add_partner(connection, "Kennisbank", stored_hub.clock())
    _made(stored_hub)
    assert _ends(stored_hub) == {"2027-11-22T23:59:59Z"}, region.code
    _made(stored_hub, datetime.fromisoformat("2028-11-22T23:59:59Z"))
    with pytest.raises(TokenExpiryFar, match="up to 2028-11-22"):
        _made(stored_hub, datetime.fromisoformat("2028-11-23T00:00:00Z"))
    with pytest.raises(TokenExpiryPast):
        _made(stored_hub, stored_hub.clock())


def test_an_end_is_told_for_a_month_before_and_a_month_after_until_another_token_is_there(
    stored_hub: Hub, clock: Clock
) -> None:
    made, secret = _made(stored_hub)
    clock.move(days=335)
    assert _told(stored_hub) == []
    clock.move(days=1)
    assert _told(stored_hub) == [Ending(made, "export", "a partner", "2027-11-22T23:59:59Z", is_over=False)]
    with writing(stored_hub.engine) as connection:
        tokens.note_use(connection, made, stored_hub.clock())
    clock.move(days=30)
    assert [one.is_over for one in _told(stored_hub)] == [True]
    with stored_hub.engine.connect() as connection:
        assert bearer_of(connection, secret, stored_hub.clock()) is None
        assert (ended_on(connection, secret), ended_on(connection, "unknown")) == ("2027-11-22", None)
    with writing(stored_hub.engine) as connection:
        _, following = renew_token(connection, made, stored_hub.clock())
        assert bearer_of(connection, following, stored_hub.clock()) is not None
    assert _told(stored_hub) == []


def test_a_token_that_nobody_used_any_more_ends_without_a_word(stored_hub: Hub, clock: Clock) -> None:
    _made(stored_hub, stored_hub.clock() + timedelta(days=31))
    clock.move(days=32)
    assert _told(stored_hub) == []


def test_a_token_of_the_same_name_made_long_before_is_not_taken_for_the_next(stored_hub: Hub, clock: Clock) -> None:
    first, _ = _made(stored_hub)
    _made(stored_hub, stored_hub.clock() + timedelta(days=700))
    clock.move(days=340)
    assert [one.id for one in _told(stored_hub)] == [first]


def test_a_token_without_an_end_is_told_whatever_made_it(stored_hub: Hub) -> None:
    made, _ = _made(stored_hub)
    with writing(stored_hub.engine) as connection:
        connection.execute(update(token_table).values(expires_at=None))
    assert [(one.id, one.expires_at) for one in _told(stored_hub)] == [(made, None)]
    with writing(stored_hub.engine) as connection:
        renew_token(connection, made, stored_hub.clock())
    assert _told(stored_hub) == []
    assert _ends(stored_hub) == {"2026-12-22T23:59:59Z", "2027-11-22T23:59:59Z"}


def test_a_renewed_token_holds_on_for_a_month_and_one_taken_back_is_not_renewed(stored_hub: Hub, clock: Clock) -> None:
    made, former = _made(stored_hub)
    with writing(stored_hub.engine) as connection:
        _, following = renew_token(connection, made, stored_hub.clock())
    for days, hold in ((30, (True, True)), (1, (False, True))):
        clock.move(days=days)
        with stored_hub.engine.connect() as connection:
            seen = tuple(bearer_of(connection, one, stored_hub.clock()) is not None for one in (former, following))
        assert seen == hold
    with writing(stored_hub.engine) as connection:
        tokens.revoke_token(connection, made, stored_hub.clock())
        with pytest.raises(tokens.TokenUnknown):
            renew_token(connection, made, stored_hub.clock())


def test_a_partner_whose_token_ended_can_be_added_anew(stored_hub: Hub, clock: Clock) -> None:
    with writing(stored_hub.engine) as connection:
        add_partner(connection, "Kennisbank", stored_hub.clock())
        with pytest.raises(PartnerExists, match="token renew"):
            add_partner(connection, "Kennisbank", stored_hub.clock())
        clock.move(days=366)
        add_partner(connection, "Kennisbank", stored_hub.clock())


def test_a_region_renews_its_own_by_its_service_key_and_by_nothing_else(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    with stored_hub.engine.connect() as connection:
        (shown,) = connection.scalars(select(token_table.c.id))

    def renewed(proof: str, digest: str = NEXT) -> str:
        with writing(stored_hub.engine) as connection:
            return renew(connection, region.code, shown, digest, proof, stored_hub.clock())

    with pytest.raises(TokenHoldsOn, match="2027-11-22"):
        renewed(_proof(region.service, region.code))
    clock.move(days=306)
    for wrong in (
        _proof(SigningKey.generate(), region.code),
        _proof(region.service, "XR-ANDERS"),
        _proof(region.service, region.code, sha256_hex(b"another")),
        region.service.sign(Purpose.ENROLMENT, renewal_message(region.code, NEXT)),
    ):
        with pytest.raises(RenewalProofMismatch):
            renewed(wrong)
    until = renewed(_proof(region.service, region.code))
    assert until == "2028-09-23T23:59:59Z"
    clock.move(days=10)
    assert renewed(_proof(region.service, region.code)) == until, "asked again, nothing is made anew"
    assert _ends(stored_hub) == {"2027-11-22T23:59:59Z", until}
    assert _told(stored_hub) == []


def test_a_next_token_that_was_taken_back_is_not_brought_to_life(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    clock.move(days=310)
    with writing(stored_hub.engine) as connection:
        (shown,) = connection.scalars(select(token_table.c.id))
        renew(connection, region.code, shown, NEXT, _proof(region.service, region.code), stored_hub.clock())
        made = connection.scalar(select(token_table.c.id).where(token_table.c.sha256 == NEXT))
        assert made is not None
        tokens.revoke_token(connection, made, stored_hub.clock())
        with pytest.raises(RenewedTokenUnfit):
            renew(connection, region.code, shown, NEXT, _proof(region.service, region.code), stored_hub.clock())
