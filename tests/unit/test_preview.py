"""The exact preview: what readers will see, in both languages, on 80 columns, and the hash that reviewers sign."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from connectors.database import writing
from hub.comparison.scale import shown as shown_by_the_hub
from node.bootstrap import Node
from node.commands import desk, showing
from node.commands.desk import next_step
from node.release import review
from node.release.answer import findings_of
from node.release.candidate import FrozenBundle
from node.release.item_words import kind_of
from node.release.preview import Preview, preview
from node.release.preview_words import KINDS
from node.release.states import BundleState
from node.release.withdraw import withdraw
from node.release.wording import READERS, cut_words, shown, value_words
from schemas import merkle
from schemas.catalogue import catalogue
from schemas.codes import AUDIENCES, EventType, Language
from schemas.envelope import bundle_leaf, payload_hash
from schemas.values import (
    Exact,
    NotApplicable,
    NotAvailable,
    NotCollected,
    Rounded,
    Suppressed,
    TypedValue,
    Withdrawn,
)
from tests.support.corrections import KEYS, NOW, REASON, REGION, announced, make_node, prepared, signed, table
from tests.support.desk import computed, mostly_hidden
from tests.support.events import lesson

LANGUAGES: tuple[Language, ...] = ("nl", "en")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def previewed(node: Node, bundle: FrozenBundle) -> Preview:
    with node.engine.connect() as connection:
        return preview(connection, bundle)


def lines(node: Node, bundle: FrozenBundle, lang: Language = "en", everything: bool = True) -> list[str]:
    seen = previewed(node, bundle)
    with node.engine.connect() as connection:
        found = findings_of(connection, bundle.id)
    head = showing.bundle_lines(seen, found, (), lang, bundle.report)
    return [*head, *showing.item_lines(seen, lang, everything)]


@pytest.mark.parametrize("indicator", sorted(catalogue()))
def test_a_reviewer_sees_the_number_that_the_hub_will_show(indicator: str) -> None:
    definition = catalogue()[indicator]
    for numerator, denominator in ((0, 1), (1, 3), (123, 4567), (999_999, 1_000_000), (5, 0), (45, None)):
        assert shown(definition, numerator, denominator) == shown_by_the_hub(definition, numerator, denominator)


@pytest.mark.parametrize(
    ("indicator", "value", "nl", "en"),
    [
        ("pop.persons", Exact(12_345), "12.345 personen", "12,345 persons"),
        ("h.dm_prev", Exact(123, 4_567), "2,7\u00a0% (123 van 4.567)", "2.7% (123 of 4,567)"),
        ("h.dm_prev", Exact(0, 0), "– (0 van 0)", "– (0 of 0)"),
        ("h.dm_prev", Suppressed(0, 14), "verborgen: 0 t/m 14", "hidden: 0 to 14"),
        ("h.dm_prev", Suppressed(3, None), "verborgen: 3 of meer", "hidden: 3 or more"),
        ("h.dm_prev", Suppressed(3, 10, 100), "verborgen: 3,0 t/m 10,0\u00a0% (3 t/m 10 van 100)",
         "hidden: 3.0 to 10.0% (3 to 10 of 100)"),
        ("h.dm_prev", Suppressed(40, 40), "40; noemer verborgen", "40; denominator hidden"),
        ("c.zvw", Exact(123_456, 10), "123,46 euro per persoon (123.456 van 10)",
         "123.46 euro per person (123,456 of 10)"),
        ("jv24.heeft_schulden_3", Rounded("12.5", "0.1"), "12,5\u00a0%", "12.5%"),
        ("h.dm_prev", NotAvailable(), "geen cijfer, oorzaak onbekend", "no figure, cause unknown"),
        ("h.dm_prev", NotCollected(), "niet verzameld", "not collected"),
        ("h.dm_prev", NotApplicable(), "niet van toepassing", "not applicable"),
        ("h.dm_prev", Withdrawn(), "ingetrokken", "withdrawn"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_read_it(indicator: str, value: TypedValue, nl: str, en: str) -> None:
    words = value_words(value, catalogue()[indicator])
    assert (words.nl, words.en) == (nl, en)


def test_without_its_definition_a_value_is_its_bare_numbers() -> None:
    assert value_words(Exact(1_234, 5_678), None).nl == "1.234 van 5.678"
    assert value_words(Suppressed(0, 9, 40), None).en == "hidden: 0 to 9 of 40"


def test_a_cut_is_said_in_words_and_the_whole_is_the_total() -> None:
    dimensions = ("area", "age_band", "sex")
    assert cut_words(dimensions, ("GM0001", "18-44", "f")).nl == "GM0001, 18–44 jaar, vrouwen"
    assert cut_words(dimensions, ("total", "75+", "unknown")).en == "aged 75+, sex unknown"
    assert cut_words(dimensions, ("total", "total", "total")).nl == "totaal"


def test_every_audience_says_who_reads_it() -> None:
    assert set(READERS) == set(AUDIENCES)
    assert len({text.nl for text in READERS.values()}) == len(AUDIENCES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bundle_fits_a_terminal_of_80_columns(node: Node, lang: Language) -> None:
    long = msgspec.structs.replace(lesson(), advice="Begin met een praktijk die al iets doet. " * 20)
    bundle = prepared(node, mostly_hidden(), table(GM0001=3, GM0002=40), long)
    shown_lines = lines(node, bundle, lang)
    assert max(map(len, shown_lines)) <= showing.WIDTH
    text = "\n".join(shown_lines)
    for item in bundle.items:
        assert item.payload_hash in text
    assert bundle.root in text


def test_of_a_correction_each_cell_is_new_changed_withdrawn_or_unchanged(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=30, GM0002=40, GM0003=50)))
    bundle = prepared(node, table(GM0001=31, GM0002=40, GM0004=60), reason=REASON)
    (item,) = previewed(node, bundle).items
    changes = {row.what.en: row.change for row in item.rows}
    assert changes == {"GM0001": "changed", "GM0002": "unchanged", "GM0003": "withdrawn", "GM0004": "new"}
    assert [item.count(one) for one in ("new", "changed", "withdrawn", "unchanged")] == [1, 1, 1, 1]
    text = lines(node, bundle)
    assert any("~ GM0001" in line and "31 reports" in line for line in text)
    assert any("was: 30 reports" in line for line in text)
    assert any(f"Reason: {REASON}" in line for line in text)


def test_of_a_long_correction_no_changed_row_is_left_out(node: Node) -> None:
    before = {f"GM{place:04}": 30 for place in range(1, 101)}
    after = before | dict.fromkeys([f"GM{place:04}" for place in range(46, 101)], 31)
    signed(node, prepared(node, table(**before)))
    bundle = prepared(node, table(**after), reason=REASON)
    shown_lines = lines(node, bundle, everything=False)
    assert sum(line.startswith("  ~ ") for line in shown_lines) == 55
    assert "  45 unchanged rows are not shown; --all shows all." in shown_lines
    few = prepared(node, table(**(before | {"GM0100": 31})), reason=REASON)
    shown_lines = lines(node, few, everything=False)
    assert next(line for line in shown_lines if "GM0" in line).startswith("  ~ GM0100")
    assert "  60 unchanged rows are not shown; --all shows all." in shown_lines
    assert not any("not shown" in line for line in lines(node, few))


def test_of_a_long_first_release_the_totals_come_first(node: Node) -> None:
    many = [100] * 50
    bundle = prepared(node, computed(many, [900] * 50))
    shown_lines = lines(node, bundle, everything=False)
    rows = [line for line in shown_lines if " of " in line and "%" in line]
    assert rows[0].strip().startswith("total")
    assert len(rows) == 40
    assert "  11 new rows are not shown; --all shows all." in shown_lines


def test_what_steers_a_terminal_or_turns_the_reading_order_is_spelt_out(node: Node) -> None:
    sly = msgspec.structs.replace(lesson(), advice="Veilig\x1b[2J\u202e niet\u200b.", title="Titel\x07")
    bundle = prepared(node, sly)
    text = "\n".join(lines(node, bundle))
    assert not set(text) & set("\x1b\x07\u202e\u200b")
    assert r"Veilig\u001b[2J\u202e niet\u200b." in text
    assert r"\u202e" in showing.page(previewed(node, bundle).items[0], "nl")


def test_who_approved_and_why_somebody_did_not_is_shown(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    with writing(node.engine) as connection:
        review.approve(connection, bundle.id, REGION, KEYS[0], NOW)
        review.reject(connection, bundle.id, KEYS[1], "The period is wrong.", NOW)
        said = review.decisions(connection, bundle.id)
    text = list(showing.bundle_lines(previewed(node, bundle), (), said, "en", ()))
    assert "Approved by First (First hospital), 2026-11-22." in text
    assert "Rejected by Second (Second hospital), 2026-11-22: The period is wrong." in text


def test_a_new_item_is_said_to_be_a_first_release(node: Node) -> None:
    assert any("First release" in line for line in lines(node, prepared(node, table(GM0001=30))))


def test_a_revised_lesson_shows_which_fields_changed(node: Node) -> None:
    signed(node, prepared(node, lesson()))
    bundle = prepared(node, msgspec.structs.replace(lesson(), advice="Begin klein."), reason="Reworded.")
    (item,) = previewed(node, bundle).items
    assert {row.what.en for row in item.rows if row.change == "changed"} == {"Advice"}


def test_a_withdrawal_names_what_it_takes_back_and_why(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, table(GM0001=30)))
    with writing(node.engine) as connection:
        _, notice = withdraw(connection, event_id, "Counted wrongly.")
    bundle = announced(node, notice)
    text = "\n".join(lines(node, bundle, "nl"))
    assert "intrekking van cijfers" in text
    assert "Counted wrongly." in text
    assert event_id in "".join(text.split())


def test_a_long_bundle_is_listed_and_one_item_of_it_can_be_asked_for(node: Node) -> None:
    bundle = prepared(node, *(table(f"2020-03-{day:02}", GM0001=30) for day in range(1, 29)))
    short = lines(node, bundle, everything=False)
    assert max(map(len, short)) <= showing.WIDTH
    assert "  28 items; --all, --item N." in short
    only = list(showing.item_lines(previewed(node, bundle), "en", only=3))
    assert sum(line.startswith("[") for line in only) == 1
    assert only[1].startswith("[3/28]")


def test_the_written_bytes_give_the_root_that_is_signed(node: Node, tmp_path: Path) -> None:
    bundle = prepared(node, computed([100, 90, 80], [900, 800, 700]), table(GM0001=30), lesson())
    folder = tmp_path / "out"
    desk.write(bundle, previewed(node, bundle), folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    leaves = [
        bundle_leaf(
            one["type"], one["subject"], one["audience"],
            payload_hash(bytes.fromhex(one["salt"]), (folder / one["file"]).read_bytes()),
        )
        for one in manifest["items"]
    ]  # fmt: skip
    assert merkle.root(leaves) == bundle.root == manifest["root"]
    assert [path.name for path in sorted(folder.glob("000*"))] == ["000.en.md", "000.json", "000.nl.md"]
    page = (folder / "000.nl.md").read_text(encoding="utf-8")
    assert "| + | XG-0 | 11,1\u00a0% (100 van 900) |" in page
    assert bundle.items[0].payload_hash in page
    tagged = prepared(node, msgspec.structs.replace(lesson(), lesson="les-2", advice="Meer <b>dan</b> | dit."))
    assert r"Meer &lt;b>dan&lt;/b> \| dit." in showing.page(previewed(node, tagged).items[0], "nl")


@pytest.mark.parametrize("state", list(BundleState))
def test_every_state_says_what_comes_next_until_nothing_does(node: Node, state: BundleState) -> None:
    bundle = replace(prepared(node, table(GM0001=30)), state=state)
    said = next_step(bundle, ())
    assert bool(said) == (state not in (BundleState.REJECTED, BundleState.SIGNED))
    assert all("Next: " in line and "`python -m node" in line for line in said)


def test_every_kind_of_event_that_can_leave_has_a_name_in_both_languages() -> None:
    names = {one: KINDS.get(one) or kind_of(one) for one in EventType}
    assert [one for one, name in names.items() if name is None or not (name.nl and name.en)] == []
    assert not any(kind_of(one) for one in KINDS), "no kind is named twice"
