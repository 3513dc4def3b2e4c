"""The trace fields that we put before a raw mail when it leaves the store (RFC 5321 4.4; spec/safety.md R7).

Whatever a client called himself, the fields are well formed: what is not safe in one becomes a question mark.
"""

import re
from email.utils import format_datetime

from mailgate.mail.envelope import Envelope

_UNSAFE = re.compile(r"[^!-'*-:=?-Z^-~\u00a1-\ud7ff\ue000-\U0010ffff]")


def received_field(envelope: Envelope, by: str, queue_id: str) -> bytes:
    """A Received field, CR LF at its end; FOR names an address only if there is just one (no Bcc is given away)."""
    literal = envelope.peer if ":" not in envelope.peer else f"IPv6:{envelope.peer}"
    origin = f" ([{_safe(literal)}])" if envelope.peer else ""
    lines = [
        f"Received: from {_safe(envelope.helo) or 'unknown'}{origin}",
        f"\tby {_safe(by)} with {_safe(envelope.protocol)} id {_safe(queue_id)}",
    ]
    if len(envelope.forward_paths) == 1:
        lines.append(f"\tfor <{_safe(envelope.forward_paths[0])}>")
    lines[-1] += ";"
    lines.append(f"\t{format_datetime(envelope.received_at)}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8")


def return_path_field(envelope: Envelope) -> bytes:
    """A Return-Path field, CR LF at its end; `<>` for the null reverse-path."""
    return f"Return-Path: <{_safe(envelope.reverse_path or '')}>\r\n".encode()


def _safe(text: str) -> str:
    return _UNSAFE.sub("?", text)[:512]
