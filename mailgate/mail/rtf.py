"""Rich text that comes in winmail.dat: unpacked ([MS-OXRTFCP]) and read as plain text. Total, linear and capped."""

import re
import struct

from mailgate.mail import charset

LARGEST = 1024 * 1024  # octets of unpacked rich text

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096
_COMPRESSED, _UNCOMPRESSED = b"LZFu", b"MELA"
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"sect": "\n", b"page": "\n", b"row": "\n", b"cell": "\t"}
_SIGNS = {b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–",
          b"emdash": "—"}  # fmt: skip
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata listtable listoverridetable rsidtbl generator".split()
)


def decompressed(octets: bytes) -> bytes:
    """Rich text from its compressed form; empty where it is none."""
    if len(octets) < 16:
        return b""
    size, kind = struct.unpack_from("<I", octets, 4)[0], octets[8:12]
    if kind == _UNCOMPRESSED:
        return octets[16 : 16 + min(size, LARGEST)]
    if kind != _COMPRESSED:
        return b""
    window = _Window(min(size, LARGEST))
    at = 16
    while at < len(octets) and not window.full:
        control, at = octets[at], at + 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(octets) or not window.repeat(octets[at] << 8 | octets[at + 1]):
                    return bytes(window.out)
                at += 2
            else:
                window.put(octets[at : at + 1])
                at += 1
    return bytes(window.out)


class _Window:
    """What was unpacked, and the last 4,096 octets of it that references point into."""

    def __init__(self, wanted: int) -> None:
        self.out = bytearray()
        self._wanted = wanted
        self._ring = bytearray(_DICTIONARY.ljust(_RING, b"\0"))
        self._write = len(_DICTIONARY)

    @property
    def full(self) -> bool:
        return len(self.out) >= self._wanted

    def put(self, octet: bytes | bytearray) -> None:
        for each in octet:
            self._ring[self._write] = each
            self._write = (self._write + 1) % _RING
        self.out += octet

    def repeat(self, reference: int) -> bool:
        """False where the reference says that the text ends."""
        start = reference >> 4
        if start == self._write:
            return False
        for step in range((reference & 0xF) + 2):
            self.put(self._ring[(start + step) % _RING : (start + step) % _RING + 1])
        return True


def to_text(rtf: bytes) -> str:
    """The text of rich text; of HTML that was packed into it ([MS-OXRTFEX]) the text between the tags."""
    reader = _Reader()
    for token in _TOKEN.finditer(rtf[:LARGEST]):
        reader.take(*token.groups())
    return reader.text()


class _Reader:
    def __init__(self) -> None:
        self._out: list[str] = []
        self._octets = bytearray()  # waiting to be decoded together: a character may have two
        self._codepage = "windows-1252"
        self._skipping = [False]
        self._no_html = False  # inside \htmlrtf: what is there for readers of rich text only
        self._to_skip = 0  # octets that stand in for a \u
        self._starred = False

    def text(self) -> str:
        self._flush()
        halves = "".join(self._out).encode("utf-16-le", "surrogatepass")  # \\u names the halves of a surrogate pair
        return halves.decode("utf-16-le", "replace").strip()

    def take(
        self, word: bytes | None, number: bytes | None, code: bytes | None, sign: bytes | None, brace: bytes | None,
        plain: bytes | None,
    ) -> None:  # fmt: skip
        if brace == b"{":
            if len(self._skipping) < 10_000:
                self._skipping.append(self._skipping[-1])
            self._starred = False
        elif brace == b"}":
            if len(self._skipping) > 1:
                self._skipping.pop()
        elif word is not None:
            self._word(word, int(number or b"0") if number is not None else None)
        elif sign == b"*":
            self._starred = True
        elif code is not None:
            self._add(bytes((int(code, 16),)))
        elif sign is not None:
            self._add(sign if sign in b"\\{}" else {b"~": b" ", b"_": b"-"}.get(sign, b""))
        elif plain is not None:
            self._add(plain)

    def _word(self, word: bytes, number: int | None) -> None:
        if self._starred or word in _SKIPPED:
            self._skipping[-1] = True
            self._starred = False
        elif word == b"htmlrtf":
            self._no_html = number != 0
        elif word == b"ansicpg" and number:
            self._codepage = f"windows-{number}"
        elif word == b"u" and number is not None:
            self._say(chr(number % 65536))
            self._to_skip = 1
        elif word in _BREAKS or word in _SIGNS:
            self._say(_BREAKS.get(word) or _SIGNS[word])

    def _add(self, octets: bytes) -> None:
        if self._to_skip:
            octets, self._to_skip = octets[self._to_skip :], 0
        if not (self._skipping[-1] or self._no_html):
            self._octets += octets

    def _say(self, text: str) -> None:
        if not (self._skipping[-1] or self._no_html):
            self._flush()
            self._out.append(text)

    def _flush(self) -> None:
        if self._octets:
            self._out.append(charset.decode(bytes(self._octets), self._codepage).text)
            self._octets.clear()
