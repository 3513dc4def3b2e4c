"""What makes two deliveries one mail (spec/mail.md 5, "Identity of a mail"): SHA-256 over what no transport changes.

With a Message-ID: that, From, Date, Subject and the body; it binds for ever. Without one: the reverse-path, all fields
but trace fields, and the body; it binds for five days. Fields count unfolded with blanks collapsed; line ends as LF.
"""

from hashlib import sha256

from mailgate.mail.head import Head
from mailgate.mail.headers import Headers
from mailgate.mail.message import Identity
from mailgate.mail.message_ids import message_id

_TRACE = frozenset(
    "received return-path delivered-to authentication-results received-spf dkim-signature domainkey-signature "
    "envelope-to delivery-date resent-date resent-from resent-to resent-message-id status lines content-length "
    "original-recipient".split()
)
_TRACE_PREFIXES = ("x-", "arc-")
_OF_THE_WRITER = ("from", "date", "subject")


def identity(raw: bytes, head: Head, headers: Headers, reverse_path: str = "") -> Identity:
    """The identity of a mail in canonical line ends; `reverse_path` counts only where there is no Message-ID."""
    digest = sha256()
    own_id = message_id(headers.raw("message-id"))
    if own_id:
        fields = [own_id.encode("ascii"), *(headers.raw(name) for name in _OF_THE_WRITER)]
    else:
        kept = ((name.lower(), value) for name, value in head.fields if not _is_trace(name.lower()))
        fields = [reverse_path.lower().encode("utf-8", "replace")]
        fields += [b"%s:%s" % (name.encode("ascii"), value) for name, value in kept]
    for value in fields:
        value = b" ".join(value.split())
        digest.update(b"%d:" % len(value) + value)
    body = raw[head.body :]
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    digest.update(b"body:" + body.rstrip(b"\n"))
    return Identity(digest.digest(), forever=own_id is not None)


def _is_trace(name: str) -> bool:
    return name in _TRACE or name.startswith(_TRACE_PREFIXES)
