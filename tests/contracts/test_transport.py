"""What every transport keeps to, asked of each of them alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pytest

from schemas.codes import PROTOCOL
from schemas.delivery import Parcel, TransportRefused, TransportUnavailable
from schemas.receipt import Answer, check_receipt
from schemas.standing import check_standing
from tests.support.transports import HttpLine, Line, MemoryLine, parcel
from tests.support.transports_kafka import KafkaLine

TRANSPORTS = ["memory", "http", pytest.param("kafka", marks=pytest.mark.real_kafka)]


@pytest.fixture(params=TRANSPORTS)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Offer each transport in turn."""
    with closing(opened(request, "kafka_broker")) as line:
        yield line


@pytest.fixture(params=TRANSPORTS)
def breakable_line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Offer each transport in turn, with another side that may be taken away."""
    with closing(opened(request, "killable_broker")) as line:
        yield line


def opened(request: pytest.FixtureRequest, broker: str) -> Line:
    if request.param == "kafka":
        return KafkaLine(request.getfixturevalue(broker))
    return MemoryLine() if request.param == "memory" else HttpLine()


def parcels(line: Line, count: int, *, region: str = "", filling: str = "") -> list[Parcel]:
    return [parcel(region or line.region, sequence, line.topic, filling=filling) for sequence in range(1, count + 1)]


def delivered(line: Line, sent: Sequence[Parcel]) -> dict[str, Answer]:
    """Send, let the hub take, and give the answers by event."""
    answers = list(line.sender.send(sent))
    line.settle(len(sent))
    answers += line.sender.collect()
    assert len(answers) == len({answer.event_id for answer in answers})
    return {answer.event_id: answer for answer in answers}


def outcomes(answers: dict[str, Answer]) -> set[str]:
    return {answer.outcome for answer in answers.values()}


def test_bodies_arrive_unchanged_and_in_order_per_region(line: Line) -> None:
    one, other = parcels(line, 30), parcels(line, 30, region="XR-OTHER")
    mixed = [item for pair in zip(one, other, strict=True) for item in pair]
    delivered(line, mixed)
    assert line.hub.kept_of(line.region) == [item.body for item in one]
    assert line.hub.kept_of("XR-OTHER") == [item.body for item in other]


def test_an_accepted_event_comes_back_with_a_receipt_that_checks(line: Line) -> None:
    sent = parcels(line, 3)
    answers = delivered(line, sent)
    assert set(answers) == {item.event_id for item in sent}
    assert outcomes(answers) == {"accepted"}
    for answer in answers.values():
        assert answer.receipt is not None
        check_receipt(answer.receipt, line.hub.key.public)


def test_sending_twice_changes_nothing_and_gives_the_same_receipts(line: Line) -> None:
    sent = parcels(line, 5)
    first = delivered(line, sent)
    second = delivered(line, sent)
    assert outcomes(second) == {"duplicate"}
    assert [second[key].receipt for key in first] == [first[key].receipt for key in first]
    assert line.hub.kept == [item.body for item in sent]


def test_a_refused_event_comes_back_with_its_reason_and_stops_no_other(line: Line) -> None:
    good = parcels(line, 3)
    bad = parcel(line.region, 9, line.topic, refuse=True)
    answers = delivered(line, [good[0], bad, *good[1:]])
    refusal = answers.pop(bad.event_id)
    assert (refusal.outcome, refusal.reason, refusal.receipt) == ("refused", "SignatureMismatch", None)
    assert refusal.detail == "The signature does not fit."
    assert outcomes(answers) == {"accepted"}
    assert line.hub.kept == [item.body for item in good]


def test_nothing_to_send_is_no_trouble(line: Line) -> None:
    assert list(line.sender.send([])) == []
    assert list(line.sender.collect()) == []
    assert line.hub.kept == []


def test_five_hundred_parcels_of_three_kilobytes_arrive(line: Line) -> None:
    sent = parcels(line, 500, filling="x" * 3000)
    answers = delivered(line, sent)
    assert len(answers) == 500
    assert line.hub.kept == [item.body for item in sent]


def test_the_hubs_word_on_the_chain_comes_back(line: Line) -> None:
    assert line.sender.standing() is None
    delivered(line, parcels(line, 9))
    said = line.hub.say(line.region)
    line.settle(0)
    line.sender.collect()
    heard = line.sender.standing()
    assert heard == said
    check_standing(heard, line.hub.key.public)


@pytest.mark.parametrize("protocol", [PROTOCOL - 1, PROTOCOL + 1])
def test_neighbouring_protocols_talk(line: Line, protocol: int) -> None:
    line.speak(protocol)
    assert outcomes(delivered(line, parcels(line, 2))) == {"accepted"}


def test_a_hub_of_a_protocol_further_off_is_refused_with_both_numbers(line: Line) -> None:
    line.speak(PROTOCOL + 2)

    def talk() -> None:
        line.sender.collect()
        line.sender.send(parcels(line, 1))

    with pytest.raises(TransportRefused, match=f"speaks protocol {PROTOCOL + 2} and this node protocol {PROTOCOL};"):
        talk()
    line.speak(PROTOCOL)
    assert outcomes(delivered(line, parcels(line, 1))) <= {"accepted", "duplicate"}


@pytest.mark.parametrize("line", [MemoryLine, HttpLine])
def test_a_hub_that_wants_to_be_left_alone_says_for_how_long(line: Callable[[], MemoryLine | HttpLine]) -> None:
    with closing(line()) as opened:
        sent = parcels(opened, 3)
        opened.hold_off(17)
        for call in (lambda: opened.sender.send(sent), opened.sender.standing):
            with pytest.raises(TransportUnavailable) as said:
                call()
            assert said.value.retry_after == 17
        opened.hold_off(None)
        delivered(opened, sent)
        assert opened.hub.kept == [item.body for item in sent]


def test_an_absent_other_side_is_said_and_the_same_parcels_arrive_afterwards(breakable_line: Line) -> None:
    line = breakable_line
    first, *rest = parcels(line, 5)
    delivered(line, [first])
    line.cut()
    with pytest.raises(TransportUnavailable):
        line.sender.send(rest)
    with pytest.raises(TransportUnavailable):
        line.sender.collect()
    assert line.hub.kept == [first.body]
    line.restore()
    answers = delivered(line, [first, *rest])
    assert answers.pop(first.event_id).outcome == "duplicate"
    assert outcomes(answers) == {"accepted"}
    assert line.hub.kept == [first.body, *(item.body for item in rest)]
