"""Text as HTML: the same words, nothing of them markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.answer_html import says_the_same
from mailgate.mail.html import to_text
from mailgate.mail.text_html import html_of_text

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=300)
LINES = st.lists(
    st.sampled_from(
        [
            "> a",
            ">> b",
            "> > c",
            ">",
            "",
            "  d  e",
            "https://x.example/y).",
            "-- ",
            "<b>",
            "http://localhost/",
            "- f",
        ]
    ),
    max_size=12,
).map("\n".join)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>\n"),
        ('<b> & "c"', "<p>&lt;b&gt; &amp; &quot;c&quot;</p>\n"),
        ("  a  b", "<p>&nbsp;&nbsp;a &nbsp;b</p>\n"),
        ("- a\n- b", "<p>- a<br>\n- b</p>\n"),
        (
            "see https://x.example/y?a=1&b=2.",
            '<p>see <a href="https://x.example/y?a=1&amp;b=2">https://x.example/y?a=1&amp;b=2</a>.</p>\n',
        ),
        (
            "(https://x.example/y_(z)) <https://x.example>",
            '<p>(<a href="https://x.example/y_(z)">https://x.example/y_(z)</a>)'
            ' &lt;<a href="https://x.example">https://x.example</a>&gt;</p>\n',
        ),
        ("javascript:x() http://localhost/", "<p>javascript:x() http://localhost/</p>\n"),
    ],
)
def test_text_becomes_paragraphs_lines_and_links(text: str, html: str) -> None:
    assert html_of_text(text) == html


def test_quotations_are_nested_as_their_marks_are() -> None:
    made = re.sub(' style="[^"]*"', "", html_of_text("> a\n>> b\n> c\nd"))
    assert made == (
        '<blockquote type="cite">\n<p>a</p>\n<blockquote type="cite">\n<p>b</p>\n</blockquote>\n<p>c</p>\n'
        "</blockquote>\n<p>d</p>\n"
    )


@given(ANYTHING | LINES)
def test_the_words_are_the_same_and_every_block_is_closed(text: str) -> None:
    made = html_of_text(text)
    assert made.count("<blockquote") == made.count("</blockquote>")
    assert made.count("<p>") == made.count("</p>")
    assert set(re.findall(r"</?([a-z]+)", made)) <= {"p", "br", "a", "blockquote"}
    made.encode()


@given(LINES)
def test_it_proves_to_say_the_same(text: str) -> None:
    assert says_the_same(html_of_text(text), text), to_text(html_of_text(text))
