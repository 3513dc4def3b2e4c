"""Who may do what on a ticket (spec/safety.md D01, D03 to D05, D22): a number, a name, an old mail permit nothing."""

import itertools
import re
import socket
from collections.abc import Callable, Iterator

import pytest

from tests.support.corners import (
    Corner,
    Corners,
    Opened,
    checked,
    corners,
    events,
    everything,
    link,
    mail,
    plain,
    quoted,
    reply_address,
    standing,
)
from tests.support.smtp import Session

SECRET = "My contract number is 90210-KL."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Its border says who is genuine."""
    with corners(tmp_path_factory.mktemp("identity"), 140) as running:
        yield running


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Nobody says who is genuine: a signed address and a From are all there is."""
    with corners(tmp_path_factory.mktemp("trusting"), 10, checks=False) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


# --- D01: a stranger with the number of somebody's ticket -----------------------------------------------------------

STRANGERS_EVIDENCE: dict[str, Callable[[Opened], tuple[str, list[str], str]]] = {
    "the subject": lambda ticket: (f"Re: [Ticket#{ticket.number}] Printer", [], ""),
    "the subject between other words": lambda ticket: (f"FWD:[Ticket#{ticket.number}]urgent", [], ""),
    "the customer's message-id": lambda ticket: ("Printer", [f"In-Reply-To: {ticket.message_id}"], ""),
    "our message-id": lambda ticket: (
        "Printer",
        [f"References: <x@y.example> {ticket.acknowledgement.header('Message-ID')}"],
        "",
    ),
    "the customer's reply address": lambda ticket: ("Printer", [], reply_address(ticket.acknowledgement)),
    "the agent's reply address": lambda ticket: ("Printer", [], reply_address(ticket.notice)),
}


@pytest.mark.parametrize("evidence", STRANGERS_EVIDENCE)
@pytest.mark.parametrize("verdict", ["", "dmarc=pass"])
def test_d01_a_stranger_on_a_ticket_learns_nothing_and_brings_nobody_in(
    corner: Corner, evidence: str, verdict: str
) -> None:
    alice, mallory, spy = corner.person("alice"), corner.person("mallory"), corner.person("spy")
    ticket = corner.open(alice, SECRET)
    subject, fields, address = STRANGERS_EVIDENCE[evidence](ticket)
    if verdict:
        fields = [checked(verdict, mallory), *fields]
    content = mail(mallory, address or corner.address, subject, "Send me all of it.", fields=[*fields, f"Cc: {spy}"])
    name = corner.post(content, sender=mallory, to=[address or corner.address], border=True)

    filed = corner.spooled(name)
    if filed["ticket"] == ticket.number and evidence != "the customer's reply address":
        assert corner.article(name)["verified"] is False
    corner.answer(ticket.notice, "Dear Alice, your contract is fine.")

    shown = corner.ticket(ticket.number)
    assert shown["participants"] == [alice]
    answers = [each for each in corner.sent() if "your contract is fine" in plain(each)]
    assert {path for each in answers for path in each.forward_paths} & {mallory, spy} == set()
    assert any(each.forward_paths == (alice,) for each in answers)
    assert corner.to(spy) == []
    assert all(SECRET not in everything(each) and "90210" not in everything(each) for each in corner.to(mallory))


@pytest.mark.parametrize("evidence", ["our message-id", "the customer's message-id", "the agent's reply address"])
def test_d01_a_strangers_words_are_not_sent_to_the_customer(corner: Corner, evidence: str) -> None:
    alice, mallory = corner.person("alice"), corner.person("mallory")
    ticket = corner.open(alice, SECRET)
    subject, fields, address = STRANGERS_EVIDENCE[evidence](ticket)
    content = mail(mallory, address or corner.address, subject, "Pay to my account XY.", fields=fields)
    corner.post(content, sender=mallory, to=[address or corner.address])
    corner.answer(corner.to(corner.nina)[-1], "Dear Alice, all is well.", to=reply_address(ticket.notice))
    (answer,) = [each for each in corner.to(alice) if "all is well" in plain(each)]
    assert answer.header("In-Reply-To") == ticket.message_id
    assert "account XY" not in everything(answer)
    assert mallory not in everything(answer)


def test_d01_an_answer_to_the_notification_of_a_strangers_mail_goes_to_the_customer_alone(corner: Corner) -> None:
    alice, mallory, spy = corner.person("alice"), corner.person("mallory"), corner.person("spy")
    ticket = corner.open(alice, SECRET)
    told = len(corner.to(corner.nina))
    fields = [f"In-Reply-To: {ticket.message_id}", f"Cc: {spy}"]
    corner.write(mallory, text="Tell me more.", fields=fields)
    (notice,) = corner.to(corner.nina)[told:]
    assert mallory in plain(notice), "she sees who wrote"
    corner.answer(notice, "#reply\nWe sent it to your address, Alice.")
    assert [each.forward_paths for each in corner.sent() if "We sent it to your address" in plain(each)] == [(alice,)]
    assert corner.to(mallory) == corner.to(spy) == []


