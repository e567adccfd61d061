"""A payment scenario as a table for people, Dutch and English: every parameter with its source, amounts in euros."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from node.release.markdown import visible
from schemas.codes import Language
from schemas.definition import Text

from .payment import Model, Parameter, ScenarioOutcome, parameters_of

MODELS: Final[dict[Model, Text]] = {
    "shared_savings": Text("gedeelde besparingen", "shared savings"),
    "bundled_payment": Text("bundelbetaling met gedeelde besparingen", "bundled payment with shared savings"),
    "population_payment": Text("populatiebekostiging", "population-based payment"),
}
PARAMETERS: Final = {
    "growth_percent": Text("groei van kosten sinds de referentie", "growth of cost since the reference"),
    "minimum_savings_percent": Text(
        "drempel: kleinste besparing die wordt gedeeld", "threshold: least savings that are shared"
    ),
    "share_percent": Text("deel voor aanbieders", "providers' share"),
    "cap_percent": Text(
        "hoogste bedrag dat aanbieders van de besparing krijgen", "most that providers get of the savings"
    ),
    "quality_gate_percent": Text(
        "kwaliteitspoort: minstens te halen om te delen", "quality gate: least to be met before savings are shared"
    ),
    "discount_percent": Text("korting op het vaste bedrag", "discount on the fixed payment"),
    "loss_limit_percent": Text("hoogste verlies dat aanbieders dragen", "largest loss that providers bear"),
    "quality_reward_percent": Text(
        "kwaliteitsbeloning als elk doel is gehaald", "quality reward if every target is met"
    ),
}
_OF_BENCHMARK: Final = Text("van de norm", "of the benchmark")
_OF_PAYMENT: Final = Text("van het vaste bedrag", "of the fixed payment")
_OF_WHAT: Final[dict[str, Text]] = {
    "growth_percent": Text("per persoon", "per person"),
    "minimum_savings_percent": _OF_BENCHMARK,
    "share_percent": Text("van de besparing", "of the savings"),
    "cap_percent": _OF_BENCHMARK,
    "quality_gate_percent": Text("van de kwaliteitsdoelen", "of the quality targets"),
    "discount_percent": _OF_BENCHMARK,
    "loss_limit_percent": _OF_PAYMENT,
    "quality_reward_percent": _OF_PAYMENT,
}
_OF_WHAT_IN_A_BUNDLE: Final = {
    "share_percent": Text("van wat van het vaste bedrag overblijft", "of what is left of the fixed payment"),
    "cap_percent": _OF_PAYMENT,
}
"""What a percentage is of, where a bundle takes it of something else than shared savings do."""

_WORDS: Final = {
    "model": Text("Model", "Model"),
    "period": Text("Periode", "Period"),
    "scope": Text("Reikwijdte", "Scope"),
    "parameters": Text("Parameters", "Parameters"),
    "checked": Text("nagezocht", "checked"),
    "unchecked": Text("niet nagezocht", "not checked"),
    "groups": Text("Groep; personen; norm; kosten", "Group; persons; benchmark; cost"),
    "benchmark": Text("Norm, gecorrigeerd voor samenstelling", "Benchmark, corrected for case mix"),
    "cost": Text("Werkelijke kosten", "Actual cost"),
    "savings": Text("Besparing: kosten onder de norm", "Savings: cost below the benchmark"),
    "overrun": Text("Overschrijding: kosten boven de norm", "Overrun: cost above the benchmark"),
    "quality": Text("Kwaliteitsdoelen gehaald", "Quality targets met"),
    "met": Text("gehaald", "met"),
    "missed": Text("niet gehaald", "not met"),
    "gate": Text("Kwaliteitspoort", "Quality gate"),
    "open": Text("open", "open"),
    "closed": Text("dicht: er wordt geen besparing gedeeld", "closed: no savings are shared"),
    "threshold": Text("Drempel", "Threshold"),
    "reached": Text("gehaald", "reached"),
    "not_reached": Text("niet gehaald: er wordt niets gedeeld", "not reached: nothing is shared"),
    "payment": Text("Vast bedrag", "Fixed payment"),
    "shared": Text("Besparing die naar aanbieders gaat", "Savings that go to providers"),
    "borne": Text("Verlies dat aanbieders dragen", "Loss that providers bear"),
    "capped": Text("begrensd", "limited"),
    "quality_reward": Text("Kwaliteitsbeloning", "Quality reward"),
    "result": Text("Aanbieders krijgen meer dan hun kosten", "Providers get more than their cost"),
    "shortfall": Text("Aanbieders krijgen minder dan hun kosten", "Providers get less than their cost"),
    "payer_pays": Text("Betaler betaalt", "Payer pays"),
    "payer_saves": Text("Betaler betaalt minder dan de norm", "Payer pays less than the benchmark"),
    "payer_overpays": Text("Betaler betaalt meer dan de norm", "Payer pays more than the benchmark"),
    "warning": Text(
        "Een scenario: het rekent door wat is ingevuld. Of een besparing van de aanpak komt, zegt `evaluate`.",
        "A scenario: it works out what was filled in. Whether savings come from what was done, `evaluate` says.",
    ),
}


def table(found: ScenarioOutcome, lang: Language) -> Iterator[str]:
    """Yield the lines of a scenario's table; what was written in the file cannot steer the terminal."""
    for line in _lines(found, lang):
        yield visible(line).replace("\n", " ")


