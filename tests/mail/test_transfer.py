"""Transfer encodings undone, broken ones as far as they go."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.transfer import footer, undone


@given(st.binary(max_size=400))
def test_base64_comes_back(content: bytes) -> None:
    assert undone(base64.encodebytes(content).replace(b"\n", b"\r\n"), " Base64 ") == (content, "")


@given(st.binary(max_size=45))
def test_uuencode_comes_back(content: bytes) -> None:
    octets = b"begin 644 a.txt\r\n" + binascii.b2a_uu(content).replace(b"\n", b"\r\n") + b"`\r\nend\r\n"
    assert undone(octets, "x-uuencode") == (content, "")


def test_base64_with_padding_in_the_middle_is_read_on() -> None:
    assert undone(b"SGVs\r\nbG8=\r\nIHdvcmxk", "base64") == (b"Hello world", "broken base64")


def test_base64_without_its_end_is_read_to_there() -> None:
    assert undone(b"SGVsbG8gd29yb", "base64") == (b"Hello wor", "broken base64")


def test_text_that_is_no_base64_stays_text() -> None:
    assert undone(b"\xff\xfe!!!", "base64") == (b"\xff\xfe!!!", "no base64 where it is said to be")


def test_quoted_printable_and_plain_are_read() -> None:
    assert undone(b"caf=C3=A9 =\r\nbar", "quoted-printable") == ("café bar".encode(), "")
    assert undone(b"=C3", "8bit") == (b"=C3", "")
    assert undone(b"x", "nonsense")[0] == b"x"


ENCODED = b"SGVsbG8sIGhvdyBhcmUgeW91"


def test_a_footer_behind_base64_is_no_base64() -> None:
    footer_of_a_list = b"-- \r\nThis is the footer of a list, with a few words\r\n"
    octets = ENCODED + b"\r\n" + footer_of_a_list
    assert undone(octets, "base64") == (b"Hello, how are you", "a text stands behind its base64")
    assert footer(octets) == footer_of_a_list
    assert footer(ENCODED) == footer(b"Hello\nthis is no base64 at all, but words") == b""


def test_a_sign_that_no_code_follows_is_itself() -> None:
    assert undone(b"key=dGVzdA== a==b===c =43==44", "quoted-printable") == (b"key=dGVzdA== a==b===c C=D", "")
    assert undone(b"soft==\nend", "quoted-printable") == (b"soft=end", "")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-uuencode", "7bit", ""])
@given(octets=st.binary(max_size=300))
def test_any_octets_in_any_encoding_give_octets(encoding: str, octets: bytes) -> None:
    assert isinstance(undone(octets, encoding)[0], bytes)
