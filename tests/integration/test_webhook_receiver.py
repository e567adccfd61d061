"""The receiver that docs/webhooks.md shows takes what the hub signs, and nothing else."""

import re
import time
from typing import Any

import pytest

from hub.serving.messages import headers_of, message_for_test
from hub.serving.sealed import new_secret
from tests.architecture.source_files import ROOT

SECRET, OTHER = new_secret(), new_secret()
MESSAGE = message_for_test("msg_test1", "one", "2026-11-22T12:00:00Z")


@pytest.fixture(scope="module")
def read() -> Any:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 16
    there: dict[str, Any] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), there)  # noqa: S102
    return there["read"]


def test_it_takes_what_is_signed_also_with_two_secrets(read: Any) -> None:
    now = int(time.time())
    for secrets in ([SECRET], [OTHER, SECRET], [SECRET, OTHER]):
        assert read(SECRET, headers_of(MESSAGE, now, secrets), MESSAGE.body)["type"] == "webhook.test"


@pytest.mark.parametrize(
    ("seconds", "secrets", "change"),
    [(0, [OTHER], b""), (0, [SECRET], b" "), (-301, [SECRET], b""), (301, [SECRET], b""), (0, [], b"")],
)
def test_it_refuses_another_secret_another_body_and_another_time(
    read: Any, seconds: int, secrets: list[str], change: bytes
) -> None:
    headers = headers_of(MESSAGE, int(time.time()) + seconds, secrets)
    with pytest.raises(ValueError, match=r"No signature|old"):
        read(SECRET, headers, MESSAGE.body + change)


def test_a_number_or_time_that_was_changed_is_refused(read: Any) -> None:
    headers = headers_of(MESSAGE, int(time.time()), [SECRET])
    for name, value in (("webhook-id", "msg_other"), ("webhook-timestamp", str(int(time.time()) + 5))):
        with pytest.raises(ValueError, match="No signature"):
            read(SECRET, headers | {name: value}, MESSAGE.body)
