"""ISO-2022-JP with vendor characters."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.iso2022jp import decode

KANJI = st.text("日本語東京都確認請求書お世話になっておりますツール。、", max_size=30)


@given(KANJI)
def test_what_the_standard_codec_reads_is_read_alike(text: str) -> None:
    assert decode(text.encode("iso2022_jp")) == text


def test_nec_characters_and_half_width_katakana_are_read() -> None:
    assert decode(b'\x1b$B-!-"\x1b(B') == "①②"
    assert decode(b"\x1b(I6E6\x1b(B") == "ｶﾅｶ"


def test_a_line_end_without_shifting_back_does_not_shift_the_rest() -> None:
    assert decode(b"\x1b$B$3$s\n$K$A\x1b(B") == "こん\nにち"


@given(st.binary())
def test_any_octets_give_text(octets: bytes) -> None:
    assert isinstance(decode(octets), str)
