"""The Python client warns of a token that ends within a month, once, and names the day."""

from datetime import timedelta

import pytest
from regiohelix_client import Hub, TokenEndsSoon

from connectors.database import writing
from hub.bootstrap import application
from hub.identity.tokens import issue_token
from tests.support.hub import RunningHub, running_hub
from tests.support.served import served

__all__ = ["running_hub"]


def test_the_end_of_a_token_is_told_in_its_last_month_once(running_hub: RunningHub) -> None:
    hub = running_hub.hub
    with writing(hub.engine) as connection:
        now = hub.clock()
        soon, later = (
            issue_token(connection, now, name, "test", ["read:partners"], now + timedelta(days=days))[1]
            for name, days in (("soon", 29), ("later", 31))
        )
    with served(application(hub)) as port:
        address = f"http://127.0.0.1:{port}"
        with Hub(address, token=soon) as asking:
            with pytest.warns(TokenEndsSoon, match=f"ends on {now + timedelta(days=29):%Y-%m-%d}"):
                asking.indicators()
            assert asking.indicators() == []  # and no warning, which would fail this test
        with Hub(address, token=later) as asking:
            assert asking.indicators() == []
