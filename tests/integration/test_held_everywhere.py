"""No route and no form tells a reader what others may see, or what nobody outside the network may see yet."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import flask
import msgspec
import pytest

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.identity.tokens import issue_token
from schemas.about import LessonAbout
from schemas.codes import Audience
from schemas.evaluation import EvaluationWithdrawn
from schemas.payloads import IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn, ReplyWithdrawn
from schemas.values import Exact
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, lesson
from tests.support.every_route import Answer, answers, comparable, every_question
from tests.support.files import an_attachment
from tests.support.held_by_hub import a_lesson, figures
from tests.support.hub_stores import Clock, join
from tests.support.items import an_item
from tests.support.replies import DAYS, a_reply, a_waiver, by_the_clock, comes_in, with_term

# what only the network may know at first, as it would stand in an answer: numbers that stand by themselves, and words
PUBLIC = (
    "4177",
    "9973",
    "4273",
    "9967",
    "4373",
    "9949",
    "te laat gemeld",
    "zeggen wij toe",
    "kanarie-uitkomst",
    "-7.31",
)
PARTNERS = ("4477", "9941")
NETWORK = (
    "4591",
    "9931",
    "kanarie-binnen",
    "-8.53",
    "kanarie-methode",
    "kanarie-poging",
    "kanarie-les",
    "kanarie-bewijs",
    "kanarie-bij",
)
NEVER = ("4651", "9929", "4657", "9923", "toch niet zo", "kanarie-vergeten", "-9.47", "gaf de verkeerde")
# chains, envelopes and keys are for anyone, and grow with what nobody may read
_OF_CHAINS = ("/api/v1/ledger", "/api/v1/regions", "/api/v1/heads", "/metrics")


def of(numerator: int, denominator: int, period: str = "2025", indicator: str = "h.dm_prev") -> IndicatorPublished:
    cells = {("total",) * 3: Exact(numerator, denominator)}
    cells["total", "total", "f"] = Exact(numerator // 2, denominator // 2)
    return figures(indicator, cells, period, "invented")


class World:
    """A hub with four regions, what it holds for all, and a reader of each kind."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        made = make_hub(folder / "hub", {})
        settings = replace(made.settings, requests_per_minute=1_000_000)
        self.hub = with_term(Hub(made.engine, made.key, settings, self.clock), DAYS)
        self.regions = [join(self.hub, TestRegion(f"XR-{name}")) for name in ("ALFA", "BETA", "GAMMA", "DELTA")]
        self.tokens: dict[Audience, str | None] = {"public": None}
        with writing(self.hub.engine) as connection:
            for kind in ("partners", "network"):
                told = issue_token(connection, self.clock(), kind, kind, [f"read:{kind}"])
                self.tokens[kind] = told[1]  # type: ignore[index]
        self.named: list[str] = []
        for place, region in enumerate(self.regions[:3]):
            for indicator in ("h.dm_prev", "h.srh_good"):
                self.says(region, of(100 + 10 * place, 1000, indicator=indicator))
        self.first = self.regions[0].chain[0].id
        self.other = self.regions[0].chain[1].id
        second = self.says(self.regions[0], of(120, 1000, "2022"))
        rests_on = tuple(
            self.says(self.regions[0], an_evaluation([(event, "2025"), (second, "2024")], indicator=indicator))
            for event, indicator in ((self.first, "h.dm_prev"), (self.other, "h.srh_good"))
        )
        words = msgspec.structs.replace(lesson(), about=LessonAbout(evidence=rests_on))
        self.named.append(self.says(self.regions[0], words))
        self.clock.move(days=DAYS + 1)
        by_the_clock(self.hub)
        self.app: flask.Flask = application(self.hub)

    def says(self, region: TestRegion, payload: object, audience: Audience = "public") -> str:
        return comes_in(self.hub, region, payload, audience)  # type: ignore[arg-type]

    def evaluates(self, event: str, title: str, value: str, audience: Audience = "public") -> str:
        made = an_evaluation([(event, "2025"), (self.first, "2026")], title=title, indicator="h.dm_prev")
        estimate = msgspec.structs.replace(made.estimates[0], value=value, low=value, high=value)
        made = msgspec.structs.replace(made, evaluation=title, estimates=(estimate,))
        self.named.append(self.says(self.regions[0], made, audience))
        return self.named[-1]

    def asked(self, reader: Audience, whole: bool) -> list[Answer]:
        """Ask all that there is, or every route and form with no more arguments than it takes to see all figures."""
        codes = [region.code for region in self.regions]
        given = {"code": codes[::3], "region": codes[::3], "indicator": ["h.dm_prev", "h.srh_good"]}
        given |= {"beside": codes[:1], "peers": codes[:1], "event_id": self.named or ["0" * 64]}
        if not whole:
            given["indicator"] = given["indicator"][:1]
        only = None if whole else ("format", "period", "from")
        return answers(self.app, every_question(self.app, given, only), self.tokens[reader])


