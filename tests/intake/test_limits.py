"""mailgate.intake.limits"""

from datetime import UTC, datetime, timedelta

from mailgate.clock import ManualClock
from mailgate.intake.limits import BAD_ADDRESSES, InFlight, PenaltyBox, RateLimit
from mailgate.rate import Rate


def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


def test_memory_is_granted_up_to_the_last_octet() -> None:
    memory = InFlight(10)
    assert memory.reserve(10)
    assert not memory.reserve(1)
    memory.release(10)
    assert memory.fits(10)
    assert not memory.fits(11)


def test_no_rate_is_no_limit() -> None:
    limit = RateLimit(None, clock())
    for _ in range(1000):
        limit.count("a")
    assert not limit.exceeded("a")


def test_a_key_that_used_its_rate_waits_for_the_next_window() -> None:
    time = clock()
    limit = RateLimit(Rate(2, 60), time)
    limit.count("a", "peer")
    time.advance(timedelta(seconds=59))
    limit.count("a")
    assert limit.exceeded("a")
    assert limit.exceeded("b", "a")
    assert not limit.exceeded("b", "peer")
    time.advance(timedelta(seconds=1))
    assert not limit.exceeded("a")


def test_a_flood_of_keys_is_forgotten_oldest_first() -> None:
    limit = RateLimit(Rate(1, 3600), clock())
    for number in range(10_001):
        limit.count(f"{number}")
    assert not limit.exceeded("0")
    assert limit.exceeded("1")
    assert limit.exceeded("10000")


def test_a_peer_is_shut_out_by_its_twentieth_bad_address_for_ten_minutes() -> None:
    time = clock()
    box = PenaltyBox(time, BAD_ADDRESSES)
    told = [box.failed("peer") for _ in range(BAD_ADDRESSES - 1)]
    assert not any(told)
    assert not box.shut("peer")
    time.advance(timedelta(minutes=9))
    assert box.failed("peer")
    time.advance(timedelta(minutes=9))
    assert box.shut("peer")
    assert not box.shut("other")
    time.advance(timedelta(minutes=1))
    assert not box.shut("peer")


def test_a_few_bad_addresses_are_forgotten_after_ten_minutes() -> None:
    time = clock()
    box = PenaltyBox(time, BAD_ADDRESSES)
    for _ in range(BAD_ADDRESSES - 1):
        box.failed("peer")
    time.advance(timedelta(minutes=10))
    box.failed("peer")
    assert not box.shut("peer")


def test_a_flood_of_bad_peers_costs_no_memory() -> None:
    box = PenaltyBox(clock(), BAD_ADDRESSES)
    for number in range(10_001):
        for _ in range(BAD_ADDRESSES):
            box.failed(f"{number}")
    assert not box.shut("0")
    assert box.shut("10000")


def test_a_clock_that_is_set_back_keeps_nobody_out_for_longer() -> None:
    time = clock()
    box, limit = PenaltyBox(time, BAD_ADDRESSES), RateLimit(Rate(1, 60), time)
    for _ in range(BAD_ADDRESSES):
        box.failed("peer")
    limit.count("a")
    time.advance(timedelta(hours=-2))
    assert not box.shut("peer")
    assert not limit.exceeded("a")
