"""The words of the pages: each key has one meaning, and both languages."""

from collections import Counter

from hub.web import words
from schemas.codes import EventType


def test_no_two_parts_of_the_pages_mean_another_thing_by_one_key() -> None:
    parts = [part for name, part in vars(words).items() if name.endswith("_WORDS")]
    times = Counter(key for part in parts for key in part)
    assert len(parts) >= 7
    assert [key for key, count in times.items() if count > 1] == []
    assert sum(times.values()) < len(words.WORDS), "the words that belong to no part"


def test_every_word_is_there_in_both_languages() -> None:
    assert [key for key, told in words.WORDS.items() if not all(told)] == []


def test_everything_that_can_leave_a_region_has_a_name_in_its_ledger() -> None:
    kinds = {"_".join(one.value.split(".")[2:4]) for one in EventType}
    assert {f"left_{one}" for one in kinds} <= words.WORDS.keys()
