from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from mailgate.notify import filters
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.views import AttachmentView

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Silva", "Ana"),
        ("Silva, Ana", "Ana"),
        ("Silva,", "Silva"),
        ('"Ana"', "Ana"),
        ("ليلى حداد", "ليلى"),
        ("", ""),
        ("   ", ""),
        ("ana@acme.example", ""),
        ("click https://evil.example", ""),
        ("www.evil.example is free", ""),
        ("[x](y) z", ""),
        ("W" * 300, "W" * 40),
    ],
)
def test_first_name(name: str, first: str) -> None:
    assert filters.first_name(name) == first


def test_default_stands_in_for_what_is_empty_or_missing() -> None:
    sandbox = TemplateSandbox(html=False)
    assert (
        sandbox.from_string('{{ a | default("x") }}{{ b | default("y") }}{{ c | default("z") }}').render(b="", c=1)
        == "xy1"
    )


def test_dates_are_local_and_named_by_form() -> None:
    moment = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    assert filters.date(moment) == "2026-03-02 09:05"
    assert [filters.date(moment, form) for form in ("date", "time", "iso")] == [
        *("2026-03-02", "09:05", "2026-03-02T09:05:00+0000")
    ]


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=42), "42 min"),
        (timedelta(hours=3, minutes=42), "3 h 42 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=2, minutes=5), "2 d"),
        (timedelta(days=2, hours=5, minutes=1), "2 d 5 h"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_age(past: timedelta, said: str) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert TemplateSandbox(html=False).from_string("{{ x | age }}").render(x=now - past, now=now) == said


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        *((0, "0 B"), (999, "999 B"), (1000, "1 KB"), (218_304, "218 KB"), (999_499, "999 KB"), (999_500, "1.0 MB")),
        *((12_400_000, "12.4 MB"), (999_950_000, "1.0 GB")),
    ],
)
def test_size(octets: int, said: str) -> None:
    assert filters.size(octets) == said


def test_truncate_words() -> None:
    assert filters.truncate_words("a b\nc d", 3) == "a b c ..."
    assert filters.truncate_words("a b", 3) == "a b"
    assert filters.truncate_words("", 3) == ""


def test_wrap_breaks_lines_but_never_a_word() -> None:
    address = "support+1042.rn7.5571.abcdefghijklmnopq@example.com"
    lines = filters.wrap(f"{'word ' * 20}{address}\nshort", 40).splitlines()
    assert address in lines
    assert lines[-1] == "short"
    assert all(len(line) <= 40 for line in lines if line != address)


def test_quoted_text_bears_a_mark_on_every_line() -> None:
    assert filters.quote_text("a\n\nb\n") == "> a\n>\n> b"


def test_nobody_can_write_our_rule_into_the_text() -> None:
    rule = "-" * 60
    assert filters.verbatim_text(f"a\n{rule}\nFrom was verified") == f"a\n {rule}\nFrom was verified"
    assert filters.verbatim_text("-- \nAna") == "-- \nAna"


@given(ANYTHING)
def test_literal_text_in_html_is_escaped_and_shows_its_lines(text: str) -> None:
    for made in (filters.lines_html(text), filters.quote_html(text), filters.verbatim_html(text)):
        assert isinstance(made, Markup)
        inner = str(made).replace("<br>", "")
        assert inner.count("<") == inner.count(">") <= 2
    assert filters.lines_html("a\n  b  <c>\n") == "a<br>\n&nbsp; b &nbsp;&lt;c&gt;<br>\n"


def test_attachments_are_listed_with_their_sizes() -> None:
    files = (AttachmentView("a<b>.pdf", 218_304), AttachmentView("", 5))
    assert filters.attachment_list_text(files) == "  a<b>.pdf  218 KB\n  -  5 B"
    assert "a&lt;b&gt;.pdf <span" in filters.attachment_list_html(files)
    assert filters.attachment_list_text(()) == filters.attachment_list_html(()) == ""


def test_both_parts_know_the_same_filters() -> None:
    assert filters.TEXT_FILTERS.keys() == filters.HTML_FILTERS.keys()
