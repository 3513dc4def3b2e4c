"""mailgate.intake.paths"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.intake.paths import forward_path, reverse_path

_LABEL = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_DOMAIN = st.lists(_LABEL, min_size=1, max_size=4).map(".".join)
_LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", fullmatch=True)


def reverse(argument: str) -> str | None:
    read = reverse_path(argument)
    return None if read is None else read.path


def forward(argument: str) -> str | None:
    read = forward_path(argument)
    return None if read is None else read.path


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("TO:<ana@example.com>", "ana@example.com"),
        ("to: <Ana@Example.COM>", "Ana@Example.COM"),
        (
            "TO:<support+1042.rn7.5571.a7kq2mzp4xw3tbq6e@example.com>",
            "support+1042.rn7.5571.a7kq2mzp4xw3tbq6e@example.com",
        ),
        ("TO:<ana@[192.0.2.1]>", "ana@[192.0.2.1]"),
        ("TO:<ana@[IPv6:2001:db8::1]>", "ana@[IPv6:2001:db8::1]"),
        ('TO:<"a b\\"c"@example.com>', '"a b\\"c"@example.com'),
        ('TO:<"a..b."@docomo.example>', '"a..b."@docomo.example'),
        ('TO:<"sup\\port+x"@example.com>', "support+x@example.com"),
        ("TO:<ü@bücher.example>", "ü@bücher.example"),
        ("TO:<a..b.@docomo.example>", "a..b.@docomo.example"),
        ("TO:<ana@mail_1.example.com>", "ana@mail_1.example.com"),
        ("TO:<ana@localhost>", "ana@localhost"),
    ],
)
def test_a_mailbox_is_kept_as_it_was_written(argument: str, path: str) -> None:
    assert forward(argument) == path


@pytest.mark.parametrize("route", ["@relay.example:", "@a.example,@b.example:"])
def test_a_source_route_is_accepted_and_ignored(route: str) -> None:
    assert forward(f"TO:<{route}ana@example.com>") == "ana@example.com"
    assert reverse(f"FROM:<{route}ana@example.com>") == "ana@example.com"


def test_an_encoded_word_in_an_address_is_never_decoded() -> None:
    assert forward("TO:<=?utf-8?q?x?=@y.example>") == "=?utf-8?q?x?=@y.example"


@pytest.mark.parametrize("name", ["postmaster", "PostMaster", "POSTMASTER"])
def test_postmaster_needs_no_domain(name: str) -> None:
    assert forward(f"TO:<{name}>") == name


def test_only_the_reverse_path_may_be_null_and_only_postmaster_lacks_a_domain() -> None:
    assert reverse("FROM:<>") == ""
    assert forward("TO:<>") is None
    assert reverse("FROM:<postmaster>") is None
    assert forward("TO:<root>") is None


@pytest.mark.parametrize(
    "path",
    [
        "<a(c)@y.example>",
        "<b @y.example>",
        "<b@y.example",
        "b@y.example",
        "<b@y.example>>",
        "<b@y.example> x@y.example>",
        "<b@y.example>SIZE=1",
        "<a@b@y.example>",
        "<@y.example>",
        "<b@>",
        "<b@-y.example>",
        "<b@y-.example>",
        "<b@y..example>",
        "<b@y.example.>",
        "<b@y.example\r>",
        "<b\x00@y.example>",
        "<b\u202e@y.example>",
        "<b\u200b@y.example>",
        "<b\udcff@y.example>",
        "<b@[]>",
        '<"b@y.example>',
        '<"b"c@y.example>',
        "<@a.example:>",
        "",
    ],
)
def test_what_does_not_fit_the_grammar_is_refused(path: str) -> None:
    assert forward(f"TO:{path}") is None
    assert reverse(f"FROM:{path}") is None


def test_the_limits_of_rfc_5321_are_counted_in_octets() -> None:
    assert forward(f"TO:<{'a' * 64}@example.com>")
    assert forward(f"TO:<{'a' * 65}@example.com>") is None
    assert forward(f"TO:<{'ü' * 33}@example.com>") is None
    label = "a" * 63
    assert forward(f"TO:<b@{label}.{label}.{label}.{'a' * 60}>")
    assert forward(f"TO:<b@{label}.{label}.{label}.{'a' * 61}>") is None


def test_a_reverse_path_may_be_as_long_as_a_path_because_bounce_addresses_are() -> None:
    assert reverse(f"FROM:<{'a' * 242}@example.com>")
    assert reverse(f"FROM:<{'a' * 243}@example.com>") is None


def test_parameters_are_read_by_keyword_in_any_case() -> None:
    read = reverse_path("FROM:<a@example.com> size=77  Body=8BITMIME SMTPUTF8")
    assert read is not None
    assert read.parameters == {"SIZE": "77", "BODY": "8BITMIME", "SMTPUTF8": None}


@pytest.mark.parametrize("rest", ["=1", "SIZE=", "SIZE=1 SIZE=2", "SI_ZE=1", "<b@example.com>"])
def test_parameters_that_are_none_are_refused(rest: str) -> None:
    assert reverse_path(f"FROM:<a@example.com> {rest}") is None


@given(_LOCAL, _DOMAIN)
def test_every_plain_mailbox_is_read_and_unchanged(local: str, domain: str) -> None:
    assert forward(f"TO:<{local}@{domain}>") == f"{local}@{domain}"


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for read in (reverse_path(f"FROM:{text}"), reverse_path(text), forward_path(f"TO:<{text}>")):
        assert read is None or read.path.isprintable()
