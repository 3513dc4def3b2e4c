"""Ticket numbers: what people read aloud on the telephone. Unique for ever, never reused.

The forms of `site.number_format`: `{seq}`, `{seq:05}`, `{year}`, `{date}` (both local to the site), `{check}` (a Luhn
digit over the digits before it) and `random:N`. A sequence has gaps after a crash, never a repeat.
"""

import re
from dataclasses import dataclass
from datetime import date

_PIECE = re.compile(r"\{(seq|year|date|check)(?::0?(\d{1,2}))?\}|(\d+)|(.)", re.DOTALL)
MAX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A parsed `site.number_format`; see `parse_number_format`."""

    text: str
    pieces: tuple[tuple[str, int], ...]  # (kind or literal digits, width)

    def render(self, seq: int, day: date, nonce: bytes) -> str:
        """The number of the `seq`-th ticket, opened on `day` (local). `nonce` feeds `random:N`."""
        out = ""
        for kind, width in self.pieces:
            match kind:
                case "seq":
                    out += f"{seq:0{width}}"
                case "year":
                    out += f"{day:%Y}"
                case "date":
                    out += f"{day:%Y%m%d}"
                case "check":
                    out += luhn_digit(out)
                case "random":
                    out += f"{1 + int.from_bytes(nonce) % (10**width - 1):0{width}}"
                case _:
                    out += kind
        return out


def parse_number_format(text: str) -> NumberFormat:
    """Read a number format. Raises ValueError, with the mend, on anything that could repeat a number."""
    if found := re.fullmatch(r"random:(\d{1,2})", text):
        width = int(found[1])
        if not 6 <= width <= 18:
            raise ValueError("random:N takes 6 to 18 digits")
        return NumberFormat(text, (("random", width),))
    pieces = []
    for name, width, digits, other in _PIECE.findall(text):
        if other:
            known = "{seq}, {year}, {date}, {check} or digits"
            raise ValueError(f"{other!r} cannot stand in a number; use {known}")
        pieces.append((name or digits, int(width or 0)))
    kinds = [kind for kind, _ in pieces]
    if kinds.count("seq") != 1:
        raise ValueError("a number format needs {seq} exactly once, or random:N")
    if "check" in kinds and (kinds.count("check") > 1 or kinds[-1] != "check"):
        raise ValueError("{check} stands once, at the end")
    if sum(width or 8 for _, width in pieces) > MAX_DIGITS:
        raise ValueError(f"a number has at most {MAX_DIGITS} digits")
    return NumberFormat(text, tuple(pieces))


def luhn_digit(digits: str) -> str:
    """The check digit of ISO/IEC 7812-1, which finds every single wrong digit and nearly every swap."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
