"""Which facts conditions see, and where each comes from."""

import pytest

from mailgate.mail.message import Automatic, Body, Bounce, Mailbox
from mailgate.rules.situation import Situation
from tests.rules.desk import matches, situation


@pytest.mark.parametrize(
    ("condition", "of"),
    [
        ("{from: b@x.example}", situation(authors="a@x.example b@x.example")),
        ("{cc: boss@acme.example}", situation(cc="boss@acme.example")),
        ("{reply_to: other.example}", situation(reply_to="ana@other.example")),
        ("{recipient: help@}", situation(recipients=("x@y.example", "Help@Example.com"))),
        ("{is_auto: true}", situation(automatic=Automatic(is_automatic=True))),
        ("{is_list: true}", situation(automatic=Automatic(is_list=True))),
        ("{is_bounce: true}", situation(bounce=Bounce(None))),
        ("{is_auto: false, is_list: false, is_bounce: false}", situation()),
        ("{body: quoted words}", situation()),
        ("{header.x-spam-flag: 'NO'}", situation()),
        ("{header.Received: from b}", situation()),
        ("{header.X-None: {exists: false}}", situation()),
        ("{reply_to: {exists: false}}", situation()),
        ("{from: {exists: false}}", situation(authors=())),
        ("{from: {exists: false}}", situation(authors=(Mailbox("only a name", ""),))),
    ],
)
def test_a_fact_is_read_from_its_place(condition: str, of: Situation) -> None:
    assert matches(condition, of)


def test_new_text_is_what_was_written_now() -> None:
    assert matches("{body.new: mend it}")
    assert not matches("{body.new: quoted words}")


@pytest.mark.parametrize(
    ("recipients", "to", "hit"),
    [
        (("support+sales@example.com",), "support@example.com", True),
        (("fetched@mailbox.example",), "support+Sales@example.org", True),
        (("support@example.com",), "support+sales@elsewhere.example", False),
        (("support@example.com",), "support@example.com", False),
        (("support+1042.rn7.5571.a7kq2mzp4xw3tbq6e@example.com",), "x@y.example", False),
    ],
)
def test_plus_is_the_detail_of_an_address_of_ours(recipients: tuple[str, ...], to: str, hit: bool) -> None:
    of = situation(recipients=recipients, to=to)
    assert matches("{plus: sales}", of) is hit
    assert matches("{plus: {exists: true}}", of) is hit


def test_text_behind_the_cap_is_not_looked_at() -> None:
    long = "word " * 50_000 + "refund"
    assert not matches("{body: refund}", situation(body=Body(text=long)))
    assert matches("{subject: refund}", situation(subject="x" * 900 + " refund"))
    assert not matches("{subject: refund}", situation(subject="x" * 998 + " refund"))
