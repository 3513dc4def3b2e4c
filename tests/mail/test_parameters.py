"""MIME parameters (RFC 2045 5.1, RFC 2231), as they are really written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parameters import read_parameters


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('attachment; filename="a b.pdf"', "filename", "a b.pdf"),
        ("attachment; FileName=a b.pdf", "filename", "a b.pdf"),
        ("attachment; filename=a.pdf; size=3", "filename", "a.pdf"),
        (r'attachment; filename="a\"b.pdf"', "filename", 'a"b.pdf'),
        ('attachment; filename="a;b.pdf"', "filename", "a;b.pdf"),
        ('attachment; filename="never closed.pdf', "filename", "never closed.pdf"),
        ("attachment; filename*=utf-8''%E2%82%AC.pdf", "filename", "€.pdf"),
        ("attachment; filename*=iso-8859-1'en'%A3.pdf", "filename", "£.pdf"),
        ("attachment; filename*1=b.pdf; filename*0=a", "filename", "ab.pdf"),
        ("attachment; filename*0*=utf-8''%E2%82; filename*1*=%AC; filename*2=.pdf", "filename", "€.pdf"),
        ("attachment; filename*1*=iso-8859-1'en'%A3; filename*2=.pdf", "filename", "£.pdf"),
        ("attachment; filename*=nonsense''%C3%A9.pdf", "filename", "é.pdf"),
        ("attachment; filename=utf-8''%C3%A9.pdf", "filename", "é.pdf"),
        ("attachment; filename=\"ISO-8859-1''%E9.pdf\"", "filename", "é.pdf"),
        ('attachment; filename="It\'s 100%.pdf"', "filename", "It's 100%.pdf"),
        ('attachment; filename="=?utf-8?q?=C3=A9?=.pdf"', "filename", "é.pdf"),
        ("attachment; filename=a; filename=b", "filename", "a"),
        ("attachment; ; filename=a", "filename", "a"),
        ("text/plain; charset=utf-8 ;format=flowed", "format", "flowed"),
    ],
)
def test_parameters_are_read(text: str, name: str, value: str) -> None:
    assert read_parameters(text)[1][name] == value


def test_the_value_is_lower_case_and_without_comments() -> None:
    assert read_parameters("Text/Plain (really); a=b")[0] == "text/plain"
    assert read_parameters("") == ("", {})


@given(st.text(alphabet="abc*'0123%;=\"\\ \té\ud800\x00"))
def test_any_field_is_read(text: str) -> None:
    read_parameters(text)


@pytest.mark.parametrize(
    "text",
    [
        "application/pdf; name*0*=utf-8''%C3%84 name*1*=%C3%A4 name*2=\".pdf\"",
        'application/pdf name="Ää.pdf" charset=utf-8',
        "application/pdf; charset=utf-8 name=Ää.pdf",
        'application/pdf; name="Ää.pdf" size=3',
    ],
)
def test_parameters_whose_semicolon_is_missing_are_read(text: str) -> None:
    assert read_parameters(text)[1]["name"] == "Ää.pdf"


def test_a_name_with_an_equals_sign_is_one_name() -> None:
    assert read_parameters("attachment; filename=a b=c d.pdf")[1] == {"filename": "a b=c d.pdf"}
