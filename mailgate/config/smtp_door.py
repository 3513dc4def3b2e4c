"""[[in]] of type smtp: a place where servers bring mail."""

from mailgate.config import draft
from mailgate.config import values as v
from mailgate.config.findings import Wrong, shown
from mailgate.config.kinds import list_of, text_of
from mailgate.config.section import REQUIRED, Key, Section
from mailgate.config.submission import KEY_FILE
from mailgate.problems import did_you_mean


def _door_type(text: str) -> str:
    if text == "lmtp":
        raise Wrong('this version has no doors of type "lmtp": its mail would not be taken in', 'use type = "smtp"')
    if text != "smtp":
        raise Wrong(f"{shown(text)} is not a type of door", did_you_mean(text, ("smtp", "imap")))
    return text


DOOR = Section(
    '[[in]] of type "smtp"',
    "A place where servers bring mail. There may be several [[in]], of both types; each has its own name.",
    (
        Key("name", v.SLUG, "Shown as the source of a mail.", REQUIRED),
        Key("type", text_of('"smtp" or "imap"', _door_type, "smtp"), "The protocol.", REQUIRED),
        Key("listen", v.LISTEN, "`HOST:PORT`, or `unix:PATH` for a socket.", "127.0.0.1:2525"),
        Key(
            "trusted_authserv",
            list_of(v.TOKEN),
            "Whose Authentication-Results we believe (RFC 8601); needs `peers` or a socket.",
            [],
        ),
        Key("border", list_of(v.TOKEN), "Our own mail servers, as they name themselves in Received.", []),
        Key(
            "trusted_sealers",
            list_of(v.DOMAIN),
            "Lists and forwarders whose ARC seals (RFC 8617; their `d=`) count where our own server says `arc=pass`.",
            [],
        ),
        Key(
            "peers",
            list_of(v.NETWORK),
            "Who may connect. Without it anybody, and no Authentication-Results is believed.",
            [],
        ),
        Key(
            "tls_cert",
            v.PATH,
            "STARTTLS: the certificate and those that vouch for it, one PEM file; read again when it changes.",
        ),
        Key(
            "tls_key",
            KEY_FILE,
            "STARTTLS: its key, a PEM file. A credential is systemd's copy of the start: restart after a renewal.",
        ),
    ),
    draft.door,
)
