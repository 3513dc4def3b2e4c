"""A mail that the writer passed on: who wrote it, its subject and text.

The one message that is attached to a mail whose subject says that it forwards; else what stands in the text below a
line that says so, or below a head like Outlook's where the subject says so. What a delivery report returns is no
forward. Total; one level deep.
"""

import re

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.body import read_body
from mailgate.mail.charset import eight_bit
from mailgate.mail.header_block import HeaderBlock, header_block, label_of
from mailgate.mail.headers import Headers, scrub
from mailgate.mail.message import AutomaticKind, Forward, Mailbox
from mailgate.mail.part import Part
from mailgate.mail.parts import tree
from mailgate.mail.separator import is_rule, kind_of_separator, may_be_separator

LARGEST = 4 * 1024 * 1024  # octets of the attached message; a larger one stays an attachment only
_SUBJECT = re.compile(
    r"(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|pd|doorst|videres|ilt|továbbítás|πρθ|转发|轉寄|転送|전달|пересл|пер) ?[:：]",
    re.IGNORECASE,
)
_NAMED_LAST = re.compile(r"((?:\"[^\"<>]{1,100}\"|[^\",<>\d]{1,100}) ?<[^\s<>@]{1,64}@[^\s<>@]{1,255}>) ?[:：]$")
_SEARCHED = 2_000  # lines of the text
_MAILTO = re.compile(r"\[mailto:([^\]\s]{3,200})\]", re.IGNORECASE)


def attached_forward(
    raw: bytes, attached: tuple[Part, ...], subject: str, report: AutomaticKind | None
) -> Forward | None:
    """The one message that is attached to a forwarding mail, or None."""
    messages = [part for part in attached if part.content_type == "message/rfc822"]
    if report is not None or len(messages) != 1 or not _SUBJECT.match(subject[:100].strip()):
        return None
    octets = head.canonical(messages[0].content(raw)[0])
    if len(octets) > LARGEST:
        return None
    headers = Headers(head.cut(octets).fields)
    authors = read_addresses(eight_bit(headers.raw("from"))).mailboxes
    text = read_body(octets, tree(octets)).body.text
    return Forward(authors[0] if authors else Mailbox("", ""), headers.value("subject"), text, attached=True)


def inline_forward(text: str, subject: str, report: AutomaticKind | None) -> Forward | None:
    """The message that stands in the text of a forwarding mail, or None."""
    if report is not None:
        return None
    lines = text.split("\n", _SEARCHED)[:_SEARCHED]
    found = _head_below_a_separator(lines)
    if found is None and _SUBJECT.match(subject[:100].strip()):
        found = _first_head(lines) or _first_marked_head(lines)
    if found is None:
        return None
    quoted, block = found
    below = text.split("\n")[block.end :]
    below = [line.removeprefix(">").removeprefix(" ") for line in below] if quoted else below
    subject = scrub(block.values.get("subject", ""))  # it stood in a text, which may hold controls
    return Forward(_author(block), subject, "\n".join(below).strip("\n"), attached=False)


def _head_below_a_separator(lines: list[str]) -> tuple[bool, HeaderBlock] | None:
    """The head below the first line that says "forwarded message"; and whether all of it is marked as quoted."""
    if not any(may_be_separator(line.strip()) for line in lines):
        return None
    unmarked = [line.lstrip("> ") for line in lines]
    for number in range(len(unmarked)):
        if kind_of_separator(unmarked, number) == "forwarded":
            for below in range(number + 1, min(number + 4, len(unmarked))):
                block = header_block(unmarked, below, below_a_rule=True) if label_of(unmarked[below]) else None
                block = block or _attribution(unmarked[below], below)
                if block is not None:
                    return lines[below].startswith(">"), block
            return None
    return None


def _attribution(line: str, number: int) -> HeaderBlock | None:
    """The line that some programs write for a head: `02.03.2026, 07:00, "Bob" <bob@b.example>:`."""
    found = _NAMED_LAST.search(line[:400].rstrip())
    return HeaderBlock(number + 1, {"from": found[1]}) if found is not None else None


def _first_marked_head(lines: list[str]) -> tuple[bool, HeaderBlock] | None:
    """The head that begins the first block that is marked as quoted."""
    first = next((number for number, line in enumerate(lines) if line.startswith(">")), len(lines))
    unmarked = [line.removeprefix(">").strip() for line in lines[first : first + 30]]
    if not unmarked or label_of(unmarked[0]) not in ("from", "date", "to", "subject"):
        return None
    block = header_block(unmarked, 0)
    return None if block is None else (True, HeaderBlock(first + block.end, block.values))


def _first_head(lines: list[str]) -> tuple[bool, HeaderBlock] | None:
    for number, line in enumerate(lines):
        if ":" in line[:64] or "：" in line[:64]:
            below_a_rule = any(is_rule(above) for above in lines[max(0, number - 2) : number])
            if label_of(line) in ("from", "date", "to", "subject"):
                block = header_block(lines, number, below_a_rule=below_a_rule)
                if block is not None:
                    return False, block
    return None


def _author(block: HeaderBlock) -> Mailbox:
    written = _MAILTO.sub(r"<\1>", block.values.get("from", ""))
    found = read_addresses(written[:1_000]).mailboxes
    return found[0] if found else Mailbox(written[:200].strip(' *<>"'), "")
