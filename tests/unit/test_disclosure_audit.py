import numpy as np
import pytest

from node.release.disclosure import (
    AuditReport,
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    Group,
    ReleaseModel,
    Statistic,
    Status,
    SubsetLink,
    audit,
    build,
    suppress,
    widths,
)

POLICY = DisclosurePolicy()
PLACE = Dimension("place", ("p1", "p2", "p3", "p4"), "region")
AGE = Dimension("age", ("young", "middle", "old"), "all")


def persons(values: object, key: str = "people", dimensions: tuple[Dimension, ...] = (PLACE,)) -> Statistic:
    return Statistic(key, "2025", "persons", dimensions, np.array(values, np.int64))


def judged(model: ReleaseModel, letters: str) -> AuditReport:
    """Audit a pattern with one letter per cell: published, primary or complementary (P, 1, 2)."""
    names = {"P": Status.PUBLISHED, "1": Status.PRIMARY, "2": Status.COMPLEMENTARY}
    return audit(model, {cell: names[letter] for cell, letter in zip(model.cells, letters, strict=True)}, POLICY)


def faults(report: AuditReport) -> list[tuple[str, str, str]]:
    return [(one.cell.nodes[0], one.fault, one.attacker) for one in report.failures]


def test_a_safe_pattern_passes_against_all_attackers() -> None:
    report = judged(build([persons([4, 300, 20, 0])]), "1P2PP")
    assert report.passed
    assert report.failures == ()
    assert report.attackers == ("plain", "status", "contributor")
    assert report.solver_status == "optimal"
    assert (report.cells, report.hidden) == (5, 2)
    assert report.worst_width is not None
    assert report.worst_width >= 1 - 1e-6


def test_nothing_small_means_nothing_to_prove() -> None:
    report = judged(build([persons([40, 300, 20, 0])]), "PPPPP")
    assert report.passed
    assert report.worst_width is None


def test_a_blank_that_its_row_gives_away_fails_for_everyone() -> None:
    assert faults(judged(build([persons([4, 300, 20, 0])]), "1PPPP")) == [
        ("p1", "the cell has too narrow a range", "plain")
    ]


def test_a_range_that_only_statuses_narrow_fails_for_the_status_attacker() -> None:
    # the row leaves 1 + 12; who knows that one of them is at least 10 knows the other within 1 to 3
    assert faults(judged(build([persons([1, 12, 0, 0])]), "12PPP")) == [
        ("p1", "the cell has too narrow a range", "status")
    ]


def test_the_known_sum_of_small_blanks_fails() -> None:
    report = judged(build([persons([3, 4, 60, 900])]), "11PPP")
    assert ("p1", "the sum of the cell and its small neighbours has too narrow a range", "plain") in faults(report)


def test_a_complement_that_can_be_subtracted_fails() -> None:
    model = build([persons([60, 100, 80, 90]), persons([53, 30, 20, 30], "sick")], [SubsetLink("sick", "people")])
    assert judged(model, "PPPPP1P2PP").passed
    assert ("p1", "the complement of the cell has too narrow a range", "plain") in faults(judged(model, "PPPPP1PPPP"))


def test_a_small_complement_is_not_told_beside_one_of_nobody() -> None:
    # 0 are left of the young and 6 of the middle: where all others are shown, the total tells of 6 in both
    model = build([persons([30, 46, 80, 100]), persons([30, 40, 50, 60], "sick")], [SubsetLink("sick", "people")])
    told = ("p2", "the sum of the cell and its small neighbours has too narrow a range", "plain")
    assert faults(judged(model, "PPPPP11PPP")) == [told]
    assert judged(model, "PPPPP112PP").passed
    found = suppress(model, POLICY)
    assert found.count(Status.COMPLEMENTARY) == 1
    assert audit(model, found.statuses, POLICY).passed


@pytest.mark.parametrize(
    ("people", "sick", "shown"),
    [
        ([0, 46, 80, 100], [0, 40, 50, 60], {}),  # nobody is counted there at all, and zeros are shown
        ([30, 46, 80, 100], [30, 40, 50, 60], {"people": 30, "sick": 30}),  # both are public as they are
    ],
)
def test_a_complement_of_nobody_that_is_public_asks_for_nothing(
    people: list[int], sick: list[int], shown: dict[str, int]
) -> None:
    earlier = Earlier({CellKey(key, "2025", ("p1",)): value for key, value in shown.items()})
    model = build([persons(people), persons(sick, "sick")], [SubsetLink("sick", "people")], earlier)
    assert judged(model, "PPPPPP12PP").passed
    found = suppress(model, POLICY)
    assert (found.count(Status.PRIMARY), found.count(Status.COMPLEMENTARY)) == (1, 1)
    assert audit(model, found.statuses, POLICY).passed


