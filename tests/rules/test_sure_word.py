import re
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.index import _WORD
from mailgate.rules.regex import NotRe2, regex
from mailgate.rules.sure_word import sure_word
from mailgate.rules.value import Value

RE2_ONLY = ((r"\pL", "[A-Za-zé]"), (r"\x{4b}", "K"), ("[[:alpha:]-9-]", "[a-z9-]"))
PIECES = r"-12- [ACME- ] # (?P<n>[0-9]+) ab | ? * + {2} {0,1} \[ \. \pL \x41 \x{4b} \Q-7-\E ^ $ . ( ) [-x-] (?:".split()
PIECES += [*r"[[:alpha:]-9-] (?i) é-s- -ſ- \b \60".split(), " k-"]
TEXTS = [*"-12- [ACME- [acme- ] # 77 ab x -- 1 é-S- -ſ- -7- A K . _ 0".split(), " ", " K-", " \u212a-"]


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        (r"ORD-12-(?P<order>[0-9]+)", "12"),
        (r"\[ACME-(?P<order>\d+)\]", "acme"),
        (r"\[#(?P<n>\d+)-ACME\]", "acme"),
        (r"ticket (?P<n>\d+) of desk:", "desk"),
        (r"order (?P<n>\d+)", ""),  # "reorder 5" fits, too
        (r"-a-|-b-", ""),
        (r"(?:-a-|-b-)", ""),
        (r"(-a-)?", ""),
        (r"-acme-?", ""),
        (r"-acme+", ""),
        (r"-acm_e-", ""),  # one word with its underscore
        (r"\Q-acme-\E", ""),
        (r"\p{Lu}-acme-", "acme"),
        (r"[-acme-]", ""),
    ],
)
def test_the_word_that_every_match_has(pattern: str, word: str) -> None:
    assert sure_word(pattern) == word


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.lists(st.sampled_from(TEXTS), max_size=12))
def test_what_fits_has_the_word(pieces: list[str], texts: list[str]) -> None:
    try:
        found = regex("".join(pieces))
    except NotRe2:
        return
    value = Value("".join(texts))
    if found.sure and found.search(value.encoded) is not None:
        assert found.sure in _WORD.findall(value.collapsed)


@given(st.lists(st.sampled_from(PIECES), max_size=6), st.data())
def test_a_text_made_for_the_pattern_has_the_word(pieces: list[str], data: st.DataObject) -> None:
    pattern = "".join(pieces)
    try:
        found = regex(pattern)
        python = re.compile(reduce(lambda text, way: text.replace(*way), RE2_ONLY, pattern))
    except (NotRe2, re.error):
        return
    if found.sure:
        around = data.draw(st.sampled_from(["", "x", "12", "é", "\u0301"]))
        value = Value(around + data.draw(st.from_regex(python)) + around)
        assert found.search(value.encoded) is None or found.sure in _WORD.findall(value.collapsed)
