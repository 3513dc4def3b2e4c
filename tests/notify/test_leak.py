from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message import Mailbox
from mailgate.notify.enclosed import Enclosed, File
from mailgate.notify.leak import foreign_in_files, foreign_tokens
from mailgate.notify.rendered import Rendered
from tests.notify.test_compose import HEADERS, RENDERED

OWN = "1042.ra.5571.abcdefghijklmnopq"
OTHER = "1042.rn7.5571.ka7kq2mzp4xw3tbq6"
OWN_SET = frozenset([f"support+{OWN}@example.com"])


def found(text: str = "", html: str = "", subject: str = "") -> tuple[str, ...]:
    return foreign_tokens(HEADERS, Rendered(subject, text, html, "agent", "en"), OWN_SET)


def test_the_recipients_own_signed_address_is_no_leak() -> None:
    assert found(f"answer to support+{OWN}@example.com") == ()
    assert foreign_tokens(HEADERS, RENDERED, frozenset([OWN])) == ()


def test_without_being_told_what_is_own_even_the_reply_to_is_found() -> None:
    assert foreign_tokens(HEADERS, RENDERED, frozenset()) == (OWN,)


@pytest.mark.parametrize(
    "form",
    [
        f"support+{OTHER}@example.com",
        f"SUPPORT+{OTHER.upper()}@EXAMPLE.COM",
        f"reply+{OTHER}@tickets.example.com",
        f"> support+{OTHER}@example.com wrote:",
        quote(f"support+{OTHER}@example.com", safe=""),
        f"mailto:support%2B{OTHER}%40example.com?subject=x",
        f"support&#43;{OTHER}&#64;example.com",
        f"support&plus;{OTHER}&commat;example.com",
        f"support&amp;#x2b;{OTHER}@example.com",
        f"support%252B{OTHER}@example.com",
        f"support+{OTHER}",
    ],
)
def test_anothers_token_is_found_in_every_part_and_form(form: str) -> None:
    assert found(text=form) == (OTHER,)
    assert found(html=f'<a href="{form}">x</a> &lt;b&gt;') == (OTHER,)
    assert found(subject=form) == (OTHER,)


def test_anothers_token_is_found_in_every_header() -> None:
    leak = f"support+{OTHER}@example.com"
    for headers in (
        replace(HEADERS, sender=Mailbox(leak, "a@x")),
        replace(HEADERS, to=Mailbox("", leak)),
        replace(HEADERS, reply_to=Mailbox("", leak)),
        replace(HEADERS, subject=leak),
        replace(HEADERS, in_reply_to=f"<{leak}>"),
        replace(HEADERS, references=(f"<{leak}>",)),
        replace(HEADERS, list_id=leak),
        replace(HEADERS, extra=(("X-Mailgate-Event", leak),)),
    ):
        assert OTHER in foreign_tokens(headers, RENDERED, OWN_SET)


def test_ordinary_text_with_plus_and_dots_is_no_leak() -> None:
    assert found("support+sales@example.com 1+1042.5 +49.30.123 C++.net 5+1042.rn7.5571.short@x") == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_token_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    assert found(f"{before} x+{OTHER}@example.com {after}") == (OTHER,)


@given(st.lists(st.sampled_from(["+", "1", ".", "a", "&", "#", "%2B", "&amp;", "r7", "@"]), max_size=400).map("".join))
def test_any_text_is_searched_without_failing(text: str) -> None:
    found(text, text)


def test_an_internal_note_is_found_however_it_is_quoted() -> None:
    note = "Kim: the customer is two months late,\nbe careful"
    rendered = Rendered("", "> Kim: the customer is two months\n> late, be careful\n", "", "customer", "en")
    assert foreign_tokens(HEADERS, rendered, OWN_SET, (note, "another note, not in it")) == (note,)
    for hidden in (
        "| Kim: the customer\n| is two months late, be careful",
        "Kim: the cus\u00adtomer is two\u200b months\u00a0late, be careful",
    ):
        assert foreign_tokens(HEADERS, replace(rendered, text=hidden), OWN_SET, (note,)) == (note,)
    in_html = Rendered("", "", "<p>Kim: the <b>customer</b> is two months late,<br>be careful</p>", "customer", "en")
    assert foreign_tokens(HEADERS, in_html, OWN_SET, (note,)) == (note,)


def test_a_note_of_one_word_holds_no_mail_back() -> None:
    assert foreign_tokens(HEADERS, RENDERED, OWN_SET, ("Hello",)) == ()


@pytest.mark.parametrize("purpose", "rnctb")
def test_older_addresses_of_the_same_party_on_the_same_ticket_are_his_own_whatever_their_purpose(purpose: str) -> None:
    older = f"1042.{purpose}a.17.bcccccccccccccccc"
    assert found(f"On Monday support+{older}@example.com wrote:") == ()


@pytest.mark.parametrize(
    "other",
    ["1043.ra.5571.abcdefghijklmnopq", "1042.rb.5571.abcdefghijklmnopq", "1042.raa.5571.abcdefghijklmnopq"],
)
def test_another_party_or_ticket_is_somebody_elses(other: str) -> None:
    assert found(f"support+{other}@example.com") == (other,)


def in_file(octets: bytes, content_type: str = "text/plain", inline: bool = False) -> tuple[str, ...]:
    files = (File("x", content_type, "c@x" if inline else None, octets),)
    found = foreign_in_files(Enclosed(inline=files) if inline else Enclosed(attached=files), OWN_SET)
    assert all(each.file == "x" for each in found)
    return tuple(each.text for each in found)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/html", "text/x-vcard", "message/rfc822", "application/octet-stream"]
)
@pytest.mark.parametrize(
    "form",
    [
        f"Reply-To: support+{OTHER}@example.com",
        f"support+{OTHER[:20]}=\r\n{OTHER[20:]}@example.com",
        f"support+{OTHER[:20]}=\n{OTHER[20:]}@example.com",
        f"<a href=3D'mailto:support%2B{OTHER}%40example.com'>",
    ],
)
def test_anothers_token_is_found_in_attached_texts_and_mails(content_type: str, form: str) -> None:
    assert in_file(f"{form} and + more".encode(), content_type) == (OTHER,)


def test_anothers_token_is_found_in_a_message_of_outlook_and_in_the_name_of_a_file() -> None:
    address = f"support+{OTHER}@example.com"
    assert in_file(b"\xd0\xcf\x11\xe0" + address.encode("utf-16-le"), "application/vnd.ms-outlook") == (OTHER,)
    named = Enclosed(attached=(File(f"Re {address}.pdf", "application/pdf", None, b"%PDF"),))
    assert [each.text for each in foreign_in_files(named, OWN_SET)] == [OTHER]


def test_a_binary_file_and_ones_own_token_are_no_leak() -> None:
    assert in_file(b"%PDF 1+1 %2B &plus;" + bytes(range(256)), "application/pdf") == ()
    assert in_file(f"support+{OWN}@example.com".encode()) == ()
    assert in_file(b"\xff\xfe+\x00", inline=True) == ()


@given(st.binary(max_size=400))
def test_any_file_is_searched_without_failing(octets: bytes) -> None:
    in_file(octets)
    assert in_file(octets.replace(b"+", b" ") + f" x+{OTHER}@y".encode()) == (OTHER,)
