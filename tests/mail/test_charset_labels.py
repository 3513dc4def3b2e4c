"""The table of charsets: every codec exists, and none of them rewrites text (T13)."""

import codecs

import pytest

from mailgate.mail.charset_labels import _CODECS, codec_for


def test_every_codec_of_the_table_exists_and_decodes_octets() -> None:
    for codec in set(_CODECS.values()):
        assert isinstance(codecs.lookup(codec).decode(b"")[0], str)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO_8859-1:1987", "cp1252"),
        ('"UTF-8"', "utf-8"),
        ("utf_8", "utf-8"),
        ("x-sjis", "cp932"),
        ("windows-936", "gb18030"),
        ("HZ-GB-2312", "hz"),
        ("cp 1251", "cp1251"),
        ("Win-1257", "cp1257"),
        ("rot13", None),
        ("", None),
    ],
)
def test_labels_are_read_as_mailers_write_them(label: str, codec: str | None) -> None:
    assert codec_for(label) == codec
