"""The logo that `_brand.toml` names: a small PNG, JPEG or GIF that travels in each mail that shows it (RFC 2392).

By its address it would tell the sender who reads when, so it is never fetched. It is small, for it goes with every
mail, and comes back with each that quotes one: a picture of that size is then no file of the customer's
(mail.pictures). What it is its octets say, not its name. Pure and total.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

MAX_OCTETS = 8_000
MOST_PIXELS = 4_000  # a side
WIDEST, HIGHEST = 280, 56  # as it is shown, in CSS pixels
_PNG, _JPEG, _GIFS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"GIF87a", b"GIF89a")
_NO_FRAME = frozenset((0xC4, 0xC8, 0xCC))  # among the markers that begin a frame (ITU-T T.81, table B.1)


@dataclass(frozen=True, slots=True)
class Logo:
    """`cid`: its Content-ID without brackets; `width` and `height`: as it is shown."""

    octets: bytes
    content_type: str
    cid: str
    width: int
    height: int

    def inlined(self, html: str) -> str:
        """The HTML part for a browser, which knows no Content-ID."""
        return html.replace(f"cid:{self.cid}", f"data:{self.content_type};base64,{b64encode(self.octets).decode()}")


def read_logo(octets: bytes) -> Logo | str:
    """The logo, or what is wrong with it."""
    if len(octets) > MAX_OCTETS:
        return f"it is bigger than {MAX_OCTETS:,} octets, and would go with every mail"
    found = _kind_and_size(octets)
    if found is None:
        return "it is no PNG, JPEG or GIF"
    kind, width, height = found
    if not 0 < width <= MOST_PIXELS or not 0 < height <= MOST_PIXELS:
        return f"it is {width} by {height} pixels"
    smaller = min(1.0, WIDEST / width, HIGHEST / height)
    shown = (max(1, round(width * smaller)), max(1, round(height * smaller)))
    return Logo(octets, f"image/{kind}", f"logo.{sha256(octets).hexdigest()[:24]}@mailgate", *shown)


def _kind_and_size(octets: bytes) -> tuple[str, int, int] | None:
    """Subtype, width and height in pixels, from the head of the file."""
    if octets.startswith(_PNG) and octets[12:16] == b"IHDR" and len(octets) >= 24:
        return "png", int.from_bytes(octets[16:20], "big"), int.from_bytes(octets[20:24], "big")
    if octets.startswith(_GIFS) and len(octets) >= 10:
        return "gif", int.from_bytes(octets[6:8], "little"), int.from_bytes(octets[8:10], "little")
    if octets.startswith(_JPEG):
        return _frame_of_jpeg(octets)
    return None


def _frame_of_jpeg(octets: bytes) -> tuple[str, int, int] | None:
    """Segment after segment until the one that begins the frame."""
    at = 2
    while at + 9 <= len(octets) and octets[at] == 0xFF:
        marker = octets[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = (int.from_bytes(octets[at + place : at + place + 2], "big") for place in (5, 7))
            return "jpeg", width, height
        else:
            at += 2 + int.from_bytes(octets[at + 2 : at + 4], "big")
    return None
