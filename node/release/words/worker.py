"""Run the Dutch de-identifier apart from the node: a line of JSON in, a line of JSON out.

This is a script that imports nothing of ours: `deduce` is under the GPL, so it is an optional extra that works in a
process of its own, and the node never imports it. In: {"texts": [text, …]}. Out: once {"ready": true}, then for each
line {"found": [[[start, end, tag], …], …]}. The first argument is the most memory it may take, in bytes.
"""

import importlib
import json
import resource
import sys
from typing import TextIO


def main(memory: int) -> None:
    """Answer every line of standard input until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    finder = importlib.import_module("deduce").Deduce()
    _say(answers, {"ready": True})
    for line in sys.stdin:
        found = [
            [[one.start_char, one.end_char, one.tag] for one in finder.deidentify(text).annotations]
            for text in json.loads(line)["texts"]
        ]
        _say(answers, {"found": found})


def _say(answers: TextIO, answer: object) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
