"""What was learnt and what it led to, for each reader, in data and on pages; on both databases."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.serving.learning import actions, learning
from schemas.codes import Audience
from schemas.item_kinds import revision
from schemas.items import ItemWithdrawn
from schemas.payloads import LessonRevised
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson
from tests.support.items import an_item

TODAY = date(2026, 11, 15)


@pytest.fixture
def held(chains_at_hub: ChainsAtHub) -> ChainsAtHub:
    chains_at_hub.now = datetime(2026, 11, 15, 0, 30, tzinfo=UTC)
    for code in ("XR-A", "XR-B"):
        chains_at_hub.enrolled(code)
    return chains_at_hub


def sent(held: ChainsAtHub, code: str, payload: Any, audience: Audience = "public") -> str:
    (made,) = held.regions[code].release([payload], audience)
    assert held.arrive(made) == ["accepted"]
    return made.id


def an_action(name: str, **changed: Any) -> Any:
    return an_item("action", name, **({"reflection": None, "title": name} | changed))


class Reader:
    """One account's answers: the public, or a region by its token."""

    def __init__(self, held: ChainsAtHub, code: str | None = None) -> None:
        self.client: FlaskClient = held.app.test_client()
        self.headers = {} if code is None else {"Authorization": f"Bearer {held.tokens[code]}"}

    def data(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.text


def test_an_actions_state_follows_its_day_and_lists_are_narrowed(held: ChainsAtHub) -> None:
    due = {"over": "2026-11-14", "today": "2026-11-15", "soon": "2026-11-29", "later": "2026-11-30"}
    for name, day in due.items():
        sent(held, "XR-A", an_action(name, due=day))
    sent(held, "XR-B", an_action("klaar", state="done", done_on="2026-10-01", owner_role="=HYPERLINK(huisarts)"))
    sent(held, "XR-B", an_action("weg", state="dropped"), "network")
    with held.hub.engine.connect() as connection:
        found = {one.item: one.state for one in actions(connection, "network", TODAY)}
        roles = [one.item for one in actions(connection, "network", TODAY, owner_role="HUISARTS")]
        late = [one.item for one in actions(connection, "network", TODAY, ("overdue",), "XR-A")]
    assert list(found)[:4] == ["over", "today", "soon", "later"]
    assert found == {
        "over": "overdue", "today": "due_soon", "soon": "due_soon", "later": "open", "klaar": "done", "weg": "dropped",
    }  # fmt: skip
    assert (roles, late) == (["klaar"], ["over"])
    asked = "learning/actions?state=done&state=dropped"
    assert [one["item"] for one in Reader(held).data(asked)["actions"]] == ["klaar"]
    assert [one["item"] for one in Reader(held, "XR-A").data(asked)["actions"]] == ["klaar", "weg"]
    text = Reader(held).client.get("/api/v1/learning/actions?format=csv&owner_role=huisarts").text
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["as_of"], row["state"], row["owner_role"]) == ("2026-11-15", "done", "'=HYPERLINK(huisarts)")
    page = Reader(held).page("/learning/actions?state=overdue&lang=en")
    assert "over</a>" in page
    assert "later</a>" not in page
    assert "state=overdue" in page
    assert Reader(held).client.get("/api/v1/learning/actions?state=late").status_code == 422


def test_a_reflection_says_what_it_led_to_for_each_reader(held: ChainsAtHub) -> None:
    sent(held, "XR-A", an_item("reflection", "mei", title="Mei", actions=["lijst"], theme=""))
    sent(held, "XR-A", an_item("reflection", "juni", held_on="2026-06-01", title="Juni", actions=[], scope="theme"))
    sent(held, "XR-B", an_action("lijst", reflection="mei"))  # another region's, of the same names
    with held.hub.engine.connect() as connection:
        assert [one.translation.state for one in learning(connection, "public", TODAY).reflections] == ["none", "none"]
    sent(held, "XR-A", an_action("lijst", due="2026-11-01"), "network")
    sent(held, "XR-A", an_action("bellen", reflection="juni", state="dropped"))
    for reader, states in ((Reader(held), ["dropped", "none"]), (Reader(held, "XR-B"), ["dropped", "open"])):
        told = reader.data("learning?region=XR-A")
        assert [one["translation"]["state"] for one in told["reflections"]] == states
        assert told["reflections"][0]["not_heard"] == ["practice", "knowledge"]
        assert told["scopes"] == {"theme": 1, "region_wide": 1}
        assert told["heard"] == {"government": 2, "practice": 0, "knowledge": 0, "citizens": 2}
        assert told["actions"]["overdue"] == (0 if states[1] == "none" else 1)
    for path in ("/learning", "/regions/XR-A"):
        assert "Open: no action that you may see translates this." in Reader(held).page(f"{path}?lang=en")
        inside = Reader(held, "XR-B").page(f"{path}?lang=en")
        assert "Open: every action from this was dropped." in inside
        assert "no action that you may see" not in inside
        assert "overdue" in inside
    assert "Nog geen reflectie gedeeld" in Reader(held).page("/regions/XR-B")
    assert Reader(held).client.get("/learning?page=2").status_code == 404


