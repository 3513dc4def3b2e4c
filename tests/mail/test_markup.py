"""HTML as it is really written: nothing that a person wrote gets lost between the tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.markup import Tag, tokens, unescape


def text(document: str) -> str:
    return "".join(each for each in tokens(document) if isinstance(each, str))


def tags(document: str) -> list[Tag]:
    return [each for each in tokens(document) if isinstance(each, Tag)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("a<!-- b -->c", "ac"),
        ("a<!--[if mso]>b<![endif]-->c", "ac"),
        ("a<!--[if !mso]><!-->b<!--<![endif]-->c", "abc"),
        ("a<![if !supportLists]>b<![endif]>c", "abc"),
        ("a<!-->b<!--->c", "abc"),
        ("a<!-- b", "a b"),
        ("a<!DOCTYPE html>b<?xml version='1.0'?>c", "abc"),
        ("a<style>p{}</style>b<SCRIPT>x<y</script >c<title>t</title>d", "abcd"),
        ("a<script>b", "ab"),
        ("a<xml><w:View>Normal</w:View></xml>b", "ab"),
        ("1 < 2 <3 <b>x</b", "1 < 2 <3 x</b"),
        ("write to <ana@acme.example> or see <https://x.example/y>", "write to <ana@acme.example> or see <https://x.example/y>"),
        ("&lt;b&gt; &amp;amp; &eacute; &#8364; &#x20ac; &nope; &", "<b> &amp; é € € &nope; &"),
        ("<p title='a>b'>c<p title=\"d>e\">f", "cf"),
        ("<p title=\"a>b", "b"),
        ("<a href='x>never closed", "never closed"),
        ("<o:p>a</o:p>", "a"),
    ],
)  # fmt: skip
def test_text_is_what_stands_between_tags(document: str, expected: str) -> None:
    assert text(document) == expected


def test_attributes_are_read_however_they_are_quoted() -> None:
    (tag,) = tags("<IMG Src=a.png ALT = 'x &amp; y' width=\"20\"/hidden src=other>")
    assert (tag.name, tag.closing) == ("img", False)
    assert tag.attributes == {"src": "a.png", "alt": "x & y", "width": "20", "hidden": ""}


def test_a_style_keeps_what_it_says() -> None:
    assert [tag.unread for tag in tags("<style type='text/css'><!-- .a{} --></style>")] == ["<!-- .a{} -->", ""]


def test_a_number_of_any_length_is_one_character() -> None:
    assert unescape(f"&#{'9' * 5_000};") == "\ufffd"
    assert unescape(f"&#{'0' * 5_000}65;&#x{'0' * 5_000}42;") == "AB"


@given(st.text(alphabet="<>/!-=\"' abptdrscie&;#x0\ud800é[]", max_size=300))
def test_any_document_comes_to_its_end(document: str) -> None:
    list(tokens(document))
