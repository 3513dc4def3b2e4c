"""HTML points at the quotation in the plain text, where both say the same above it."""

import pytest

from mailgate.mail.alternative import marked_by_html
from mailgate.mail.split import NOT_MARKED, Marked

HTML = '<div>Yes, <b>the second</b>.</div><div id="appendonsend"></div><div>Frá: Nina</div><div>which one?</div>'


def test_the_quotation_begins_where_the_words_of_the_html_end() -> None:
    assert marked_by_html("Yes, *the\nsecond*.\n\nFrá: Nina\nwhich one?", HTML) == Marked(quoted=3)


@pytest.mark.parametrize(
    "text", ["Yes, the third.\n\nFrá: Nina", "Yes, the second. And more.\n\nFrá: Nina", "", "Yes, the second."]
)
def test_where_they_differ_the_html_says_nothing(text: str) -> None:
    assert marked_by_html(text, HTML) == NOT_MARKED


def test_html_without_a_quotation_is_not_even_laid_out() -> None:
    assert marked_by_html("Yes", "<p>Yes</p>") == NOT_MARKED
