"""Decisions at the desk: only the owner of a key decides with it, on the copy, for the reason and in the role shown."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.release import candidate, keyring, officer, review
from node.release.candidate import FrozenBundle
from node.release.states import BundleState
from schemas.canonical import canonical_bytes
from schemas.envelope import approval_message
from schemas.payloads import key_proof_message
from schemas.signature import Purpose, SigningKey
from tests.support.desk import answered, audit, mostly_hidden
from tests.support.desk_pages import Person, pages, person, text_of
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@dataclass
class Signer:
    """Somebody at the desk with a key of their own, which signs as the page's script does."""

    person: Person
    key: SigningKey

    def approve(self, bundle: FrozenBundle, root: str = "", region: str = CODE) -> TestResponse:
        message = approval_message(region, root or bundle.root, len(bundle.items))
        return self._sent(bundle, "approve", self.key.sign(Purpose.APPROVAL, message))

    def decide(self, bundle: FrozenBundle, step: str, why: str = "Eerst navragen.", **changed: Any) -> TestResponse:
        """Sign the decision that a page shows; what is `changed` is signed so, and sent as the page has it."""
        page = self.person.get(f"/bundles/{bundle.id}")
        form = page.xpath(f"//form[@action='/bundles/{bundle.id}/{step}']")[0]
        assert form.get("data-purpose") == Purpose.DESK
        about = {**json.loads(form.get("data-decision")), "reason": why}
        signature = self.key.sign(Purpose.DESK, canonical_bytes({**about, **changed}))
        return self._sent(bundle, step, signature, at=about["at"], reason=why)

    def _sent(self, bundle: FrozenBundle, step: str, signature: str, **fields: str) -> TestResponse:
        to = f"/bundles/{bundle.id}/{step}"
        return self.person.post(to, key=self.key.public.hex, signature=signature, **fields)


