"""The de-identifier's process: what it says is checked, and a hung, dying or babbling one ends in one sentence."""

import sys
import time

import pytest

from node.release.words.deidentifier import PYTHON, Deidentifier, DeidentifierFailed, at_hand
from node.release.words.trace import ADDRESS, NAME, PLACE, Trace

READY = "import sys, json, time\nprint(json.dumps({'ready': True}), flush=True)\n"
ANSWER = READY + "for line in sys.stdin:\n    json.loads(line)\n    print(SAID, flush=True)\n"


def answering(said: str) -> str:
    return f"SAID = {said!r}\n{ANSWER}"


def worker(script: str, start: float = 20.0, answer: float = 20.0) -> Deidentifier:
    return Deidentifier((sys.executable, "-c", script), start, answer)


def test_what_it_marks_comes_back_as_kinds_of_ours() -> None:
    said = '{"found": [[[0, 6, "persoon"], [7, 12, "locatie"], [7, 15, "locatie"], [0, 2, "leeftijd"]], []]}'
    finder = worker(answering(said))
    try:
        marked = finder.find(["Jansen, Dorp 12", ""])
        again = finder.find(["Jansen, Dorp 12", ""])
    finally:
        finder.close()
    assert marked == ((Trace(0, 6, NAME), Trace(7, 12, PLACE), Trace(7, 15, ADDRESS)), ())
    assert again == marked


@pytest.mark.parametrize(
    "answer",
    ["no JSON", '{"found": []}', '{"found": [[["a", 1, "persoon"]]]}', "[]"],
)
def test_an_answer_of_another_form_is_refused_without_the_text(answer: str) -> None:
    finder = worker(answering(answer))
    with pytest.raises(DeidentifierFailed) as refused:
        finder.find(["Jansen"])
    assert "Jansen" not in str(refused.value)


def test_a_place_outside_the_text_is_left_out() -> None:
    finder = worker(answering('{"found": [[[0, 99, "persoon"], [-1, 2, "persoon"], [3, 3, "persoon"]]]}'))
    try:
        assert finder.find(["Jansen"]) == ((),)
    finally:
        finder.close()


@pytest.mark.parametrize(
    ("script", "start", "answer"),
    [
        ("import time\ntime.sleep(60)", 0.5, 20.0),
        (READY + "time.sleep(60)", 20.0, 0.5),
        ("raise SystemExit(1)", 20.0, 20.0),
        (READY + "raise SystemExit(1)", 20.0, 20.0),
        (READY + "sys.stdin.readline()\nraise SystemExit(1)", 20.0, 20.0),
    ],
    ids=["never ready", "never answers", "cannot start", "ends before", "ends within"],
)
def test_a_process_that_hangs_or_ends_is_refused_in_time(script: str, start: float, answer: float) -> None:
    began = time.monotonic()
    # More than a pipe holds, so that a process which does not read would block the writing, too.
    with pytest.raises(DeidentifierFailed, match="de-identifier"):
        worker(script, start, answer).find(["woord " * 100_000])
    assert time.monotonic() - began < 15


def test_after_a_failure_the_next_question_starts_another() -> None:
    finder = worker(READY + "sys.stdin.readline()\nraise SystemExit(1)")
    for _ in range(2):
        with pytest.raises(DeidentifierFailed):
            finder.find(["a"])


def test_an_interpreter_that_is_not_there_is_refused_in_one_sentence() -> None:
    with at_hand({PYTHON: "/nowhere/python"}) as finder:
        assert finder is not None
        with pytest.raises(DeidentifierFailed, match="cannot be started"):
            finder.start()


def test_an_interpreter_without_the_de_identifier_is_refused_and_not_taken_for_silence() -> None:
    finder = Deidentifier((sys.executable, "-S", "-I", "-c", "import deduce"))
    with pytest.raises(DeidentifierFailed, match="ended"):
        finder.find(["a"])
