"""Real programs at every end: people with mutt and s-nail, their mailboxes in Dovecot, Postfix in between, our desk.

Ana is the customer, Nina the agent. Both write through Postfix, which brings the desk's mail to our SMTP door, and is
our smarthost. What they get is read by IMAP.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.blackbox.conftest import Desk, need
from tests.support.account import Account
from tests.support.daemon import Daemon
from tests.support.dovecot import PASSWORD, Dovecot, dovecot
from tests.support.eventually import eventually
from tests.support.mutt import Mutt
from tests.support.postfix import Postfix, postfix
from tests.support.s_nail import SNail
from tests.support.sink_process import Sink

SUPPORT = "support@example.test"
ANA, NINA = "ana@acme.example", "nina@staff.example"
ANYBODY = f"passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n"
PRIVATE = (b"staff.example", b"nina-laptop", b"mutt/", b"s-nail", b"for agents only", b"#tag", b"#close")
SIGNED = re.compile(rb"\+\d+\.[a-z][a-z2-7]+\.\d+\.[a-z][a-z2-7]{16}@", re.IGNORECASE)


class Person(Protocol):
    """Somebody at a mail client."""

    def write(self, to: str, subject: str, words: str, files: Sequence[Path] = ()) -> None: ...
    def answer(self, message_id: str, words: str, files: Sequence[Path] = ()) -> None: ...


Client = Callable[[Path, Account], Person]


@dataclass(frozen=True, slots=True)
class Office:
    """The servers, and where people keep their files."""

    imap: Dovecot
    mx: Postfix
    daemon: Daemon
    home: Path

    def account(self, name: str, address: str) -> Account:
        return Account(address.partition("@")[0], name, address, PASSWORD, self.imap.port, self.mx.port)

    def person(self, client: Client, name: str, address: str) -> Person:
        account = self.account(name, address)
        return client(self.home / account.user, account)

    def awaited(self, user: str, field: str, text: str, count: int = 1) -> bytes:
        """The newest mail of an INBOX with this text in this field, once there are `count`."""
        found: list[bytes] = []

        def arrived() -> bool:
            mails = self.imap.mails(user=user)
            found[:] = (mail for mail in mails if text in str(read(mail)[field] or ""))
            return len(found) >= count

        assert eventually(arrived), f"{user}: {field}: {text}\n{self.mx.log()[-4000:]}\n{self.daemon.log()[-2000:]}"
        assert len(found) == count
        return found[-1]

    def answered(self, count: int = 1) -> bytes:
        """Ana's copy of Nina's newest answer."""
        return self.awaited("ana", "From", "Nina Costa via Support", count)

    def told(self, event: str, count: int = 1) -> bytes:
        """The newest notification of this kind that Nina has."""
        return self.awaited("nina", "X-Mailgate-Event", event, count)

    def ticket(self) -> dict[str, Any]:
        """The only ticket there is."""
        (row,) = self.daemon.cli("ticket", "list")
        shown: dict[str, Any] = self.daemon.cli("ticket", "show", row["number"])
        return shown


@contextmanager
def opened(desk: Desk, home: Path, **relayed: int) -> Iterator[Office]:
    """An office where Ana and Nina have mailboxes; `relayed`: ports of others, by the first word of their domain."""
    with dovecot(ANYBODY) as imap, postfix() as mx:
        daemon = desk(smarthost=mx.port, options={"out": {"delay": "0s"}}, started=False)
        mx.start(
            maildirs=imap.home / "mail",
            mailboxes={ANA: "ana", NINA: "nina"},
            relayed={"example.test": daemon.port} | {f"{name}.example": port for name, port in relayed.items()},
        )
        daemon.start()
        yield Office(imap, mx, daemon, home)


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Iterator[Office]:
    with opened(desk, tmp_path) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files with every octet in them."""
    scan, invoice = tmp_path / "scan.bin", tmp_path / "invoice-4712.bin"
    scan.write_bytes(bytes(range(256)) * 40)
    invoice.write_bytes(bytes(range(255, -1, -1)) * 40)
    return scan, invoice


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def name_of(raw: bytes) -> str:
    return str(read(raw)["Message-ID"])


