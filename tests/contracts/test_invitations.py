"""An invitation lets in whom it was made for, for a while, and nobody who found it or a key; on both databases."""

from datetime import timedelta

import pytest

from connectors.database import writing
from hub.config import Hub
from hub.intake.enrol import HOLDS, InvitationOver, InvitationUnknown, invite, invite_again
from hub.intake.keys import revoke_by_operator
from schemas.signature import SigningKey
from tests.support.events import TestRegion
from tests.support.hub_stores import join


def test_the_first_invitation_gives_no_token_to_who_has_a_stolen_key(stored_hub: Hub) -> None:
    region = TestRegion()
    with writing(stored_hub.engine) as connection:
        invitation = invite(connection, region.code, "Duinrand", "invented", stored_hub.clock())
    join(stored_hub, region, invitation)
    join(stored_hub, region, invitation)
    with writing(stored_hub.engine) as connection:
        revoke_by_operator(connection, region.code, region.service.public.key_id, "stolen", stored_hub.clock())
    with pytest.raises(InvitationUnknown):
        join(stored_hub, region, invitation)


def test_an_invitation_that_lay_about_for_a_month_lets_nobody_in(stored_hub: Hub) -> None:
    now, region = stored_hub.clock(), TestRegion()
    with writing(stored_hub.engine) as connection:
        late = invite(connection, region.code, "Duinrand", "invented", now - HOLDS)
    with pytest.raises(InvitationOver, match="older than 30 days"):
        join(stored_hub, region, late)
    with writing(stored_hub.engine) as connection:
        in_time = invite(connection, region.code, "Duinrand", "invented", now - HOLDS + timedelta(minutes=5))
    join(stored_hub, region, in_time)
    with writing(stored_hub.engine) as connection:
        back = invite_again(connection, region.code, now - HOLDS)
    region.service = SigningKey.generate()
    with pytest.raises(InvitationOver):
        join(stored_hub, region, back)
