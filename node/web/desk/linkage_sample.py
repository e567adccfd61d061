"""The clerk's sample: one pair at a time with what is needed to judge it, three answers, and the last one back.

The only page of the desk that shows values of persons. It holds one pair, the one to judge now; nothing of it is in an
address, a log or a word of refusal, browsers do not keep it, and the audit log says who was shown which pair.
"""

from collections.abc import Callable
from typing import Final

from node.work import linking
from node.work.linking import (
    PairPassed,
    Review,
    SampledPair,
    SampleExpired,
    SampleMissing,
    SampleUnreadable,
    Verdict,
)
from node.work.sources import RecordStoreBusy
from schemas.refused import Refused
from schemas.text import Text

from .linkage_page import BUSY
from .markup import Child, Html, h
from .page import button, command, form, link, page, panel, table
from .visit import Answer, Desk, FormUnfit, Visit

_HERE: Final = "/linkage/sample"
_ANSWERS: Final[dict[Verdict, Text]] = {
    "same": Text("Zelfde persoon", "Same person"),
    "different": Text("Verschillende personen", "Different persons"),
    "unsure": Text("Niet te zeggen", "Cannot tell"),
}
_WHY: Final[dict[type[Exception], Text]] = {
    SampleMissing: Text(
        "Er is geen steekproef te beoordelen. Wie bij de machine van de node kan, maakt er een, versleuteld en voor "
        "14 dagen:",
        "There is no sample to judge. Who has access to the node's machine makes one, encrypted and for 14 days:",
    ),
    SampleExpired: Text(
        "De datum van de steekproef is gekomen, dus hij wordt niet getoond; maak een nieuwe:",
        "The sample's date has come, so it is not shown; make a new one:",
    ),
    SampleUnreadable: Text(
        "De sleutel van de steekproef opent haar niet; maak een nieuwe, dan wordt deze gewist:",
        "The sample's key does not open it; make a new one, and this one is deleted:",
    ),
    RecordStoreBusy: BUSY,
}
_PASSED: Final = Text(
    "Dit paar was al beoordeeld of niet aan de beurt, en er is niets bewaard; hieronder staat waar het om gaat.",
    "This pair was judged already or not its turn, and nothing was kept; below is what is to be judged now.",
)


def show(visit: Visit) -> Answer:
    """Show the pair to judge now."""
    return _shown(visit)


def judge(visit: Visit) -> Answer:
    """Keep an answer, and go on to the next pair."""
    answer = visit.one("verdict")
    verdict = next((one for one in linking.VERDICTS if one == answer), None)
    if verdict is None:
        raise FormUnfit(visit.t("Kies een van de drie antwoorden.", "Choose one of the three answers."))

    def keep(desk: Desk, review: Review, number: int) -> None:
        linking.judge(desk.settings.home, desk.engine, review, number, verdict, visit.who.name, desk.clock())

    return _acted(visit, keep)


def take_back(visit: Visit) -> Answer:
    """Forget the last answer, and show its pair again."""

    def forget(desk: Desk, review: Review, number: int) -> None:
        linking.take_back(desk.settings.home, desk.engine, review, number, visit.who.name, desk.clock())

    return _acted(visit, forget)


def _acted(visit: Visit, act: Callable[[Desk, Review, int], object]) -> Answer:
    """Do something with the pair that a form is about, and show whose turn it is then, or why it was not done."""
    try:
        act(visit.desk, _asked(visit), _number(visit))
    except PairPassed:
        return _shown(visit, _PASSED)
    except (SampleMissing, SampleExpired, SampleUnreadable, RecordStoreBusy) as error:
        return _not_shown(visit, error, 409)
    return Answer(status=303, to=f"{_HERE}#pair")


def _opened(visit: Visit) -> Review:
    desk = visit.desk
    return linking.reviewing(desk.settings, desk.secret, desk.clock().date())


def _asked(visit: Visit) -> Review:
    """Return the sample that a form is about; raises PairPassed where another was made since its page was shown."""
    review = _opened(visit)
    if review.sample.sample != visit.one("sample"):
        raise PairPassed("Another sample was made since; judge the pair that is shown.")
    return review


def _number(visit: Visit) -> int:
    text = visit.one("pair")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise FormUnfit(visit.t("Open de pagina opnieuw en kies daar een antwoord.",
                                "Open the page again and choose an answer there."))  # fmt: skip
    return int(text)


