"""Safe header access: the one way to read a field. It gives a value, empty where there is none, and never fails.

The standard library's structured headers raise on hostile fields (spec/safety.md T5 to T7) and mail-parser drops 8-bit
octets; here a value is: octets, UTF-8 or windows-1252, encoded words decoded (RFC 2047), scrubbed. No value that leaves
holds a C0 or C1 control, NUL, U+2028/9, a bidi override or a lone surrogate (R44).
"""

import re
from collections.abc import Iterable

from mailgate.mail.charset import eight_bit, guess_told
from mailgate.mail.encoded_words import decode_words, word_defects
from mailgate.mail.head import RawField

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
# Encoded words stand in none of these (RFC 2047 5); decoded, a sender's local part would be a host's word on him.
_NEVER_ENCODED = frozenset(
    (
        "authentication-results",
        "arc-authentication-results",
        "arc-seal",
        "received",
        "received-spf",
        "return-path",
        "dkim-signature",
    )
)
_WITH_NAMES = frozenset(("subject", "from", "sender", "reply-to", "to", "cc"))
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]+")


def scrub(text: str) -> str:
    """Text that may be shown, logged or put in another header: controls become a blank, bidi overrides go."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub(" ", _BIDI.sub("", text)).strip()


def readable(octets: bytes, hint: str | None = None) -> str:
    """A raw field value as a person should see it: decoded and scrubbed. `hint`: the mail's charset, for raw octets."""
    text = octets.decode("ascii") if octets.isascii() and b"\x1b" not in octets else eight_bit(octets, hint)
    return scrub(decode_words(text) if "=?" in text else text)


def without_comments(text: str) -> str:
    """A structured value without its comments (RFC 5322 3.2.2): nested, quoted and unclosed ones too. Linear."""
    if "(" not in text:
        return text
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif not quoted and char == "(":
            depth += 1
            out.append(" ")
        elif not quoted and char == ")" and depth:
            depth -= 1
            continue
        if not depth:
            out.append(char)
    return "".join(out)


class Headers:
    """The fields of one header, by name in any case. Immutable by habit: nothing here changes it."""

    __slots__ = ("_by_name", "_hint", "fields")

    def __init__(self, fields: Iterable[RawField], hint: str | None = None) -> None:
        self.fields = tuple(fields)
        self._hint = hint
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            self._by_name.setdefault(name.lower(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._by_name

    def present(self, names: Iterable[str]) -> list[str]:
        """Those of the names, which are in lower case, that there is a field of."""
        return [name for name in names if name in self._by_name]

    def count(self, name: str) -> int:
        return len(self._by_name.get(name.lower(), ()))

    def raw(self, name: str) -> bytes:
        """The first value as it came, unfolded; empty where there is none."""
        return self._by_name.get(name.lower(), [b""])[0]

    def raws(self, name: str) -> list[bytes]:
        return self._by_name.get(name.lower(), [])

    def texts(self, name: str) -> list[str]:
        """Every value as characters, neither decoded nor scrubbed: for fields that are split first (R14)."""
        return [eight_bit(octets, self._hint) for octets in self.raws(name)]

    def value(self, name: str) -> str:
        """The first value, decoded and scrubbed; empty where there is none."""
        return readable(self.raw(name), self._hint)

    def values(self, name: str) -> list[str]:
        return [readable(octets, self._hint) for octets in self.raws(name)]

    def guesses(self) -> list[str]:
        """What to say of the fields with octets in a charset that nobody names (spec/mail.md 1: guess, mark)."""
        odd = [field for field in self.fields if b"=?" in field[1] or not field[1].isascii()]
        told = [(name, guess_told(octets, self._hint)) for name, octets in odd if not octets.isascii()]
        for name, octets in odd:
            if b"=?" in octets and name.lower() in _WITH_NAMES:
                told += [(name, defect) for defect in word_defects(octets.decode("latin-1"))]
        return [f"{name}: {guess}" for name, guess in told if guess]

    def decoded(self) -> tuple[tuple[str, str], ...]:
        """Every field, decoded and scrubbed, in order of appearance."""
        return tuple((name, self._shown(name, octets)) for name, octets in self.fields)

    def _shown(self, name: str, octets: bytes) -> str:
        if name.lower() in _NEVER_ENCODED:
            return scrub(eight_bit(octets, self._hint))
        return readable(octets, self._hint)
