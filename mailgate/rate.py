"""Rates as an operator writes them: "200/h", "3/day".

Fails with a ValueError whose text names the mistake and the form that is wanted.
"""

import re
from dataclasses import dataclass

_SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3600, "day": 86400, "d": 86400}
_RATE = re.compile(r"(\d{1,9})\s*/\s*([a-z]+)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in `seconds`."""

    count: int
    seconds: int


def parse_rate(text: str) -> Rate | None:
    """The rate that `text` says; None for an empty text, which means no limit.

    Raises ValueError for anything else than a whole number, a slash and one of s, min, m, h, day, d.
    """
    if not text.strip():
        return None
    match = _RATE.fullmatch(text.strip())
    seconds = _SECONDS.get(match[2].lower()) if match else None
    if not match or seconds is None:
        raise ValueError(f'"{text}" is not a rate: write a number, a slash and s, min, h or day, as in "200/h"')
    if int(match[1]) == 0:
        raise ValueError(f'"{text}" would let nothing through: write "" for no limit')
    return Rate(int(match[1]), seconds)