def _shown(visit: Visit, passed: Text | None = None) -> Answer:
    try:
        review = _opened(visit)
    except (SampleMissing, SampleExpired, SampleUnreadable, RecordStoreBusy) as error:
        return _not_shown(visit, error, 200 if passed is None else 409)
    pair = linking.shown(visit.desk.engine, review, visit.who.name, visit.desk.clock())
    done, whole = len(review.judged), len(review.sample.pairs)
    return page(
        visit,
        _title(visit),
        h("p", visit.told(passed), class_="note stop", role="alert") if passed else None,
        panel(
            visit.t("Alles beoordeeld", "All were judged") if pair is None
            else visit.t(f"Paar {pair.number} van {whole}", f"Pair {pair.number} of {whole}"),
            _progress(visit, done, whole),
            _pair(visit, review, pair) if pair is not None else h(
                "p", link(visit.t("Wat de antwoorden zeggen", "What the answers say"), "/linkage#judged"),
                class_="gap-s"),
            _back(visit, review),
            id_="pair",
        ),
        panel(visit.t("Hoe te oordelen", "How to judge"), *_advice(visit, review), class_="gap"),
        crumb=_crumb(visit),
        status=200 if passed is None else 409,
    )  # fmt: skip


def _title(visit: Visit) -> str:
    return visit.t("Is dit één persoon?", "Is this one person?")


def _crumb(visit: Visit) -> list[Child]:
    return [link(visit.t("Bronnen", "Sources"), "/sources"), " · ", link(visit.t("Koppeling", "Linkage"), "/linkage")]


def _not_shown(visit: Visit, error: Refused, status: int) -> Answer:
    told = next(text for kind, text in _WHY.items() if isinstance(error, kind))
    return page(
        visit,
        _title(visit),
        h("p", visit.told(told), class_="note", role="alert" if status == 409 else None),
        None if isinstance(error, RecordStoreBusy) else command("python -m node linkage sample MAPPING..."),
        crumb=_crumb(visit),
        status=status,
    )


def _progress(visit: Visit, done: int, whole: int) -> Html:
    told = visit.t(f"{done} van {whole} beoordeeld", f"{done} of {whole} judged")
    return h("p", told, h("progress", value=done, max=whole, aria_label=told), class_="quiet small")


def _pair(visit: Visit, review: Review, pair: SampledPair) -> list[Html]:
    one, other = pair.sources
    heads = [visit.t("Veld", "Field"), f"1: {one}", f"2: {other}", "="]
    rows = [
        (linking.field_told(name, visit.lang), left, right, _agree(visit, is_same))
        for name, left, right, is_same in pair.rows()
    ]
    buttons = [button(visit.told(text), name="verdict", value=verdict) for verdict, text in _ANSWERS.items()]
    return [
        table(
            visit.t("Wat de bronnen zeggen", "What the sources say"), heads, rows, "tight"
        ),  # both sides beside each other, also on a telephone
        form(visit, f"{_HERE}/judge", *_about(review, pair.number), h("p", buttons, class_="btns")),
    ]


def _agree(visit: Visit, is_same: bool) -> Html:
    return h("span", visit.t("ja", "yes") if is_same else visit.t("nee", "no"), class_="nowrap")


def _back(visit: Visit, review: Review) -> Html | None:
    if review.last is None:
        return None
    told = visit.t(f"Neem het antwoord op paar {review.last} terug", f"Take back the answer on pair {review.last}")
    return form(visit, f"{_HERE}/back", *_about(review, review.last), h("p", button(told), class_="btns"))


def _about(review: Review, number: int) -> tuple[Html, Html]:
    return (h("input", type="hidden", name="sample", value=review.sample.sample),
            h("input", type="hidden", name="pair", value=number))  # fmt: skip


def _advice(visit: Visit, review: Review) -> list[Html]:
    lines = [
        visit.t("Wat de koppeling van dit paar maakte, staat er met opzet niet bij.",
                "What the linkage made of this pair is left out on purpose."),
        visit.t("Kies 'niet te zeggen' als de velden te weinig zeggen: dat telt in geen van beide richtingen.",
                "Choose 'cannot tell' where the fields say too little: that counts neither way."),
        visit.t("Van ieder paar wordt vastgelegd aan wie het getoond is en wat die antwoordde. Neem geen namen over.",
                "Of every pair it is written down who was shown it and what they answered. Copy no names."),
        visit.t(f"De steekproef wordt op {review.expires_on} gewist; de antwoorden blijven, als tellingen.",
                f"The sample is deleted on {review.expires_on}; the answers stay, as counts."),
    ]  # fmt: skip
    return [h("ul", [h("li", one) for one in lines], class_="list")]
