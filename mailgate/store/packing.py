"""How octets lie in the database: compressed where that pays. No SQL: the reading process starts with nothing of it.

The format is zlib's (RFC 1950). ISA-L writes and reads it in a third of the time (docs/adr/0040) where there is one for
the machine.
"""

try:
    from isal import isal_zlib as zlib
except ImportError:
    import zlib  # type: ignore[no-redef]

_SAMPLE = 4096
_SMALL = 4 * _SAMPLE  # compressed whole as fast as sampled first
_WORTH = 0.7  # base64 of something already packed stays above it: not worth the time


def pack(raw: bytes) -> tuple[int, bytes]:
    """The codec and the content that is stored."""
    middle = len(raw) // 2
    tried = len(raw) <= _SMALL or (_shrinks(raw[:_SAMPLE]) and _shrinks(raw[middle : middle + _SAMPLE]))
    packed = zlib.compress(raw, 1) if tried else raw
    return (1, packed) if len(packed) < _WORTH * len(raw) else (0, raw)


def unpack(codec: int, content: bytes) -> bytes:
    return zlib.decompress(content) if codec == 1 else content


def _shrinks(sample: bytes) -> bool:
    return len(zlib.compress(sample, 1)) < _WORTH * len(sample)
