"""The prose of a mail system cut in two: what it says, and the mail, or its header, that it gives back below.

Total and linear: a bounce's text is the sender's claim like any other.
"""

import re
from dataclasses import dataclass

from mailgate.mail import head
from mailgate.mail.headers import Headers, scrub

_LONGEST_TEXT = 64 * 1024
_MOST_LINES = 4_000
_BLOCK = 12  # lines looked at to tell a header from prose

_MARKER = re.compile(
    r"[\s>*#|=_-]*(?:"
    r"(?:below this line|following|this|here|below|attached|included) (?:is|are|follows)\b.{0,30}\b(?:(?:copy|"
    r"headers?)\b.{0,60}|message|original|body)|"
    r"(?:the )?(?:body|header|headers|start|text|copy|content|first part|beginning)s? of (?:the |your )?(?:original |"
    r"returned |message|"
    r"undelivered |unsent |mail).{0,60}|"
    r"(?:possibly truncated )?(?:original|unsent|returned|undelivered|undeliverable|rejected|bounced|"
    r"source) (?:e-?mail |"
    r"mail |message )?(?:e-?mail|mail|message|header|headers|follows|text|internet headers)?(?: "
    r"headers?)?\s?(?:follows|"
    r"below|is (?:as )?follow.{0,8})?|"
    r"(?:full |internet |smtp )?(?:message|mail) (?:headers?|text|body|contents?|log)?\s?(?:follows?|below)|"
    r"the mail|message source|(?:internet|message) headers?|forwarded (?:message|mail).{0,40}|"
    r"urspr(?:ü|ue)ngliche (?:nachricht|mail|e-mail)\w*.{0,30}|(?:kopie|kopfzeilen|header) der (?:original|"
    r"ursprünglichen|"
    r"nachricht|e-?mail).{0,60}|original-?nachricht.{0,30}|message d.origine|en-t[êe]tes (?:du )?message.{0,30}|"
    r"mensaje original|encabezados (?:del )?mensaje.{0,30}|mensagem original|messaggio originale|oorspronkelijk "
    r"bericht|"
    r"копия (?:вашего |исходного )?(?:письма|сообщения).{0,30}|"
    r"исходное (?:письмо|сообщение)|原始邮件.{0,10}|元のメッセージ.{0,10}"
    r")[\s.:*#|=_-]*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"[> |\t]{0,4}([A-Za-z][A-Za-z0-9-]{1,40}):(?:[ \t]|$)")
_TELLING = frozenset(
    ("received", "return-path", "message-id", "mime-version", "x-mailer", "dkim-signature", "delivered-to")
)
_MESSAGE_ID = re.compile(
    r"(?:^|[\s;,(])(?:original[ -])?message[- ]?id\s{0,3}(?::|is|=)?\s{0,3}(<[^\s<>]{3,900}>)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """`lines`: what the mail system says, scrubbed. `returned`: the header that follows. `message_id`: "" or one."""

    lines: tuple[str, ...]
    returned: Headers | None
    message_id: str

    @classmethod
    def of(cls, text: str) -> "NoticeText":
        lines = text[:_LONGEST_TEXT].split("\n")[:_MOST_LINES]
        end, start = _cut(lines)
        found = _MESSAGE_ID.search(text[:_LONGEST_TEXT]) or _MESSAGE_ID.search(text[-_LONGEST_TEXT:])
        said = tuple(scrub(line.expandtabs(4)).rstrip() for line in lines[:end])
        return cls(said, _header(lines, start), found[1] if found else "")

    @property
    def beginning(self) -> str:
        """What stands in the first thirty lines, in lower case."""
        return " ".join(" ".join(self.lines[:40]).split())[:3_000].lower().replace("\u2019", "'")


def _cut(lines: list[str]) -> tuple[int, int]:
    """Where the notice ends, and where the header of the returned mail starts."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        marked = bool(stripped) and number > 0 and len(stripped) < 120 and _is_marker(stripped, line)
        if marked and _says_something(lines[:number]):
            return number, number + 1
        if not line[:1].isspace() and _FIELD.match(line) and _is_header(lines, number):
            return number, number
    return len(lines), len(lines)


def _is_marker(stripped: str, line: str) -> bool:
    """A line between rules, or one that ends in a colon or full stop and says that the mail follows."""
    if _MARKER.fullmatch(stripped) is None:
        return False
    ruled = stripped[:2] in ("--", "==", "__", "**", "- ", "|-") or stripped.endswith((":", "--", "..."))
    return ruled or "follow" in stripped.lower() or stripped.lower() in ("original message", "message source")


def _says_something(lines: list[str]) -> bool:
    """Whether more than a greeting stands above."""
    return sum(len(line) for line in lines) > 30


def _is_header(lines: list[str], number: int) -> bool:
    """Whether a mail's header begins here, and not the three lines by which a notice says which mail it means."""
    names = []
    for line in lines[number : number + _BLOCK]:
        found = _FIELD.match(line)
        if found:
            names.append(found[1].lower())
        elif not line[:1].isspace() or not line.strip():
            break
    return len(names) >= 3 and (names[0] in _TELLING or len(_TELLING.intersection(names)) >= 2)


def _header(lines: list[str], start: int) -> Headers | None:
    block = [line.removeprefix("> ").removeprefix(">") for line in lines[start : start + 300]]
    while block and not _FIELD.match(block[0]):
        if block[0].strip() and not block[0].strip(" -=_*|"):
            pass
        elif block[0].strip():
            return None
        block.pop(0)
    if not block:
        return None
    first = block[0]
    indent = first[: len(first) - len(first.lstrip())]
    text = "\n".join(line.removeprefix(indent) for line in block)
    fields = head.cut(text.encode("utf-8", "replace")).fields
    return Headers(fields) if fields else None