def _lines(found: ScenarioOutcome, lang: Language) -> Iterator[str]:
    scenario = found.scenario
    yield scenario.title.told(lang)
    yield _line("model", MODELS[scenario.model].told(lang), lang)
    yield _line("period", scenario.period, lang)
    yield _line("scope", scenario.scope.told(lang), lang)
    yield f"{_w('parameters', lang)}:"
    for name in parameters_of(scenario.model):
        yield f"  {_parameter(name, scenario.model, scenario.parameters[name], lang)}"
    yield f"{_w('groups', lang)}:"
    for one in found.groups:
        numbers = (_number(Decimal(one.persons), lang), euros(one.benchmark, lang), euros(one.cost, lang))
        yield f"  {one.name.told(lang)}; {'; '.join(numbers)}"
    yield _line("benchmark", euros(found.benchmark, lang), lang)
    yield _line("cost", euros(found.cost, lang), lang)
    percent = f"{_number(abs(found.savings_percent), lang)}% {_OF_BENCHMARK.told(lang)}"
    yield f"{_amount('savings', 'overrun', found.savings, lang)} ({percent})"
    yield _line("quality", f"{found.targets_met}/{len(scenario.quality)}", lang)
    for target in scenario.quality:
        sign = "≥" if target.favourable == "higher" else "≤"
        said = _w("met" if target.is_met else "missed", lang)
        yield f"  {target.indicator}: {_number(target.value, lang)} ({sign} {_number(target.target, lang)}): {said}"
    yield from _outcome(found, lang)
    yield _w("warning", lang)


def _outcome(found: ScenarioOutcome, lang: Language) -> Iterator[str]:
    if found.gate is not None:
        yield _line("gate", _w("open" if found.gate else "closed", lang), lang)
    if found.enough_savings is not None:
        yield _line("threshold", _w("reached" if found.enough_savings else "not_reached", lang), lang)
    if found.payment is not None:
        yield _line("payment", euros(found.payment, lang), lang)
    limited = f" ({_w('capped', lang)})" if found.is_capped else ""
    yield f"{_amount('shared', 'borne', found.shared, lang)}{limited}"
    if found.payment is not None:
        yield _line("quality_reward", euros(found.quality_reward, lang), lang)
    yield _amount("result", "shortfall", found.result, lang)
    yield _line("payer_pays", euros(found.payer_pays, lang), lang)
    yield _amount("payer_saves", "payer_overpays", found.payer_saves, lang)


def euros(amount: Decimal, lang: Language) -> str:
    """Return an amount with thousands and cents as the language writes them."""
    return f"€ {_number(amount, lang)}" if lang == "nl" else f"€{_number(amount, lang)}"


def _number(value: Decimal, lang: Language) -> str:
    text = f"{value:,}".replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if lang == "nl" else text


def _parameter(name: str, model: Model, one: Parameter, lang: Language) -> str:
    checked = _w("checked" if one.verified else "unchecked", lang)
    of_what = _OF_WHAT[name]
    if model == "bundled_payment":
        of_what = _OF_WHAT_IN_A_BUNDLE.get(name, of_what)
    told = f"{PARAMETERS[name].told(lang)}: {_number(one.value, lang)}% {of_what.told(lang)}"
    return f"{told} ({one.source}; {checked})"


def _amount(gain: str, loss: str, amount: Decimal, lang: Language) -> str:
    """Return a line that says in words which way an amount goes, so that none has a sign."""
    return _line(loss if amount < 0 else gain, euros(abs(amount), lang), lang)


def _line(key: str, text: str, lang: Language) -> str:
    return f"{_w(key, lang)}: {text}"


def _w(key: str, lang: Language) -> str:
    return _WORDS[key].told(lang)
