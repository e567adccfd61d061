"""A citation as a user types it: written, held to the own chain, scanned, approved, shipped, read, taken back."""

from pathlib import Path
from typing import Any

import yaml

from demo.journey import call
from tests.support.held_by_hub import a_lesson
from tests.support.joined_region import Neighbour, approved
from tests.support.network import Network

CITATION: dict[str, Any] = {
    "citation": "riool-eerst", "lesson_region": "GG0002", "language": "nl", "classified": "supporting",
    "classified_by": "epidemioloog", "context": "Ook bij ons kwam het riool een week eerder.",
    "evidence": [{"kind": "experience", "of": "professionals", "documented": "Verslag van het kernteam van maart."}],
}  # fmt: skip


def neighbours_lesson(network: Network) -> str:
    return Neighbour(network).sends(a_lesson(title="Kijk een week eerder in het riool"))


def cite(home: Path, expected: int = 0, **changed: Any) -> str:
    file = home.parent / "citation.yaml"
    file.write_text(yaml.safe_dump(CITATION | changed, allow_unicode=True), encoding="utf-8")
    given = ("--author", "Epidemiologist", "--audience", "public")
    return call(home, "cite", "write", str(file), *given, expected=expected)


def test_a_citation_goes_from_a_persons_file_to_the_readers_of_the_lesson(network: Network, home: Path) -> None:
    lesson = neighbours_lesson(network)
    for changed, sentence in (
        ({"evidence": []}, "field `classified` is `mentioning` where there is no evidence"),
        ({"lesson_region": "GG0001"}, "a region does not cite its own lesson"),
        ({"classified": "praising"}, "field `classified` has another form"),
        ({"evidence": [{"kind": "evaluation", "event_id": "e" * 64}]}, "is not on this region's chain"),
        ({"context": "Meneer Jansen (BSN 123456782) belde ons."}, "Citation 'riool-eerst' may name a person"),
    ):
        assert sentence in cite(home, expected=1, lesson=lesson, **changed), changed
    assert "to decide on" in call(home, "cite", "findings", "riool-eerst")
    said = cite(home, lesson=lesson)
    assert "evidence: professionals: Verslag van het kernteam" in said
    approved(home, said)
    told = network.get(f"/api/v1/lessons/{lesson}/citations").json()
    assert told["counts"] == {"supporting": 1, "contrasting": 0, "mentioning": 0, "unverified": 0}
    assert told["citations"][0]["context"] == CITATION["context"]
    page = network.get(f"/lessons/{lesson}").text
    assert "Ook bij ons kwam het riool een week eerder." in page
    assert "professionals, vastgelegd in" in page

    assert "take it back with `python -m node cite withdraw riool-eerst`" in cite(
        home, expected=1, lesson=lesson, context="Anders gezegd."
    )
    assert "released with other words" in call(home, "cite", "list")
    approved(home, call(home, "cite", "withdraw", "riool-eerst", "--reason", "No longer so.", "--author", "A"))
    assert network.get(f"/api/v1/lessons/{lesson}/citations").json()["citations"] == []
    again = call(home, "cite", "withdraw", "riool-eerst", "--reason", "So.", "--author", "A", expected=1)
    assert "Readers see no citation 'riool-eerst'" in again
