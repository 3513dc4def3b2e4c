"""Folder names on the wire: IMAP's modified UTF-7 (RFC 3501 5.1.3). A lone surrogate is a ValueError."""

import re
from binascii import b2a_base64

_OTHER = re.compile("[^ -~]+")


def encode(name: str) -> str:
    """A folder name as an IMAP4rev1 server knows it: "Anfragen über" is "Anfragen &APw-ber"."""
    return _OTHER.sub(lambda match: f"&{_base64(match[0])}-", name.replace("&", "&-"))


def _base64(text: str) -> str:
    octets = b2a_base64(text.encode("utf-16-be"), newline=False)
    return octets.decode("ascii").rstrip("=").replace("/", ",")
