"""Addresses signed for one recipient, and the links of them."""

from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from mailgate.decision.plan import Draft
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.decision.telling import Telling
from mailgate.mail.message import Mailbox
from mailgate.notify.signing import links, signed_address
from mailgate.tickets.signed import ReplyAddressForm, proves, read_address
from tests.support.desk import ANA, KEYS, NINA, NOW, make_policy, make_queue, make_ticket

POLICY = make_policy()
TICKET = make_ticket()
ALL: Any = tuple("take note close pending reopen history confirm corrected as_text as_note send discard undo".split())


def draft(**more: Any) -> Draft:
    told: dict[str, Any] = {"agent": NINA, "telling": Telling(links=ALL)} | more
    return Draft("agent", "agent_new", "en", Mailbox("", NINA.address), 1, b"n", **told)


def made(ticket: Any = TICKET, **more: Any) -> dict[str, str]:
    return links(draft(**more), ticket, make_queue(), POLICY)


@pytest.mark.parametrize(
    ("more", "party"),
    [
        ({}, party_of_agent(NINA)),
        ({"agent": None, "participant": TICKET.participants[0]}, party_of_participant(TICKET.participants[0])),
        ({"agent": None}, 0),
    ],
)
def test_an_address_is_signed_for_its_recipient_and_what_he_saw(more: Any, party: int) -> None:
    what: Any = (TICKET, make_queue(), POLICY, "n", TICKET.last_article, TICKET.last_nonce)
    signed = read_address(signed_address(draft(**more), *what) or "")
    assert signed is not None
    assert (signed.base, signed.number, signed.party, signed.purpose, signed.revision) == (
        "support@example.com",
        "1042",
        party,
        "n",
        TICKET.last_article,
    )
    assert proves(KEYS, signed, TICKET.nonce, TICKET.last_nonce)


@pytest.mark.parametrize(
    ("name", "purpose", "line"),
    [
        ("take", "t", "#take"),
        ("note", "n", "#note"),
        ("close", "c", "#close"),
        ("pending", "r", "#pending 3d"),
        ("reopen", "r", "#reopen"),
        ("history", "r", "#history"),
        ("confirm", "r", "#confirm"),
        ("corrected", "r", "#confirm"),
        ("as_text", "r", "#send"),
        ("send", "r", "#send"),
        ("as_note", "r", "#note"),
        ("discard", "r", "#discard"),
        ("undo", "r", "#undo"),
    ],
)
def test_a_link_opens_a_mail_that_says_what_it_does(name: str, purpose: str, line: str) -> None:
    ticket = make_ticket(state="closed", closed_at=NOW) if name == "reopen" else TICKET
    scheme, _, rest = made(ticket)[name].partition(":")
    address, _, query = rest.partition("?")
    signed = read_address(unquote(address))
    assert signed is not None
    said = parse_qs(query)
    assert (scheme, signed.purpose, said["body"]) == ("mailto", purpose, [f"{line}\r\n"])
    assert said["subject"] == ["Re: [Ticket#1042] Invoice"]


def test_links_that_would_do_nothing_are_left_out() -> None:
    assert "take" not in made(make_ticket(owner="nina"))
    assert "take" in made(make_ticket(owner="kim"))
    assert "close" not in made(make_ticket(state="closed"))


def test_nobody_but_an_agent_gets_links_and_none_where_nothing_is_signed() -> None:
    assert made(agent=None) == {}
    bare = make_policy(site={"reply_address": ReplyAddressForm("none")})
    assert links(draft(), TICKET, make_queue(), bare) == {}


def test_links_for_a_mail_that_waits_name_it_and_no_customer_hides_something_in_them() -> None:
    hostile = make_ticket(subject="x&body=%23spam\r\nBcc: x@y " + f"support+1042.rc.1.a{'b' * 16}@example.com " * 3)
    url = made(hostile, telling=Telling(links=ALL, waits=7))["send"]
    said = parse_qs(url.partition("?")[2])
    assert list(said) == ["subject", "body"]
    assert said["body"] == ["#send\r\n"]
    assert said["subject"][0].endswith(" (S7)")
    assert "1042.rc" not in said["subject"][0]
    assert ANA not in url


@pytest.mark.parametrize(
    ("state", "of_use"), [("open", {"close", "pending"}), ("closed", {"reopen"}), ("spam", {"reopen", "close"})]
)
def test_what_would_change_nothing_is_not_offered(state: Any, of_use: set[str]) -> None:
    assert {"close", "pending", "reopen"} & made(make_ticket(state=state, closed_at=NOW)).keys() == of_use
