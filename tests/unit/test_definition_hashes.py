"""A definition of an earlier version keeps its hash, and its statistics their names in what was released."""

import msgspec
import pytest

from schemas.canonical import canonical_bytes, sha256_hex
from schemas.catalogue import by_hash, catalogue, earlier
from schemas.definition import Criterion, Provenance, denominator_key, meaning, numerator_key

# Taken from version 0.3.0: hash of the definition, SHA-256 of its numerator's and its denominator's name.
KNOWN = {
    "c.ed": (
        "7fcc07cb071426306607d924481dda463bee80243e1bfc7aff4b751d7b53ced3",
        "bfb2f1a8a2a33733d5c6bfafd3053c27df078846314af1c11425dbec7984a6fe",
        "0257c8b46e73292b761cac8eb3ae35c2b01c119cff428da7084be1c29b97af13",
    ),
    "c.gp_units": (
        "32ac87e1bb8a9228400ffa357bd2193868188ea47515ef237f8add6ea6375f12",
        "55504de17c733e518b354d5a1e33ce2e3314607ce253ff24564c1292192ddfa3",
        "0257c8b46e73292b761cac8eb3ae35c2b01c119cff428da7084be1c29b97af13",
    ),
    "c.zvw": (
        "ac3f50ff512e3da63ed497e667dcf87551a26e6d6f651fe7ebbda82f676ff882",
        "35edcd5b009138f7caab1f35f17ae0103bcc5126bad0c47b7f70e693bd1cb697",
        "3bf6e7a2e550c5f026a32ba043ececf09b964fc33ab93cc097007d1ac0beffad",
    ),
    "h.celecoxib": (
        "be643c820c9b31ac670acc485970ec84d04c3befc1370fd39b4a46c99a4e405e",
        "7b47bb2a4176a9a2e79a90f4b8eefee6708d13841a78c0002da501ab690fd22e",
        "3bf6e7a2e550c5f026a32ba043ececf09b964fc33ab93cc097007d1ac0beffad",
    ),
    "h.dm_prev": (
        "2d31e2d97c85f45a4d91c042e81cd021219464ff0da7b4356af49c66ee9bbcd5",
        "5c7f391ef7ac9f478271d05d8f7e2dfc54f6573173dedbff08369d577ea8eb44",
        "3bf6e7a2e550c5f026a32ba043ececf09b964fc33ab93cc097007d1ac0beffad",
    ),
    "h.gi_bleed": (
        "0a2d9178978a9b0f7b225475f3395884fcbad124980d3a05909030fc30959034",
        "f66bc5ecb07eb1b2b1118a079e2cc7cd482c3bac6d9eef27808d94062b899fc7",
        "3bf6e7a2e550c5f026a32ba043ececf09b964fc33ab93cc097007d1ac0beffad",
    ),
    "h.srh_good": (
        "6d8be16a996c8f05e13eb945c60762aa13d884cd3264048f0e199a52a013c6a6",
        "62331fd4d383f5201a668dc0720f3dbcb65a407f5fca65655c0770e25cd61ec6",
        "1b98505add17417a31286beca2bf17e2672c5d553517781646d658d93f791c41",
    ),
    "pop.persons": (
        "da3739063a46b3bf926519de15be0d86ab0ca644607d994a94f3a01a9e42e077",
        "3bf6e7a2e550c5f026a32ba043ececf09b964fc33ab93cc097007d1ac0beffad",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    "q.acute_adm": (
        "f68a98b0fb8f7589647e9fc38396f16076d1b76bfcc0cedf00a8c3301d4df741",
        "dabbca32802c97f7a0dbef2cc058fa39a8fc4a6849f3ae398d5c103464d7b02e",
        "0257c8b46e73292b761cac8eb3ae35c2b01c119cff428da7084be1c29b97af13",
    ),
    "q.flu": (
        "e6ffeab43c7a7f8c1b47d3f111c45e53f0f35af118e1f48711adbefe50f8c055",
        "038952c0ed298eb8b4ced40aba2f72b44c8cf0a0d2a9336029917fbf8bd916bf",
        "5a6e80dda95428ecf5f1badd22887fab15cf2b3c2dba711a4e3f24512064e078",
    ),
    "q.gp_experience": (
        "680352c854d684ac5ad27b7aceac3305f9e1e135ea5b920b08c05f33d4adcb9a",
        "4a9a1aa0c6d7172f1871b96b95174326f14076e99fa6c1208de555fdadc6445d",
        "bfccfeb98a3e6b40e28cbf6a251dbe4bf7d8ddba594c7273f354f7655e6db25a",
    ),
    "q.hba1c": (
        "61b06bb92c82a638bec6e46273f2c974c8b3ca7cd6bed2b7eadbc5cb92fbc30c",
        "1bb935d6d7a514175d3e78b51e75973cefac8ff851a541a07af7019b522535e4",
        "5c7f391ef7ac9f478271d05d8f7e2dfc54f6573173dedbff08369d577ea8eb44",
    ),
}
PUBLIC = "03128be1d281410715838a73bf9966a773f157f0937920c60287d53b9cf72916"  # over all definitions taken over then


@pytest.mark.parametrize("indicator", sorted(KNOWN))
def test_what_was_published_keeps_its_hash_and_its_names(indicator: str) -> None:
    (definition,) = (one for one in (*catalogue().values(), *earlier()) if (one.id, one.version) == (indicator, 1))
    assert by_hash(indicator, definition.hash) is definition
    names = [sha256_hex((key or "").encode()) for key in (numerator_key(definition), denominator_key(definition))]
    assert (definition.hash, *names) == KNOWN[indicator]


def test_public_tables_keep_their_hashes() -> None:
    hashes = [one.hash for name, one in sorted(catalogue().items()) if name.startswith(("c19.", "jv24."))]
    assert sha256_hex("".join(hashes).encode()) == PUBLIC


def test_who_checked_a_definition_changes_nothing_of_its_hash_and_all_else_does() -> None:
    definition = catalogue()["h.copd"]
    assert definition.provenance is not None
    checked = msgspec.structs.replace(definition, provenance=Provenance("somebody", verified=True))
    assert checked.hash == definition.hash
    assert definition.measure is not None
    assert definition.measure.of is not None
    for of in (
        msgspec.structs.replace(definition.measure.of, prefixes=("R96",)),
        msgspec.structs.replace(definition.measure.of, at_least=2),
    ):
        other = msgspec.structs.replace(definition, measure=msgspec.structs.replace(definition.measure, of=of))
        assert other.hash != definition.hash
        assert numerator_key(other) != numerator_key(definition)
    assert definition.population is not None
    without = msgspec.structs.replace(definition.population, exclude=(Criterion("death"),))
    assert numerator_key(msgspec.structs.replace(definition, population=without)) != numerator_key(definition)


def test_the_order_in_which_codes_are_written_changes_no_name() -> None:
    definition = catalogue()["h.hypertension"]
    assert definition.measure is not None
    assert definition.measure.of is not None
    turned = msgspec.structs.replace(definition.measure.of, prefixes=definition.measure.of.prefixes[::-1])
    other = msgspec.structs.replace(definition, measure=msgspec.structs.replace(definition.measure, of=turned))
    assert numerator_key(other) == numerator_key(definition)


def test_the_hash_is_that_of_the_meaning_which_readers_are_shown() -> None:
    definition = catalogue()["q.readmit30"]
    assert definition.hash == sha256_hex(canonical_bytes(meaning(definition)))
    assert "provenance" not in meaning(definition)


def test_an_earlier_version_is_told_from_the_one_that_counts_now() -> None:
    for one in earlier():
        now = catalogue()[one.id]
        assert one.version < now.version
        assert one.hash != now.hash


def test_no_share_of_measured_persons_has_persons_without_a_value_below_the_line() -> None:
    for one in catalogue().values():
        if one.population is not None and one.measure is not None:
            for asked in one.population.criteria:
                assert asked.record != "measurement" or None not in (asked.value_from, asked.value_below), one.id


def test_events_of_a_rate_are_counted_over_its_person_time() -> None:
    for one in catalogue().values():
        if one.measure is not None and one.measure.denominator == "covered_days" and one.measure.of is not None:
            assert one.measure.of.record == "death" or one.measure.of.window == "while_covered", one.id
