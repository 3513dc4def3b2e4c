"""Octets to text (spec/mail.md 1, Charsets)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.charset import clean, decode, eight_bit
from mailgate.mail.charset_labels import codec_for


@pytest.mark.parametrize(
    ("label", "text", "codec"),
    [
        ("gb2312", "镕", "gb18030"),
        ("iso-8859-1", "€ “quoted”", "cp1252"),
        ("latin1", "Grüße", "cp1252"),
        ("ks_c_5601-1987", "똠방각하", "cp949"),
        ("windows-1251", "Привет", "cp1251"),
        ("Shift_JIS", "ツール①", "cp932"),
        ("utf8", "naïve", "utf-8"),
        ("UTF-16", "naïve", "utf-16"),
        ("utf-7", "naïve", "utf-7"),
        ("iso-8859-15", "€", "iso8859-15"),
    ],
)
def test_labels_mean_what_mailers_mean_by_them(label: str, text: str, codec: str) -> None:
    decoded = decode(text.encode(codec), label)
    assert (decoded.text, decoded.defect) == (text, "")


@pytest.mark.parametrize(
    "label", ["rot13", "unicode_escape", "punycode", "idna", "undefined", "base64", "zlib", "mbcs"]
)
def test_codecs_that_rewrite_text_are_unknown(label: str) -> None:
    assert codec_for(label) is None
    assert decode(b"\\u0041 xn--a", label).text == "\\u0041 xn--a"


def test_without_a_label_utf8_comes_first_and_windows_1252_last() -> None:
    assert decode("café".encode(), None).text == "café"
    guessed = decode("café".encode("cp1252"), None)
    assert (guessed.text, guessed.charset) == ("café", "windows-1252")
    assert guessed.defect


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (None, "in a charset that nobody names: read as windows-1252"),
        ("us-ascii", "not in charset us-ascii: read as windows-1252"),
        ("utf-8", "not in charset utf-8: read as windows-1252"),
        ("x-own", "unknown charset 'x-own': read as windows-1252"),
    ],
)
def test_a_guess_is_told_in_the_words_of_its_label(label: str | None, said: str) -> None:
    assert decode("café".encode("cp1252"), label).defect == said


def test_long_undeclared_text_is_detected() -> None:
    text = "Здравствуйте, у меня проблема с заказом и оплатой, помогите пожалуйста разобраться с этим вопросом. " * 6
    assert decode(text.encode("cp1251"), None).text == text


def test_a_wrong_label_is_told_and_the_text_is_saved() -> None:
    wrong = decode("Привет мир".encode(), "iso-2022-kr")
    assert (wrong.text, wrong.charset) == ("Привет мир", "utf-8")
    assert wrong.defect


def test_octets_that_the_label_cannot_mean_are_guessed() -> None:
    decoded = decode("ピーター・ジョーンズ様、ランプが届きません。".encode("cp932"), "iso-8859-1")
    assert (decoded.text, decoded.charset) == ("ピーター・ジョーンズ様、ランプが届きません。", "cp932")
    assert decoded.defect == "not in charset windows-1252: read as cp932"


@pytest.mark.parametrize(
    ("label", "name"),
    [("iso-2022-jp", "iso-2022-jp"), ("latin1", "windows-1252"), ("euc-jp", "euc-jp"), ("latin2", "iso-8859-2")],
)
def test_a_charset_is_told_by_the_name_that_mail_knows(label: str, name: str) -> None:
    assert decode(b"\xb0\xa1" if label != "iso-2022-jp" else b"x", label).charset == name


def test_vendor_characters_of_iso_2022_jp_are_read() -> None:
    assert decode(b"\x1b$B-!#1ET\x1b(B", "iso-2022-jp").text == "①１都"


def test_clean_text_keeps_every_word() -> None:
    assert clean("a\0b\tc\nd\x0ce\ud800") == "ab\tc\nd\x0ce"


def test_raw_eight_bit_values_try_the_hint_of_the_mail() -> None:
    assert eight_bit("转发".encode("gb18030"), "gb2312") == "转发"
    assert eight_bit("é".encode("cp1252"), "utf-8") == "é"
    assert eight_bit("é".encode("cp1252"), "nonsense") == "é"


@given(
    st.binary(), st.one_of(st.none(), st.sampled_from(["utf-8", "hz", "iso-2022-jp", "utf-7", "big5", "x", "utf-16"]))
)
def test_any_octets_in_any_charset_give_text(octets: bytes, label: str | None) -> None:
    clean(decode(octets, label).text).encode("utf-8")


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        ("Grüße".encode(), "iso-8859-1", "Grüße"),  # UTF-8 said to be Latin
        ("Grüße aus Köln".encode("cp1252"), "utf-8", "Grüße aus Köln"),
        ("Grüße".encode() + b"\xc3", "utf-8", "Grüße\ufffd"),  # cut inside a character
        (b"\xed\xa0\xbd\xed\xb8\x80", "utf-8", "😀"),  # CESU-8
        ("ツール".encode("cp932"), "iso-2022-jp", "ツール"),
        ("ツール".encode("euc_jp"), None, "ツール"),
        (b'\x1b$B$"$$\x1b(B', "us-ascii", "あい"),
        ("안녕하세요".encode("iso2022_kr"), None, "안녕하세요"),
        ("\ufeffHello".encode(), "utf-8", "Hello"),
        ("\ufeffnaïve".encode("utf-16-le"), None, "naïve"),
        ("naïve text".encode("utf-16-be"), None, "naïve text"),
        ("naïve text".encode("utf-16-be"), "utf-16", "naïve text"),
        (b"plain after all", "utf-16", "plain after all"),
        (b"~{VPND~}", "hz-gb-2312", "中文"),
        (b"+AOk-", "utf-7", "é"),
        (b"+AOk-", None, "+AOk-"),
    ],
)
def test_what_is_not_as_it_is_said_to_be_is_read_as_what_it_is(octets: bytes, label: str | None, text: str) -> None:
    assert decode(octets, label).text == text


@pytest.mark.parametrize(
    ("text", "codec", "hint"),
    [
        ("整体提升企业服务水平", "gb18030", "iso-8859-1"),
        ("ツール", "cp932", "iso-2022-jp"),
        ("Привет мир", "koi8-r", None),
        ("změna vyhodnocení", "iso8859-2", "iso-8859-2"),
        ("été", "cp1252", None),
        ("日本語", "iso2022_jp", None),
    ],
)
def test_raw_octets_of_a_header_are_read_by_what_they_look_like(text: str, codec: str, hint: str | None) -> None:
    assert eight_bit(text.encode(codec), hint) == text