class Desk:
    """A node with figures under review, two reviewers, an officer and a scientist."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.moment = NOW
        app = pages(node, clock=lambda: self.moment)
        self.maker = person(node, "Jan", "scientist", app=app)
        self.first = Signer(person(node, "Anna", "reviewer", "Huisartsen", app), SigningKey.generate())
        self.second = Signer(person(node, "Piet", "reviewer", "Gemeente", app), SigningKey.generate())
        self.officer = Signer(person(node, "Fatima", "officer", app=app), SigningKey.generate())
        with writing(node.engine) as connection:
            for name, house, one in (("Anna", "Huisartsen", self.first), ("Piet", "Gemeente", self.second)):
                entry = AuditEntry(name, "reviewer.joined", "key", NOW)
                review.register(connection, review.Reviewer(name, house, one.key.public), entry)
            entry = AuditEntry("Fatima", "officer.joined", "key", NOW)
            officer.register(connection, officer.Officer("Fatima", self.officer.key.public), entry)
            self.bundle = flow.release(
                connection, node.settings, (mostly_hidden(),), (), (), audience="public",
                subject_key=node.secret("subject"), entry=AuditEntry("Jan", "bundle.prepared", "2025", NOW),
            )  # fmt: skip

    def answered(self) -> "Desk":
        answered(self.node, self.bundle, "mostly_hidden", by="Jan")
        return self

    @property
    def state(self) -> BundleState:
        with self.node.engine.connect() as connection:
            return candidate.load(connection, self.bundle.id).state


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    node = create_node(tmp_path / "node", VALUES)
    yield Desk(node)
    node.engine.dispose()


def test_two_reviewers_sign_and_what_is_kept_is_the_signature_of_the_command_line(desk: Desk) -> None:
    desk.answered()
    assert desk.first.approve(desk.bundle).status_code == 303
    assert desk.state is BundleState.UNDER_REVIEW
    assert desk.second.approve(desk.bundle).status_code == 303
    assert desk.state is BundleState.APPROVED
    with desk.node.engine.connect() as connection:
        given = review.approved(connection, desk.bundle.id).approvals
    message = approval_message(CODE, desk.bundle.root, 1)
    signed = {one.key.public.key_id: one.key.sign(Purpose.APPROVAL, message) for one in (desk.first, desk.second)}
    assert {one.key_id: one.signature for one in given} == signed


def test_findings_come_first(desk: Desk) -> None:
    assert "1 bevinding staat open" in desk.first.person.get(f"/bundles/{desk.bundle.id}").text_content()
    assert desk.first.approve(desk.bundle).status_code == 409
    answer = desk.maker.post(f"/bundles/{desk.bundle.id}/answer", code="mostly_hidden", reason="Kleine regio.")
    assert answer.status_code == 303
    assert desk.first.approve(desk.bundle).status_code == 303


def test_a_session_alone_decides_nothing(desk: Desk) -> None:
    desk.answered()
    for one, steps in ((desk.first, ("approve", "reject")), (desk.officer, ("hold", "advise"))):
        for step in steps:
            answer = one.person.post(f"/bundles/{desk.bundle.id}/{step}", reason="Zomaar.", at="2026-11-22T12:00:00Z")
            assert answer.status_code == 409
            assert "without a signature" in text_of(answer)
    assert desk.state is BundleState.UNDER_REVIEW


def test_nobody_decides_with_the_key_of_another(desk: Desk) -> None:
    desk.answered()
    thief = Signer(desk.first.person, desk.second.key)
    assert "This is the key of Piet" in text_of(thief.approve(desk.bundle))
    stranger = Signer(desk.first.person, SigningKey.generate())
    assert "not known here" in text_of(stranger.approve(desk.bundle))
    assert Signer(desk.first.person, desk.node.service_key()).approve(desk.bundle).status_code == 409
    assert desk.state is BundleState.UNDER_REVIEW


def test_a_signature_of_another_copy_or_region_is_refused(desk: Desk) -> None:
    desk.answered()
    assert desk.first.approve(desk.bundle, root="f" * 64).status_code == 409
    assert desk.first.approve(desk.bundle, region="XR-ANDERS").status_code == 409
    with desk.node.engine.connect() as connection:
        assert review.decisions(connection, desk.bundle.id) == ()


@pytest.mark.parametrize(
    "changed", [{"reason": "Iets anders."}, {"root": "0" * 64}, {"subject": "B20261122-00000000"}, {"action": "lift"},
                {"region": "XR-ANDERS"}, {"at": "2026-11-22T11:59:00.000Z"}],
)  # fmt: skip
def test_what_is_signed_is_the_very_decision(desk: Desk, changed: dict[str, str]) -> None:
    assert desk.officer.decide(desk.bundle, "hold", **changed).status_code == 409
    assert desk.state is BundleState.TO_ANSWER


def test_a_decision_on_an_old_page_is_refused(desk: Desk) -> None:
    page = desk.officer.person.get(f"/bundles/{desk.bundle.id}")
    about = json.loads(page.xpath("//form[contains(@action, '/hold')]/@data-decision")[0]) | {"reason": "Later."}
    signature = desk.officer.key.sign(Purpose.DESK, canonical_bytes(about))
    desk.moment += timedelta(minutes=50)
    desk.officer.person.get("/")
    fields = {"key": desk.officer.key.public.hex, "signature": signature, "reason": "Later."}
    old = desk.officer.person.post(f"/bundles/{desk.bundle.id}/hold", at="2026-11-21T12:00:00.000Z", **fields)
    assert "opened too long ago" in text_of(old)
    assert desk.officer.person.post(f"/bundles/{desk.bundle.id}/hold", at=about["at"], **fields).status_code == 303


def test_the_officer_advises_holds_and_lifts_and_a_reviewer_rejects(desk: Desk) -> None:
    desk.answered()
    assert desk.officer.decide(desk.bundle, "advise", "Let op de kleine kernen.").status_code == 303
    assert desk.officer.decide(desk.bundle, "hold", "Vraag eerst de praktijken.").status_code == 303
    assert desk.state is BundleState.HELD
    assert desk.first.approve(desk.bundle).status_code == 409
    shown = desk.maker.get(f"/bundles/{desk.bundle.id}").text_content()
    assert "Vraag eerst de praktijken." in shown
    assert "Let op de kleine kernen." in shown
    assert desk.officer.decide(desk.bundle, "lift", "Zij stemden in.").status_code == 303
    assert desk.state is BundleState.UNDER_REVIEW
    assert desk.first.decide(desk.bundle, "reject", "Neem een langere periode.").status_code == 303
    assert desk.state is BundleState.REJECTED
    steps = [action for who, action in audit(desk.node) if who in ("Fatima", "Anna") and action.startswith("bundle")]
    assert steps == ["bundle.advised", "bundle.held", "bundle.hold_lifted", "bundle.reject"]
    signed = "Afwijzingen, stilzettingen, opheffingen en adviezen waarvan de handtekening klopt: 4 van 4."
    assert signed in desk.maker.get(f"/bundles/{desk.bundle.id}").text_content()
    assert signed in desk.maker.get("/ledger").text_content()


def test_each_role_does_its_own_work_only(desk: Desk) -> None:
    at = f"/bundles/{desk.bundle.id}"
    for one, forbidden in (
        (desk.maker, ("approve", "reject", "hold", "lift", "advise")),
        (desk.first.person, ("answer", "publish", "hold", "lift", "advise")),
        (desk.officer.person, ("answer", "approve", "reject", "publish")),
    ):
        for step in forbidden:
            assert one.post(f"{at}/{step}", reason="x", code="mostly_hidden").status_code == 403
    assert desk.maker.post(f"{at}/publish").status_code == 409


def test_who_answered_does_not_judge_that_answer(desk: Desk) -> None:
    answered(desk.node, desk.bundle, "mostly_hidden", by="Anna")
    assert "U beantwoordde een bevinding." in desk.first.person.get(f"/bundles/{desk.bundle.id}").text_content()
    assert desk.first.approve(desk.bundle).status_code == 409


def test_reviewers_alone_see_which_rule_hid_what(desk: Desk) -> None:
    rule, proof = "het zijn 1 tot en met 9 personen", "Wat de toets bewees"
    at = f"/bundles/{desk.bundle.id}"
    seen = {name: one.get(at).text_content() for name, one in
            (("maker", desk.maker), ("reviewer", desk.first.person), ("officer", desk.officer.person))}  # fmt: skip
    assert {name: rule in text for name, text in seen.items()} == {"maker": False, "reviewer": True, "officer": False}
    assert {name: proof in text for name, text in seen.items()} == {"maker": False, "reviewer": True, "officer": True}
    rows = desk.first.person.get(at).xpath("//tr[.//*[contains(@class, 'secret')]]")
    assert len(rows) >= 4  # the four parts with 3 to 6 patients


def test_the_exact_bytes_are_those_that_are_signed(desk: Desk) -> None:
    answer = desk.first.person.client.get(f"/bundles/{desk.bundle.id}/items/1.json")
    assert answer.data == desk.bundle.items[0].payload
    assert desk.first.person.client.get(f"/bundles/{desk.bundle.id}/items/2").status_code == 409
    page = desk.first.person.get(f"/bundles/{desk.bundle.id}")
    assert desk.bundle.root in page.text_content()
    form = page.xpath("//form[@data-message]")
    assert form == []  # findings are open, so that nothing can be signed yet
    desk.answered()
    (message,) = desk.first.person.get(f"/bundles/{desk.bundle.id}").xpath("//form/@data-message")
    assert bytes.fromhex(message) == approval_message(CODE, desk.bundle.root, 1)


def test_a_key_joins_with_a_proof_that_it_is_at_hand(desk: Desk) -> None:
    app = pages(desk.node)
    late, key = person(desk.node, "Noor", "reviewer", "Ziekenhuis", app), SigningKey.generate()
    about = json.loads(late.get("/key").xpath("//form[@action='/key']/@data-decision")[0])
    signature = key.sign(Purpose.DESK, canonical_bytes(about))
    other = SigningKey.generate().public.hex
    assert late.post("/key", key=other, signature=signature, at=about["at"]).status_code == 409
    assert late.post("/key", key=key.public.hex, signature=signature, at=about["at"]).status_code == 303
    assert key.public.key_id in late.get("/key").text_content()
    with desk.node.engine.connect() as connection:
        assert {one.name: one.organisation for one in review.reviewers(connection)}["Noor"] == "Ziekenhuis"


def test_the_certificate_is_there_once_it_is_approved(desk: Desk) -> None:
    desk.answered()
    at = f"/bundles/{desk.bundle.id}/certificate"
    assert desk.officer.person.client.get(at).status_code == 409
    for one in (desk.first, desk.second):
        one.approve(desk.bundle)
    answer = desk.officer.person.client.get(at)
    assert answer.get_data(as_text=True).startswith("# Verklaring bij vrijgave")


def test_a_reviewer_who_came_later_has_the_hub_told_by_two_others(desk: Desk) -> None:
    desk.node.settings.secret("token").write_bytes(b"token")
    late, key = person(desk.node, "Noor", "reviewer", "Ziekenhuis", pages(desk.node)), SigningKey.generate()
    with writing(desk.node.engine) as connection:
        keyring.note_enrolled(
            connection, [desk.first.key.public, desk.second.key.public], AuditEntry("hub", "enrolled", "", NOW)
        )
        entry = AuditEntry("Noor", "reviewer.joined", "key", NOW)
        review.register(connection, review.Reviewer("Noor", "Ziekenhuis", key.public), entry)
    form = late.get("/key").xpath("//form[@action='/key/enrol']")[0]
    message = bytes.fromhex(form.get("data-message"))
    assert message == key_proof_message(CODE, key.public.hex, "reviewer")
    assert late.post("/key/enrol", key=key.public.hex, signature=key.sign(Purpose.DESK, message)).status_code == 409
    proof = key.sign(Purpose.ENROLMENT, message)
    answer = late.post("/key/enrol", key=key.public.hex, signature=proof)
    assert answer.status_code == 303
    at = answer.headers["Location"].partition("?")[0]
    assert "0 van 2 akkoorden" in late.get(at).text_content()
    assert "U stelde deze bundel zelf op." in late.get(at).text_content()
    assert at.removeprefix("/bundles/") in late.get("/key").text_content()
    assert late.post("/key/enrol", key=key.public.hex, signature=proof).status_code == 409
    assert "de hub kent deze sleutel" in desk.first.person.get("/key").text_content()
