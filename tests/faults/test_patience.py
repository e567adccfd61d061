"""A run is waited for while it moves: a stall is told from slowness."""

from tests.faults.patience import LONGEST_SECONDS, STILL_SECONDS, Patience


def test_what_stands_still_is_given_up_and_what_moves_slowly_is_not() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    for left in (5, 4, 3):  # each just before the patience would end
        now[0] += STILL_SECONDS - 1
        assert patience.saw(left)
        assert patience.over() is None
    now[0] += STILL_SECONDS
    assert not patience.saw(3)
    assert patience.over() is None
    now[0] += 1
    assert patience.over() == "nothing moved for 41 s"
    patience.renew()
    assert (patience.still, patience.over()) == (0.0, None)


def test_not_even_what_moves_is_waited_for_without_end() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    now[0] = LONGEST_SECONDS + 1
    assert patience.saw(1)
    assert patience.over() == "it moved still, 301 s after the last fault"
