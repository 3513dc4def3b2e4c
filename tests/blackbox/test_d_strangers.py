"""Strangers on somebody's ticket, and guessed addresses (spec/safety.md D01, D03): they learn and change nothing."""

import itertools
import socket
from collections.abc import Callable, Iterator

import pytest

from tests.support.corners import (
    Corner,
    Corners,
    Opened,
    checked,
    corners,
    everything,
    mail,
    plain,
    reply_address,
)
from tests.support.smtp import Session

SECRET = "My contract number is 90210-KL."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Its border says who is genuine."""
    with corners(tmp_path_factory.mktemp("strangers"), 45) as running:
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
