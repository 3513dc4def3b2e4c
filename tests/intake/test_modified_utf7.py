"""Folder names on the wire (RFC 3501 5.1.3)."""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.intake.modified_utf7 import encode


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("Anfragen über", "Anfragen &APw-ber"),
        ("A&B", "A&-B"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # RFC 3501's own
        ("😀", "&2D3eAA-"),
    ],
)
def test_names_are_written_as_the_rfc_says(name: str, wire: str) -> None:
    assert encode(name) == wire


def decoded(wire: str) -> str:
    """An independent reader."""
    text, rest = "", wire
    while rest:
        plain, ampersand, rest = rest.partition("&")
        text += plain
        if ampersand:
            shifted, _, rest = rest.partition("-")
            octets = shifted.replace(",", "/")
            text += b64decode(octets + "=" * (-len(octets) % 4)).decode("utf-16-be") if shifted else "&"
    return text


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_every_name_comes_back_and_is_printable_ascii(name: str) -> None:
    wire = encode(name)
    assert decoded(wire) == name
    assert wire.isascii()
    assert wire.isprintable()


def test_a_lone_surrogate_is_no_name() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        encode("\ud800")
