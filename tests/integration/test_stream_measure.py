"""The bench of the stream with few readers: a hub in a process of its own tells every one of them each lesson."""

from tests.bench.streams import followed


def test_a_few_readers_are_told_by_a_hub_of_its_own() -> None:
    found = followed(items=20, readers=20, told=3)
    assert found.value is not None
    assert found.runs == 3
    assert found.details["KiB for each reader"] < 1000
