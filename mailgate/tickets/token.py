"""The subject token, `[Ticket#1042]`: written into subjects, found again in whatever people and programs make of it.

It routes and never authorises (spec/mail.md 5). Other systems' tokens are left alone.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import re2

MAX_SUBJECT = 998  # RFC 5322 2.1.1: nobody's honest subject is longer, and every pattern here stays linear
MAX_CANDIDATES = 8
_NUMBER = r"([0-9]{1,32})"


@dataclass(frozen=True, slots=True)
class TicketTag:
    """`[Ticket#{number}]` and the older forms that stay recognised. Make it with `parse_ticket_tag`."""

    form: str
    also: tuple[str, ...] = ()
    _patterns: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    def render(self, number: str) -> str:
        return self.form.replace("{number}", number)

    def find(self, subject: str) -> tuple[str, ...]:
        """Every number that a token of ours names, in order of appearance, each once."""
        text = unicodedata.normalize("NFKC", subject[:MAX_SUBJECT])
        hits = sorted(
            (found.start(), found.group(1))
            for pattern in self._patterns
            for found in pattern.finditer(text)
            if found.group(1) is not None
        )
        return tuple(dict.fromkeys(number for _, number in hits))[:MAX_CANDIDATES]

    def remove(self, subject: str) -> str:
        """The subject without our own tokens, blanks folded: what a ticket is called."""
        text = subject[:MAX_SUBJECT]
        for _ in range(MAX_CANDIDATES):  # a token around a token leaves another one
            if not self.find(text):
                break
            text = unicodedata.normalize("NFKC", text)
            for pattern in self._patterns:
                text = pattern.sub(" ", text)
        return " ".join(text.split())


def parse_ticket_tag(form: str, also: tuple[str, ...] = ()) -> TicketTag:
    """Compile a tag. `also` holds RE2 patterns with one group, the number. Raises ValueError with the mend."""
    if form.count("{number}") != 1:
        raise ValueError('the tag names the ticket by "{number}", exactly once, as in "[Ticket#{number}]"')
    before, after = form.split("{number}")
    if not before.strip() and not after.strip():
        raise ValueError("a bare number in a subject would be taken for a ticket; write for example [Ticket#{number}]")
    if any(ord(char) < 32 or char.isdigit() for char in form.replace("{number}", "")):
        raise ValueError("a tag holds neither digits nor control characters beside {number}")
    patterns: list[Any] = [re.compile(_loose(before) + _NUMBER + _loose(after), re.IGNORECASE)]
    for text in also:
        patterns.append(_older_form(text))
    return TicketTag(form, also, tuple(patterns))


def _loose(text: str) -> str:
    """Blanks may come and go between the marks of a tag: gateways fold and people retype."""
    normal = unicodedata.normalize("NFKC", text)
    words = re.findall(r"\w+|[^\w\s]", normal)
    return r"\s{0,3}" + r"\s{0,3}".join(map(re.escape, words)) + r"\s{0,3}" if words else r"\b"


def _older_form(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        pattern = re2.compile(text, options)
    except re2.error as error:
        raise ValueError(f"{text!r} is no RE2 pattern: {error}") from None
    if pattern.groups != 1:
        raise ValueError(f"{text!r} needs exactly one group, the ticket's number")
    return pattern