def text_of(raw: bytes) -> str:
    part = read(raw).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def octets(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def attached(raw: bytes) -> dict[str | None, bytes]:
    return {part.get_filename(): octets(part) for part in read(raw).iter_attachments()}


def everything(raw: bytes) -> bytes:
    """The mail as it is, and all its parts decoded, in lower case."""
    return b"\n".join((raw, *(octets(part) for part in read(raw).walk() if not part.is_multipart()))).lower()


def names(raw: bytes) -> set[str]:
    """The Message-IDs that a mail knows: its own and its ancestors'."""
    fields = (str(read(raw)[field] or "") for field in ("Message-ID", "In-Reply-To", "References"))
    return set(re.findall(r"<[^<>\s]+>", " ".join(fields)))


def threads(mails: list[bytes]) -> list[set[str]]:
    """The Message-IDs of each connected part of the graph that In-Reply-To and References make."""
    found: list[set[str]] = []
    for known in map(names, mails):
        joined = [each for each in found if each & known]
        found = [each for each in found if not each & known] + [known.union(*joined)]
    return found


@pytest.mark.parametrize(("program", "client"), [("mutt", Mutt), ("s-nail", SNail)])
def test_an_agent_answers_from_her_own_client(
    program: str, client: Client, office: Office, files: tuple[Path, Path]
) -> None:
    need(program)
    scan, invoice = files
    ana, nina = office.person(client, "Ana Silva", ANA), office.person(client, "Nina Costa", NINA)

    ana.write(SUPPORT, "Invoice 4711 is wrong", "Hello,\n\nit lists two licences, we have one.\n\nAna", [scan])
    notified = office.told("agent_new")
    assert text_of(notified).startswith("Hello,\n\nit lists two licences, we have one.")
    assert attached(notified) == {"scan.bin": scan.read_bytes()}

    nina.answer(name_of(notified), "#tag vip\n\nHello Ana,\n\nhere is a better one.\n\nNina", [invoice])
    copy = office.answered()
    assert text_of(copy).startswith("Hello Ana,\n\nhere is a better one.\n\nNina\n")
    assert attached(copy) == {"invoice-4712.bin": invoice.read_bytes()}
    assert_nothing_private(copy)

    ana.answer(name_of(copy), "That one is empty.\n\nAna")
    notified = office.told("agent_followup")
    assert text_of(notified).startswith("That one is empty.\n\nAna\n")

    nina.answer(name_of(notified), "#close\nNow it is right: see page 2.")
    copy = office.answered(2)
    assert text_of(copy).startswith("Now it is right: see page 2.\n")
    assert_nothing_private(copy)

    ticket = office.ticket()
    assert (ticket["state"], ticket["owner"], ticket["tags"]) == ("closed", "nina", ["vip"])
    office.told("command_result", 2)
    assert_one_thread(office, "Ana Silva", ANA, mails=3)
    assert_one_thread(office, "Nina Costa", NINA, mails=4)


def assert_nothing_private(copy: bytes) -> None:
    """The customer sees the desk and the agent's name: not her address, machine or program, nor what she was told."""
    head, said = read(copy), everything(copy)
    assert str(head["From"]) == f"Nina Costa via Support <{SUPPORT}>"
    assert (head["User-Agent"], head["X-Mailer"]) == (None, None)
    assert len(head.get_all("Received", [])) == 1, "from us to Postfix; before that, it was another mail"
    for private in PRIVATE:
        assert private not in said
    assert set(SIGNED.findall(said)) == set(
        SIGNED.findall(f"{head['Reply-To']} {head['Return-Path']}".lower().encode())
    )


def assert_one_thread(office: Office, name: str, address: str, mails: int) -> None:
    """By Message-ID, In-Reply-To and References alone, as any client sees it, and as mutt shows it."""
    account = office.account(name, address)
    inbox, sent = (office.imap.mails(folder, account.user) for folder in ("INBOX", "Sent"))
    assert len(inbox) == mails
    (thread,) = threads(inbox + sent)
    assert thread == {name_of(mail) for mail in inbox + sent}, "every ancestor is there to be seen"
    assert len(threads(inbox)) == 1, "one thread even where the sent mail lies elsewhere"
    need("mutt")
    shown = Mutt(office.home / f"{account.user}-looks", account).thread(name_of(inbox[-1]))
    assert shown == {name_of(mail) for mail in inbox}


def test_an_answer_that_the_smarthost_refuses_reopens_the_ticket(office: Office) -> None:
    need("mutt")
    ghost = office.person(Mutt, "Gus Host", "ghost@acme.example")
    nina = office.person(Mutt, "Nina Costa", NINA)
    ghost.write(SUPPORT, "Invoice 4711", "It is wrong.")
    nina.answer(name_of(office.told("agent_new")), "#close\nWe sent a better one.")
    held = office.told("agent_held")  # the acknowledgement came back: nothing reaches him, and she is asked
    assert "Mail to ghost@acme.example came back" in text_of(held)
    nina.answer(name_of(held), "#send")
    failed = office.told("delivery_failed")
    assert "Your answer did not reach ghost@acme.example. The ticket is open again." in text_of(failed)
    assert "The address does not exist." in text_of(failed)
    assert "550 5.1.1 <ghost@acme.example>" in text_of(failed)
    assert "We sent a better one." in text_of(failed)
    assert office.ticket()["state"] == "open"


def test_a_bounce_of_postfix_reopens_the_ticket_and_tells_who_answered_and_nobody_answers_it(
    desk: Desk, tmp_path: Path
) -> None:
    need("mutt")
    with Sink(lambda _: b"550 5.1.1 No such user here") as far, opened(desk, tmp_path, far=far.port) as office:
        gus, nina = office.person(Mutt, "Gus Host", "gus@far.example"), office.person(Mutt, "Nina Costa", NINA)
        gus.write(SUPPORT, "Invoice 4711", "It is wrong.")
        nina.answer(name_of(office.told("agent_new")), "#close\nWe sent a better one.")

        assert eventually(lambda: "sender non-delivery notification" in office.mx.log() and not office.mx.queued())
        office.daemon.settle(delivered=True)
        outcomes = [(row["outcome"], row["ticket"]) for row in office.daemon.cli("spool", "list")]
        assert outcomes == [("article", "1"), ("article", "1"), ("bounce", "1")]
        failed = office.told("delivery_failed")
        assert "Your answer did not reach gus@far.example. The ticket is open again." in text_of(failed)
        assert office.ticket()["state"] == "open"
        assert {row["to"] for row in office.daemon.cli("outbox", "list")} == {"gus@far.example", NINA}
