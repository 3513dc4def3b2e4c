"""A text that a rule looks at, in the forms in which patterns want it, each made once and only when asked for.

All text is NFC-normalised and cut; phrases and globs see it without case, patterns see it as UTF-8.
"""

import unicodedata

from mailgate.mail.address import normalise

MAX_BODY = 200_000  # characters
MAX_LINE = 998  # a subject; RFC 5322 2.1.1
MAX_HEADER = 10_000
_SHOWN = 80


class Value:
    """One value of a field."""

    __slots__ = ("_collapsed", "_encoded", "_folded", "text")

    def __init__(self, text: str, cap: int = MAX_LINE) -> None:
        self.text = nfc(text[:cap])
        self._folded: str | None = None
        self._collapsed: str | None = None
        self._encoded: bytes | None = None

    @property
    def folded(self) -> str:
        """Without case."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    @property
    def collapsed(self) -> str:
        """Without case, every run of blanks and line ends one blank."""
        if self._collapsed is None:
            self._collapsed = " ".join(self.folded.split())
        return self._collapsed

    @property
    def encoded(self) -> bytes:
        if self._encoded is None:
            self._encoded = self.text.encode("utf-8", "replace")
        return self._encoded

    @property
    def shown(self) -> str:
        """One short line for the trace."""
        if len(self.text) <= _SHOWN and self.text.isprintable():
            return self.text
        line = " ".join(self.text[:_SHOWN].split())
        if not line.isprintable():
            line = "".join(char if char.isprintable() else " " for char in line)
        return line if len(self.text) <= _SHOWN else f"{line}…"


class Quantity(Value):
    """A number and how a person reads it: 172,800 seconds are "2d"."""

    __slots__ = ("amount",)

    def __init__(self, text: str, amount: float) -> None:
        super().__init__(text)
        self.amount = amount


def duration_text(seconds: float) -> str:
    """A time span in its two greatest units: "2d 3h"."""
    rest, parts = max(0, int(seconds)), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, rest = divmod(rest, length)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"


def nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """NFC text without case."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def address_form(address: str) -> str:
    """An address as rules compare it: without case, the domain in its ASCII form (RFC 5890)."""
    if address.isascii():
        return normalise(address)
    local, at, domain = normalise(address).rpartition("@")
    return nfc(local) + at + ascii_domain(domain)


def ascii_domain(domain: str) -> str:
    """The domain as DNS has it; as it is where it has no such form."""
    domain = normalise(domain)
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return nfc(domain)
