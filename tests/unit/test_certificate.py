"""The certificate: one page, in both languages, that claims what the audit proved and no more."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.database import writing
from node.bootstrap import Node
from node.commands import inspection
from node.release import officer, review
from node.release.attackers import attackers_words
from node.release.candidate import FrozenBundle
from node.release.certificate import Certificate, CertificateTooEarly, certify
from node.release.certificate_text import page
from node.release.disclosure import DisclosurePolicy
from node.release.proof import Proof, dumped, loaded, promised
from schemas.codes import Language
from schemas.payloads import Computed, IndicatorPublished, TakenOver
from schemas.upcast import read_payload
from schemas.values import Exact, Suppressed
from tests.architecture.source_files import ROOT
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared, signed, table
from tests.support.desk import OFFICER, answered, computed, hold, join, lift, mostly_hidden, publish
from tests.support.events import lesson

LANGUAGES: tuple[Language, ...] = ("nl", "en")
DAY = "2026-11-22T12:00:00.000Z"
A4 = (95, 60)  # columns and lines of a printed page at 10 points


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def certified(node: Node, bundle: FrozenBundle) -> Certificate:
    with node.engine.connect() as connection:
        return certify(connection, bundle.id)


def printed(text: str) -> list[str]:
    return [line for part in text.splitlines() for line in textwrap.wrap(part, A4[0]) or [""]]


def approved(node: Node, bundle: FrozenBundle) -> FrozenBundle:
    if bundle.state == "to_answer":
        answered(node, bundle, "mostly_hidden")
    with writing(node.engine) as connection:
        for key in KEYS[: bundle.needed]:
            bundle = review.approve(connection, bundle.id, REGION, key, NOW)
    return bundle


def figures(bundle: FrozenBundle) -> IndicatorPublished:
    found = read_payload(bundle.items[0].type, bundle.items[0].payload)
    assert isinstance(found, IndicatorPublished)
    return found


def test_a_bundle_that_is_not_approved_or_is_held_gets_no_certificate(node: Node) -> None:
    join(node, "Officer", OFFICER)
    bundle = prepared(node, table(GM0001=30))
    with pytest.raises(CertificateTooEarly, match="under review"):
        certified(node, bundle)
    approved(node, bundle)
    hold(node, bundle.id)
    with pytest.raises(CertificateTooEarly, match="held"):
        certified(node, bundle)
    lift(node, bundle.id)
    held = certified(node, bundle).holds
    assert [(one.officer, one.lifted_by) for one in held] == [("Officer", "Officer")]
    assert "Stilgezet door Officer" in page(certified(node, bundle), "Duinrand", DAY, "nl")
    with node.engine.connect() as connection:
        assert officer.standing(connection, bundle.id) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_certificate_prints_on_one_page_and_names_what_can_be_checked(node: Node, lang: Language) -> None:
    bundle = approved(node, prepared(node, mostly_hidden(), table(GM0001=30), lesson()))
    text = page(certified(node, bundle), "Duinrand (XR-DUINRAND)", DAY, lang)
    assert len(printed(text)) <= A4[1]
    origin = figures(bundle).origin
    assert isinstance(origin, Computed)
    for piece in (bundle.id, bundle.root, origin.audit, "First (First hospital), 2026-11-22", "Second hospital"):
        assert piece in text
    assert all(word in text for word in (("Herleiden", "Koppelen", "Afleiden") if lang == "nl" else
                                         ("Singling out", "Linking", "Inference")))  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_certificate_tells_no_value_and_no_range_of_a_hidden_cell(node: Node, lang: Language) -> None:
    bundle = approved(node, prepared(node, mostly_hidden()))
    text = page(certified(node, bundle), "Duinrand", DAY, lang)
    hidden = [cell for cell in figures(bundle).cells if isinstance(cell.value, Suppressed)]
    assert hidden
    assert not any(area in text for cell in hidden for area in cell.nodes if area != "total")
    shown = [cell.value.numerator for cell in figures(bundle).cells if isinstance(cell.value, Exact)]
    without_hashes = re.sub(r"`[0-9a-f]{64}`|B\d{8}-[0-9a-f]{8}|\d{4}-\d\d-\d\d|05/2014", "", text)
    assert not {str(value) for value in shown if value > 9} & set(re.findall(r"\d+", without_hashes))


def test_a_certificate_is_the_same_before_and_after_signing_but_for_the_signature(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    approved(node, bundle)
    before = page(certified(node, bundle), "Duinrand", DAY, "en")
    assert "not signed yet" in before
    publish(node, bundle.id)
    after = page(certified(node, bundle), "Duinrand", DAY, "en")
    assert "Signed on 2026-11-22 as 1 to 1 of the chain" in after
    assert before.splitlines()[:-1] == after.splitlines()[:-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_and_public_tables_are_certified_as_not_proven(node: Node, lang: Language) -> None:
    bundle = prepared(node, table(GM0001=30), lesson())
    signed(node, bundle)
    text = page(certified(node, bundle), "Duinrand", DAY, lang)
    assert "possible values" not in text
    assert "mogelijke waarden" not in text
    assert ("niets beschermd" if lang == "nl" else "nothing of them is protected") in text
    assert ("dat is geen bewijs" if lang == "nl" else "that is no proof") in text


def test_what_is_claimed_of_a_bundle_is_what_its_weakest_indicator_keeps(node: Node) -> None:
    bundle = approved(node, prepared(node, mostly_hidden()))
    found = certified(node, bundle)
    weak, sums = Proof(10, 2, room=3, outsider=4), Proof(10, 2, share=21)
    both = replace(found, proofs=(Proof(10, 2, room=5, outsider=30), weak, sums))
    assert (both.room, both.outsider, both.share) == (3, 4, 21)
    text = page(both, "Duinrand", DAY, "en")
    assert "at least 4 possible values" in text
    assert "at least 21% of it" in text
    nothing = page(replace(found, proofs=(Proof(10, 0),)), "Duinrand", DAY, "en")
    assert "Nothing had to be hidden" in nothing


def test_only_attackers_that_every_indicator_withstands_are_claimed(node: Node) -> None:
    found = certified(node, approved(node, prepared(node, mostly_hidden())))
    assert found.attackers == ("plain", "status", "contributor")
    text = page(replace(found, attackers=("plain",)), "Duinrand", DAY, "en")
    assert "One who knows the rules" not in text
    text = page(replace(found, attackers=(*found.attackers, "organisation")), "Duinrand", DAY, "en")
    assert "An organisation that was paid | also what it was paid itself, in every cell | for a protected sum" in text


def test_a_proof_says_at_least_what_the_audit_proved_and_survives_its_storage(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    proof = bundle.items[0].proof
    assert proof is not None
    assert loaded(dumped(proof)) == proof
    assert proof.room is not None
    assert proof.room >= DisclosurePolicy().width
    ranges = [cell.value for cell in figures(bundle).cells if isinstance(cell.value, Suppressed)]
    assert proof.hidden == len(ranges)
    small = [one.hi - one.lo + 1 for one in ranges if one.hi is not None and one.lo < 10]
    assert proof.outsider is not None
    assert all(number >= proof.outsider for number in small)
    assert promised(figures(bundle)).room == DisclosurePolicy().width


def test_of_a_public_table_and_of_a_table_without_blanks_nothing_is_claimed(node: Node) -> None:
    theirs = prepared(node, table(GM0001=3))
    assert isinstance(figures(theirs).origin, TakenOver)
    assert theirs.items[0].proof == Proof(1, 0, taken_over=True)
    assert "nothing is promised" in attackers_words(Proof(1, 0, taken_over=True))[0].en
    open_ = prepared(node, computed([100, 90, 80], [900, 800, 700]))
    assert open_.items[0].proof == Proof(4, 0)
    assert attackers_words(Proof(4, 0))[0].en == "Nothing had to be hidden."


def test_the_limits_of_the_certificate_are_still_those_of_the_page_on_disclosure() -> None:
    limits = (ROOT / "docs" / "disclosure.md").read_text(encoding="utf-8").partition("## Limits")[2]
    for words in (
        "linear-programming widths",
        "need not say who was paid",
        "no promise of its own",
    ):
        assert words in limits


def test_a_hold_whose_lifting_was_lost_with_a_backup_is_said_so(node: Node) -> None:
    found = certified(node, approved(node, prepared(node, table(GM0001=30))))
    lost = officer.Hold(found.bundle, "Officer", "Ask first.", DAY, None, None, None)
    assert "its lifting is not known here" in page(replace(found, holds=(lost,)), "Duinrand", DAY, "en")
    assert "opheffing hier niet bekend" in page(replace(found, holds=(lost,)), "Duinrand", DAY, "nl")


def test_an_author_reads_of_which_indicators_each_attackers_room_is_told(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    open_ = computed([100, 101, 102, 103, 104], [400, 410, 420, 430, 440], what="h.celecoxib")
    bundle = prepared(node, mostly_hidden(), open_, table(GM0001=30), table("2020-03-03", GM0001=31))
    inspection.show(bundle)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    proof = bundle.items[0].proof
    assert proof is not None
    for words in attackers_words(proof):
        assert f"h.gi_bleed 2025: {words.en}" in lines
    assert "h.celecoxib 2025: Nothing had to be hidden." in lines
    assert sum("Taken over" in line for line in lines) == 1
    assert any(line.startswith("c19.reported_total (2 periods): Taken over") for line in lines)


def test_a_certificate_says_whether_there_is_an_officer_who_could_hold(node: Node) -> None:
    bundle = approved(node, prepared(node, table(GM0001=30)))
    dutch, english = (page(certified(node, bundle), "Duinrand", DAY, lang) for lang in LANGUAGES)
    assert "geen functionaris gegevensbescherming ingeschreven" in dutch
    assert "The region registered no data protection officer" in english
    assert not re.search("zette de bundel niet stil|did not hold", dutch + english)
    join(node, "Officer", OFFICER)
    dutch, english = (page(certified(node, bundle), "Duinrand", DAY, lang) for lang in LANGUAGES)
    assert "De functionaris gegevensbescherming zette de bundel niet stil." in dutch
    assert "The data protection officer did not hold the bundle." in english
    assert not re.search("ingeschreven|registered", dutch + english)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_certificate_lists_each_answered_finding_with_its_answer_and_who_gave_it(node: Node, lang: Language) -> None:
    bundle = approved(node, prepared(node, mostly_hidden()))
    found = certified(node, bundle)
    assert found.answered
    text = page(found, "Duinrand", DAY, lang)
    for one in found.answered:
        what = one.kind.what.nl if lang == "nl" else one.kind.what.en
        assert f"- {what} Seen, and meant so. (Author, 2026-11-22)" in text.splitlines()
