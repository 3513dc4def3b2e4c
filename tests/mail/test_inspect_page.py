"""The page of `mailgate inspect`: what a person asks of a mail, in words, at 80 columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.authenticity import Authenticity
from mailgate.mail.inspect import as_json
from mailgate.mail.inspect_page import WIDTH, page
from mailgate.mail.parse import parse

OUT_OF_OFFICE = b"From: a@b.example\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nI am away.\n"
QUOTING = b"""From: a@b.example
Subject: Re: x

The lamp is still broken, please send me another one as soon as you can.

On Mon, 2 Mar 2026 at 10:00, Support wrote:
> we have sent it.

--
Ana
"""


def test_the_page_shows_what_a_person_asks_first(sample: bytes) -> None:
    shown = page(parse(sample))
    for fact in ("Ana Silva <ana@acme.example>", "Invoice", "a.pdf", "where is it?", "an automatic answer may go out",
                 "a person's mail", "not checked by anybody we trust"):  # fmt: skip
        assert fact in shown
    assert "ambiguous" not in shown
    assert "From is ambiguous" in page(parse(b"From: a@b.example, c@d.example\r\n\r\nx"))


def test_why_nobody_is_answered_stands_there() -> None:
    shown = page(parse(OUT_OF_OFFICE))
    assert "a machine's answer (out of office, acknowledgement)" in shown
    assert "no automatic answer: " in shown
    assert "Auto-Submitted" in shown


def test_what_the_desk_knows_is_the_callers() -> None:
    message = parse(OUT_OF_OFFICE)
    facts = as_json(message, ("1042",), Authenticity("passed", "pass", "pass", "none", "mx.example"))
    shown = page(message, facts)
    assert "number 1042 stands in the subject" in shown
    assert "dmarc pass, dkim pass, spf none (says mx.example)" in shown


def test_new_text_and_what_was_put_away_stand_apart() -> None:
    shown = page(parse(QUOTING))
    new, _, rest = shown.partition("-- Put away: what is quoted")
    assert "another one" in new.partition("-- New text")[2]
    assert "> we have sent it." in rest
    assert "English, " in new


def test_pictures_of_a_signature_are_folded() -> None:
    image = b"--b\nContent-Type: image/png; name=logo.png\nContent-ID: <l@x>\n\nx\n--b--\n"
    shown = page(parse(b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + image))
    assert "Folded      1 small or quoted pictures: logo.png" in shown
    assert "Attached" not in shown


def test_a_bounce_and_a_forward_are_told() -> None:
    bounce = page(parse(b"From: MAILER-DAEMON@x\r\nX-Failed-Recipients: a@b.example\r\n\r\nno such user"))
    assert "a@b.example failed for good" in bounce
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: y\r\n\r\nz\r\n--b--"
    raw = b"Subject: Fwd: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + inner
    assert "of c@d.example (attached): y" in page(parse(raw))


def test_a_long_text_is_cut_and_said_to_be() -> None:
    assert "... 40 more lines" in page(parse(b"\r\n" + b"\r\n".join(b"line %d" % n for n in range(100))))


@pytest.mark.parametrize("raw", [QUOTING, OUT_OF_OFFICE, b"Subject: " + b"word " * 100 + b"\n\n" + b"word " * 300])
def test_no_line_is_wider_than_a_terminal(raw: bytes) -> None:
    assert max(map(len, page(parse(raw)).split("\n"))) <= WIDTH


@given(st.binary(max_size=500))
def test_any_mail_has_its_page(raw: bytes) -> None:
    page(parse(raw)).encode("utf-8")
