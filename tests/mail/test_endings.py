"""The tables of footers and closings hold nothing twice."""

from mailgate.mail.endings import BRANDS, CLOSINGS, FOOTERS, HOSTS, NOUNS
from mailgate.mail.footer import says_nothing, without_mobile_footer


def test_nothing_stands_there_twice() -> None:
    for table in (BRANDS, FOOTERS, HOSTS, NOUNS):
        assert len(table) == len(set(table))


def test_a_device_alone_is_no_footer_and_a_closing_says_nothing() -> None:
    assert all(without_mobile_footer(word) == word for word in (*BRANDS, *NOUNS))
    assert all(says_nothing(f"{closing},\nNina") for closing in CLOSINGS)
