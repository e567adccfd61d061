"""What an alternative payment would pay: shared savings, a bundle or a population payment, on aggregated figures.

Five parts, as in Hayen et al. (2015), BMC Health Services Research 15 (10.1186/s12913-015-1250-0): scope, expenditure,
a benchmark corrected for case mix, savings, and sharing rules, paid only if quality targets are met. It is a scenario:
it says what the parameters lead to, not what anybody should agree on. Amounts are whole cents; each line is rounded
once, half to even, and lines that are sums are sums of rounded ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Final, Literal

import msgspec

from node.knowledge.written import read_written
from node.release.disclosure import DisclosurePolicy
from schemas.catalogue import catalogue
from schemas.codes import PERIOD
from schemas.definition import Text

from .refusal import EvaluationRefused

Model = Literal["shared_savings", "bundled_payment", "population_payment"]

FEWEST_PERSONS: Final = DisclosurePolicy().minimum_persons  # as in a published cell: fewer are no aggregate
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_MOST_PERSONS: Final = 20_000_000
_MOST_EACH: Final = Decimal(10) ** 7  # euros for one person, and
_MOST: Final = Decimal(10) ** 13  # euros in all, beyond all Dutch health care: what is below is exact in 28 digits
_FOR: Final[dict[Model, tuple[str, ...]]] = {
    "shared_savings": ("minimum_savings_percent", "share_percent", "cap_percent", "quality_gate_percent"),
    "bundled_payment": (
        "discount_percent", "share_percent", "cap_percent", "loss_limit_percent", "quality_gate_percent",
        "quality_reward_percent",
    ),
    "population_payment": ("discount_percent", "quality_reward_percent"),
}  # fmt: skip
"""The parameters of each model, besides the growth of cost that all have."""


class ScenarioWrong(EvaluationRefused):
    """A scenario's file that contradicts itself, lacks a parameter of its model, or has one that it does not use."""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number that somebody chose, in percent, with where it comes from and whether that was checked."""

    value: Decimal
    source: str
    verified: bool


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Persons alike in case mix: how many insured-years, what one cost in the reference (euro), what all cost now."""

    name: Text
    persons: int
    reference_cost: Decimal
    cost: Decimal


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target for quality: the indicator, what it is and what it should be at least or at most."""

    indicator: str
    value: Decimal
    target: Decimal
    favourable: Literal["higher", "lower"]

    @property
    def is_met(self) -> bool:
        """Tell whether it is reached."""
        return self.value >= self.target if self.favourable == "higher" else self.value <= self.target


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scenario as it is written down: `scope` says which care of whom, `growth_percent` is of cost per person."""

    title: Text
    model: Model
    period: str
    scope: Text
    groups: tuple[Group, ...]
    quality: tuple[Target, ...]
    parameters: dict[str, Parameter]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """One group's benchmark and cost, in euros."""

    name: Text
    persons: int
    benchmark: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """What a scenario leads to, in euros; `result` is what providers get beyond their cost, negative if they pay.

    `payment` is the fixed amount of a bundle or population payment, None where care is paid as delivered. `gate` tells
    whether quality lets savings be shared, None where the model has no gate. payer_pays = cost + result, and
    payer_saves = benchmark - payer_pays.
    """

    scenario: Scenario
    groups: tuple[GroupOutcome, ...]
    benchmark: Decimal
    cost: Decimal
    savings: Decimal
    savings_percent: Decimal
    targets_met: int
    gate: bool | None
    enough_savings: bool | None
    payment: Decimal | None
    shared: Decimal
    quality_reward: Decimal
    result: Decimal
    payer_pays: Decimal
    payer_saves: Decimal
    is_capped: bool


def read_scenario(file: Path) -> Scenario:
    """Read a scenario from YAML; raises WrittenUnreadable, or ScenarioWrong naming file, field and remedy."""
    found = read_written(file, Scenario, "docs/payment.md")
    for wrong in _wrong(found):
        raise ScenarioWrong(f"{file}: {wrong}")
    return found


