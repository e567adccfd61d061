"""Tell of a panel what its readers may know: medians and quartiles in bands, and no answer of anyone.

The rule is argued in docs/decisions/0018-panels.md. Whether something is told depends on how many answered and never on
what; what is told depends on the bands of the answers alone (`schemas.assessment.bands`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from node.tables import assessment_round, lens_word, panel_answer
from schemas.assessment import (
    FEWEST_FOR_MEDIAN,
    FEWEST_FOR_QUARTILES,
    HELICES,
    PANEL_RULE,
    AssessmentPublished,
    Band,
    Banded,
    ExpertVerdict,
    FocusGroupFinding,
    Helix,
    HelixScore,
    LensScore,
    NobodyAnswered,
    Protected,
    Score,
    bands,
    hundredths,
)
from schemas.panel_rule import told_helices
from schemas.questionnaires import Questionnaire

from .refusal import ReleaseRefused
from .scan import by_rule
from .words.deidentifier import UNSEEN, Deidentifier
from .words.spelling import plain
from .words.trace import PLACE, outermost

PANEL_NOTE: Final = (
    "Of the panel are told medians from five answers and the middle half from ten, in bands of at least two scores; "
    "nothing else of any answer."
)
_LONGEST_ROLE: Final = 100  # characters, as the hub takes


class RoundNotClosed(ReleaseRefused):
    """A round that this node does not know, or that still takes answers in."""


class AssessmentNamesPerson(ReleaseRefused):
    """A finding, a verdict's reason or a role in which the scan found traces of a person."""


class RoleUnfit(ReleaseRefused):
    """An assessment without the role of who made it, or with one that is too long."""


@dataclass(frozen=True, slots=True)
class PanelAssessment:
    """An assessment of which nothing is told but what the rule allows; only panel makes one.

    `unseen` says what the scan of its words could not look for, empty where all was looked for.
    """

    payload: AssessmentPublished = field(repr=False)
    unseen: str


@dataclass(frozen=True, slots=True)
class AskedAssessment:
    """Which round is to be released, and on whose behalf (a role, no name)."""

    round: str
    made_by: str


def panel(connection: Connection, asked: AskedAssessment, deidentifier: Deidentifier | None = None) -> PanelAssessment:
    """Make an assessment of a closed round, as its event is to say it.

    Raises RoundNotClosed, RoleUnfit, AssessmentNamesPerson or DeidentifierFailed.
    """
    table = assessment_round
    row = connection.execute(select(table).where(table.c.id == asked.round)).one_or_none()
    if row is None or row.closed_at is None:
        what = "is not known here" if row is None else "still takes answers in"
        raise RoundNotClosed(
            f"Round '{asked.round}' {what}; `python -m node assess list` names the rounds, `assess close` closes one."
        )
    if not 0 < len(asked.made_by.strip()) <= _LONGEST_ROLE:
        raise RoleUnfit(f"Nobody says who made the assessment; write a role of at most {_LONGEST_ROLE} characters.")
    questionnaire = msgspec.json.decode(row.questionnaire, type=Questionnaire)
    answers = _answers(connection, asked.round)
    findings, verdicts = _words(connection, asked.round, questionnaire)
    payload = AssessmentPublished(
        assessment=asked.round,
        instrument=questionnaire.id,
        instrument_version=questionnaire.version,
        instrument_hash=questionnaire.hash,
        title=questionnaire.title,
        period=row.period,
        closed_on=row.closed_at[:10],
        invited=sum(msgspec.json.decode(row.panel, type=dict[str, int]).values()),
        answered=len(answers),
        rule=PANEL_RULE,
        lenses=lens_scores(questionnaire, answers),
        findings=findings,
        verdicts=verdicts,
        made_by=asked.made_by.strip(),
    )
    _check_words(payload, deidentifier)
    return PanelAssessment(payload, UNSEEN if deidentifier is None else "")


