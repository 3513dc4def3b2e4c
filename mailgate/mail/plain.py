"""Typed text in the form in which words are compared: what phones, mail clients and input methods add is taken away.

Total and linear; each function takes any text.
"""

import unicodedata

# Characters without a shape: soft hyphen, zero-width and direction marks, variation selectors, byte order mark.
_INVISIBLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x180B, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
)
_BLANKS = (*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_FULL_WIDTH = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)} | {0xFE5F: "#", 0xFE6B: "@"}
_CLEAN: dict[int, str | None] = {
    **{code: None for first, last in _INVISIBLE for code in range(first, last + 1)},
    **dict.fromkeys(_BLANKS, " "),
    **_FULL_WIDTH,
}
BLANKS = "".join(chr(code) for code, sign in _CLEAN.items() if sign is None or sign == " ")  # for str.strip


def clean(text: str) -> str:
    """The text with plain blanks and plain signs, without invisible characters, in Unicode form NFC."""
    return unicodedata.normalize("NFC", text.translate(_CLEAN)) if not text.isascii() else text.translate(_CLEAN)


def plain(text: str) -> str:
    """Without case and accents, blanks as one: `Schließen` is `schliessen`, `Mañana` is `manana`."""
    if not text.isascii():
        marked = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(char for char in marked if not unicodedata.combining(char))
    return " ".join(text.casefold().split())
