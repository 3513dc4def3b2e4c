"""One pattern fits whatever another fits: only where that is sure."""

import pytest

from mailgate.rules.covers import apart, covers
from mailgate.rules.pattern_reader import networks
from mailgate.rules.patterns import (
    Address,
    Addresses,
    Between,
    Domain,
    Equals,
    Exact,
    Glob,
    Hours,
    Number,
    OneOf,
    OurMailbox,
    Pattern,
    Phrase,
    Phrases,
)

NONE: frozenset[str] = frozenset()
NIGHT, EVENING = Hours(79_200, 21_600), Hours(79_200, 82_800)
NET = networks(["192.0.2.0/24", "2001:db8::/32"])
LIST = Addresses(frozenset({"a@b.example"}), frozenset({"c.example"}), frozenset({"d.example"}), frozenset({"sales"}))
assert NET is not None


@pytest.mark.parametrize(
    ("wide", "narrow", "sure"),
    [
        (NET, networks(["192.0.2.17"]), True),
        (NET, networks(["192.0.2.0/25", "2001:db8:1::/48"]), True),
        (NET, networks(["192.0.0.0/16"]), False),
        (networks(["192.0.2.17"]), NET, False),
        (LIST, Address("a@b.example"), True),
        (LIST, Address("x@c.example"), True),
        (LIST, Address("x@y.d.example"), True),
        (LIST, Address("x@b.example"), False),
        (LIST, Domain("c.example"), True),
        (LIST, Domain("c.example", True), False),
        (LIST, Domain("x.d.example", True), True),
        (LIST, OurMailbox("sales"), True),
        (LIST, Addresses(frozenset({"a@b.example"}), NONE, NONE, NONE), True),
        (Domain("b.example"), Addresses(frozenset({"a@b.example", "c@b.example"}), NONE, NONE, NONE), True),
        (Domain("b.example"), LIST, False),
        (OneOf(frozenset({"a", "b"})), Exact("a"), True),
        (OneOf(frozenset({"a", "b"})), OneOf(frozenset({"a", "c"})), False),
        (Glob(("a", "")), OneOf(frozenset({"ab", "ac"})), True),
        (Phrases((("my", "order"), ("invoice",))), Phrase(("the", "invoice", "is")), True),
        (Phrase(("order",)), Phrases((("my", "order"), ("invoice",))), False),
        (Between(1, 5), Equals(5), True),
        (Between(1, 5), Number("under", 5), False),
        (Number("at least", 5), Number("over", 5), True),
        (Number("over", 5), Number("at least", 5), False),
        (NIGHT, EVENING, False),  # it does, and nothing is said
        (NIGHT, NIGHT, True),
    ],
)
def test_covering(wide: Pattern, narrow: Pattern, sure: bool) -> None:
    assert covers(wide, narrow) is sure


@pytest.mark.parametrize(
    ("one", "other", "sure"),
    [
        (Number("over", 5), Number("at most", 5), True),
        (Number("at least", 5), Number("at most", 5), False),
        (Number("under", 5), Equals(5), True),
        (Exact("a"), Exact("b"), True),
        (Exact("a"), OneOf(frozenset({"a", "b"})), False),
        (Exact("a"), Glob(("b", "")), False),
    ],
)
def test_lying_apart(one: Pattern, other: Pattern, sure: bool) -> None:
    assert apart(one, other) is sure
    assert apart(other, one) is sure
