"""Phrases found by a sieve are those that `re` finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail import absence
from mailgate.mail.sieve import Sieve

SIEVES = {name: each for name, each in vars(absence).items() if isinstance(each, Sieve)}


def test_there_are_sieves_to_look_at() -> None:
    assert len(SIEVES) >= 3


@pytest.mark.parametrize("name", SIEVES)
@given(data=st.data())
@settings(max_examples=300)
def test_nothing_that_matches_is_stopped(name: str, data: st.DataObject) -> None:
    sieve = SIEVES[name]
    text = data.draw(st.from_regex(re.compile(sieve.pattern)))
    found, expected = sieve.search(text), re.search(sieve.pattern, text)
    assert (found and found.span()) == (expected and expected.span())


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bgrüße\b", "viele grüße aus bonn"),
        (r"antwort\w+", "antwortälle"),
        (r"\d{2} uhr", "١٢ uhr"),
        (r"out\sof", "out\u00a0of"),
        (r"[\w-]+ away", "é- away"),
        (r"[^\d] away", "x away"),
        (r"ooo(?= ?[:(-])", "ooo: back soon"),
        (r"(?<=\d)\. mai", "3. mai"),
        (r"mail[^.]{3,80}?held", "mail that we have held"),
        (r"ab{2}c{,3}d{9}e{1,}", "abbcdddddddddee"),
    ],
)
def test_what_re2_means_in_ascii_alone_is_found_too(pattern: str, text: str) -> None:
    assert Sieve(pattern).search(text) is not None


def test_what_only_the_wider_pattern_takes_is_not_found() -> None:
    assert Sieve(r"\bleave\b").search("the leaves fall") is None


def test_a_repetition_that_is_counted_far_is_still_counted_in_what_is_found() -> None:
    counted = Sieve(r"mail[^.]{0,10}held")
    assert counted.suspects("mail that we have held")
    assert counted.search("mail that we have held") is None


def test_a_piece_of_a_text_is_suspected_wherever_it_stands() -> None:
    sieve = Sieve(r"^(?:currently )?out of office$")
    assert sieve.suspects("hello. currently out of office until monday.")
    assert sieve.search("hello. currently out of office until monday.") is None
