"""A region whose lesson a served hub shows, with a node of its own that has the region's token."""

from datetime import timedelta
from pathlib import Path

from connectors.database import writing
from connectors.secret_files import write_secret
from demo.journey import call
from hub.flow import receive
from hub.identity.tokens import issue_token, region_owner
from tests.support.access import ServedHub
from tests.support.events import TestRegion, lesson
from tests.support.hub_stores import join

CODE = "XR-DUINRAND"


def region_with_a_lesson(served: ServedHub, folder: Path) -> tuple[Path, str]:
    """Let a region release a lesson, and make a node that has its token; return its home and the lesson's event."""
    region = join(served.hub, TestRegion(CODE))
    (made,) = region.release([lesson("Een les \x1b[31mvan ons")], "network")
    assert receive([made.body], served.hub)[0].outcome == "accepted"
    home, now = folder / "node", served.clock()
    call(
        home, "init", "--region", CODE, "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
        "--hub-url", served.url,
    )  # fmt: skip
    with writing(served.hub.engine) as connection:
        scopes = [f"send:{CODE}", "read:network"]
        _, token = issue_token(connection, now, "node", region_owner(CODE), scopes, now + timedelta(days=1))
    write_secret(home / "secrets" / "token", token.encode())
    return home, made.id
