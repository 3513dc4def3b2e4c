"""Encoded words (RFC 2047), legal or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.encoded_words import decode_words, word_defects


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("=?utf-8?q?M=C3=BCller?=", "Müller"),
        ("=?UTF-8?B?TcO8bGxlcg==?=", "Müller"),
        ("=?UTF-8?B?TcO8bGxlcg?=", "Müller"),
        ("=?iso-8859-1*de?q?Gr=FC=DFe?=", "Grüße"),
        ("a =?utf-8?q?b_c?= d", "a b c d"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\t =?iso-8859-1?q?=FC?=", "aü"),
        ("=?utf-8?b?w7w=?= x =?utf-8?b?w7w=?=", "ü x ü"),
        ("=?utf-8?b?w7?= =?utf-8?b?w=?=", None),
        ('"=?utf-8?q?in_quotes?="', '"in quotes"'),
        ("=?utf-8?q?with blanks inside?=", "with blanks inside"),
        ("=?gb2312?B?16q3og==?=", "转发"),
        ("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("=?nonsense?q?caf=C3=A9?=", "café"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?op=C3=A9n", "opén"),
        ("=?utf-8?q?op=C3=A9n and more", "opén and more"),
        ("=?utf-8?b?w7xhYg=? =?utf-8?q?_next?=", "üab next"),
        ("=?utf-8?b?w7w= =?utf-8?q?x?=", "üx"),
        ("=?utf-8?b?w 7\tw=?=", "ü"),
        ("=?utf-8?b?w7w=YWI=?=", "üab"),
        ("=? UTF-8 ?Q? a=C3=A9b ?=", " aéb "),
        ("=?utf-8?q?why?not?=", "why?not"),
        ("=?utf-8?q?=ED=A0=BD=ED=B8=80?=", "😀"),
        ("=?utf-8?q?caf=C3=A9_=C3?=", "café \ufffd"),
        ("=?ISO-2022-JP?B?g2OBW4OLIEVYQU1QTEU=?=", "ツール EXAMPLE"),
        ("=?iso-8859-1?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
    ],
)
def test_words_are_decoded_or_left_alone(text: str, meaning: str | None) -> None:
    decoded = decode_words(text)
    assert meaning is None or decoded == meaning


def test_a_character_split_between_two_words_is_whole_again() -> None:
    assert decode_words("=?utf-8?q?=E4=BD?= =?utf-8?q?=BF?=") == "使"


@given(st.text(alphabet="=?utf-8qQbB_ \t\u00e9\ud800Aa"))
def test_no_text_breaks_the_decoder(text: str) -> None:
    assert isinstance(decode_words(text), str)


def test_a_charset_of_an_encoded_word_that_had_to_be_guessed_is_told() -> None:
    assert word_defects("=?x-own?q?caf=E9?= =?x-own?q?caf=E9?=") == ["unknown charset 'x-own': read as windows-1252"]
    assert word_defects("=?utf-8?q?caf=E9?=") == ["not in charset utf-8: read as windows-1252"]
    assert word_defects("=?utf-8?q?caf=C3=A9?= =?iso-8859-1?q?caf=E9?= plain") == []
