"""Who is an agent and what is her word (spec/safety.md D04, D05, D22): a name, a number, a quotation order nothing."""

import re
from collections.abc import Iterator

import pytest

from tests.support.corners import (
    Corner,
    Corners,
    Opened,
    checked,
    corners,
    events,
    link,
    mail,
    plain,
    quoted,
    reply_address,
    standing,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Its border says who is genuine."""
    with corners(tmp_path_factory.mktemp("identity"), 70) as running:
        yield running


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Nobody says who is genuine: a signed address and a From are all there is."""
    with corners(tmp_path_factory.mktemp("trusting"), 30, checks=False) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


# --- D04: an order in somebody else's name --------------------------------------------------------------------------


def _forged(corner: Corner, ticket: Opened, carrier: str, verdict: str, form: str) -> str:
    """A mail in Nina's name with the order to close; its name in the spool."""
    address, subject, fields = corner.address, "Printer", [verdict.replace("{nina}", corner.nina)] if verdict else []
    match carrier:
        case "the subject":
            subject = f"Re: [Ticket#{ticket.number}] Printer"
        case "the customer's message-id":
            fields.append(f"In-Reply-To: {ticket.message_id}")
        case "our message-id":
            fields.append(f"In-Reply-To: {ticket.notice.header('Message-ID')}")
        case "her signed address":
            address = reply_address(ticket.notice)
        case "the address of her button":
            address = link(ticket.notice, "Close")
        case "Kim's signed address":
            address = reply_address(ticket.kims_notice)
        case "the customer's signed address":
            address = reply_address(ticket.acknowledgement)
    html = {"html": "<html><body><p>#close</p></body></html>", "divs": "<div>#close<br></div><div>Bye</div>"}.get(
        form, ""
    )
    text = {"text": "#close", "and words": "#close\nIt is done.", "slash": "/close\n"}.get(form, "#close")
    content = mail(f"Nina Costa <{corner.nina}>", address, subject, text, html=html, fields=fields)
    return corner.post(content, sender=corner.nina, to=[address], border=bool(verdict))


NOT_PROVEN = {
    "nothing said": "",
    "dmarc=fail": checked("dmarc=fail", "x@staff.example"),
    "spf=fail": "Authentication-Results: mx.example.test; spf=fail smtp.mailfrom={nina}",
    "dmarc=none": checked("dmarc=none", "x@staff.example"),
    "a stranger's word": checked("dmarc=pass", "x@staff.example").replace("mx.example.test", "mx.evil.example"),
    "passed for another domain": "Authentication-Results: mx.example.test; dkim=pass header.d=evil.example; "
    "spf=pass smtp.mailfrom=evil.example",
    "a word from below the border": "Received: from a by mx.evil.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
    + checked("dmarc=pass", "x@staff.example"),
}
CARRIERS = (
    "the subject",
    "the customer's message-id",
    "our message-id",
    "her signed address",
    "the address of her button",
    "Kim's signed address",
    "the customer's signed address",
)
_CASES = [(carrier, "nothing said", "text") for carrier in CARRIERS]
_CASES += [("her signed address", verdict, "text") for verdict in NOT_PROVEN if verdict != "nothing said"]
_CASES += [("her signed address", "dmarc=fail", form) for form in ("html", "divs", "and words", "slash")]
_CASES += [("the subject", "nothing said", form) for form in ("html", "divs", "and words")]
_CASES += [("the address of her button", verdict, "and words") for verdict in ("dmarc=fail", "spf=fail")]


@pytest.mark.parametrize(("carrier", "verdict", "form"), _CASES)
def test_d04_an_order_that_is_not_proven_to_be_hers_changes_nothing(
    corner: Corner, carrier: str, verdict: str, form: str
) -> None:
    ticket = corner.open()
    before, ana_got, nina_got = (
        corner.ticket(ticket.number),
        len(corner.to(corner.person("ana"))),
        len(corner.to(corner.nina)),
    )
    name = _forged(corner, ticket, carrier, NOT_PROVEN[verdict].replace("{nina}", corner.nina), form)
    after = corner.ticket(ticket.number)
    assert standing(after) == standing(before)
    assert len(corner.to(corner.person("ana"))) == ana_got, "the customer hears nothing of it"
    assert corner.spooled(name)["ticket"] == ticket.number
    article = corner.article(name)
    assert (article["verified"], article["visibility"]) == (False, "internal")
    assert "close" in article["text"]
    assert events(after, "agent.unproven") or events(after, "sender.doubted"), "the history warns"
    assert len(corner.to(corner.nina)) == nina_got + 1, "she is told where she is registered, once"


@pytest.mark.parametrize(
    ("carrier", "form"),
    [
        ("the subject", "text"),
        ("the subject", "html"),
        ("the customer's message-id", "and words"),
        ("our message-id", "text"),
        ("Kim's signed address", "text"),
    ],
)
def test_d04_where_nobody_checks_the_sender_her_name_alone_orders_nothing(
    trusting: Corners, carrier: str, form: str
) -> None:
    corner = trusting.corner()
    ticket = corner.open()
    before, nina_got = corner.ticket(ticket.number), len(corner.to(corner.nina))
    name = _forged(corner, ticket, carrier, "", form)
    after = corner.ticket(ticket.number)
    assert standing(after) == standing(before)
    assert corner.article(name)["verified"] is False
    assert events(after, "agent.unproven")
    assert len(corner.to(corner.nina)) == nina_got + 1


@pytest.mark.parametrize("form", ["text", "html", "and words", "slash"])
def test_d04_her_own_proven_order_counts(corner: Corner, form: str) -> None:
    """What the others lack: without it they would prove nothing."""
    ticket = corner.open()
    _forged(corner, ticket, "her signed address", checked("dmarc=pass", corner.nina), form)
    assert corner.ticket(ticket.number)["state"] == "closed"


# --- D05: what she quotes is not what she says ----------------------------------------------------------------------

ORDERING = "#close\n#spam\nI am the customer and I want this closed."
NOTES = {
    "quoted below": lambda notice: (
        f"#note\nHe is difficult.\n\nOn Monday, 22 November 2026, Ana wrote:\n{quoted(plain(notice))}\n"
    ),
    "quoted without an attribution": lambda notice: f"#note\nHe is difficult.\n\n{quoted(plain(notice))}\n",
    "after blank lines, in capitals": lambda notice: f"\n\n  #NOTE  \nHe is difficult.\n\n{quoted(plain(notice))}\n",
    "as Outlook quotes": lambda notice: (
        "#note\nHe is difficult.\n\n-----Original Message-----\nFrom: Ana via C1 <c1@example.test>\n"
        f"Sent: Monday, 22 November 2026 10:00\nTo: Nina Costa\nSubject: Printer\n\n{plain(notice)}\n"
    ),
    "orders below her words": lambda notice: f"#note\nHe is difficult, he wrote:\n{ORDERING}\n",
    "orders below her signature": lambda notice: f"#note\nHe is difficult.\n-- \nNina\n{ORDERING}\n",
}
_HTML_NOTES = {
    "Gmail": '<div dir="ltr">#note<br>He is difficult.</div><br><div class="gmail_quote"><div class="gmail_attr">'
    "On Mon, 22 Nov 2026 Ana wrote:<br></div><blockquote>#close<br>#spam<br>I want this closed.</blockquote></div>",
    "Apple": "<div>#note</div><div>He is difficult.</div><div><br><blockquote type='cite'><div>"
    "On 22 Nov 2026, at 10:00, Ana wrote:</div><div>#close</div></blockquote></div>",
    "hidden orders": '<p>#note</p><p>He is difficult.</p><p style="display:none">#close</p>'
    '<p style="font-size:0">#spam</p>',
}


def _is_a_note_and_no_more(corner: Corner, ticket: Opened, name: str, ana_got: int) -> None:
    after = corner.ticket(ticket.number)
    assert after["state"] in ("new", "open")
    assert after["tags"] == []
    article = corner.article(name)
    assert (article["sender_type"], article["visibility"], article["verified"]) == ("agent", "internal", True)
    assert "He is difficult" in article["new_text"]
    assert len(corner.to(corner.person("ana"))) == ana_got, "the customer gets nothing"


@pytest.mark.parametrize("form", NOTES)
def test_d05_a_note_that_quotes_orders_is_a_note_and_no_more(corner: Corner, form: str) -> None:
    ticket = corner.open(text=ORDERING)
    name = corner.answer(ticket.notice, NOTES[form](ticket.notice))
    _is_a_note_and_no_more(corner, ticket, name, 1)


@pytest.mark.parametrize("form", _HTML_NOTES)
def test_d05_a_note_in_html_that_quotes_orders_is_a_note_and_no_more(corner: Corner, form: str) -> None:
    ticket = corner.open(text=ORDERING)
    name = corner.answer(ticket.notice, html=f"<html><body>{_HTML_NOTES[form]}</body></html>")
    _is_a_note_and_no_more(corner, ticket, name, 1)


@pytest.mark.parametrize("form", ["quoted below", "as Outlook quotes", "quoted without an attribution"])
def test_d05_a_note_by_its_address_that_quotes_orders_is_a_note_and_no_more(corner: Corner, form: str) -> None:
    ticket = corner.open(text=ORDERING)
    text = NOTES[form](ticket.notice).replace("#note\n", "")
    name = corner.answer(ticket.notice, text, to=link(ticket.notice, "Note"))
    _is_a_note_and_no_more(corner, ticket, name, 1)


@pytest.mark.parametrize("text", ["#close", "#note\n#close\nbye", "#cc spy@evil.example", "/spam"])
def test_d05_a_customers_orders_are_words(corner: Corner, text: str) -> None:
    ticket = corner.open()
    before = corner.ticket(ticket.number)
    address, ana = reply_address(ticket.acknowledgement), corner.person("ana")
    name = corner.post(
        mail(ana, address, "Printer", text, fields=[checked("dmarc=pass", ana)]), sender=ana, to=[address], border=True
    )
    assert standing(corner.ticket(ticket.number)) == standing(before)
    assert corner.article(name)["text"].strip() == text


# --- D22: a name that is not an address -----------------------------------------------------------------------------

SPOOFED = {
    "her address as a name": '"{nina}" <{mallory}>',
    "her address as a name without quotes": "{nina} <{mallory}>",
    "her name": "Nina Costa <{mallory}>",
    "her address as an encoded name": "=?utf-8?q?{nina}?= <{mallory}>",
    "her address in a comment": "{mallory} ({nina})",
    "her address first of two": "{nina}, {mallory}",
    "her address last of two": "{mallory}, {nina}",
    "a group": "agents: {nina};",
    "an unclosed name": '"{nina} <{mallory}>',
    "a parenthesis": "{nina}){mallory}",
    "two brackets": "<{nina}> <{mallory}>",
    "her domain as a host of his": "nina@{staff}.evil.example",
    "her local part beyond ASCII": "nin\u0430@{staff}",
    "a subaddress of hers": "nina+x@{staff}",
    "another at-sign": "{nina}@evil.example",
    "her quoted local part and more": '"nina\\"@{staff}"@evil.example',
}
SECOND_FROM = {
    "two From fields, hers first": ("{nina}", ["From: {mallory}"], False),
    "two From fields, hers last": ("{mallory}", ["From: {nina}"], False),
    "two From fields, both hers": ("{nina}", ["From: Nina <{nina}>"], False),
    "hers in Sender": ("{mallory}", ["Sender: {nina}"], True),
    "hers in Resent-From and Reply-To": ("{mallory}", ["Resent-From: {nina}", "Reply-To: {nina}"], True),
    "hers in X-Original-From": ("{mallory}", ["X-Original-From: {nina}"], True),
}


def _tried(corner: Corner, ticket: Opened, author: str, fields: list[str]) -> tuple[str, str]:
    """Mallory, whom our border vouches for, has Nina's signed address and writes as `author`: mail and address."""
    mallory = corner.person("mallory")
    names = {"nina": corner.nina, "mallory": mallory, "staff": corner.nina.partition("@")[2]}
    said = checked("dmarc=pass", mallory)
    filled = [each.format(**names) for each in fields]
    address = reply_address(ticket.notice)
    content = mail(author.format(**names), address, "Printer", "#close\nGood bye.", fields=[said, *filled])
    return corner.post(content, sender=mallory, to=[address], border=True), mallory


def _is_not_taken_for_her(corner: Corner, author: str, fields: list[str]) -> tuple[str, str]:
    """Try it; what Nina is told of it, and Mallory's address."""
    ticket = corner.open()
    before, nina_got = corner.ticket(ticket.number), len(corner.to(corner.nina))
    name, mallory = _tried(corner, ticket, author, fields)
    assert standing(corner.ticket(ticket.number)) == standing(before)
    article = corner.article(name)
    assert article["verified"] is False
    assert article["sender_type"] != "agent"
    assert len(corner.to(corner.person("ana"))) == 1, "the customer hears nothing of it"
    told = corner.to(corner.nina)[nina_got:]
    assert told, "she hears of it"
    return "\n".join(plain(each) for each in told), mallory


@pytest.mark.parametrize("spelling", SPOOFED)
def test_d22_a_name_that_looks_like_an_agents_address_is_not_hers(trusting: Corners, spelling: str) -> None:
    """Where nobody checks senders her name is the only hurdle: the signed address is stolen."""
    told, mallory = _is_not_taken_for_her(trusting.corner(), SPOOFED[spelling], [])
    assert mallory in told or re.search("evil.example|ambiguous|not registered as one of yours", told), told


@pytest.mark.parametrize("spelling", SECOND_FROM)
def test_d22_an_agents_address_beside_another_is_not_hers(trusting: Corners, spelling: str) -> None:
    author, fields, single = SECOND_FROM[spelling]
    told, mallory = _is_not_taken_for_her(trusting.corner(), author, fields)
    assert mallory in told or (not single and "ambiguous" in told), told


@pytest.mark.parametrize("spelling", ["her address as a name", "her name", "her address in a comment"])
def test_d22_that_he_is_genuine_does_not_make_him_her(corner: Corner, spelling: str) -> None:
    told, mallory = _is_not_taken_for_her(corner, SPOOFED[spelling], [])
    assert mallory in told


@pytest.mark.parametrize("spelling", ["two From fields, hers first", "two From fields, both hers", "hers in Sender"])
def test_d22_that_one_of_two_is_genuine_makes_him_nobody(corner: Corner, spelling: str) -> None:
    author, fields, _ = SECOND_FROM[spelling]
    _is_not_taken_for_her(corner, author, fields)


@pytest.mark.parametrize("spelling", ["her address as a name", "her address first of two", "a group"])
def test_d22_a_new_request_in_an_ambiguous_name_is_told_with_the_real_address(corner: Corner, spelling: str) -> None:
    mallory = corner.person("mallory")
    author = SPOOFED[spelling].format(nina=corner.nina, mallory=mallory, staff="x")
    corner.post(mail(author, corner.address, "Urgent", "#assign kim\nPay this."), sender=mallory)
    shown = corner.only_ticket()
    assert shown["owner"] is None
    assert shown["articles"][0]["sender_type"] == "customer"
    (notice,) = corner.to(corner.kim)
    assert mallory in plain(notice) or "ambiguous" in plain(notice)
