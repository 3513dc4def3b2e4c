"""Words that stand in a multipart before its first part or behind its end, where no mail program shows them.

What programs write there themselves ("This is a multi-part message in MIME format.") is nothing; all else somebody
meant to be read: a list's footer, a gateway's notice, a text that lost its part. Linear and bounded; never fails.
"""

import re

from mailgate.mail import charset

TOLD = "it has words outside its parts, which mail programs do not show"
LONGEST = 20_000  # octets that are looked at

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_OF_A_PROGRAM = re.compile(
    r"(?<![a-z])mime(?![a-z])|multi-?part\b|mehrteilig|"
    r"your (?:e-?mail|mail|message) (?:reader|client|program|software)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"^--\S+$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{2}")


def words_outside(raw: bytes, places: tuple[tuple[int, int], ...]) -> str:
    """The words at `places`, a paragraph a line; "" where there is none."""
    said: list[str] = []
    left, hint = LONGEST, charset.named_charset(raw)
    for start, end in places:
        octets = raw[start : min(end, start + left)].strip()
        left -= len(octets)
        if octets:
            said += _meant(charset.clean(charset.eight_bit(octets, hint)))
    return "\n".join(dict.fromkeys(said))


def _meant(text: str) -> list[str]:
    paragraphs = _PARAGRAPHS.split(_DELIMITER.sub("", text.replace("\r\n", "\n")))
    meant = [each.strip() for each in paragraphs if not _OF_A_PROGRAM.search(each[:1_000])]
    return [each for each in meant if _WORD.search(each)]
