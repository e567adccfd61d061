"""Rounds of an assessment at the node: what is asked, taken in, kept apart, and shown inside the region."""

import json
import stat
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine, text

from connectors.database import writing
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import open_node
from node.knowledge import answers, rounds
from node.knowledge.answers import Answer
from node.knowledge.questioned import QuestionnaireUnknown, find_questionnaire
from node.knowledge.scores import figures, relative_change
from schemas.assessment import HELICES, Helix, bands
from schemas.questionnaires import QuestionnaireInvalid, questionnaires, read_questionnaire
from tests.support.panels import FIVE_LENSES, INIT, hold_round, with_means, write_csv
from tests.support.small_region import NOW

BASELINE = (349, 304, 320, 302, 304)  # hundredths; Valentijn et al. 2015, table 1
PANEL: tuple[Helix, ...] = ("government",) * 7 + ("practice",) * 10 + ("knowledge",) * 5 + ("citizens",) * 3
INVITED = AuditEntry("Coordinator", "assessment.invited", "r1", NOW)
OF_2025 = ("--period", "2025", "--panel", "practice=2")
PLACE = ("--author", "Coordinator", "--home")


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*INIT, "--home", str(tmp_path / "node")]) == 0
    capsys.readouterr()
    return tmp_path / "node"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


def opened(home: Path, *seats: str) -> None:
    place = [*PLACE, str(home)]
    panel = [f"--panel={one}" for one in seats]
    assert main(["assess", "open", "r1", "--instrument", "five-lenses", "--period", "2025", *panel, *place]) == 0


def test_packaged_questionnaires_are_whole_and_say_what_is_not_verified() -> None:
    found = questionnaires()
    assert list(found) == ["five-lenses", "guiding-principles"]
    assert [len(lens.items) for lens in found["five-lenses"].lenses] == [4, 4, 4, 6, 4]
    unsure = {lens.id for lens in found["five-lenses"].lenses for item in lens.items if item.provenance == "unverified"}
    assert unsure == {"organisation", "process"}
    principles = found["guiding-principles"].lenses
    assert len(principles) == 8
    assert [lens.provenance for lens in principles] == ["found", *["unverified"] * 7]
    assert tuple(int(Decimal(lens.baseline.mean) * 100) for lens in FIVE_LENSES.lenses if lens.baseline) == BASELINE


