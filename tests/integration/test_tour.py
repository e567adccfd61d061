"""The guided tour, walked as it stands: each command does what the page says, a first try is refused in its words."""

from pathlib import Path

from hub.bootstrap import make_hub
from tests.support.network import serving_hub
from tests.support.tour import Step, missing, steps, walk


def test_who_follows_the_tour_is_refused_puts_it_right_and_reaches_a_subscriber(tmp_path: Path) -> None:
    home = tmp_path / ".demo" / "hub"
    make_hub(home, {}).engine.dispose()
    with serving_hub(home, tmp_path / "hub.log", {"REGIOHELIX_HUB_REPLY_DAYS": "0"}) as (url, _):
        said = walk(tmp_path, url)
    assert len(said) == len(steps())
    assert [missing(step, told) for step, told in zip(steps(), said, strict=True)] == [[]] * len(said)
    assert sum(step.is_refused for step in steps()) == 2
    assert sum(bool(step.answers) for step in steps()) > 6


def test_an_answer_that_the_page_makes_up_is_missed() -> None:
    assert missing(Step("", False, ("Bundle … has left.",)), "Bundle B1 has findings.\nIt has left.") == [
        "Bundle … has left."
    ]
