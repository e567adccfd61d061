"""An assessment as reviewers read it before it leaves: every part that its readers will get, in both languages."""

from collections.abc import Iterator
from typing import Final

from schemas.assessment import AssessmentPublished, Band, Banded, Helix, NobodyAnswered, Score
from schemas.text import Text

HELIX_WORDS: Final[dict[Helix, Text]] = {
    "government": Text("overheid", "government"),
    "practice": Text("praktijk", "practice"),
    "knowledge": Text("kennis", "knowledge"),
    "citizens": Text("inwoners", "citizens"),
}


def assessment_parts(one: AssessmentPublished) -> Iterator[tuple[str, Text, Text]]:
    """Yield every part of an assessment: a stable key, what it is, and what it says."""
    yield "title", Text("Instrument", "Instrument"), one.title
    version = f"{one.instrument}, {one.instrument_version} ({one.instrument_hash[:16]})"
    yield "instrument", Text("Vragenlijst, versie", "Questionnaire, version"), Text(version, version)
    yield "period", Text("Periode", "Period"), Text(one.period, one.period)
    closed = Text(f"Gesloten op {one.closed_on}", f"Closed on {one.closed_on}")
    yield "closed_on", Text("Ronde", "Round"), _and(Text(one.assessment, one.assessment), closed)
    answered = Text(f"{one.answered} van {one.invited} plaatsen", f"{one.answered} of {one.invited} seats")
    yield "answered", Text("Antwoorden", "Answers"), answered
    for lens in one.lenses:
        unsure = Text(" (formulering niet geverifieerd)", " (wording not verified)")
        mark = unsure if lens.provenance == "unverified" else Text("", "")
        head = Text(f"{lens.title.nl}: panel{mark.nl}", f"{lens.title.en}: panel{mark.en}")
        yield f"panel {lens.lens}", head, score_words(lens.panel)
        for part in lens.by_helix:
            yield f"{part.helix} {lens.lens}", _and(lens.title, HELIX_WORDS[part.helix]), score_words(part.score)
    titles = {lens.lens: lens.title for lens in one.lenses}
    for found in one.findings:
        what = Text(f"Focusgroep ({found.language})", f"Focus group ({found.language})")
        yield f"finding {found.lens} {found.language}", _and(titles[found.lens], what), Text(found.text, found.text)
    for verdict in one.verdicts:
        what = Text(f"Oordeel van experts ({verdict.language})", f"Experts' verdict ({verdict.language})")
        said = Text("voldoende", "satisfactory") if verdict.satisfactory else Text("niet voldoende", "not satisfactory")
        reason = Text(verdict.reason, verdict.reason)
        yield f"verdict {verdict.lens} {verdict.language}", _and(titles[verdict.lens], what), _and(said, reason)
    yield "made_by", Text("Gemaakt door", "Made by"), Text(one.made_by, one.made_by)


def score_words(score: Score) -> Text:
    """Return a score in words."""
    if isinstance(score, NobodyAnswered):
        return Text("niemand antwoordde", "nobody answered")
    if not isinstance(score, Banded):
        return Text("verborgen: te weinig antwoorden om te tonen", "hidden: too few answers to show")
    median = _band(score.median)
    told = Text(f"mediaan {median.nl}; {score.answers} antwoorden", f"median {median.en}; {score.answers} answers")
    if score.lower is None or score.upper is None:
        return told
    half = _band(Band(score.lower.low, score.upper.high))
    return Text(f"{told.nl}; middelste helft {half.nl}", f"{told.en}; middle half {half.en}")


def _band(band: Band) -> Text:
    low, high = f"{band.low / 100:.2f}", f"{band.high / 100:.2f}"
    return Text(f"{low} tot en met {high}".replace(".", ","), f"{low} to {high}")


def _and(first: Text, second: Text) -> Text:
    return Text(f"{first.nl}: {second.nl}", f"{first.en}: {second.en}")
