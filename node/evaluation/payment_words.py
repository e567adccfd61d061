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
    "growth_percent": Text("groei van kosten per persoon", "growth of cost per person"),
    "minimum_savings_percent": Text("drempel: minste besparing", "threshold: least savings"),
    "share_percent": Text("deel van de besparing voor aanbieders", "providers' share of savings"),
    "cap_percent": Text("hoogste uitkering", "most that is paid out"),
    "quality_gate_percent": Text("kwaliteitspoort: te halen doelen", "quality gate: targets to be met"),
    "discount_percent": Text("korting op de norm", "discount on the benchmark"),
    "loss_limit_percent": Text("grootste verlies voor aanbieders", "providers' largest loss"),
    "quality_reward_percent": Text("beloning als elk doel is gehaald", "reward if every target is met"),
}
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
    "savings": Text("Besparing", "Savings"),
    "quality": Text("Kwaliteit", "Quality"),
    "met": Text("gehaald", "met"),
    "missed": Text("niet gehaald", "not met"),
    "gate": Text("Kwaliteitspoort", "Quality gate"),
    "open": Text("open", "open"),
    "closed": Text("dicht: er wordt geen besparing gedeeld", "closed: no savings are shared"),
    "threshold": Text("Drempel", "Threshold"),
    "reached": Text("gehaald", "reached"),
    "not_reached": Text("niet gehaald: er wordt niets gedeeld", "not reached: nothing is shared"),
    "payment": Text("Vast bedrag", "Fixed payment"),
    "shared": Text("Besparing (of verlies) voor aanbieders", "Savings (or loss) for providers"),
    "capped": Text("begrensd", "limited"),
    "quality_reward": Text("Kwaliteitsbeloning", "Quality reward"),
    "result": Text("Resultaat van aanbieders boven hun kosten", "Providers' result beyond their cost"),
    "payer_pays": Text("Betaler betaalt", "Payer pays"),
    "payer_saves": Text("Betaler bespaart tegenover de norm", "Payer saves against the benchmark"),
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
        yield f"  {_parameter(name, scenario.parameters[name], lang)}"
    yield f"{_w('groups', lang)}:"
    for one in found.groups:
        numbers = (_number(Decimal(one.persons), lang), euros(one.benchmark, lang), euros(one.cost, lang))
        yield f"  {one.name.told(lang)}; {'; '.join(numbers)}"
    yield _line("benchmark", euros(found.benchmark, lang), lang)
    yield _line("cost", euros(found.cost, lang), lang)
    yield _line("savings", f"{euros(found.savings, lang)} ({_number(found.savings_percent, lang)}%)", lang)
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
    yield _line("shared", f"{euros(found.shared, lang)}{limited}", lang)
    if found.payment is not None:
        yield _line("quality_reward", euros(found.quality_reward, lang), lang)
    for name, amount in (
        ("result", found.result), ("payer_pays", found.payer_pays), ("payer_saves", found.payer_saves),
    ):  # fmt: skip
        yield _line(name, euros(amount, lang), lang)


def euros(amount: Decimal, lang: Language) -> str:
    """Return an amount with thousands and cents as the language writes them."""
    return f"€ {_number(amount, lang)}" if lang == "nl" else f"€{_number(amount, lang)}"


def _number(value: Decimal, lang: Language) -> str:
    text = f"{value:,}".replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if lang == "nl" else text


def _parameter(name: str, one: Parameter, lang: Language) -> str:
    checked = _w("checked" if one.verified else "unchecked", lang)
    return f"{PARAMETERS[name].told(lang)}: {_number(one.value, lang)}% ({one.source}; {checked})"


def _line(key: str, text: str, lang: Language) -> str:
    return f"{_w(key, lang)}: {text}"


def _w(key: str, lang: Language) -> str:
    return _WORDS[key].told(lang)
