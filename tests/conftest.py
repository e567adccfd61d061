"""Fixtures that the whole suite shares."""

from collections.abc import Iterator

import pytest

import hub.config

pytest_plugins = (
    "tests.support.apps_made_once",
    "tests.support.chains_at_hub",
    "tests.support.cheap_secrets",
    "tests.support.dear_first",
    "tests.support.hub",
    "tests.support.hub_stores",
    "tests.support.joined_region",
    "tests.support.kafka.fixture",
    "tests.support.made_once",
    "tests.support.oidc",
    "tests.support.postgres",
    "tests.support.real_parts",
    "tests.support.shared_data",
)


@pytest.fixture(scope="session", autouse=True)
def _figures_are_seen_at_once() -> Iterator[None]:
    """Give hubs no term for replies unless a test sets one (`reply_days`): other tests look at what just came in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub.config, "REPLY_DAYS", 0)
        patch.setenv("REGIOHELIX_HUB_REPLY_DAYS", "0")
        yield
