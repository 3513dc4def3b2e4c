"""The known words that a mistyped one most likely is.

Counted in slips of the finger (optimal string alignment: a letter added, left out, wrong, or two exchanged), since a
guess may become "do it as corrected": all words with the fewest slips are named, so that one alone is a good guess.
"""

from collections.abc import Iterable

_LONGEST = 64


def nearest(wrong: str, known: Iterable[str]) -> tuple[str, ...]:
    """The words with the fewest slips, in the order of `known`; none where even these are too many for its length."""
    most = _allowed(wrong)
    if not most:
        return ()
    found: list[str] = []
    for word in known:
        slips = _slips(wrong, word, most)
        if slips < most or (not found and slips == most):
            found, most = [word], slips
        elif slips == most:
            found.append(word)
    return tuple(dict.fromkeys(found))


def _allowed(wrong: str) -> int:
    if len(wrong) < 3 or len(wrong) > _LONGEST:
        return 0
    return 1 if len(wrong) < 5 else 2 if len(wrong) < 9 else 3


def _slips(wrong: str, right: str, most: int) -> int:
    """The number of slips between two words; `most` + 1 stands for anything above `most`."""
    if abs(len(wrong) - len(right)) > most or len(set(wrong).difference(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for down, typed in enumerate(wrong, 1):
        above, row = row, [down]
        for across, meant in enumerate(right, 1):
            cost = min(above[across] + 1, row[-1] + 1, above[across - 1] + (typed != meant))
            if before and typed == right[across - 2] and meant == wrong[down - 2] and across > 1:
                cost = min(cost, before[across - 2] + 1)
            row.append(cost)
        if min(row) > most and min(above) > most:
            return most + 1
        before = above
    return min(row[-1], most + 1)
