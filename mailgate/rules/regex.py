"""Regular expressions of administrators: RE2, so linear in time whatever a mail holds (spec/safety.md T17, A13, D17).

Matched without regard to case on NFC-normalised text, as all text of mail is; `(?-i)` at the beginning makes one exact.
A pattern that RE2 does not take raises `NotRe2` with the construct's name and the way round it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from mailgate.rules.regex_mistakes import mend_of
from mailgate.rules.sure_word import sure_word

LONGEST = 2_000  # characters
LARGEST = 3_000  # steps of the compiled program; its product with the text's length bounds the time of a match
FLAGS = frozenset("isx")

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FOREIGN = (
    (r"\(\?=", "a lookahead (?=...)", "match what follows and use only the group that you need"),
    (r"\(\?!", "a negative lookahead (?!...)", "put what must not be there under not:"),
    (r"\(\?<=", "a lookbehind (?<=...)", "match what stands before and use only the group that you need"),
    (r"\(\?<!", "a negative lookbehind (?<!...)", "put what must not be there under not:"),
    (r"\(\?P=|\\k[<{']|\\g[<{']|\\[1-9]", "a backreference", "write the alternatives out"),
    (r"\(\?>", "an atomic group (?>...)", "write (?:...): RE2 never goes back anyway"),
    (r"\(\?\(", "a conditional group (?(...)", "write the alternatives out as a|b"),
    (r"\(\?#", "a comment (?#...)", "use the rule's note:, or the flag x and # to the end of the line"),
    (r"\(\?[a-z]*[aLux]", "a flag that only Python has", "write /.../x behind the pattern, or leave it out"),
    (r"[*+?}]\+", "a possessive quantifier", "leave the second + out: RE2 never goes back anyway"),
    (r"\\Z", "\\Z", "write \\z, or $ at the end"),
    (r"\\[uU]", "\\u", "write the character itself, or \\x{20AC}"),
    (r"\\[KGRXhHN]", "an escape that only Perl has", "write the characters as a class: [...]"),
)


class NotRe2(ValueError):
    """RE2 does not take the pattern; `mend` says how to rewrite it."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Regex:
    """A compiled pattern. `groups` are the names that a match gives to later actions, with their places; `sure`: a word
    of whatever it fits, "" where none is sure."""

    text: str
    groups: tuple[tuple[str, int], ...]
    program: Any
    sure: str = ""

    def search(self, encoded: bytes) -> dict[str, str] | None:
        """The named groups of the first match in UTF-8 text, None without one. A group that took no part is empty."""
        found = self.program.search(encoded)
        if found is None:
            return None
        return {name: (found.group(place) or b"").decode("utf-8", "replace") for name, place in self.groups}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.groups)

    @property
    def forgets_letters(self) -> bool:
        r"""Whether `\b` stands beside a letter beyond ASCII, where RE2 sees no border of a word: it cannot match."""
        return re.search(r"\\b[^\W\d_a-zA-Z]|[^\W\d_a-zA-Z]\\b", self.text) is not None


@lru_cache(maxsize=2048)
def regex(pattern: str, flags: str = "") -> Regex:
    """The compiled pattern. Raises NotRe2. The letters `i`, `s` and `x` mean what they mean everywhere."""
    if len(pattern) > LONGEST:
        raise NotRe2(f"a pattern of more than {LONGEST:,} characters", "split it into a list: any of them will do")
    options = re2.Options()
    options.log_errors = False  # re2 would write to stderr itself
    options.case_sensitive = False
    options.dot_nl = "s" in flags
    source = _without_blanks(pattern) if "x" in flags else pattern
    try:
        program = re2.compile(source.encode(), options)
    except re2.error as error:
        raise _named(pattern, error) from None
    if program.programsize > LARGEST:
        mend = "make counts like {100} and classes like \\pL fewer or smaller"
        raise NotRe2(f"the pattern unfolds to {program.programsize:,} steps, more than {LARGEST:,}", mend)
    groups = tuple(sorted((name.decode(), place) for name, place in program.groupindex.items()))
    for name, _ in groups:
        if not _IDENTIFIER.fullmatch(name):
            raise NotRe2(f'"{name}" cannot be the name of a group', "use letters, digits and _, a letter first")
    return Regex(pattern, groups, program, sure_word(source))


def _named(pattern: str, error: Exception) -> NotRe2:
    said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
    bare = re.sub(r"\\\\|\[(?:\\.|[^\]\\])+\]", "..", pattern)  # what stands in a class is no construct
    for construct, name, mend in _FOREIGN:
        if re.search(construct, bare):
            return NotRe2(f"RE2 does not have {name}", mend)
    return NotRe2(f"RE2 does not take this pattern: {said}", mend_of(said))


def _without_blanks(pattern: str) -> str:
    """The pattern of flag x without its blanks and comments; RE2 does not know that flag."""
    token = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\s+|#[^\n]*|.", re.DOTALL)
    parts = token.findall(pattern)
    return "".join(part for part in parts if not part.isspace() and not part.startswith("#"))
