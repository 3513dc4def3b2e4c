"""File names from outside: readable, harmless, the same in every mail program."""

from email import message_from_string, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.notify.filenames import MAX_OCTETS, disposition, plain_name, safe_name

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=400)


@pytest.mark.parametrize(
    ("given", "safe", "plain"),
    [
        ("invoice-4711.pdf", "invoice-4711.pdf", "invoice-4711.pdf"),
        ("Übersicht März.pdf", "Übersicht März.pdf", "Ubersicht Marz.pdf"),
        ("فاتورة.pdf", "فاتورة.pdf", "attachment.pdf"),
        ("日本", "日本", "attachment"),
        ("../../etc/passwd", "_.._etc_passwd", "_.._etc_passwd"),
        ("C:\\x\\a.exe", "C__x_a.exe", "C__x_a.exe"),
        ('a"b\r\nX: y.pdf', "a_b X_ y.pdf", "a_b X_ y.pdf"),
        ("...", "attachment", "attachment"),
        ("", "attachment", "attachment"),
        ("__.pdf", "__.pdf", "attachment.pdf"),
        (".htaccess", "htaccess", "htaccess"),
        ("a\u202efdp.exe", "afdp.exe", "afdp.exe"),
        ("100%.pdf", "100%.pdf", "100_.pdf"),
    ],
)
def test_names(given: str, safe: str, plain: str) -> None:
    assert safe_name(given) == safe
    assert plain_name(safe) == plain


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("日" * 300 + ".pdf")
    assert name.endswith("日.pdf")
    assert len(name.encode()) <= MAX_OCTETS


@given(ANYTHING)
def test_any_name_makes_one_field_that_reads_back(given: str) -> None:
    field = disposition("attachment", given)
    assert field.isascii()
    assert max(map(len, field.split("\r\n"))) <= 998
    parsed = message_from_string(field + "\r\n", policy=policy.default)
    assert parsed.keys() == ["Content-Disposition"]
    assert parsed.get_filename() == safe_name(given)
    assert not set(safe_name(given)) & set('/\\<>:"|?*\r\n\0')
