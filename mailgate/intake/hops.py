"""How often a mail has been handed on: the end of loops between systems (RFC 5321 6.3)."""

_HEAD_OCTETS = 262_144  # how far we look for the end of a header


def hops(content: bytes) -> int:
    """How many Received fields the header has: each hop adds one. Lines end with CR LF, or LF alone."""
    if content.startswith((b"\n", b"\r\n")):
        return 0
    ends = (content.find(blank, 0, _HEAD_OCTETS) for blank in (b"\n\r\n", b"\n\n"))
    end = min((end for end in ends if end >= 0), default=_HEAD_OCTETS)
    return (b"\n" + content[:end].lower()).count(b"\nreceived:")
