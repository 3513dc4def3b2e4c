"""What conditions ask of one value, as an administrator writes it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.patterns import Glob, Phrase
from mailgate.rules.value import Value, fold, nfc
from tests.rules.desk import OURS, matches, situation


@pytest.mark.parametrize(
    ("phrase", "subject", "hit"),
    [
        ("urgent", "This is URGENT!", True),
        ("urgent", "urgently needed", False),
        ("urgent", "an insurgent", False),
        ("urgent", "in_urgent", False),
        ("urgent", "insurgent, urgent", True),
        ("my order", "about my  order: x", True),
        ("my order", "my\torders", False),
        ("my order", "order my", False),
        ("strasse", "Neue STRAßE 5", True),
        ("café", "un cafe\u0301!", True),
        ("'#4711'", "Re: #4711?", True),
        ("'#47'", "Re: #4711?", False),
        ("'c++'", "C++ compiler", True),
        ("請求", "の請求書を", True),
        ("no", "NO", True),
        ("012", "code 012", True),
        ("18:30", "at 18:30.", True),
    ],
)
def test_a_text_is_a_whole_phrase_in_the_subject(phrase: str, subject: str, hit: bool) -> None:
    assert matches(f"{{subject: {phrase}}}", situation(subject=subject)) is hit


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("'*wrong*'", True),
        ("'invoice *'", True),
        ("'*invoice'", False),
        ("'*#*is*'", True),
        ("'/^invoice #\\d+/'", True),
        ("'/Wrong$/'", True),
        ("'/(?-i)wrong$/'", True),
        ("'/(?-i)Wrong$/'", False),
        ("{is: 'invoice  #4711 is WRONG'}", True),
        ("{is: invoice}", False),
        ("{has: '*'}", False),
        ("{like: '*4711*'}", True),
        ("{starts: invoice}", True),
        ("{ends: [right, wrong]}", True),
        ("{re: '\\d{4}'}", True),
        ("{starts: invoice, ends: right}", False),
        ("{exists: true}", True),
        ("{exists: false}", False),
        ("[nothing, 'invoice']", True),
        ("[nothing, {starts: inv}]", True),
        ("[nothing, {starts: x}]", False),
    ],
)
def test_operators_globs_patterns_and_lists_on_text(asked: str, hit: bool) -> None:
    assert matches(f"{{subject: {asked}}}") is hit
    assert matches(f"{{not: {{subject: {asked}}}}}") is not hit


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("ana@acme.example", True),
        ("ANA@ACME.example", True),
        ("bob@acme.example", False),
        ("acme.example", True),
        ("'@acme.example'", True),
        (".acme.example", True),
        (".example", True),
        ("cme.example", False),
        (".cme.example", False),
        ("ana@", False),
        ("'a*@acme.example'", True),
        ("'*@acme.*'", True),
        ("'/^ana@/'", True),
        ("[x.example, acme.example]", True),
        ("{is: acme.example}", True),
        ("{like: '*.example'}", True),
    ],
)
def test_addresses(asked: str, hit: bool) -> None:
    assert matches(f"{{from: {asked}}}") is hit


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("support@", True),
        ("help@", False),
        ("support@example.com", False),
        ("example.com", True),
        ("'/\\+sales@/'", True),
    ],
)
def test_a_local_part_is_any_of_our_mailboxes_of_that_name_with_or_without_detail(asked: str, hit: bool) -> None:
    assert matches(f"{{to: {asked}}}", situation(to="support+sales@Example.com x@y.example")) is hit


def test_a_local_part_means_our_domains_only() -> None:
    assert not matches("{to: support@}", situation(to="support@elsewhere.example"))
    assert matches("{to: support@}", situation(to="support@example.org"))


def test_subdomains_are_meant_only_with_the_dot() -> None:
    of = situation(authors="ana@mail.acme.example")
    assert matches("{from: .acme.example}", of)
    assert not matches("{from: acme.example}", of)


def test_a_domain_in_letters_and_in_punycode_is_the_same() -> None:
    assert matches("{from: MÜLLER.example}", situation(authors="a@xn--mller-kva.example"))
    assert matches("{from: xn--mller-kva.example}", situation(authors="a@müller.example"))


def test_letters_that_only_look_alike_make_no_same_mailbox() -> None:
    assert not matches("{from: kim@acme.example}", situation(authors="\u212aim@acme.example"))  # the Kelvin sign


@pytest.mark.parametrize(
    ("condition", "hit"),
    [
        ("{priority: at least normal}", True),
        ("{priority: over normal}", False),
        ("{priority: under high}", True),
        ("{priority: at most low}", False),
        ("{priority: {at least: low}}", True),
        ("{priority: [low, normal]}", True),
        ("{field.price: over 250}", True),
        ("{field.price: {under: 250}}", False),
        ("{field.order: 4711}", True),
        ("{field.order: {exists: true}}", True),
        ("{field.none: {exists: true}}", False),
        ("{field.none: over 1}", False),
        ("{tag: From-Mail}", True),
        ("{tag: vip}", False),
        ("{queue: [billing, support]}", True),
        ("{queue: 'sup*'}", True),
        ("{state: new, priority: normal}", True),
        ("{state: closed}", False),
    ],
)
def test_ticket_facts(condition: str, hit: bool) -> None:
    assert matches(condition) is hit


words = st.text(alphabet="aAbß .\n", max_size=12)


@given(st.lists(words, min_size=2, max_size=5), words)
def test_a_glob_agrees_with_the_pattern_it_stands_for(pieces: list[str], text: str) -> None:
    folded = [" ".join(fold(nfc(piece)).split()) for piece in pieces]
    value = Value(text)
    expected = re.fullmatch(".*".join(re.escape(piece) for piece in folded), value.collapsed, re.DOTALL) is not None
    assert Glob(tuple(folded)).fits(value, OURS) is expected


@given(st.text(alphabet="ab _-", max_size=20), st.sampled_from(["a", "ab", "a b", "-a"]))
def test_a_phrase_agrees_with_word_borders(text: str, phrase: str) -> None:
    value = Value(text)
    left = r"(?<!\w)" if phrase[0] != "-" else ""
    expected = re.search(left + re.escape(phrase) + r"(?!\w)", value.collapsed) is not None
    assert Phrase(tuple(phrase.split())).fits(value, OURS) is expected
