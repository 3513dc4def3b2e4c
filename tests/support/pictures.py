"""Real pictures, small enough to be made in a test."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """A blue rectangle."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + b"\x10\x60\xc0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    """Its head alone, and the end."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + b";"


def jpeg(width: int, height: int, before: bytes = b"\xff\xe0\x00\x04\x00\x00") -> bytes:
    """Its head alone; `before` the frame stand other segments."""
    return b"\xff\xd8" + before + b"\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x11\0\0\xff\xd9"
