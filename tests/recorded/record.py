"""Record one chain of every event type as this version signs it: `python -m tests.recorded.record VERSION`.

Run once per released version. What is recorded is never changed afterwards: later versions must go on reading it. The
private keys are thrown away.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from schemas import payloads
from schemas.codes import PROTOCOL, EventType
from schemas.signature import Purpose, SigningKey
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub import NOW, RunningHub

HERE = Path(__file__).parent


def every_payload(region: TestRegion) -> list[tuple[str, Any]]:
    """Release one event of every type that this version has, in an order that makes sense."""
    types = {type_.name for type_ in EventType}
    figures, words = diabetes(900), lesson()
    released = [region.release([figures, words])]
    first, second = released[0]
    if "INDICATOR_CORRECTED" in types:
        released.append(region.release([payloads.IndicatorCorrected(first.id, "A register came late.", diabetes(950))]))
        region.release([payloads.LessonRevised(second.id, "Said shorter.", lesson("Een kortere les"))])
        if "INDICATOR_PENDING" in types:
            region.release([payloads.IndicatorPending(released[1][0].id, waits=True)])
        region.release([payloads.IndicatorWithdrawn(released[1][0].id, "The register was wrong.")])
        region.release([payloads.LessonWithdrawn(region.chain[3].id, "No longer so.")])
        region.release([payloads.EventRedacted(region.chain[3].id, "A name was in it.")])
        enrolled = SigningKey.generate()
        message = payloads.key_proof_message(region.code, enrolled.public.hex, "reviewer")
        proof = enrolled.sign(Purpose.ENROLMENT, message)
        region.release([payloads.KeyEnrolled(enrolled.public.hex, "reviewer", "care group", proof)])
        region.release([payloads.KeyRevoked(enrolled.public.key_id, "Left the region.")])
    if "INDICATOR_PUBLISHED_V2" in types:
        from schemas.quality import Coverage, LinkageQuality, Quality

        quality = Quality(LinkageQuality(("probabilistic",), 996, 951, "clerk"), Coverage("practices", 51, True))
        known = [msgspec.structs.replace(diabetes(count, "2024"), quality=quality) for count in (800, 850)]
        (told,) = region.release([known[0]])
        region.release([payloads.IndicatorCorrected(told.id, "A practice came late.", known[1])])
    if "EVALUATION_PUBLISHED" in types:
        from schemas.evaluation import EvaluationRevised, EvaluationWithdrawn
        from tests.support.evaluations import an_evaluation

        resting = [(one.id, "2024") for one in region.chain[-1:]]
        evaluated = an_evaluation([*resting, (region.chain[0].id, "2025")])
        (stood,) = region.release([evaluated])
        later = msgspec.structs.replace(evaluated, made_by="epidemiologist")
        (again,) = region.release([EvaluationRevised(stood.id, "Made by another.", later)])
        region.release([EvaluationWithdrawn(again.id, "The outcome was measured otherwise.")])
    if "REPLY_PUBLISHED" in types:
        _reply(region)
    if "ASSESSMENT_PUBLISHED" in types:
        _assessment(region)
    if "LESSON_PUBLISHED_V2" in types:
        from schemas.about import LessonAbout

        about = LessonAbout(aims=("health",), changes=("finance",), principles=(1,), scope="theme")
        (told,) = region.release([msgspec.structs.replace(lesson("Een les met meer"), about=about)])
        later = msgspec.structs.replace(lesson("Een les met minder"), about=LessonAbout(aims=("cost",)))
        region.release([payloads.LessonRevised(told.id, "Said shorter.", later)])
    if "CITATION_PUBLISHED" in types:
        _citation(region)
    if "METHOD_PUBLISHED" in types:
        _items(region)
    return [(str(one.envelope.type), one) for one in region.chain]


def _reply(region: TestRegion) -> None:
    place = ("h.dm_prev", "2024", "invented", "2026-11-22T12:00:00Z")
    reply = payloads.ReplyPublished("antwoord", *place, "nl", "Wij tellen ook wie elders woont.", "datamanager")
    (first,) = region.release([reply])
    later = msgspec.structs.replace(reply, text="Wij tellen ook wie elders is ingeschreven.")
    (again,) = region.release([payloads.ReplyRevised(first.id, "Said more exactly.", later)])
    region.release([payloads.ReplyWithdrawn(again.id, "The figures were corrected.")])
    region.release([payloads.ReplyWaived(*place)])


def _assessment(region: TestRegion) -> None:
    from schemas.assessment import AssessmentRevised, AssessmentWithdrawn, ExpertVerdict
    from tests.support.panels import an_assessment, with_means

    rows = with_means((349, 304, 320, 302, 304), ("government",) * 10 + ("practice",) * 10 + ("citizens",) * 5)
    (first,) = region.release([an_assessment(rows)])
    verdict = ExpertVerdict("organisation", False, "nl", "Zonder mandaat geen besluit.")
    (again,) = region.release([AssessmentRevised(first.id, "Experts judged.", an_assessment(rows, verdicts=[verdict]))])
    region.release([AssessmentWithdrawn(again.id, "The wrong panel was asked.")])


def _citation(region: TestRegion) -> None:
    from schemas.citation import CitationPublished, CitationWithdrawn, CitedEvaluation, CitedExperience, CitedFigures

    own = (CitedFigures(region.chain[0].id, "diabetes-prevalence", "2025"), CitedEvaluation("e" * 64))
    told = CitedExperience("residents", "Verslag van de bewonersavond van 3 maart.")
    cited = ("c" * 64, "XR-VEENKANT", "nl", "supporting", "epidemioloog", "Ook bij ons kwam het riool eerst.")
    (made,) = region.release([CitationPublished("riool", *cited, (*own, told))])
    region.release([CitationWithdrawn(made.id, "The figures were corrected.")])


def _items(region: TestRegion) -> None:
    from schemas.item_kinds import KINDS, revision
    from schemas.items import ItemWithdrawn
    from tests.support.items import FILLED, an_item

    for noun in KINDS:
        if noun not in FILLED:
            continue
        other = {"of_region": "XR-VEENKANT"} if noun == "reuse" else {}
        (first,) = region.release([an_item(noun, **other)])
        (again,) = region.release([revision(first.id, "Said better.", an_item(noun, title="Beter gezegd", **other))])
        region.release([ItemWithdrawn(again.id, "No longer so.")])


def record(version: str) -> Path:
    """Write the chain, the keys that verify it, and the hub's receipts; refuses a version that is recorded."""
    file = HERE / f"{version}.json"
    region = TestRegion("XR-DUINRAND")
    with tempfile.TemporaryDirectory() as folder:
        from hub.bootstrap import make_hub
        from hub.config import Hub

        made = make_hub(Path(folder) / "hub", {})
        running = RunningHub(Hub(made.engine, made.key, made.settings, lambda: NOW))
        running.enrol(region)
        chain = every_payload(region)
        answers = running.push(region.code, [one.body for _, one in chain], PROTOCOL)
        made.engine.dispose()
    told = {
        "version": version,
        "region": region.code,
        "hub_key": made.key.public.hex,
        "service_key": region.service.public.hex,
        "reviewer_keys": [key.public.hex for key in region.reviewers],
        "events": [
            {
                "type": type_,
                "payload": json.loads(one.payload),
                "body": one.body.decode(),
                "answer": json.loads(msgspec.json.encode(answer)),
            }
            for (type_, one), answer in zip(chain, answers, strict=True)
        ],
    }
    with file.open("x", encoding="utf-8") as stream:
        stream.write(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return file


if __name__ == "__main__":
    print(record(sys.argv[1]))
