"""Roles, scopes, passwords and origins, each by itself."""

import re

import pytest
from argon2 import PasswordHasher

from hub.identity.caller import Caller, RoleUnknown, bearer, checked_roles, checked_scopes, person
from hub.identity.origin import counted, logged
from hub.identity.passwords import PasswordUnfit, hash_password, matches, renewed
from hub.web.access_words import ACCESS_WORDS
from schemas.codes import Audience

GOOD = "weinig mensen lezen dit"


@pytest.mark.parametrize(
    ("roles", "audience"),
    [
        (["region:GG0111"], "network"),
        (["national"], "network"),
        (["partner"], "partners"),
        (["administrator"], "public"),
        (["administrator", "partner"], "partners"),
        (["partner", "region:XR-DUIN"], "network"),
    ],
)
def test_a_person_reads_what_the_widest_role_allows_and_never_sends(roles: list[str], audience: Audience) -> None:
    caller = person("anna", checked_roles(roles))
    assert (caller.audience, caller.region) == (audience, None)
    assert caller.is_administrator == ("administrator" in roles)
    assert caller.is_national == ("national" in roles)


def test_a_person_works_for_the_regions_of_their_roles() -> None:
    assert person("anna", checked_roles(["region:XR-A1", "region:GG0111", "partner"])).regions == {"XR-A1", "GG0111"}


@pytest.mark.parametrize("roles", [[], ["king"], ["region:"], ["region:gg0111"], ["region:GG0111\n"], ["National"]])
def test_a_role_that_is_none_is_refused(roles: list[str]) -> None:
    with pytest.raises(RoleUnknown):
        checked_roles(roles)


def test_the_bearer_of_a_token_has_its_scopes_and_nothing_of_its_owner() -> None:
    sending = bearer("region XR-DUIN", checked_scopes(["send:XR-DUIN"]))
    assert (sending.audience, sending.region, sending.roles) == ("public", "XR-DUIN", frozenset())
    managing = bearer("account anna", checked_scopes(["manage"]))
    assert (managing.is_administrator, managing.is_national, managing.audience) == (True, False, "public")
    assert bearer("x", checked_scopes(["read:public", "read:partners"])).audience == "partners"
    assert Caller() == Caller("public", None, None)


@pytest.mark.parametrize(
    ("address", "in_log", "counts_as"),
    [
        ("192.0.2.77", "192.0.2.0/24", "192.0.2.77/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24", "192.0.2.77/32"),
        ("fe80::1%eth0", "fe80::/48", "fe80::/64"),
        (None, "unknown", "unknown"),
        ("a name", "unknown", "unknown"),
    ],
)
def test_an_address_is_cut_for_the_log_and_for_counting(address: str | None, in_log: str, counts_as: str) -> None:
    assert (logged(address), counted(address)) == (in_log, counts_as)


@pytest.mark.parametrize("password", ["kort", "x" * 11, "x" * 201, "a" * 16, "ab" * 8, "Anna is de baas"])
def test_a_password_that_is_easily_guessed_is_refused_without_being_told(password: str) -> None:
    with pytest.raises(PasswordUnfit) as caught:
        hash_password(password, "anna")
    assert password not in str(caught.value)


def test_a_password_fits_its_hash_however_it_was_typed() -> None:
    kept = hash_password("vier café's in één straat")
    assert matches(kept, "vier cafe\u0301's in e\u0301e\u0301n straat")
    assert not matches(kept, "vier cafe's in een straat")
    assert kept != hash_password("vier café's in één straat")


def test_nothing_fits_an_account_without_a_password() -> None:
    assert not any(matches(None, password) for password in ("", GOOD, "x" * 100_000))


def test_a_hash_of_other_costs_is_renewed_once() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert matches(old, GOOD)
    fresh = renewed(old, GOOD)
    assert fresh is not None
    assert matches(fresh, GOOD)
    assert renewed(fresh, GOOD) is None


def test_every_word_for_signing_in_is_there_in_both_languages() -> None:
    for key, (dutch, english) in ACCESS_WORDS.items():
        assert dutch.strip(), key
        assert english.strip(), key
        assert (dutch == english) == (key in {"code", "partners", "role_partner"}), key
        assert not re.search(r"['\"]", dutch + english), key
