"""Learning as a user types it: an action shipped, done and read by others; what a lesson did, heard from the hub."""

import json
from pathlib import Path

from demo.journey import call
from tests.support.items import an_item
from tests.support.joined_region import Neighbour, approved
from tests.support.network import Network

LESSON = """\
lesson: bel-eerst
language: nl
title: Bel eerst, kom dan langs
context: Een wijkteam.
barrier_or_opportunity: Niemand had tijd.
action: Een vast belmoment.
consequence: Minder spoed.
advice: Begin klein.
author_role: wijkverpleegkundige
themes: [bellen]
steps: [3]
helix_voices: [practice]
indicators: []
licence: CC BY 4.0
"""


def test_a_region_acts_and_hears_what_its_lesson_did(network: Network, home: Path) -> None:
    assert "shows no lesson of this region yet" in call(home, "heard")
    (home.parent / "lesson.yaml").write_text(LESSON, encoding="utf-8")
    call(home, "lesson", "add", str(home.parent / "lesson.yaml"), "--author", "Visser")
    approved(home, call(home, "release", "lesson", "bel-eerst", "--author", "Visser", "--audience", "public"))
    assert "nothing heard yet" in call(home, "heard")
    (lesson,) = network.get("/api/v1/lessons").json()["lessons"]
    lesson_id = lesson["event_id"]

    named = ("--lesson", lesson_id, "--lesson-region", "GG0001", "--author", "Visser", "--audience", "public")
    given = ("--title", "Bel elke dag", "--owner-role", "huisarts", "--due", "2020-01-01")
    approved(home, call(home, "action", "add", "bel", *given, *named))
    told = network.get(f"/api/v1/lessons/{lesson_id}").json()["translation"]
    assert (told["state"], told["actions"][0]["state"]) == ("open", "overdue")
    approved(home, call(home, "action", "done", "bel", "--result", "Elke dag gebeld.", "--author", "Visser"))
    assert network.get(f"/api/v1/lessons/{lesson_id}").json()["translation"]["state"] == "done"
    again = call(home, "action", "drop", "bel", "--reason", "x", "--author", "Visser", expected=1)
    assert "Readers know action 'bel' as done already" in again

    other = Neighbour(network)
    found = "Werkte\u001b[2J in de stad."  # an order to a terminal
    other.sends(an_item("reuse", of=lesson_id, of_region="GG0001", found=found), "network")
    asked = other.sends(an_item("question", lesson=lesson_id, title="Hoe lang?"))
    heard = call(home, "heard")
    assert "reuse, in regions: 1 tried" in heard
    assert "GGD Two (GG0002), tried: Werkte [2J in de stad." in heard
    assert f"question: GGD Two (GG0002): Hoe lang? (open, 0 answers) {asked}" in heard
    assert "action: GGD One (GG0001): Bel elke dag (done) Elke dag gebeld." in heard
    assert "hergebruik, in regio's: 1 geprobeerd" in call(home, "heard", "--lang", "nl")
    (one,) = json.loads(call(home, "heard", "--json"))
    assert one["became"]["stages"] == {"seen": 0, "tried": 1, "adapted": 0}