def calculate(scenario: Scenario) -> ScenarioOutcome:
    """Calculate one scenario.

    benchmark = sum over groups of persons x reference cost x (1 + growth): what these persons would have cost as in the
    reference, so that a heavier case mix has a higher benchmark (indirect standardisation).
    """
    groups = tuple(_group(scenario, one) for one in scenario.groups)
    benchmark, cost = sum((one.benchmark for one in groups), Decimal(0)), sum((one.cost for one in groups), Decimal(0))
    met = sum(one.is_met for one in scenario.quality)
    savings = benchmark - cost
    payment = None
    if scenario.model != "shared_savings":
        payment = _cents(benchmark * (1 - _share(scenario, "discount_percent")))
    reward = Decimal(0)
    if payment is not None and scenario.quality:
        reward = _cents(payment * _share(scenario, "quality_reward_percent") * met / len(scenario.quality))
    gate = None
    if scenario.model != "population_payment":
        reached = _HUNDRED * met / len(scenario.quality) if scenario.quality else _HUNDRED
        gate = reached >= _percent(scenario, "quality_gate_percent")
    enough = None
    if scenario.model == "shared_savings":
        enough = savings > 0 and savings >= benchmark * _share(scenario, "minimum_savings_percent")
    shared, is_capped = _shared(scenario, benchmark, cost, payment, bool(gate) and enough is not False)
    result = shared + reward
    return ScenarioOutcome(
        scenario=scenario, groups=groups, benchmark=benchmark, cost=cost, savings=savings,
        savings_percent=(_HUNDRED * savings / benchmark).quantize(_CENT, ROUND_HALF_EVEN),
        targets_met=met, gate=gate, enough_savings=enough, payment=payment, shared=shared, quality_reward=reward,
        result=result, payer_pays=cost + result, payer_saves=benchmark - cost - result, is_capped=is_capped,
    )  # fmt: skip


def _shared(
    scenario: Scenario, benchmark: Decimal, cost: Decimal, payment: Decimal | None, may_share: bool
) -> tuple[Decimal, bool]:
    """Return what providers keep of savings (or bear of a loss), and whether a limit cut it off.

    Shared savings: share x (benchmark - cost), at most the cap's percentage of the benchmark. Bundle: the same of
    payment - cost; of a loss all, at most the loss limit's percentage of the payment. Population payment: all.
    """
    if scenario.model == "population_payment" and payment is not None:
        return payment - cost, False
    basis = benchmark if payment is None else payment
    margin = basis - cost
    if margin < 0:
        if payment is None:
            return Decimal(0), False
        limit = _cents(payment * _share(scenario, "loss_limit_percent"))
        return max(margin, -limit), margin < -limit
    if not may_share:
        return Decimal(0), False
    wanted, limit = _cents(margin * _share(scenario, "share_percent")), _cents(basis * _share(scenario, "cap_percent"))
    return min(wanted, limit), wanted > limit


def _group(scenario: Scenario, one: Group) -> GroupOutcome:
    growth = 1 + _share(scenario, "growth_percent")
    return GroupOutcome(one.name, one.persons, _cents(one.persons * one.reference_cost * growth), _cents(one.cost))


def _percent(scenario: Scenario, name: str) -> Decimal:
    return scenario.parameters[name].value


def _share(scenario: Scenario, name: str) -> Decimal:
    return _percent(scenario, name) / _HUNDRED


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_EVEN)


def parameters_of(model: Model) -> tuple[str, ...]:
    """Return the parameters that a model has, in the order in which they are shown."""
    return ("growth_percent", *_FOR[model])


def _wrong(found: Scenario) -> Iterator[str]:
    wanted = parameters_of(found.model)
    for name in wanted:
        if name not in found.parameters:
            yield f"`parameters.{name}` is missing; model {found.model} needs it, see docs/payment.md."
    for name, one in found.parameters.items():
        if name not in wanted:
            yield f"`parameters` has one that model {found.model} does not use; it uses {', '.join(wanted)}."
        elif not one.value.is_finite() or not (-50 if name == "growth_percent" else 0) <= one.value <= 100:
            yield f"`parameters.{name}.value`: write a percentage from 0 to 100 (growth: from -50)."
        elif not one.source.strip():
            yield f"`parameters.{name}.source`: say where this number comes from."
    if not PERIOD.match(found.period):
        yield "`period`: write a year (2024), quarter (2024-Q1) or month (2024-03)."
    yield from _wrong_groups(found)
    for target in found.quality:
        if target.indicator not in catalogue():
            yield f"'{target.indicator}' is no indicator of the catalogue; write the id of one, see docs/indicators.md."
        if not (target.value.is_finite() and target.target.is_finite()):
            yield "`quality`: write values and targets as numbers."


def _wrong_groups(found: Scenario) -> Iterator[str]:
    for place, group in enumerate(found.groups, start=1):
        if not FEWEST_PERSONS <= group.persons <= _MOST_PERSONS:
            yield f"`groups`, number {place}: fewer than {FEWEST_PERSONS} persons, or too many; take groups together."
        for amount, most in ((group.reference_cost, _MOST_EACH), (group.cost, _MOST)):
            if not amount.is_finite() or not 0 <= amount <= most:
                yield f'`groups`, number {place}: write costs in euros, 0 or more, such as "1234.56".'
    if not any(one.reference_cost >= 1 for one in found.groups):
        yield "`groups`: no group has a reference cost of a euro or more, so there is no benchmark; write one."
