"""Keys at the desk, against a hub that serves: a new service key, and keys taken back, each by two reviewers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from node import tables
from node.release import keyring
from node.web.desk.accounts import Role
from tests.support.desk import audit
from tests.support.desk_pages import Person, person, text_of
from tests.support.desk_release import let_out
from tests.support.network import serving_network
from tests.support.small_region import CODE, SmallRegion, enrolled_region, small_region


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRegion]:
    """Return a region that a hub knows; its tests follow each other, as a region's months do."""
    with serving_network(tmp_path_factory.mktemp("network")) as network:
        region = enrolled_region(tmp_path_factory.mktemp("region") / "node", network)
        yield region
        region.node.engine.dispose()


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[SmallRegion]:
    """Return a region that no hub knows yet."""
    made = small_region(tmp_path / "node", "http://localhost:1")
    yield made
    made.node.engine.dispose()


def at(region: SmallRegion, name: str, role: Role, house: str = "") -> Person:
    return person(region.node, name, role, house)


def present(region: SmallRegion) -> str:
    return region.node.service_key().public.key_id


def waiting(region: SmallRegion) -> list[str]:
    with region.node.engine.connect() as connection:
        chosen = select(tables.bundle.c.id).where(tables.bundle.c.state == "under_review")
        return list(connection.scalars(chosen))


def test_a_service_key_is_renewed_by_two_reviewers_and_taken_up_on_shipping(enrolled: SmallRegion) -> None:
    maker, old = at(enrolled, "Jan", "scientist"), present(enrolled)
    assert old in maker.get("/ledger/keys").text_content()
    frozen = maker.post("/ledger/keys/renew").headers["Location"]
    assert audit(enrolled.node)[-1] == ("Jan", "key.rotation prepared")
    assert "0 van 2 akkoorden" in maker.get(frozen).text_content()
    assert maker.post("/ledger/keys/renew").headers["Location"] == "/ledger/keys", "one at a time"
    assert "wacht op twee beoordelaars" in maker.get("/ledger/keys").text_content()
    assert present(enrolled) == old
    let_out(enrolled, frozen)
    assert "wacht op de hub" in maker.get("/ledger/keys").text_content()
    maker.post("/ledger/ship")
    new = present(enrolled)
    assert new != old
    row = maker.get("/ledger/keys").xpath(f"//tr[contains(., '{new}')]")[0].text_content()
    assert "tekent nu" in row
    (revocation,) = waiting(enrolled)
    assert "onderweg" in maker.get("/ledger/keys").xpath(f"//tr[contains(., '{old}')]")[0].text_content()
    let_out(enrolled, revocation)
    assert "gebeurtenis 1 tot en met" in maker.get("/ledger/keys").text_content()
    assert "keten klopt" in maker.get("/ledger").text_content()


def test_a_reviewer_asks_that_their_own_key_is_taken_back_and_no_other(enrolled: SmallRegion) -> None:
    own, other = (one.public.key_id for one in enrolled.keys)
    first = at(enrolled, "First", "reviewer", "First hospital")
    refused = first.post(f"/ledger/keys/{other}/revoke", reason="De laptop is weg.")
    assert refused.status_code == 403
    assert "Dit is niet uw sleutel" in text_of(refused)
    page = first.get("/key")
    assert page.xpath("//form[contains(@action, '/revoke')]/@action") == [f"/ledger/keys/{own}/revoke"]
    named = first.post(f"/ledger/keys/{own}/revoke", reason="Mevrouw Hofstede heeft hem.")
    assert named.status_code == 409
    frozen = first.post(f"/ledger/keys/{own}/revoke", reason="De laptop is weg.").headers["Location"]
    assert "0 van 2 akkoorden" in first.get(frozen).text_content()
    assert audit(enrolled.node)[-1] == ("First", "key.revocation prepared")
    assert "De terugname is onderweg." in first.get("/key").text_content()
    with enrolled.node.engine.connect() as connection:
        assert keyring.is_being_revoked(connection, own)
        assert not keyring.is_being_revoked(connection, other)


def test_the_key_that_signs_now_is_not_taken_back_and_others_by_who_may(enrolled: SmallRegion) -> None:
    maker, key = at(enrolled, "Jan", "scientist"), present(enrolled)
    refused = maker.post(f"/ledger/keys/{key}/revoke", reason="Zomaar.")
    assert "Met deze sleutel tekent de regio nu" in text_of(refused)
    assert "niet van deze regio" in text_of(maker.post(f"/ledger/keys/{'0' * 16}/revoke", reason="Zomaar."))
    assert not maker.get("/ledger/keys").xpath(f"//form[contains(@action, '{key}')]")
    for one in (at(enrolled, "Lies", "author"), at(enrolled, "Fatima", "officer")):
        assert not one.get("/ledger/keys").xpath("//main//form")
        assert one.post(f"/ledger/keys/{enrolled.keys[1].public.key_id}/revoke", reason="x").status_code == 403
        assert one.post("/ledger/keys/renew").status_code == 403
    assert maker.client.post("/ledger/keys/renew", data={"csrf": "0" * 64}).status_code == 403
    assert not enrolled.node.settings.secret("service.next.pem").exists()


def test_a_node_that_no_hub_knows_makes_no_key(lone: SmallRegion) -> None:
    maker = at(lone, "Jan", "scientist")
    page = maker.get("/ledger/keys")
    assert "De hub kent deze node nog niet" in page.text_content()
    assert not page.xpath("//main//form")
    for path in ("/ledger/keys/renew", f"/ledger/keys/{lone.keys[0].public.key_id}/revoke"):
        assert "De hub kent deze node nog niet" in text_of(maker.post(path, reason="Zomaar."))
    assert not lone.node.settings.secret("service.next.pem").exists()
    assert lone.node.settings.region == CODE
