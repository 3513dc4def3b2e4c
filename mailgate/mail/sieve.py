"""A long alternation of phrases, searched fast: RE2 looks first whether there may be one, and `re` decides.

`re` tries every alternative at every place of a text; RE2 reads it once. RE2 gets a wider pattern, without what it does
not have (lookarounds), means in ASCII alone (`\\b`, `\\w`, `\\d`, `\\s`) or does slowly (counting far): it may let
through what does not match, and stops nothing that does.
"""

import re
from functools import cached_property
from typing import Any

import re2

_LOOKAROUND = re.compile(r"\(\?<?[=!](?:[^()\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])*\)")
_TOKEN = re.compile(r"\[(?:[^\]\\]|\\.)*\]|\\.|[\^$]|\{(?P<count>\d+,?\d*|,\d*)\}\??")
_COUNTED = 8  # a repetition that is counted further costs RE2 a state for each number: it need not count
_UNICODE = {r"\w": r"\pL\pM\pN_", r"\d": r"\pN", r"\s": r"\s\v\pZ\x{1c}-\x{1f}\x{85}"}


class Sieve:
    """`pattern`, and where it is too fine for RE2 in more than the module says, a `wider` one that it implies."""

    def __init__(self, pattern: str, wider: str = "") -> None:
        self._exact = re.compile(pattern)
        self._wider = wider or pattern

    @property
    def pattern(self) -> str:
        return self._exact.pattern

    def search(self, text: str) -> re.Match[str] | None:
        """As `re` finds it."""
        return self._exact.search(text) if self.suspects(text) else None

    def suspects(self, text: str) -> bool:
        """Whether there may be a match in a text or in any piece of it: False is sure."""
        return self._coarse.search(text.encode("utf-8", "replace")) is not None

    @cached_property
    def _coarse(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        return re2.compile(_widened(self._wider).encode(), options)


def _widened(pattern: str) -> str:
    return _TOKEN.sub(_wide, _LOOKAROUND.sub("", pattern))


def _wide(found: re.Match[str]) -> str:
    """A class or an escape as RE2 has it; the borders of words and texts are dropped."""
    token = found[0]
    if count := found["count"]:  # RE2 has no {,3}
        return token if count[0] != "," and int(count.rpartition(",")[2] or 0) <= _COUNTED else "*"
    if token in (r"\b", "^", "$"):
        return ""
    if token in _UNICODE:
        return f"[{_UNICODE[token]}]"
    if token.startswith("[") and any(escape in token for escape in _UNICODE):
        negated = token.startswith("[^")
        return r"[\x00-\x{10ffff}]" if negated else re.sub(r"\\[wds]", lambda each: _UNICODE[each[0]], token)
    return token