def lens_scores(
    questionnaire: Questionnaire, answers: Sequence[tuple[Helix, Sequence[int | None]]]
) -> tuple[LensScore, ...]:
    """Return what may be told of every lens; an answer is a helix with 1 to 4 or None per item of the questionnaire."""
    found = []
    start = 0
    for lens in questionnaire.lenses:
        items = len(lens.items)
        parts = [(helix, points[start : start + items]) for helix, points in answers]
        start += items
        # an answer with a gap would have fewer scores to hide among
        whole = [(helix, sum(map(int, filter(None, part)))) for helix, part in parts if None not in part]
        sums = {helix: [total for of, total in whole if of == helix] for helix in HELICES}
        told = told_helices({helix: len(totals) for helix, totals in sums.items()})
        found.append(
            LensScore(
                lens=lens.id,
                title=lens.title,
                items=items,
                provenance="unverified"
                if any(one.provenance == "unverified" for one in lens.items)
                else lens.provenance,
                panel=score([total for _, total in whole], items),
                by_helix=tuple(
                    HelixScore(helix, score(sums[helix], items) if helix in told or not sums[helix] else Protected())
                    for helix in HELICES
                ),
            )
        )
    return tuple(found)


def score(sums: Sequence[int], items: int) -> Score:
    """Return the score of respondents by their sums over a lens's items: median from five, middle half from ten.

    The median lies from the lower to the upper middle answer's band. The middle half begins at the first answer past a
    quarter of n + 1 and ends at the last one before three quarters of it, so that it never reaches the extremes.
    """
    if not sums:
        return NobodyAnswered()
    n = len(sums)
    if n < FEWEST_FOR_MEDIAN:
        return Protected()
    cut = [Band(hundredths(one[0], items), hundredths(one[-1], items)) for one in bands(items)]
    place = {total: index for index, one in enumerate(bands(items)) for total in one}
    ranked = [cut[index] for index in sorted(place[total] for total in sums)]
    median = Band(ranked[(n - 1) // 2].low, ranked[n // 2].high)
    if n < FEWEST_FOR_QUARTILES:
        return Banded(n, median)
    past = (n + 1) // 4
    return Banded(n, median, ranked[past], ranked[n - 1 - past])


def _answers(connection: Connection, round_id: str) -> list[tuple[Helix, tuple[int | None, ...]]]:
    rows = connection.execute(
        select(panel_answer.c.helix, panel_answer.c.answers).where(panel_answer.c.round == round_id)
    )
    return [(row.helix, msgspec.json.decode(row.answers, type=tuple[int | None, ...])) for row in rows]


def _words(
    connection: Connection, round_id: str, questionnaire: Questionnaire
) -> tuple[tuple[FocusGroupFinding, ...], tuple[ExpertVerdict, ...]]:
    order = [lens.id for lens in questionnaire.lenses]
    rows = connection.execute(select(lens_word).where(lens_word.c.round == round_id)).all()
    rows = sorted(rows, key=lambda row: (order.index(row.lens), row.language))
    findings = (FocusGroupFinding(r.lens, r.language, r.text) for r in rows if r.kind == "finding")
    verdicts = (ExpertVerdict(r.lens, bool(r.satisfactory), r.language, r.text) for r in rows if r.kind == "verdict")
    return tuple(findings), tuple(verdicts)


def _check_words(payload: AssessmentPublished, deidentifier: Deidentifier | None) -> None:
    texts = [("the role", payload.made_by)]
    texts += [(f"the focus group's finding on {one.lens} ({one.language})", one.text) for one in payload.findings]
    texts += [(f"the verdict's reason on {one.lens} ({one.language})", one.reason) for one in payload.verdicts]
    plains = [plain(text) for _, text in texts]
    marked = deidentifier.find(plains) if deidentifier is not None else ((),) * len(plains)
    for (what, _), text, more in zip(texts, plains, marked, strict=True):
        # towns are let pass: they name no person, and nobody can let a finding stand here
        found = [one.kind for one in outermost((*by_rule(text), *more)) if one.kind != PLACE]
        if found:
            raise AssessmentNamesPerson(
                f"In the assessment {what} may name a person (looks like {found[0]}); reword it with `python -m node "
                "assess say`, or --role."
            )
