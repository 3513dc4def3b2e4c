"""HTML to text: nothing lost, nothing fetched, nothing slow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.html import strip_tags, to_text


def test_a_page_becomes_the_text_that_a_person_would_have_typed() -> None:
    page = "<html><head><title>t</title><style>p{}</style></head><p>Hello&nbsp;<b>Ana</b>,</p><p>bye<br>me</p></html>"
    assert to_text(page).split() == ["Hello", "Ana,", "bye", "me"]
    assert "bye\nme" in to_text(page)


def test_links_keep_their_address_unless_it_is_what_they_say() -> None:
    assert to_text('<p>see <a href="https://x.example/a">here</a>.</p>') == "see here <https://x.example/a>."
    assert to_text('<p><a href="https://x.example/a">x.example/a</a></p>') == "x.example/a"
    assert to_text('<p><a href="javascript:evil()">here</a></p>') == "here"


def test_cells_of_a_table_stay_apart() -> None:
    assert to_text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>").split() == list("abcd")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + "hello",
        "<blockquote>" * 5_000 + "hello",
        "<table><tr><td>" * 3_000 + "hello",
        "<table>" + "<tr><td>x</td></tr>" * 6_000 + "<tr><td>hello</table>",
        "<p>x</p>" * 200_000 + "hello",
        "<!--" * 1_000 + " hello",
        "<table><tr><td colspan=100000000>hello</td></tr></table>",
        "<ol start=99999999999999999999><li>hello</ol>",
        '<?xml version="1.0" encoding="utf-7"?><p>hello</p>',
        "<p>hello",
    ],
)
def test_what_a_layout_engine_gives_up_on_keeps_its_words(page: str) -> None:
    assert "hello" in to_text(page)


def test_stripping_drops_what_is_not_shown() -> None:
    page = "<style>x</style><script>y</script><!-- z --><p>a &lt; b</p><p>1 < 2<br>c"
    assert strip_tags(page).split() == ["a", "<", "b", "1", "<", "2", "c"]


def test_a_script_that_never_ends_hides_nothing() -> None:
    assert strip_tags("<script>hello").split() == ["hello"]


@given(st.text(alphabet="<>/!-=\"' abptdrscie&;#x0\ud800é", max_size=300))
def test_any_document_gives_text(document: str) -> None:
    to_text(document)


def test_words_that_change_their_style_in_the_middle_stay_whole() -> None:
    assert to_text("<p>in<b>voice</b> <span>4</span><span>2</span></p>") == "invoice 42"
