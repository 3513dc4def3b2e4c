"""mailgate.delivery.host"""

from datetime import timedelta

from mailgate.clock import ManualClock
from mailgate.delivery.host import FIRST, LONGEST, HostHealth
from mailgate.ids import SeededIds
from tests.support.parcels import BORN


def test_a_host_that_is_well_is_not_waited_for() -> None:
    health = HostHealth(ManualClock(BORN), SeededIds())
    assert not health.in_trouble
    assert health.rest() == timedelta()


def test_the_rest_doubles_with_each_failure_up_to_a_limit_and_jitters_downwards() -> None:
    clock = ManualClock(BORN)
    health = HostHealth(clock, SeededIds())
    for failure in range(30):
        until = health.trouble()
        rest = until - clock.now()
        full = min(FIRST * 2 ** min(failure, 16), LONGEST)
        assert full / 2 <= rest <= full
        assert health.rest() == rest
        clock.advance(rest)
        assert health.rest() == timedelta()
        assert health.in_trouble


def test_failures_of_one_outage_count_once() -> None:
    clock = ManualClock(BORN)
    health = HostHealth(clock, SeededIds())
    assert {health.trouble() for _ in range(4)} == {health.trouble()}


def test_one_success_is_the_end_of_the_trouble() -> None:
    health = HostHealth(ManualClock(BORN), SeededIds())
    health.trouble()
    health.well()
    assert not health.in_trouble
    assert health.rest() == timedelta()


def test_a_clock_that_was_set_back_does_not_stop_the_mail_for_hours() -> None:
    clock = ManualClock(BORN)
    health = HostHealth(clock, SeededIds())
    health.trouble()
    clock.advance(timedelta(hours=-5))
    assert health.rest() == LONGEST
