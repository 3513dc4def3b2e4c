"""How often a mail has been handed on: the end of loops between systems (RFC 5321 6.3)."""

_HEAD_OCTETS = 262_144  # how far we look for the end of a header


def hops(content: bytes) -> int:
    """How many Received fields the header has: each hop adds one. Lines end with CR LF, or LF alone."""
    if content.startswith((b"\n", b"\r\n")):
        return 0
    end = content.find(b"\n\r\n", 0, _HEAD_OCTETS)
    head = content[: end if end >= 0 else _HEAD_OCTETS].partition(b"\n\n")[0]
    return (b"\n" + head.lower()).count(b"\nreceived:")
