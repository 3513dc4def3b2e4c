"""Signed addresses and Message-IDs: what of ours comes back is known, and nothing else is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.signed import (
    PURPOSES,
    Key,
    Keyring,
    ReplyAddressForm,
    base32,
    from_base32,
    has_power,
    proves,
    proves_loop_mark,
    proves_message_id,
    read_address,
    read_message_id,
    sign_loop_mark,
    sign_message_id,
    sign_token,
    without_tokens,
)

OLD, NEW = Key("a", date(2026, 1, 1), b"a" * 32), Key("b", date(2026, 11, 1), b"b" * 32)
KEYS = Keyring((OLD, NEW))
T, A = b"ticket n", b"article "
numbers = st.from_regex(r"[0-9]{1,32}", fullmatch=True)
parties = st.integers(0, 2**40)
articles = st.integers(0, 10**18 - 1)


@given(numbers, st.sampled_from(sorted(PURPOSES)), parties, articles, st.booleans())
def test_what_we_sign_is_read_and_proven_in_any_case(
    number: str, purpose: str, party: int, revision: int, shout: bool
) -> None:
    token = sign_token(KEYS, number, purpose, party, revision, T, A)  # type: ignore[arg-type]
    address = f"support+{token}@example.com"
    signed = read_address(address.upper() if shout else address)
    assert signed is not None
    assert (signed.number, signed.purpose, signed.party, signed.revision) == (number, purpose, party, revision)
    assert (signed.base, signed.key) == ("support@example.com", "b")
    assert proves(KEYS, signed, T, A)


@given(st.data())
def test_no_changed_character_proves(data: st.DataObject) -> None:
    address = f"support+{sign_token(KEYS, '1042', 'r', 3, 5571, T, A)}@example.com"
    start, end = address.index("+") + 1, address.index("@")
    place = data.draw(st.integers(start, end - 1))
    char = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789."))
    changed = address[:place] + char + address[place + 1 :]
    signed = read_address(changed)
    assert changed == address or signed is None or not proves(KEYS, signed, T, A)


def test_a_restored_ticket_or_article_is_another_one() -> None:
    signed = read_address(f"x+{sign_token(KEYS, '1', 'r', 1, 1, T, A)}@example.com")
    assert signed is not None
    assert not proves(KEYS, signed, b"restored", A)
    assert not proves(KEYS, signed, T, b"restored")
    assert not proves(Keyring((OLD,)), signed, T, A)
    assert not proves(Keyring((replace(NEW, secret=b"c" * 32),)), signed, T, A)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_address(text)
    read_message_id(text)
    without_tokens(text)
    proves_loop_mark(KEYS, text, "example.com")


@pytest.mark.parametrize(
    "address",
    [
        "support@example.com",
        "support+sales@example.com",
        "support+1.ra.2@example.com",
        "+1.ra.2.baaaaaaaaaaaaaaaa@x",
        "x+1.qa.2.baaaaaaaaaaaaaaaa@example.com",
        "x+1.ra.2.baaaaaaaaaaaaaaaa",
        "",
    ],
)
def test_what_has_another_form_is_no_signed_address(address: str) -> None:
    assert read_address(address) is None


@given(articles)
def test_our_message_ids_come_back_even_in_another_case(article: int) -> None:
    text = sign_message_id(KEYS, article, A, "Example.COM")
    assert text.endswith("@example.com>")
    for shape in (text, text.upper()):
        signed = read_message_id(shape)
        assert signed is not None
        assert signed.article == article
        assert proves_message_id(KEYS, signed, A)
        assert not proves_message_id(KEYS, signed, b"restored")
        assert not proves_message_id(Keyring((OLD,)), signed, A)


def test_what_one_key_signed_for_one_thing_is_worth_nothing_for_another() -> None:
    assert sign_message_id(KEYS, 1, b"", "example.com")[6:23] != sign_loop_mark(KEYS, "1")[0:17]


def test_power_ends_and_the_newest_key_has_it() -> None:
    today = date(2027, 6, 1)
    new = read_address(f"x+{sign_token(KEYS, '1', 'r', 1, 1, T, A)}@x.example")
    old = read_address(f"x+{sign_token(Keyring((OLD,)), '1', 'r', 1, 1, T, A)}@x.example")
    assert new is not None
    assert old is not None
    assert has_power(KEYS, new, today)
    assert not has_power(KEYS, old, today)
    assert has_power(KEYS, old, OLD.made + timedelta(days=30))
    assert not has_power(Keyring((OLD,)), new, today)


@given(st.integers(0, 2**64))
def test_base32_is_a_number_and_back(value: int) -> None:
    assert from_base32(base32(value)) == value


def test_tokens_are_taken_out_of_quoted_text() -> None:
    token = sign_token(KEYS, "1042", "r", 3, 5571, T, A)
    said = f"> On Monday, Support <support+{token.upper()}@example.com> wrote, a+b@c"
    assert without_tokens(said) == "> On Monday, Support <support@example.com> wrote, a+b@c"


def test_a_loop_mark_is_known_for_its_own_domain_only() -> None:
    mark = sign_loop_mark(KEYS, "example.com")
    assert proves_loop_mark(KEYS, mark, "Example.com")
    assert not proves_loop_mark(KEYS, mark, "example.org")
    assert not proves_loop_mark(KEYS, mark[:-1], "example.com")
    assert not proves_loop_mark(KEYS, "", "example.com")


def test_reply_addresses_take_the_form_that_the_site_says() -> None:
    assert ReplyAddressForm().render("support@example.com", "t") == "support+t@example.com"
    assert ReplyAddressForm("none").render("support@example.com", "t") is None
    assert ReplyAddressForm("reply+{token}@t.example").render("support@example.com", "t") == "reply+t@t.example"
    with pytest.raises(ValueError, match="token"):
        ReplyAddressForm("reply@t.example")


def test_a_fingerprint_names_a_secret_without_showing_it() -> None:
    assert len(OLD.fingerprint) == 32
    assert OLD.fingerprint != NEW.fingerprint
    assert OLD.secret.hex() not in OLD.fingerprint