# --- D03: guessed addresses -----------------------------------------------------------------------------------------


def _greeting(port: int, source: str) -> int:
    with socket.create_connection(("127.0.0.1", port), 30, source_address=(source, 0)) as connection:
        return int(connection.makefile("rb").readline()[:3])


def _guess(spelling: str, ticket: Opened, other: Opened, number: int) -> str:
    """A reply address of the ticket that we never made; `number` makes it another one each time."""
    local, _, domain = reply_address(ticket.notice).partition("@")
    base, _, token = local.partition("+")
    shown, party, revision, mac = token.split(".")
    digits = "abcdefghijklmnopqrstuvwxyz234567"
    end = digits[number // 32 % 32] + digits[number % 32]
    changed = {
        "any mac": (shown, "ra", "1", f"a{end * 8}"),
        "the last letters of the mac": (shown, party, revision, mac[:-2] + end),
        "another revision": (shown, party, str(int(revision) + 1 + number), mac),
        "another party": (shown, f"r{end}", revision, mac),
        "another ticket": (other.number, party, revision, mac),
        "another purpose": (shown, "ntcxyb"[number % 6] + party[1:], revision, mac),
        "another key": (shown, party, revision, digits[1 + number % 25] + mac[1:]),
        "an unknown number": (str(10_000 + number), party, revision, mac),
    }[spelling]
    return f"{base}+{'.'.join(changed)}@{domain}"


SPELLINGS = (
    "any mac",
    "the last letters of the mac",
    "another revision",
    "another party",
    "another ticket",
    "another purpose",
    "another key",
    "an unknown number",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_d03_guessed_addresses_are_refused_and_the_peer_is_cut_off(corner: Corner, spelling: str) -> None:
    ticket, other = corner.open(), corner.open(corner.person("ben"))
    source = f"127.0.1.{SPELLINGS.index(spelling) + 2}"
    before = corner.ticket(ticket.number)
    codes = []
    with Session(corner.desk.port, source=source) as session:
        session.command("MAIL FROM:<mallory@evil.example>")
        for number in range(21):
            codes.append(session.command(f"RCPT TO:<{_guess(spelling, ticket, other, number)}>").code)
    assert codes == [550] * 20 + [421]
    assert _greeting(corner.desk.port, source) == 421, "shut out for ten minutes, whatever he asks"
    assert _greeting(corner.desk.port, "127.0.1.1") == 220, "and nobody else"
    assert corner.ticket(ticket.number) == before


def test_d03_a_thousand_guesses_find_nothing_and_disturb_nobody(corner: Corner) -> None:
    ticket = corner.open()
    before, taken = corner.ticket(ticket.number), len(corner.desk.cli("spool", "list"))
    codes: list[int] = []
    while len(codes) < 1000:
        source = f"127.0.2.{2 + len(codes) // 200}"
        try:
            with Session(corner.desk.port, source=source) as session:
                code = session.command("MAIL FROM:<mallory@evil.example>").code
                while code == 250 and len(codes) < 1000:
                    codes.append(session.command(f"RCPT TO:<{_guess('any mac', ticket, ticket, len(codes))}>").code)
                    code = 250 if codes[-1] == 550 else codes[-1]
        except ConnectionError:
            codes.append(421)
    assert set(codes) == {550, 421}
    assert codes.count(550) == 5 * 20, "each of five peers had twenty tries"
    assert corner.ticket(ticket.number) == before
    assert len(corner.desk.cli("spool", "list")) == taken
    corner.write(corner.person("ana"), text="And the scanner?", fields=[f"In-Reply-To: {ticket.message_id}"])
    assert len(corner.ticket(ticket.number)["articles"]) == len(before["articles"]) + 1


FORMS = """
{n}.r0.1.a7kq2mzp4xw3tbq6e {n}.rn7.1.a0189mzp4xw3tbq6e {n}.rn7.1.a7kq2mzp4xw3tbq6 {n}.rn7.1.a7kq2mzp4xw3tbq6ee
{n}.sn7.1.a7kq2mzp4xw3tbq6e {n}.rn7.x.a7kq2mzp4xw3tbq6e {n}.rn7.1. {n}..1.a7kq2mzp4xw3tbq6e {n}.rn7.1.a7kq.2mzp4xw3tbq6e
""".split()


def test_d03_what_only_looks_like_a_signed_address_is_a_guess_too(corner: Corner) -> None:
    ticket = corner.open()
    with Session(corner.desk.port) as session:
        session.command("MAIL FROM:<mallory@evil.example>")
        for form in FORMS:
            reply = session.command(f"RCPT TO:<{corner.name}+{form.format(n=ticket.number)}@example.test>")
            assert reply.code == 550, form
        for plus in ("sales", "2026", "big.sale"):
            assert session.command(f"RCPT TO:<{corner.name}+{plus}@example.test>").code == 250, plus


def test_d03_this_machine_and_our_own_servers_are_never_cut_off(corner: Corner) -> None:
    ticket = corner.open()
    for port, source in ((corner.desk.port, "127.0.0.1"), (corner.desk.border, "127.0.0.9")):
        with Session(port, source=source) as session:
            session.command("MAIL FROM:<relayed@elsewhere.example>")
            guesses = [_guess("any mac", ticket, ticket, number) for number in range(30)]
            assert {session.command(f"RCPT TO:<{each}>").code for each in guesses} == {550}
            assert session.command(f"RCPT TO:<{corner.address}>").code == 250


@pytest.mark.parametrize("respelled", [str.upper, str.lower, str.swapcase])
def test_d03_the_true_address_is_taken_in_any_case(corner: Corner, respelled: Callable[[str], str]) -> None:
    ticket = corner.open()
    address = respelled(reply_address(ticket.acknowledgement))
    ana = corner.person("ana")
    name = corner.post(mail(ana, address, "No number", "More smoke."), sender=ana, to=[address], source="127.0.3.1")
    assert corner.spooled(name)["ticket"] == ticket.number


@pytest.mark.parametrize(("spelling", "field"), list(zip(SPELLINGS, itertools.cycle(("To", "Cc")), strict=False)))
def test_d03_a_guessed_address_in_the_mail_itself_is_no_evidence(corner: Corner, spelling: str, field: str) -> None:
    """As mail comes by IMAP, where nobody asked at RCPT."""
    ticket, other = corner.open(), corner.open(corner.person("ben"))
    guess = _guess(spelling, ticket, other, 7)
    ana = corner.person("ana")
    content = mail(
        ana, corner.address if field == "Cc" else guess, "Hello", "?", fields=[f"{field}: {guess}"][: field == "Cc"]
    )
    name = corner.post(content, sender=ana)
    assert corner.spooled(name)["ticket"] not in (ticket.number, other.number)


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


FAILED = "Authentication-Results: mx.example.test; dmarc=fail header.from=x"
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
    mallory = corner.person("mallory")
    names = {"nina": corner.nina, "mallory": mallory, "staff": corner.nina.partition("@")[2]}
    said = checked("dmarc=pass", mallory)
    filled = [each.format(**names) for each in fields]
    address = reply_address(ticket.notice)
    content = mail(author.format(**names), address, "Printer", "#close\nGood bye.", fields=[said, *filled])
    return corner.post(content, sender=mallory, to=[address], border=True), mallory


def _is_not_taken_for_her(corner: Corner, ticket: Opened, name: str, before: dict[str, object], nina_got: int) -> str:
    after = corner.ticket(ticket.number)
    assert standing(after) == standing(before)
    article = corner.article(name)
    assert article["verified"] is False
    assert article["sender_type"] != "agent"
    assert len(corner.to(corner.person("ana"))) == 1, "the customer hears nothing of it"
    told = corner.to(corner.nina)[nina_got:]
    assert told, "she hears of it"
    return "\n".join(plain(each) for each in told)


@pytest.mark.parametrize("spelling", SPOOFED)
def test_d22_a_name_that_looks_like_an_agents_address_is_not_hers(corner: Corner, spelling: str) -> None:
    ticket = corner.open()
    before, nina_got = corner.ticket(ticket.number), len(corner.to(corner.nina))
    name, mallory = _tried(corner, ticket, SPOOFED[spelling], [])
    told = _is_not_taken_for_her(corner, ticket, name, before, nina_got)
    assert mallory in told or re.search("evil.example|ambiguous|not registered as one of yours", told), told


@pytest.mark.parametrize("spelling", SECOND_FROM)
def test_d22_an_agents_address_beside_another_is_not_hers(corner: Corner, spelling: str) -> None:
    ticket = corner.open()
    before, nina_got = corner.ticket(ticket.number), len(corner.to(corner.nina))
    author, fields, single = SECOND_FROM[spelling]
    name, mallory = _tried(corner, ticket, author, fields)
    told = _is_not_taken_for_her(corner, ticket, name, before, nina_got)
    assert mallory in told if single else "ambiguous" in told, told


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
