"""The structure of HTML in its text; tests/mail/test_client_samples.py holds what mail programs write."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.html import to_text
from mailgate.mail.marked_html import lay_out, read_marks, without_signs
from mailgate.mail.split import NOT_MARKED, Marked


def read(html: str) -> tuple[str, Marked]:
    return read_marks(lay_out(html).text)


def test_quotations_are_marked_as_a_person_would() -> None:
    text, marked = read('<p>yes</p><blockquote type="cite">one?<blockquote type="cite">zero</blockquote></blockquote>')
    assert text == "yes\n\n> one?\n>> zero"
    assert marked.quoted == 2


def test_what_is_cited_from_a_page_on_the_web_is_no_quotation_of_a_mail() -> None:
    assert read('<p>see</p><blockquote cite="https://b.example/book"><p>words</p></blockquote>') == (
        "see\n\nwords",
        NOT_MARKED,
    )
    assert read('<p>see</p><blockquote cite="mid:1@b.example"><p>words</p></blockquote>')[0] == "see\n\n> words"


def test_text_that_is_set_apart_is_no_quotation() -> None:
    assert read("<p>see</p><blockquote style='margin:0 0 0 40px;border:none'>mine</blockquote>") == (
        "see\n\nmine",
        NOT_MARKED,
    )


def test_text_below_a_quotation_keeps_it_from_being_cut() -> None:
    assert (
        read('<div class="gmail_quote">On x Nina wrote:<blockquote>one?</blockquote></div><p>yes</p>')[1] == NOT_MARKED
    )
    assert read('<div class="gmail_quote">Nina:<blockquote>one?</blockquote><p>yes</p></div>')[1] == NOT_MARKED


def test_a_signature_is_where_the_program_says() -> None:
    assert read('<p>yes</p><div class="gmail_signature">Ana</div><div class="gmail_quote">Nina: one?</div>')[
        1
    ] == Marked(3, 2)


def test_signs_that_somebody_wrote_are_no_signs() -> None:
    assert read("<p>a\ufdd2b</p>\ufdd0c") == ("ab\n\nc", NOT_MARKED)


PIECES = st.sampled_from(
    ["<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "<div>", "</div>", "one", " two", "<p>",
     "<div class=gmail_signature>", "<div id=appendonsend>", "<table><tr><td>", "</table>", "\ufdd1", "<br>",
     "<span data-mailgate=mail>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_word_is_lost_or_made(html: str) -> None:
    text, marked = read(html)
    plain = to_text(without_signs(html))
    assert "".join(text.replace(">", "").split()) == "".join(plain.replace(">", "").split())
    assert not any(sign in text for sign in "\ufdd0\ufdd1\ufdd2\ufdd3")
    assert all(number is None or 0 <= number <= text.count("\n") + 1 for number in (marked.quoted, marked.signature))


BARE = (
    '<div>Hi</div><div>02.03.2026, 10:00, "Nina Costa" &lt;nina@example.com&gt;:</div><blockquote>one?</blockquote>'
    "<div>answered below</div>"
)


def test_a_quotation_that_only_its_writer_marks_is_one_and_an_answer_below_it_stays() -> None:
    text, _ = read_marks(lay_out(BARE).text)
    assert text == 'Hi\n02.03.2026, 10:00, "Nina Costa" <nina@example.com>:\n> one?\nanswered below'
    text, _ = read_marks(lay_out(BARE.replace("02.03.2026, 10:00", "As the book says")).text)
    assert "> one?" not in text