@pytest.mark.parametrize(
    ("letters", "cell", "fault"),
    [
        ("P22PP", "p1", "is shown although the rules hide it"),
        ("2P2PP", "p1", "bears another reason than the rules give"),
        ("1P1PP", "p3", "bears another reason than the rules give"),
        ("1P22P", "p4", "is hidden although it is zero"),
    ],
)
def test_a_status_against_the_rules_fails(letters: str, cell: str, fault: str) -> None:
    report = judged(build([persons([4, 300, 20, 0])]), letters)
    assert not report.passed
    assert (cell, fault) in [(where, what) for where, what, _ in faults(report)]


def test_a_cell_without_status_fails() -> None:
    model = build([persons([40, 300, 20, 0])])
    report = audit(model, dict.fromkeys(model.cells[1:], Status.PUBLISHED), POLICY)
    assert faults(report) == [("p1", "has no status", "plain")]


def test_showing_what_was_hidden_earlier_fails() -> None:
    table = persons([4, 300, 20, 40])
    earlier = Earlier({CellKey("people", "2025", ("p2",)): None})
    report = judged(build([table], earlier=earlier), "1P2PP")
    assert faults(report) == [("p2", "was hidden earlier and is shown now", "plain")]


def test_earlier_figures_take_part_even_if_this_release_hides_them() -> None:
    table = persons([4, 300, 20, 40])
    earlier = Earlier({CellKey("people", "2025", ("p3",)): 20})
    assert judged(build([table]), "1P2PP").passed
    assert not judged(build([table], earlier=earlier), "1P2PP").passed


def test_a_shown_part_of_a_hidden_whole_fails() -> None:
    people, sick = persons([5, 100, 40, 90]), persons([0, 30, 12, 30], "sick")
    model = build([people, sick], [SubsetLink("sick", "people")])
    assert judged(model, "1P2PPPP2PP").passed
    assert ("p3", "is shown although its whole is hidden", "plain") in faults(judged(model, "1P2PPPPPPP"))


def test_publishing_any_complementary_cell_again_is_caught() -> None:
    random = np.random.default_rng(7)
    model = build([persons(random.poisson(11, (4, 3)), dimensions=(PLACE, AGE))])
    statuses = suppress(model, POLICY).statuses
    complementary = [cell for cell, status in statuses.items() if status is Status.COMPLEMENTARY]
    assert complementary
    for cell in complementary:
        assert not audit(model, {**statuses, cell: Status.PUBLISHED}, POLICY).passed


def test_sums_are_held_to_a_share_of_their_value() -> None:
    def cost(*cents: int) -> ReleaseModel:
        counts = np.array([3, 80, 70, 0])
        return build([Statistic("cost", "2025", "sum", (PLACE,), np.array([*cents, 0]), counts)])

    assert judged(cost(1_000, 200, 90_000), "12PPP").passed
    assert not judged(cost(1_000, 199, 90_000), "1PPPP").passed
    assert judged(cost(10**14, 3 * 10**14, 10**13), "12PPP").passed


def test_a_solver_that_does_not_reach_an_optimum_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build([persons([4, 300, 20, 0])])
    loaded = widths._load

    def hampered(*arguments):  # type: ignore[no-untyped-def]
        solver = loaded(*arguments)
        solver.setOptionValue("simplex_iteration_limit", 0)
        return solver

    monkeypatch.setattr(widths, "_load", hampered)
    report = judged(model, "1P2PP")
    assert not report.passed
    assert report.solver_status == "Iteration limit reached"


def test_what_the_primal_method_leaves_undecided_is_solved_afresh() -> None:
    # one of the programs of this audit made HiGHS 1.15.1 end with "Unknown" by the primal method
    age = Dimension("age", ("a", "b", "c", "d"), "all", (Group("ab", ("a", "b")),))
    people = persons([75, 46, 28, 46], dimensions=(age,))
    parts = [persons([68, 40, 26, 43], "sick", (age,)), persons([69, 41, 24, 39], "treated", (age,))]
    first = build([people, parts[0]], [SubsetLink("sick", "people")])
    shown = suppress(first, POLICY).statuses
    past = zip(first.cells, first.values.tolist(), strict=False)
    earlier = Earlier({cell: value if shown[cell] is Status.PUBLISHED else None for cell, value in past})
    links = [SubsetLink("sick", "people"), SubsetLink("treated", "people")]
    model = build([people, *parts], links, earlier)
    assert audit(model, suppress(model, POLICY).statuses, POLICY).passed


def test_the_public_hash_is_the_same_whatever_the_blanks_hide() -> None:
    one, other = build([persons([4, 300, 20, 0])]), build([persons([7, 300, 17, 0])])
    reports = [judged(model, "1P2PP") for model in (one, other)]
    assert reports[0].public_hash == reports[1].public_hash
    assert reports[0].model_hash != reports[1].model_hash
    assert judged(one, "1P2P2").public_hash != reports[0].public_hash
    assert judged(build([persons([4, 301, 20, 0])]), "1P2PP").public_hash != reports[0].public_hash


def test_no_repr_of_a_report_shows_a_value() -> None:
    report = judged(build([persons([7, 8_765, 10, 0])]), "1PPPP")
    assert "8765" not in repr(report)
    assert "7," not in repr(report.failures)
