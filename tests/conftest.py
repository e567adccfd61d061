"""Fixtures that the whole suite shares."""

pytest_plugins = (
    "tests.support.chains_at_hub",
    "tests.support.hub",
    "tests.support.hub_stores",
    "tests.support.kafka.fixture",
    "tests.support.oidc",
    "tests.support.postgres",
    "tests.support.real_parts",
    "tests.support.shared_data",
)
