"""Header fields as they go over the wire: folded, encoded where they must be, and nothing that could end the field.

RFC 5322 2.2.3 and 3.4 (folding, phrases), RFC 2047 (encoded words of at most 75 characters in lines of at most 76),
RFC 6532 (raw UTF-8 in addresses only). Message-IDs are never encoded and never folded inside (T10). Total: any value
gives a field; what cannot be said safely is left out.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from mailgate.mail import message_ids
from mailgate.mail.message import Mailbox
from mailgate.notify.scrub import scrub_line

FOLD = 78
MAX_NAME = 200
_WORD_OVERHEAD = len("=?utf-8?b??=")
_WORD_LINE = 76
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_QUOTED_LOCAL = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~]){0,64}"')
_NOT_IN_ADDRESS = re.compile(r'[\s<>(),:;"\\\[\]]')
_DOMAIN_LITERAL = re.compile(r"\[[0-9A-Za-z:.]+\]")
_LIST_ID = re.compile(r"[^A-Za-z0-9._-]")
_IDNA_2003_DIFFERS = frozenset("\u00df\u03c2\u200c\u200d")  # Python's codec would name another domain
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def unstructured(name: str, value: str) -> str:
    """A field of free text (Subject, X-...), with its line end; empty when nothing is left of the value."""
    text = scrub_line(value)
    if not text:
        return ""
    if text.isascii() and "=?" not in text:
        if len(name) + 2 + len(text) <= FOLD:
            return f"{name}: {text}\r\n"
        folded = _fold_words(name, text)
        if folded is not None:
            return folded
    return f"{name}: {_encoded_words(text, len(name) + 2)}\r\n"


def address_field(name: str, *mailboxes: Mailbox) -> str:
    """From, To, Cc or Reply-To, each mailbox after the first on a line of its own."""
    if len(mailboxes) == 1:
        return _one_mailbox(name, mailboxes[0])
    return f"{name}: " + ",\r\n ".join(_one_mailbox("", each)[2:-2] for each in mailboxes) + "\r\n"


def _one_mailbox(name: str, mailbox: Mailbox) -> str:
    address = wire_address(mailbox.address)
    phrase = _phrase(mailbox.name, len(name) + 2)
    if not phrase:
        return f"{name}: {address}\r\n"
    if "\r\n" in phrase or len(name) + len(phrase) + len(address) + 5 > FOLD:
        return f"{name}: {phrase}\r\n <{address}>\r\n"
    return f"{name}: {phrase} <{address}>\r\n"


def message_id_field(name: str, ids: Iterable[str]) -> str:
    """One msg-id a line, byte for byte; those that are not strict are left out (T11)."""
    strict = [text for text in ids if is_message_id(text)]
    return f"{name}: " + "\r\n ".join(strict) + "\r\n" if strict else ""


def list_id(value: str) -> str:
    """List-Id (RFC 2919): a phrase and an identifier in angle brackets."""
    title, _, identifier = value.rpartition("<")
    label = _LIST_ID.sub("", scrub_line(identifier, 255))
    if not label:
        return ""
    phrase = _phrase(title, len("List-Id: "))
    return f"List-Id: {phrase}\r\n <{label}>\r\n" if phrase else f"List-Id: <{label}>\r\n"


def date_field(date: datetime) -> str:
    """Date with a numeric zone (RFC 5322 3.3); `date` is aware."""
    offset = date.utcoffset()
    if offset is None:
        raise ValueError("a mail's date needs a time zone")
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    zone = f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
    day = f"{_DAYS[date.weekday()]}, {date.day:02} {_MONTHS[date.month - 1]} {date.year:04}"
    return f"Date: {day} {date.hour:02}:{date.minute:02}:{date.second:02} {zone}\r\n"


def is_message_id(text: str) -> bool:
    """Whether it may be echoed: a strict msg-id that no reader takes for an encoded word."""
    return message_ids.is_message_id(text) and "=?" not in text


def wire_address(address: str) -> str:
    """The address without anything that could end it, its domain as A-labels where that is possible.

    A local part beyond ASCII stays as it is (RFC 6531): the mail then needs SMTPUTF8.
    """
    local, at, domain = scrub_line(address, 400).rpartition("@")
    if not _QUOTED_LOCAL.fullmatch(local):
        local = _NOT_IN_ADDRESS.sub("", local)
    if not _DOMAIN_LITERAL.fullmatch(domain):
        domain = _NOT_IN_ADDRESS.sub("", domain)
    if not domain.isascii() and not _IDNA_2003_DIFFERS.intersection(domain):
        with suppress(UnicodeError):  # no A-label: raw UTF-8 then
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"


def _phrase(text: str, column: int) -> str:
    text = scrub_line(text, MAX_NAME)
    if not text.isascii() or "=?" in text:
        return _encoded_words(text, column)
    if not text or _PHRASE.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded_words(text: str, column: int) -> str:
    """RFC 2047 "B" words on lines of their own, each of whole characters."""
    words: list[str] = []
    octets = text.encode()
    room = _octets_in_word(column)
    while octets:
        end = room
        while octets[end : end + 1] and octets[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        words.append(_word(octets[:end]))
        octets, room = octets[end:], _octets_in_word(1)
    return "\r\n ".join(words)


def _octets_in_word(column: int) -> int:
    return max(4, (_WORD_LINE - column - _WORD_OVERHEAD) // 4 * 3)


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="


def _fold_words(name: str, text: str) -> str | None:
    """Folded at blanks, or None where a word is too long for a line."""
    lines: list[str] = []
    line = f"{name}:"
    for word in text.split(" "):
        if len(word) >= FOLD - len(name) - 2:
            return None
        if len(line) + 1 + len(word) > FOLD:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]) + "\r\n"