def hold(world: World) -> None:
    """Let in what readers outside the network do not see yet, or ever."""
    alfa, beta, gamma, delta = world.regions
    late = world.says(alfa, IndicatorCorrected(world.first, "te laat gemeld", of(4177, 9973)))
    world.says(delta, of(4273, 9967))
    world.says(beta, of(4373, 9949, "2026"))
    world.says(gamma, of(4477, 9941, "2024"), "partners")
    world.says(gamma, of(4591, 9931, "2023"), "network")
    world.says(beta, a_reply(world.hub, "Dat zeggen wij toe."))
    world.says(gamma, a_waiver(world.hub), "network")
    other = of(4597, 9901, indicator="h.srh_good")
    world.says(alfa, IndicatorCorrected(world.other, "kanarie-bewijs", other), "network")
    world.evaluates(late, "kanarie-uitkomst", "-7.31")
    world.evaluates(gamma.chain[-2].id, "kanarie-binnen", "-8.53")
    inside = world.says(gamma, an_item("method", title="kanarie-methode"), "network")
    world.says(beta, an_item("reuse", title="kanarie-poging", of=inside, of_region="XR-GAMMA"))
    world.named.append(world.says(gamma, a_lesson("les-binnen", "kanarie-les"), "network"))
    world.says(gamma, an_attachment(world.named[-1], b"kanarie-bijlage", "kanarie-bij.txt"))
    by_the_clock(world.hub)


def take_back(world: World) -> None:
    """Let in figures, a reply and an evaluation, and that they were taken back before others could see them."""
    alfa, _, _, delta = world.regions
    figure = world.says(delta, of(4651, 9929, "2026"))
    later = world.says(delta, IndicatorCorrected(figure, "gaf de verkeerde", of(4657, 9923, "2026")))
    answer = world.says(alfa, a_reply(world.hub, "Het is toch niet zo.", name="anders", period="2026"))
    made = world.evaluates(figure, "kanarie-vergeten", "-9.47")
    world.clock.move(seconds=1)
    for region, payload in (
        (delta, IndicatorWithdrawn(figure, "r")),
        (delta, IndicatorWithdrawn(later, "r")),
        (alfa, ReplyWithdrawn(answer, "r")),
        (alfa, EvaluationWithdrawn(made, "r")),
    ):
        world.says(region, payload)
    world.clock.move(seconds=1)
    by_the_clock(world.hub)


def found(told: list[Answer], words: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Return in which answers words stand that nobody else uses; numbers by themselves, not within an id."""
    seen: dict[str, list[str]] = {}
    for word in words:
        form = re.compile(rf"(?<![0-9a-zA-Z]){re.escape(word)}(?![0-9a-zA-Z])")
        where = [one.asked for one in told if form.search(one.text)]
        if where:
            seen[word] = where
    return seen


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


HOW_FAR = pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.nightly)])


@HOW_FAR
def test_what_is_held_changes_no_answer_to_who_may_not_see_it(world: World, whole: bool) -> None:
    world.named.append("0" * 64)
    before = {one.asked: one for one in world.asked("public", whole)}
    assert sum(one.status == 200 for one in before.values()) > (200 if whole else 50)
    hold(world)
    hidden = (*PUBLIC, *PARTNERS, *NETWORK)
    after = world.asked("public", whole)
    assert found(after, hidden) == {}
    assert found(world.asked("partners", whole), hidden) == {}
    inside = world.asked("network", whole)
    assert set(found(inside, hidden)) == set(hidden)
    for one in after:
        if one.asked in before and not one.asked.startswith(_OF_CHAINS):
            assert comparable(one) == comparable(before[one.asked]), one.asked


@HOW_FAR
def test_what_was_held_is_told_to_its_readers_and_what_was_taken_back_to_nobody_outside(
    world: World, whole: bool
) -> None:
    hold(world)
    take_back(world)
    assert found(world.asked("public", whole), NEVER) == {}
    assert set(found(world.asked("network", whole), NEVER)) == set(NEVER)
    world.clock.move(days=DAYS)
    assert by_the_clock(world.hub) == 6
    outside, partner = world.asked("public", whole), world.asked("partners", whole)
    assert set(found(outside, PUBLIC)) == set(PUBLIC)
    assert found(outside, (*PARTNERS, *NETWORK, *NEVER)) == {}
    assert set(found(partner, (*PUBLIC, *PARTNERS))) == {*PUBLIC, *PARTNERS}
    assert found(partner, (*NETWORK, *NEVER)) == {}
