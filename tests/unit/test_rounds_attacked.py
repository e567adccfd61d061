"""Ways to learn an answer by asking the same people the same in other lenses, or twice in one period."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import create_node
from node.knowledge import rounds
from node.release.panel import lens_scores
from schemas.questionnaires import Item, Lens, Questionnaire, QuestionnaireInvalid, read_questionnaire
from schemas.text import Text
from tests.support.panels import FIVE_LENSES
from tests.support.small_region import CODE, NOW

YES = Text("Ja", "Yes")
TWO = (Item("a", Text("Wij delen.", "We share."), "found"), Item("b", Text("Wij leren.", "We learn."), "found"))


def asking(name: str, *lenses: tuple[Item, ...]) -> Questionnaire:
    made = tuple(Lens(f"lens-{place}", YES, "found", items) for place, items in enumerate(lenses))
    return Questionnaire(name, 1, YES, "invented", (YES,) * 4, made)


TOGETHER, APART = asking("together", TWO), asking("apart", TWO[:1], TWO[1:])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    values = {
        "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
        "hub_url": "http://localhost:1",
    }  # fmt: skip
    node = create_node(tmp_path / "node", values)
    with writing(node.engine) as connection:
        yield connection
    node.engine.dispose()


def opened(store: Connection, name: str, asked: Questionnaire, period: str) -> None:
    entry = AuditEntry("Coordinator", "assessment.opened", name, NOW)
    rounds.open_round(store, name, asked, period, {"practice": 6}, entry)


def test_the_same_answers_cut_into_other_lenses_would_tell_the_last_one() -> None:
    """Why it is refused: each lens leaves two scores or more of the last answer, both questionnaires together one."""
    others = [("practice", points) for points in ((1, 1), (1, 1), (4, 4), (4, 4))]
    left = []
    for last in itertools.product(range(1, 5), repeat=2):
        told = [lens_scores(asked, [*others, ("practice", last)]) for asked in (TOGETHER, APART)]
        left.append((last, tuple(lens.panel for lenses in told for lens in lenses)))
    alone = [last for last, told in left if sum(told == other for _, other in left) == 1]
    assert (2, 2) in alone


def test_of_periods_that_overlap_one_round_asks_an_item(store: Connection) -> None:
    opened(store, "r1", TOGETHER, "2025-Q2")
    reworded = asking("other", (Item("c", Text("wij  DELEN", "We share"), "found"),))
    for asked, period in ((TOGETHER, "2025"), (TOGETHER, "2025-06"), (TOGETHER, "2025-W14"), (APART, "2025-Q2"),
                          (reworded, "2025-05-01")):  # fmt: skip
        with pytest.raises(
            rounds.RoundRefused, match="'r1' has that name, or asks the same, or some of it, over 2025-Q2"
        ):
            opened(store, "r2", asked, period)
    opened(store, "r2", TOGETHER, "2025-Q3")
    opened(store, "r3", FIVE_LENSES, "2025-Q2")


def test_no_statement_stands_twice_in_a_questionnaire() -> None:
    plain = msgspec.to_builtins(APART)
    assert read_questionnaire(plain) == APART
    plain["lenses"][1]["items"][0]["text"]["nl"] = "wij delen!"
    with pytest.raises(QuestionnaireInvalid, match="a statement stands twice"):
        read_questionnaire(plain)
