"""Durations as an operator writes them: "30s", "15m", "4h", "2d", "1w".

Fails with a ValueError whose text names the mistake and the form that is wanted.
"""

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d{1,9})\s*([smhdw])", re.IGNORECASE | re.ASCII)
_LONGEST = 36_500 * 86_400
_IN_WORDS = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)[a-z]+", re.IGNORECASE | re.ASCII)
_WORDS = frozenset("sec secs second seconds min mins minute minutes hr hrs hour hours day days week weeks".split())


def parse_duration(text: str) -> timedelta:
    """The time that `text` says, at most a hundred years.

    Raises ValueError for anything else than a whole number and one of s, m, h, d, w.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        form = meant_duration(text) or 'a number and s, m, h, d or w, as in "15m"'
        raise ValueError(f'"{text}" is not a duration: write {form}')
    seconds = int(match[1]) * _SECONDS[match[2].lower()]
    if seconds > _LONGEST:
        raise ValueError(f'"{text}" is longer than a hundred years')
    return timedelta(seconds=seconds)


def meant_duration(text: str) -> str:
    """`3d` for "3 days"; empty where it is no time in words."""
    found = _IN_WORDS.fullmatch(text.strip())
    if found is None or text.strip().lstrip("0123456789 ").lower() not in _WORDS:
        return ""
    return f"{found[1]}{found[2].lower()}"
