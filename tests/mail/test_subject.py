"""The subject without reply and forward prefixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.subject import subject_clean


@pytest.mark.parametrize(
    ("subject", "clean"),
    [
        ("Re: Invoice", "Invoice"),
        ("RE: AW: Fwd:  Re[2]: Invoice", "Invoice"),
        ("SV: VS: Invoice", "Invoice"),
        ("RES: Invoice", "Invoice"),
        ("Antwort: Invoice", "Invoice"),
        ("回复：Invoice", "Invoice"),
        ("Re : Invoice", "Invoice"),
        ("Re(3): Re^2: Invoice", "Invoice"),
        ("Re: [Ticket#1042] Invoice", "[Ticket#1042] Invoice"),
        ("Regarding: Invoice", "Regarding: Invoice"),
        ("Reset: password", "Reset: password"),
        ("Invoice Re: 5", "Invoice Re: 5"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_prefixes_go_and_words_stay(subject: str, clean: str) -> None:
    assert subject_clean(subject) == clean


@given(st.text())
def test_cleaning_is_settled_after_once(subject: str) -> None:
    assert subject_clean(subject_clean(subject)) == subject_clean(subject)
