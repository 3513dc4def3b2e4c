"""Rich text: unpacked, and as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.rtf import decompressed, to_text

PACKED = bytes.fromhex(  # the example of [MS-OXRTFCP] 3.1.1
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def test_packed_text_is_unpacked() -> None:
    assert decompressed(PACKED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(b"\x1d\0\0\0\x05\0\0\0MELA\0\0\0\0{\\x}!") == b"{\\x}!"
    assert decompressed(b"nothing of the kind, and long enough") == b""


@pytest.mark.parametrize(
    ("rich", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 Hello \'cf\'f0\par next}", "Hello Пр\nnext"),
        (rb"{\rtf1 \u8364? \u55357?\u56832? \lquote x\rquote {\*\generator y;}}", "€ 😀 ‘x’"),
        (rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hi\htmlrtf }\htmlrtf0{\*\htmltag72 </p>}}", "Hi"),
        (rb"{\rtf1 a\{b\}\\c\~d", "a{b}\\c d"),
    ],
)
def test_the_text_of_it_is_read(rich: bytes, text: str) -> None:
    assert to_text(rich) == text


@given(st.binary(max_size=200))
def test_no_octets_break_it(octets: bytes) -> None:
    to_text(octets)
    to_text(rb"{\rtf1 " + octets)
    decompressed(PACKED[:16] + octets)
