"""Payment scenarios against sums done by hand, the examples that are shipped, and files with mistakes in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from node.__main__ import main
from node.evaluation.payment import ScenarioOutcome, ScenarioWrong, calculate, read_scenario
from node.evaluation.payment_words import table
from schemas.codes import Language

EXAMPLES = sorted((Path(__file__).parents[2] / "demo" / "data" / "payment").glob("*.yaml"))
GOAL = {"indicator": "q.hba1c", "value": "88", "target": "85", "favourable": "higher"}
MISSED = {"indicator": "q.readmit30", "value": "9.6", "target": "9.5", "favourable": "lower"}
NUMBERS = {
    "shared_savings": {
        "growth_percent": "2", "minimum_savings_percent": "2", "share_percent": "50", "cap_percent": "10",
        "quality_gate_percent": "50",
    },
    "bundled_payment": {
        "growth_percent": "2", "discount_percent": "1", "share_percent": "50", "cap_percent": "10",
        "loss_limit_percent": "3", "quality_gate_percent": "50", "quality_reward_percent": "1",
    },
    "population_payment": {"growth_percent": "2", "discount_percent": "1", "quality_reward_percent": "1"},
}  # fmt: skip


def _document(
    model: str, cost: str, quality: tuple[dict[str, str], ...] = (GOAL, MISSED), **numbers: str
) -> dict[str, Any]:
    """Return a scenario of 1,000 young at 1,000 euro and 500 old at 4,000: with 2% growth a benchmark of 3,060,000."""
    young, old = str(Decimal(cost) - 1_900_000), "1900000.00"
    return {
        "title": {"nl": "Proef", "en": "Trial"}, "model": model, "period": "2025",
        "scope": {"nl": "alles", "en": "all"},
        "groups": [
            {"name": {"nl": "jong", "en": "young"}, "persons": 1000, "reference_cost": "1000.00", "cost": young},
            {"name": {"nl": "oud", "en": "old"}, "persons": 500, "reference_cost": "4000.00", "cost": old},
        ],
        "quality": [dict(one) for one in quality],
        "parameters": {
            name: {"value": value, "source": "by hand", "verified": False}
            for name, value in (NUMBERS[model] | numbers).items()
        },
    }  # fmt: skip


def _write(folder: Path, document: dict[str, Any]) -> Path:
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def _outcome(folder: Path, model: str, cost: str, *quality: dict[str, str], **numbers: str) -> ScenarioOutcome:
    return calculate(read_scenario(_write(folder, _document(model, cost, quality or (GOAL, MISSED), **numbers))))


def test_half_of_what_was_saved_is_shared(tmp_path: Path) -> None:
    found = _outcome(tmp_path, "shared_savings", "2900000.00")
    assert [one.benchmark for one in found.groups] == [Decimal("1020000.00"), Decimal("2040000.00")]
    assert (found.benchmark, found.savings, found.savings_percent) == (3_060_000, 160_000, Decimal("5.23"))
    assert (found.result, found.payer_pays, found.payer_saves) == (80_000, 2_980_000, 80_000)
    assert (found.gate, found.enough_savings, found.is_capped) == (True, True, False)


def test_a_heavier_case_mix_has_a_higher_benchmark(tmp_path: Path) -> None:
    document = _document("shared_savings", "2900000.00")
    document["groups"][1]["persons"] = 600
    found = calculate(read_scenario(_write(tmp_path, document)))
    assert found.benchmark - 3_060_000 == 100 * 4_000 * Decimal("1.02")


def test_nothing_is_shared_below_the_threshold_with_the_gate_closed_or_at_a_loss(tmp_path: Path) -> None:
    just, short = _outcome(tmp_path, "shared_savings", "2998800.00"), _outcome(tmp_path, "shared_savings", "2998800.01")
    assert (just.savings, just.result) == (Decimal("61200.00"), Decimal("30600.00"))  # 2% of the benchmark
    assert (short.enough_savings, short.result) == (False, 0)
    closed = _outcome(tmp_path, "shared_savings", "2900000.00", quality_gate_percent="51")
    assert (closed.gate, closed.result, closed.payer_saves) == (False, 0, 160_000)
    loss = _outcome(tmp_path, "shared_savings", "3100000.00")
    assert (loss.savings, loss.result, loss.payer_pays) == (-40_000, 0, 3_100_000)


def test_the_cap_cuts_off_what_is_shared(tmp_path: Path) -> None:
    found = _outcome(tmp_path, "shared_savings", "2900000.00", cap_percent="2")
    assert (found.result, found.is_capped) == (61_200, True)


def test_a_bundle_shares_its_margin_limits_its_loss_and_rewards_quality(tmp_path: Path) -> None:
    gain = _outcome(tmp_path, "bundled_payment", "2900000.00")
    assert gain.payment == 3_029_400  # 1% below the benchmark
    assert (gain.shared, gain.quality_reward) == (64_700, 15_147)  # half of 129,400; half the targets of 1%
    assert (gain.result, gain.payer_pays, gain.payer_saves) == (79_847, 2_979_847, 80_153)
    loss = _outcome(tmp_path, "bundled_payment", "3100000.00")
    assert (loss.shared, loss.is_capped) == (-70_600, False)
    large = _outcome(tmp_path, "bundled_payment", "3200000.00", quality_gate_percent="100")
    assert (large.shared, large.is_capped, large.gate) == (-90_882, True, False)  # 3% of the payment


def test_a_population_payment_leaves_gain_and_loss_with_providers(tmp_path: Path) -> None:
    gain = _outcome(tmp_path, "population_payment", "2900000.00", GOAL)
    assert (gain.shared, gain.quality_reward, gain.result) == (129_400, 30_294, 159_694)
    assert gain.payer_pays == gain.payment + gain.quality_reward if gain.payment is not None else False
    assert _outcome(tmp_path, "population_payment", "3100000.00", MISSED).result == -70_600
    assert gain.gate is None


def test_cents_are_rounded_once_half_to_even(tmp_path: Path) -> None:
    document = _document("shared_savings", "2900000.00", growth_percent="0")
    document["groups"] = [{"name": {"nl": "a", "en": "a"}, "persons": 10, "reference_cost": "1.0005", "cost": "0.015"}]
    found = calculate(read_scenario(_write(tmp_path, document)))
    assert (found.benchmark, found.cost) == (Decimal("10.00"), Decimal("0.02"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: str(file.stem))
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_examples_are_worked_out_with_every_parameter_and_its_source(
    example: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["payment", str(example), "--lang", lang]) == 0
    told = capsys.readouterr().out
    for one in read_scenario(example).parameters.values():
        assert f"({one.source}; {'niet nagezocht' if lang == 'nl' else 'not checked'})" in told
    assert ("Betaler betaalt: € " if lang == "nl" else "Payer pays: €") in told
    assert main(["payment", str(example), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert Decimal(answer["cost"]) + Decimal(answer["result"]) == Decimal(answer["payer_pays"])


def _told(folder: Path, model: str, cost: str, lang: Language, **numbers: str) -> str:
    return "\n".join(table(_outcome(folder, model, cost, **numbers), lang))


def test_a_percentage_says_what_it_is_of(tmp_path: Path) -> None:
    shared = _told(tmp_path, "shared_savings", "2900000.00", "nl")
    assert "hoogste bedrag dat aanbieders van de besparing krijgen: 10% van de norm (by hand" in shared
    assert "kwaliteitspoort: minstens te halen om te delen: 50% van de kwaliteitsdoelen (by hand" in shared
    assert "drempel: kleinste besparing die wordt gedeeld: 2% van de norm (by hand" in shared
    bundle = _told(tmp_path, "bundled_payment", "2900000.00", "nl")
    assert "hoogste bedrag dat aanbieders van de besparing krijgen: 10% van het vaste bedrag (by hand" in bundle
    assert "deel voor aanbieders: 50% van wat van het vaste bedrag overblijft (by hand" in bundle
    english = _told(tmp_path, "shared_savings", "2900000.00", "en")
    assert "most that providers get of the savings: 10% of the benchmark (by hand" in english
    assert "quality gate: least to be met before savings are shared: 50% of the quality targets (by hand" in english


def test_an_amount_below_0_is_told_in_words(tmp_path: Path) -> None:
    dear = _told(tmp_path, "population_payment", "3100000.00", "nl", discount_percent="0")
    assert "Overschrijding: kosten boven de norm: € 40.000,00 (1,31% van de norm)" in dear
    assert "Verlies dat aanbieders dragen: € 40.000,00" in dear
    assert "Aanbieders krijgen minder dan hun kosten: € 24.700,00" in dear
    assert "Betaler betaalt meer dan de norm: € 15.300,00" in dear  # the reward: half of 1% of the payment
    assert "Payer pays more than the benchmark: €15,300.00" in _told(
        tmp_path, "population_payment", "3100000.00", "en", discount_percent="0"
    )
    assert "−" not in dear
    saved = _told(tmp_path, "shared_savings", "2900000.00", "nl")
    assert "Besparing: kosten onder de norm: € 160.000,00 (5,23% van de norm)" in saved
    assert "Betaler betaalt minder dan de norm: € 80.000,00" in saved


def test_there_is_an_example_of_each_model() -> None:
    assert {read_scenario(one).model for one in EXAMPLES} == set(NUMBERS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["parameters"].pop("cap_percent"), "`parameters.cap_percent` is missing; model shared_sav"),
        (lambda d: d["parameters"].update(bonus=dict(d["parameters"]["cap_percent"])), "has one that model shared_sav"),
        (lambda d: d["parameters"]["cap_percent"].update(value="101"), "cap_percent.value`: write a percentage"),
        (lambda d: d["parameters"]["cap_percent"].update(value="NaN"), "cap_percent.value`: write a percentage"),
        (lambda d: d["parameters"]["cap_percent"].update(source=" "), "cap_percent.source`: say where this number"),
        (lambda d: d["groups"][1].update(persons=9), "`groups`, number 2: fewer than 10 persons"),
        (lambda d: d["groups"][0].update(cost="-1"), "`groups`, number 1: write costs in euros"),
        (lambda d: d["groups"][0].update(reference_cost="Infinity"), "`groups`, number 1: write costs in euros"),
        (lambda d: d.update(groups=[]), "no group has a reference cost"),
        (lambda d: d.update(period="last year"), "`period`: write a year"),
        (lambda d: d["quality"][0].update(indicator="q.none"), "'q.none' is no indicator of the catalogue"),
        (lambda d: d["quality"][0].update(value="NaN"), "`quality`: write values and targets as numbers"),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_is_refused_with_what_to_write(tmp_path: Path, change: Any, says: str) -> None:
    document = _document("shared_savings", "2900000.00")
    change(document)
    file = _write(tmp_path, document)
    with pytest.raises(ScenarioWrong) as refusal:
        read_scenario(file)
    assert str(refusal.value).startswith(f"{file}: ")
    assert says in str(refusal.value)


def test_a_field_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = _document("shared_savings", "2900000.00")
    del document["scope"]
    assert main(["payment", str(_write(tmp_path, document))]) == 1
    assert "field `scope` is missing; see docs/payment.md" in capsys.readouterr().err


def test_what_was_written_in_a_file_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = _document("shared_savings", "2900000.00")
    document["scope"]["en"] = "all\x1b[2J care\nPayer pays: €0.00"
    assert main(["payment", str(_write(tmp_path, document))]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\nPayer pays: €0.00" not in told
