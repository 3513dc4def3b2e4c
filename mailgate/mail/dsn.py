"""Delivery status notifications: the fields of message/delivery-status (RFC 3464, RFC 6533), however broken.

Says what a report claims, never whether it may be believed (R47). Bounded and total.
"""

import re
from collections.abc import Iterator
from itertools import islice

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.headers import Headers, scrub, without_comments
from mailgate.mail.message import BouncedRecipient
from mailgate.mail.reply_meaning import inferred_status, quoted_status, reply_class
from mailgate.mail.transfer import undone

MOST_RECIPIENTS = 100
LONGEST_REPORT = 256 * 1024
LONGEST_DIAGNOSTIC = 1_000

_MOST_LINES = 20_000
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_ACTION_WORDS = {"failure": "failed", "fail": "failed", "delay": "delayed", "deferred": "delayed", "relay": "relayed"}
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:(.*)", re.DOTALL)
_OF_A_RECIPIENT = frozenset(("final-recipient", "original-recipient", "action", "status", "diagnostic-code"))
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")  # RFC 6533 3
_IN_TEXT = re.compile(rb"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"<([^\s<>@\"]{1,64}@[^\s<>@\"]{1,255})>")
_ENCODED = re.compile(  # a gateway encoded the fields of a recipient, not the part
    rb"^content-transfer-encoding[ \t]*:[ \t]*base64[ \t]*\n(?:[!-9;-~]{1,60}:[^\n]{0,200}\n){0,5}\n"
    rb"([A-Za-z0-9+/=\n]{16,})",
    re.IGNORECASE | re.MULTILINE,
)


def looks_like_status(octets: bytes) -> bool:
    """Whether the fields of a report stand in a part that does not say so."""
    return _IN_TEXT.search(octets[:LONGEST_REPORT]) is not None


def read_recipients(octets: bytes, delayed: bool = False) -> tuple[BouncedRecipient, ...]:
    """The recipients of a status part. `delayed`: the report's subject speaks of a delay."""
    fields = head.canonical(octets[:LONGEST_REPORT]).replace(b"\r\n", b"\n")
    groups = _groups(_ENCODED.sub(lambda found: b"\n" + undone(found[1], "base64")[0] + b"\n", fields))
    return tuple(_recipient(Headers(fields), delayed) for fields in islice(groups, MOST_RECIPIENTS))


def _groups(octets: bytes) -> Iterator[list[head.RawField]]:
    """The fields of each recipient.

    Blank lines part them (RFC 3464 2.1), but some systems forget them, and some put them inside a group.
    """
    group: list[head.RawField] = []
    parted = False
    for name, value in _fields(octets):
        if not name:
            parted = _names_somebody(group) and _says_what(group)
            group = group if _names_somebody(group) or _says_what(group) else []
        elif name in _OF_A_RECIPIENT:
            if (parted and name in _names(group)) or _is_complete(group, name):
                yield group
                group, parted = [], False
            group.append((name, value))
        elif group or name == "x-actual-recipient":
            group.append((name, value))
    if _names_somebody(group):
        yield group


def _names(group: list[head.RawField]) -> set[str]:
    return {name for name, _ in group}


def _names_somebody(group: list[head.RawField]) -> bool:
    return bool(_names(group) & {"final-recipient", "original-recipient"})


def _says_what(group: list[head.RawField]) -> bool:
    return bool(_names(group) & {"action", "status"})


def _is_complete(group: list[head.RawField], following: str) -> bool:
    """Whether a recipient field begins the next group, as the one before has such a field already."""
    names = _names(group)
    if following not in ("final-recipient", "original-recipient"):
        return False
    return following in names or (following == "original-recipient" and {"final-recipient", "action"} <= names)


def _fields(octets: bytes) -> Iterator[head.RawField]:
    """Name in lower case and unfolded value; an empty name stands for blank lines."""
    pending: tuple[str, list[bytes]] | None = None
    for line in octets.split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        found = _FIELD.match(line)
        if line[:1] in (b" ", b"\t") and line.strip() and pending:
            pending[1].append(line.strip())
        elif found:
            if pending:
                yield pending[0], b" ".join(pending[1])
            pending = (found[1].decode("ascii").lower(), [found[2].strip()])
        elif line.strip():
            if pending:  # a reply of several lines that was not folded
                pending[1].append(line.strip())
        else:
            if pending:
                yield pending[0], b" ".join(pending[1])
            pending = None
            yield "", b""
    if pending:
        yield pending[0], b" ".join(pending[1])


def _recipient(fields: Headers, delayed: bool) -> BouncedRecipient:
    written, said = fields.value("diagnostic-code"), without_comments(fields.value("status")).strip()
    diagnostic = (written.partition(";")[2].strip() or written or _words_of(said))[:LONGEST_DIAGNOSTIC]
    status = _status(said, diagnostic)
    action = _action(fields.value("action"), status, delayed)
    original = _typed_address(fields.value("original-recipient"))
    final = _typed_address(fields.value("final-recipient"))
    address = (
        (original if original and _is_internal(final) else final)
        or _typed_address(fields.value("x-actual-recipient"))
        or original
        or _inside(diagnostic)
    )
    if status is None and action in ("failed", "delayed"):
        status = inferred_status(diagnostic, "4" if action == "delayed" else "")
    return BouncedRecipient(
        address=address,
        action=action,
        status=status,
        permanent=action == "failed" and not (status or "5").startswith("4"),
        diagnostic=diagnostic,
        original=original if original.lower() != address.lower() else "",
    )


def _words_of(status: str) -> str:
    """A reply that stands where the code should: "553 Message too big"."""
    return status if reply_class(status) and len(status) > 4 else ""


def _action(value: str, status: str | None, delayed: bool) -> str:
    word = (without_comments(value).replace(",", " ").replace(";", " ").split() or [""])[0].casefold()
    word = _ACTION_WORDS.get(word, word)
    if word in _ACTIONS:
        return word
    if (status or "").startswith("2"):
        return "delivered"
    return "delayed" if delayed else "failed"


def _typed_address(value: str) -> str:
    """`rfc822; <bob@gone.example>` and its relatives; "" for what is no mail address."""
    typed = value.partition(";")[2] or value
    typed = scrub(_ESCAPED.sub(lambda found: _character(found[1]), typed)).strip()
    bare = typed.strip("<> \t'")
    if bare.count("@") == 1 and not set(bare) & set(' \t<>(),;:"[]'):
        return bare
    mailboxes = read_addresses(typed).mailboxes
    return mailboxes[0].address if mailboxes and "@" in mailboxes[0].address else ""


def _is_internal(address: str) -> bool:
    """Whether an address is one of the system's own inside, as `35065@lmtp-daemon`: no domain that mail is sent to."""
    return "." not in address.rpartition("@")[2]


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _inside(diagnostic: str) -> str:
    found = _ADDRESS.search(diagnostic)
    return found[1] if found else ""


def _status(value: str, diagnostic: str) -> str | None:
    """The Status field; where it is missing or says nothing ("5.0.0"), the code in the reply that is quoted."""
    own, quoted = quoted_status(value), quoted_status(diagnostic)
    if own and not (own.endswith(".0.0") and quoted and quoted[0] == own[0]):
        return own
    return quoted or own
