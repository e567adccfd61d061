"""Whatever a payment scenario's numbers: books balance, limits hold, and nobody is paid more for costing more."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from node.evaluation.payment import Group, Model, Parameter, Scenario, Target, calculate, parameters_of
from schemas.definition import Text

NAME = Text("naam", "name")
MODELS: tuple[Model, ...] = ("shared_savings", "bundled_payment", "population_payment")


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    model = draw(st.sampled_from(MODELS))
    percent = st.decimals(0, 100, places=2)
    groups = draw(
        st.lists(
            st.builds(
                Group, st.just(NAME), st.integers(10, 10**6), st.decimals(1, 10**5, places=2),
                st.decimals(0, 10**10, places=2),
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    number = st.decimals(-100, 100, places=1)
    target = st.builds(Target, st.just("q.hba1c"), number, number, st.sampled_from(("higher", "lower")))
    parameters = {name: Parameter(draw(percent), "drawn", False) for name in parameters_of(model)}
    quality = draw(st.lists(target, max_size=4))
    return Scenario(NAME, model, "2025", NAME, tuple(groups), tuple(quality), parameters)


@given(scenarios())
def test_books_balance_to_the_cent(scenario: Scenario) -> None:
    found = calculate(scenario)
    assert found.benchmark == sum(one.benchmark for one in found.groups)
    assert found.savings == found.benchmark - found.cost
    assert found.payer_pays == found.cost + found.shared + found.quality_reward
    assert found.payer_pays + found.payer_saves == found.benchmark
    for amount in (found.benchmark, found.cost, found.shared, found.quality_reward, found.result, found.payer_pays):
        assert amount == amount.quantize(Decimal("0.01"))


@given(scenarios())
def test_limits_and_gates_hold(scenario: Scenario) -> None:
    found = calculate(scenario)
    basis = found.benchmark if found.payment is None else found.payment
    if scenario.model == "population_payment":
        assert found.result == basis - found.cost + found.quality_reward
        return
    cap = scenario.parameters["cap_percent"].value / 100
    assert found.shared <= cap * basis + Decimal("0.005")
    if found.gate is False or found.enough_savings is False:
        assert found.shared <= 0
    if scenario.model == "shared_savings":
        assert found.shared >= 0
    else:
        assert found.shared >= -(scenario.parameters["loss_limit_percent"].value / 100 * basis + Decimal("0.005"))


@given(scenarios(), st.decimals(0, 10**8, places=2))
def test_who_costs_more_is_paid_no_more_beyond_it(scenario: Scenario, more: Decimal) -> None:
    first, *others = scenario.groups
    dearer = msgspec.structs.replace(first, cost=first.cost + more)
    costlier = msgspec.structs.replace(scenario, groups=(dearer, *others))
    assert calculate(costlier).result <= calculate(scenario).result
