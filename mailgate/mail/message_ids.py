"""Message-IDs (RFC 5322 3.6.4): strict in what we take as one, tolerant in where we find it.

Only an id that is safe to write back, byte for byte, into a header of ours is an id at all (spec/safety.md T11).
"""

import re

from mailgate.mail.charset import eight_bit
from mailgate.mail.encoded_words import decode_words

LONGEST = 900  # octets; a header line holds 998
MOST_REFERENCES = 200
OLDEST_KEPT = 10  # of more: the root of the thread and the newest say most
MOST_IN_REPLY_TO = 20
_FIELD_LIMIT = 64 * 1024

_STRICT = re.compile(r"<[!-;=?-~]{1,640}@(?:[!-;=?A-Z^-~]{1,255}|\[[!-;=?-Z^-~]{1,255}\])>")
_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_WHOLE = re.compile(r"(<[^<>]{1,2000}>)")


def is_message_id(text: str) -> bool:
    """Whether `text`, brackets included, is a msg-id of printable ASCII with one @ at least and no blank."""
    return len(text) <= LONGEST and _STRICT.fullmatch(text) is not None


def message_id(octets: bytes) -> str | None:
    """The id of a Message-ID field, or None."""
    found = _ids(octets[:4096])
    return found[0] if found else None


def in_reply_to(octets: bytes) -> tuple[str, ...]:
    """The ids of In-Reply-To, which may hold prose and several ids."""
    return tuple(_ids(octets)[:MOST_IN_REPLY_TO])


def references(octets: bytes) -> tuple[str, ...]:
    """The ids of References, oldest first; of too many the oldest and the newest."""
    found = _ids(octets)
    if len(found) > MOST_REFERENCES:
        found = found[:OLDEST_KEPT] + found[OLDEST_KEPT - MOST_REFERENCES :]
    return tuple(found)


def _ids(octets: bytes) -> list[str]:
    """Every id once, in order. Blanks inside the brackets come from folding a long id; encoded words from T10."""
    text = eight_bit(
        octets if len(octets) <= _FIELD_LIMIT else octets[: _FIELD_LIMIT // 2] + octets[-_FIELD_LIMIT // 2 :]
    )
    if "=?" in text:  # what is an id as it stands is not decoded: it would be another's
        text = "".join(each if is_message_id(each) else decode_words(each) for each in _WHOLE.split(text))
    candidates = [f"<{''.join(inner.split())}>" for inner in _BRACKETED.findall(text)]
    if not candidates:
        candidates = [f"<{word.strip('<>')}>" for word in text.split() if "@" in word]
    return list(dict.fromkeys(each for each in candidates if is_message_id(each)))