def test_conditions_stand_in_three_rows_by_date(held: ChainsAtHub) -> None:
    for name, day, state in (("een", "2026-01-05", "absent"), ("twee", "2026-07-05", "present")):
        seen = [{"condition": "leadership", "state": state, "note": f"Toen {state}."}]
        sent(held, "XR-A", an_item("reflection", name, held_on=day, conditions=seen))
    sent(held, "XR-B", an_item("reflection", "zonder", conditions=[]))
    (place,) = Reader(held).data("learning")["conditions"]
    assert place["region"] == "XR-A"
    rows = {row["condition"]: [(one["held_on"], one["state"]) for one in row["seen"]] for row in place["rows"]}
    seen = [("2026-01-05", "absent"), ("2026-07-05", "present")]
    assert rows == {"expertise": [], "leadership": seen, "environment": []}
    page = Reader(held).page("/learning")
    assert page.count("niet besproken") == 2
    assert page.index("5 jan 2026") < page.index("5 jul 2026</a>: <strong>aanwezig")


def test_a_lesson_is_open_until_an_action_of_any_region_names_a_version_of_it(held: ChainsAtHub) -> None:
    first = sent(held, "XR-A", a_lesson())
    open_ = "This lesson is still open"
    assert Reader(held).data(f"lessons/{first}")["translation"] == {"state": "none", "actions": []}
    assert open_ in Reader(held).page(f"/lessons/{first}?lang=en")
    offered = Reader(held).page(f"/lessons/{first}?lang=en")
    assert "python -m node cite write cite.yaml" in offered
    assert f"of: &#34;{first}&#34;" in offered
    done = sent(held, "XR-B", an_action("doen", lesson=first, lesson_region="XR-A", due="2026-12-24"), "network")
    again = sent(held, "XR-A", LessonRevised(first, "Beter gezegd.", a_lesson(title="Beter gezegd")))
    for reader, state in ((Reader(held), "none"), (Reader(held, "XR-A"), "open")):
        told = reader.data(f"lessons/{again}")["translation"]
        assert (told["state"], [one["region"] for one in told["actions"]]) == (state, ["XR-B"] * (state == "open"))
        assert (open_ in reader.page(f"/lessons/{again}?lang=en")) is (state == "none")
    finished = an_action("doen", lesson=first, lesson_region="XR-A", state="done", result="Minder spoed.")
    last = sent(held, "XR-B", revision(done, "Gedaan.", finished), "network")
    assert Reader(held, "XR-A").data(f"lessons/{first}")["translation"]["state"] == "done"
    assert "Minder spoed." in Reader(held, "XR-A").page(f"/lessons/{again}")
    sent(held, "XR-B", ItemWithdrawn(last, "Toch niet."), "network")
    assert Reader(held, "XR-A").data(f"lessons/{first}")["translation"]["state"] == "none"


def test_reuse_is_told_per_stage_and_questions_with_their_answers(held: ChainsAtHub) -> None:
    held.enrolled("XR-C")
    lesson = sent(held, "XR-A", a_lesson())
    for code, stage, audience in (
        ("XR-B", "seen", "public"),
        ("XR-B", "tried", "network"),
        ("XR-C", "tried", "public"),
    ):
        used = an_item("reuse", f"r-{stage}", of=lesson, of_region="XR-A", stage=stage, found=f"{code} {stage}")
        sent(held, code, used, audience)  # type: ignore[arg-type]
    question = sent(held, "XR-B", an_item("question", lesson=lesson, title="Hoe lang?"))
    sent(held, "XR-A", an_item("answer", question=question, question_region="XR-B", lessons=[lesson]))
    sent(held, "XR-C", an_item("answer", question=question, question_region="XR-B", answer="Drie maanden."), "network")
    for reader, tried, answers in ((Reader(held), 1, 1), (Reader(held, "XR-A"), 2, 2)):
        told = reader.data(f"lessons/{lesson}")
        assert told["stages"] == {"seen": 1, "tried": tried, "adapted": 0}
        assert [one["answers"] for one in told["questions"]] == [answers]
        assert len(told["pointed_to"]) == 1
        page = reader.page(f"/lessons/{lesson}")
        assert ("XR-B tried" in page) is (tried == 2)
        assert "XR-C tried" in page
        assert "Hoe lang?" in page
        asked = reader.page(f"/items/{question}")
        assert ("Drie maanden." in asked) is (answers == 2)
        assert len(reader.data(f"items/{question}/responses")["answers"]) == answers
        (of_region,) = reader.data("learning/lessons?region=XR-A")["lessons"]
        assert of_region["became"]["stages"]["tried"] == tried
    assert Reader(held).data("learning/lessons?region=XR-B")["lessons"] == []


def test_a_method_tells_who_tried_it(held: ChainsAtHub) -> None:
    method = sent(held, "XR-A", an_item("method"))
    used = an_item("reuse", of=method, of_region="XR-A", stage="adapted", found="Korter gemaakt.", language="nl")
    sent(held, "XR-B", used)
    assert Reader(held).data(f"items/{method}/responses")["stages"] == {"seen": 0, "tried": 0, "adapted": 1}
    page = Reader(held).page(f"/items/{method}?lang=en")
    assert "Korter gemaakt." in page
    assert "We try this" in page
    assert Reader(held).client.get(f"/api/v1/items/{'0' * 64}/responses").status_code == 404
