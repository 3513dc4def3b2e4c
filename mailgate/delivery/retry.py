"""When a deferred mail is tried again: a pure schedule (RFC 5321 4.5.4.1).

Jitter is plus or minus a tenth of the wait. That keeps the schedule the operator's own, in order, and still spreads
mails that failed together; full jitter (from nothing to the wait) would ask a host that is greylisting too soon.
"""

from datetime import datetime, timedelta

JITTER = 0.1


def next_attempt(
    attempts: int,
    created_at: datetime,
    now: datetime,
    schedule: tuple[timedelta, ...],
    give_up: timedelta,
    fraction: float,
) -> datetime | None:
    """The time of the next attempt after `attempts` of them, or None to give up.

    The last wait of the schedule is repeated. The last attempt is at `created_at + give_up`; after that there is none.
    `fraction` is in [0, 1). All times are aware.
    """
    last = created_at + give_up
    if now >= last:
        return None
    wait = schedule[min(max(attempts, 1), len(schedule)) - 1]
    return min(now + wait * (1 - JITTER + 2 * JITTER * fraction), last)
