"""A mail as it goes over the wire after DATA, and the paths of its envelope.

Every line end is CR LF, every line that begins with a dot has one more, and the end is CR LF dot CR LF: nothing inside
a mail can end it (RFC 5321 4.1.1.4, 4.5.2; safety.md T12).
"""

import re

_LINE_END = re.compile(rb"\r\n|\n|\r")
_PATH = re.compile(r'(?:[^\s"<>\\@]+|"(?:[^"\\]|\\.)*")@[^\s"<>\\@]+')


def wire_form(content: bytes) -> bytes:
    """The octets to send for a mail, the final dot included."""
    ends = content.count(b"\r\n")
    if content.count(b"\n") != ends or content.count(b"\r") != ends:
        content = _LINE_END.sub(b"\r\n", content)
    if content.startswith(b"."):
        content = b"." + content
    content = content.replace(b"\r\n.", b"\r\n..")
    return content + (b".\r\n" if content.endswith(b"\r\n") or not content else b"\r\n.\r\n")


def is_path(path: str) -> bool:
    """Whether an address can stand between the angle brackets of a command without ending them."""
    return path.isprintable() and _PATH.fullmatch(path) is not None


def head_is_ascii(content: bytes) -> bool:
    """Whether the header can be read without SMTPUTF8 (RFC 6531 3.1)."""
    end = re.search(rb"\r?\n\r?\n", content)
    return content[: end.start() if end else len(content)].isascii()
