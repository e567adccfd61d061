"""Fixtures that the whole suite shares."""

pytest_plugins = ("tests.support.kafka.fixture", "tests.support.shared_data")
