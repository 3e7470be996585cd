"""Rate limits: requests are counted per name in a fixed window."""

from typing import NamedTuple

import pytest

from app.auth.limits import FixedWindow
from app.errors import TooManyRequests


class LimitAndClock(NamedTuple):
    """A window of a minute, and the seconds that its clock shows."""

    window: FixedWindow
    seconds: list[float]


@pytest.fixture
def held() -> LimitAndClock:
    seconds = [1_000.0]
    return LimitAndClock(FixedWindow(2, lambda: seconds[0]), seconds)


def test_each_has_room_for_his_own(held: LimitAndClock) -> None:
    assert [held.window.try_acquire("huong") for _ in range(3)] == [True, True, False]
    assert held.window.try_acquire("minh")


def test_requests_are_allowed_again_in_the_next_window(held: LimitAndClock) -> None:
    assert [held.window.try_acquire("huong") for _ in range(3)] == [True, True, False]
    held.seconds[0] += 59.9
    assert not held.window.try_acquire("huong")
    held.seconds[0] += 0.1
    assert [held.window.try_acquire("huong") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("later", "seconds"), [(0, "60"), (17.5, "43"), (59.9999, "1")])
def test_a_refusal_says_when_to_come_back(held: LimitAndClock, later: float, seconds: str) -> None:
    held.window.count("huong")
    held.window.count("huong")
    held.seconds[0] += later
    with pytest.raises(TooManyRequests) as refused:
        held.window.count("huong")
    assert refused.value.headers == {"Retry-After": seconds}
