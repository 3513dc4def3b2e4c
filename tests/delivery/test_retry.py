"""mailgate.delivery.retry"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailgate.delivery.retry import JITTER, next_attempt

BORN = datetime(2026, 1, 1, tzinfo=UTC)
SCHEDULE = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1))
GIVE_UP = timedelta(days=5)
EVEN = 0.5  # the middle of the jitter


def after(attempts: int, age: timedelta, fraction: float = EVEN) -> timedelta | None:
    """The wait after so many attempts by a mail of that age."""
    now = BORN + age
    due = next_attempt(attempts, BORN, now, SCHEDULE, GIVE_UP, fraction)
    return None if due is None else due - now


def test_the_schedule_is_followed_and_its_last_wait_repeated() -> None:
    assert [after(attempts, timedelta()) for attempts in (1, 2, 3, 4, 50)] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(hours=1),
        timedelta(hours=1),
        timedelta(hours=1),
    ]


def test_a_mail_that_was_never_tried_waits_the_first_wait() -> None:
    assert after(0, timedelta()) == timedelta(minutes=1)


def test_the_last_attempt_is_made_when_time_is_up_and_then_no_more() -> None:
    assert after(50, GIVE_UP - timedelta(minutes=2)) == timedelta(minutes=2)
    assert after(50, GIVE_UP) is None
    assert after(1, GIVE_UP + timedelta(days=1)) is None


@given(
    st.integers(0, 100),
    st.timedeltas(timedelta(), timedelta(days=10)),
    st.floats(0, 1, exclude_max=True),
    st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=2)), min_size=1, max_size=10).map(tuple),
)
def test_the_next_attempt_is_in_the_future_near_the_schedule_and_never_after_giving_up(
    attempts: int, age: timedelta, fraction: float, schedule: tuple[timedelta, ...]
) -> None:
    now = BORN + age
    due = next_attempt(attempts, BORN, now, schedule, GIVE_UP, fraction)
    if due is None:
        assert age >= GIVE_UP
        return
    wait = schedule[min(max(attempts, 1), len(schedule)) - 1]
    assert now < due <= BORN + GIVE_UP
    assert due == BORN + GIVE_UP or (1 - JITTER) * wait <= due - now <= (1 + JITTER) * wait