def test_published_baseline_means_come_out_of_a_panel_that_answered_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold_round(home, "before", "2024", with_means(BASELINE, PANEL))
    capsys.readouterr()
    assert main(["assess", "show", "before", "--home", str(home), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["lenses"]
    assert [lens["panel"]["mean"] for lens in shown] == ["3.4900", "3.0400", "3.2000", "3.0200", "3.0400"]
    assert {lens["panel"]["answers"] for lens in shown} == {25}
    # three citizens are too few, and by themselves would be what is left over: the five of knowledge go as well
    assert [set(lens["by_helix"]) for lens in shown] == [{"government", "practice"}] * 5
    assert main(["assess", "show", "before", "--home", str(home), "--lang", "nl"]) == 0
    told = capsys.readouterr().out
    assert "Professioneel organiseren: gemiddeld 3,02" in told
    assert "referentie volgens de bron van de vragenlijst: 3,02 (sd 0,28)" in told


def test_change_between_two_rounds_is_relative_to_the_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = (349, 320, 288, 302, 323)
    hold_round(home, "before", "2024", with_means(BASELINE, PANEL))
    hold_round(home, "after", "2025", with_means(later, PANEL))
    capsys.readouterr()
    assert main(["assess", "show", "after", "--home", str(home), "--json"]) == 0
    changes = [lens["change"] for lens in json.loads(capsys.readouterr().out)["lenses"]]
    assert changes == [f"{(t1 - t0) / t0:.4f}" for t0, t1 in zip(BASELINE, later, strict=True)]
    assert changes == ["0.0000", "0.0526", "-0.1000", "0.0000", "0.0625"]
    assert relative_change(Fraction(32, 10), Fraction(288, 100)) == Fraction(-1, 10)


def test_spread_is_the_sample_standard_deviation_and_gaps_do_not_count() -> None:
    lens = FIVE_LENSES.lenses[0]
    rest = (None,) * 18
    panel = [Answer("practice", (point,) * 4 + rest) for point in (1, 2, 3, 4, 4)]
    panel.append(Answer("practice", (1, 1, 1, None, *rest)))
    found = figures(FIVE_LENSES, panel, Decimal("3.0"))
    first = found[0].panel
    assert found[0].lens == lens
    assert first is not None
    assert (first.answers, first.mean, round(first.sd, 4)) == (5, Fraction(14, 5), 1.3038)
    assert (found[0].is_below, found[1].panel, found[1].is_below) == (True, None, None)


def test_lines_of_a_file_that_are_wrong_are_each_told_and_nothing_is_taken_in(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(home, "government=4", "practice=4")
    good = with_means((300,) * 5, ("government",))
    file = write_csv(home / "answers.csv", good)
    lines = file.read_text().splitlines()
    lines += [
        lines[1].replace("government", "doctors"),
        lines[1].replace("3", "7", 1),
        lines[1] + ",3",
        "practice" + "," * 22,
    ]
    file.write_text("\n".join(lines))
    told = refused(capsys, "assess", "import", "r1", file, *PLACE, home).splitlines()
    assert len(told) == 4
    assert told[0].endswith("row 3: 'helix' is none of government, practice, knowledge, citizens.")
    assert "row 4: 'ambition-shared' is answered with something else than 1 to 4" in told[1]
    assert "row 5: there are 24 columns and not 23" in told[2]
    assert told[3].endswith("row 6: nothing is answered; answer at least one question. Nothing was taken in.")
    file.write_text("helix;ambition-shared\n")
    assert "column 'ambition-attractive' is missing" in refused(capsys, "assess", "import", "r1", file, *PLACE, home)
    write_csv(file, good * 5)
    assert "5 answers of government and round 'r1' has 4 seats left" in refused(
        capsys, "assess", "import", "r1", file, *PLACE, home
    )
    assert main(["assess", "list", "--home", str(home), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["answered"] == 0


def test_a_link_holds_once_and_no_row_says_whose_answer_is_whose(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(home, "practice=2", "citizens=1")
    out = home / "links.csv"
    assert main(["assess", "invite", "r1", "--out", str(out), *PLACE, str(home)]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    links = [line.split(",") for line in out.read_text().splitlines()[1:]]
    assert sorted(helix for helix, _ in links) == ["citizens", "practice", "practice"]
    given = [f"{item.id}=3" for item in FIVE_LENSES.items]
    link = next(link for helix, link in links if helix == "citizens")
    assert main(["assess", "answer", link, *given, "--home", str(home)]) == 0
    assert "answers were sent already" in refused(capsys, "assess", "answer", link, *given, "--home", home)
    token = link.rpartition("/")[2]
    engine = create_engine(f"sqlite:///{home / 'node.sqlite'}")
    with engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("invitation", "panel_answer", "audit_log", "assessment_round")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
        assert not any(token in row for row in rows)
        used = connection.execute(text("SELECT helix FROM invitation WHERE used")).scalars().all()
        answer = connection.execute(text("SELECT id, helix, answers FROM panel_answer")).one()
        at = connection.execute(text("SELECT at FROM audit_log WHERE actor = 'respondent'")).scalar_one()
    engine.dispose()
    assert (used, answer.helix, json.loads(answer.answers)) == (["citizens"], "citizens", [3] * 22)
    assert not any(answer.id in row for row in rows if "citizens" not in row)
    assert at.endswith("T00:00:00.000Z")  # the day and not the moment
    assert main(["assess", "close", "r1", *PLACE, str(home)]) == 0
    other = next(link for helix, link in links if helix == "practice")
    assert "not known here, or its round is closed" in refused(
        capsys, "assess", "answer", other, *given, "--home", home
    )


def test_an_answer_that_breaks_off_leaves_the_link_unused(home: Path) -> None:
    opened(home, "practice=1")
    node = open_node(home)
    with writing(node.engine) as connection:
        (link,) = answers.invite(connection, rounds.find(connection, "r1"), INVITED)

    def break_off() -> None:
        with writing(node.engine) as connection:
            answers.answer(connection, link.token, {"ambition-shared": "4"}, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with writing(node.engine) as connection:
        assert answers.answers_of(connection, "r1") == ()
        with pytest.raises(answers.AnswersUnreadable, match="something else than 1 to 4"):
            answers.answer(connection, link.token, {"ambition-shared": "5"}, NOW)
        answers.answer(connection, link.token, {"ambition-shared": "4"}, NOW)
        assert len(answers.answers_of(connection, "r1")) == 1
    node.engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("open", "R 1", "--instrument", "five-lenses", *OF_2025), "no name of a round"),
        (("open", "r2", "--instrument", "six", *OF_2025), "no questionnaire six"),
        (("open", "r2", "--instrument", "five-lenses", *OF_2025), "over 2025 already"),
        (("close", "r1"), "Nobody answered in round 'r1' yet"),
        (("close", "r9"), "There is no round 'r9' here"),
        (("say", "r1", "money", "--finding", "Krap.", "--language", "nl"), "has no lens 'money'"),
        (("say", "r1", "gains", "--finding", " ", "--language", "nl"), "is empty or over 4000"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    opened(home, "practice=2")
    line = refused(capsys, "assess", *arguments, *PLACE, home)
    assert told in line
    assert line.count("\n") == 1


def test_scores_findings_and_verdicts_stand_apart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hold_round(home, "r1", "2025", with_means((200,) * 5, PANEL))
    say = ("assess", "say", "r1", "organisation", "--language", "nl", *PLACE, str(home))
    assert main([*say, "--finding", "Het mandaat is onduidelijk."]) == 0
    assert main([*say, "--verdict", "satisfactory", "--because", "De overlegtafel werkt."]) == 0
    assert main([*say, "--verdict", "not-satisfactory", "--because", "Zonder mandaat geen besluit."]) == 0
    assert main([*say, "--verdict", "satisfactory"]) == 2
    capsys.readouterr()
    assert main(["assess", "show", "r1", "--home", str(home)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "Focus group on organisation (nl): Het mandaat is onduidelijk." in told
    assert "Experts, not satisfactory: organisation (nl): Zonder mandaat geen besluit." in told
    assert not any("werkt" in line for line in told)
    assert any(line.startswith("Organisational dynamics: mean 2.00 (sd 0.00, n 25); below") for line in told)


def test_the_threshold_is_the_regions_own(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_round(home, "r1", "2025", with_means((250,) * 5, PANEL[:10]))
    for threshold, is_below in (("2.5", False), ("2.51", True)):
        monkeypatch.setenv("REGIOHELIX_NODE_LENS_THRESHOLD", threshold)
        capsys.readouterr()
        assert main(["assess", "show", "r1", "--home", str(home), "--json"]) == 0
        assert {lens["is_below"] for lens in json.loads(capsys.readouterr().out)["lenses"]} == {is_below}
    monkeypatch.setenv("REGIOHELIX_NODE_LENS_THRESHOLD", "4.5")
    assert "'lens_threshold': must be a score from 1 to 4" in refused(capsys, "assess", "show", "r1", "--home", home)


def test_a_questionnaire_of_the_region_itself_is_read_strictly(tmp_path: Path) -> None:
    plain = msgspec.to_builtins(FIVE_LENSES)
    assert read_questionnaire(plain) == FIVE_LENSES
    plain["lenses"][1]["id"] = plain["lenses"][0]["id"]
    with pytest.raises(QuestionnaireInvalid, match="one stands twice"):
        read_questionnaire(plain)
    file = tmp_path / "own.yaml"
    for written, told in (
        ("id: own", "a field is missing"), ("[", "not plain UTF-8 YAML"), ("a: &x [*x]", "not plain UTF-8 YAML"),
    ):  # fmt: skip
        file.write_text(written)
        with pytest.raises(QuestionnaireUnknown, match=told):
            find_questionnaire(str(file))


@pytest.mark.parametrize("items", range(1, 21))
def test_every_band_holds_two_scores_and_every_score_lies_in_one(items: int) -> None:
    found = bands(items)
    assert [total for band in found for total in band] == list(range(items, 4 * items + 1))
    assert min(map(len, found)) >= 2
    assert HELICES == ("government", "practice", "knowledge", "citizens")
