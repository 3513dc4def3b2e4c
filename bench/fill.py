"""A desk with a past: tickets written through the store, as the processor writes them, only without reading mails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TextIO

import sqlalchemy as sa

from mailgate.decision.effects import AppendArticle, Done, OpenTicket
from mailgate.decision.plan import NewArticle, Outcome, Plan
from mailgate.ids import SeededIds
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.message import Identity, Mailbox
from mailgate.store import counters, spool
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.lead import take_lead
from mailgate.tickets.model import Participant, Ticket

AT_ONCE = 500
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = "invoice order delivery password printer refund contract address question broken update account".split()


def fill(database_url: str, tickets: int, progress: TextIO) -> None:
    """Write so many tickets with two articles each into an empty desk that was started once."""
    store, ids = Store(database_url), SeededIds(1)
    try:
        epoch = store.write_now(lambda c: take_lead(c, "fill", SINCE))
        numbers = store.write_now(lambda c: counters.reserve(c, "ticket", tickets))
        articles = store.write_now(lambda c: counters.reserve(c, "article", 2 * tickets))
        for start in range(0, tickets, AT_ONCE):
            batch = range(start, min(start + AT_ONCE, tickets))
            mails = store.write_now(partial(_accept, numbers=[numbers[n] for n in batch]))
            plans = [
                Prepared(_plan(numbers[n], articles[2 * n], mail, ids)) for n, mail in zip(batch, mails, strict=True)
            ]
            store.write_now(partial(apply, batch=plans, epoch=epoch, ids=ids))
            if not batch.stop % 20_000:
                print(f"  {batch.stop:,}", file=progress, flush=True)
    finally:
        store.close()


def _accept(connection: sa.Connection, numbers: list[int]) -> list[int]:
    return [spool.accept(connection, spool.pack(_submission(number))) for number in numbers]


def _text(number: int) -> str:
    return " ".join(WORDS[(number * 7 + place * place) % len(WORDS)] for place in range(40)) + f" {number}"


def _subject(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]} {number}"


def _moment(number: int) -> datetime:
    return SINCE + timedelta(minutes=5 * number)


def _author(number: int) -> Mailbox:
    return Mailbox(f"Customer {number % 50_000}", f"customer{number % 50_000}@c{number % 997}.example")


def _submission(number: int) -> Submission:
    author, at = _author(number), _moment(number)
    raw = f"From: {author}\r\nSubject: {_subject(number)}\r\n\r\n{_text(number)}\r\n".encode()
    return Submission(Envelope(author.address, ("support@example.test",), "fill", at), raw)


def _plan(number: int, first: int, mail: int, ids: SeededIds) -> Plan:
    author, at, nonce = _author(number), _moment(number), ids.nonce()
    ticket = Ticket(
        id=number,
        number=str(number),
        nonce=nonce,
        subject=_subject(number),
        queue="support",
        state="closed" if number % 20 else "open",
        priority="normal",
        owner="nina" if number % 3 else None,
        created_at=at,
        updated_at=at,
        participants=(Participant(author.address, author.name, 1, "requester"),),
        closed_at=at + timedelta(hours=3) if number % 20 else None,
        root_article=first,
        root_nonce=nonce,
        last_article=first + 1,
        last_nonce=nonce,
        articles=2,
        version=1,
    )
    asked, answered = _articles(number, first, mail, ids)
    effects = (
        Done("customer", OpenTicket("support", author.address)),
        Done("customer", AppendArticle(first, author.address, "a new request", True)),
    )
    return Plan(
        spool_id=mail,
        at=at,
        outcome=Outcome("article", number, first),
        ticket=ticket,
        articles=(asked, answered),
        effects=effects,
        binds=Identity(number.to_bytes(32, "big"), forever=True),
    )


def _articles(number: int, first: int, mail: int, ids: SeededIds) -> tuple[NewArticle, NewArticle]:
    """A question and its answer."""
    author = _author(number)
    asked = NewArticle(
        id=first,
        ticket_id=number,
        nonce=ids.nonce(),
        at=_moment(number),
        sender_type="customer",
        direction="in",
        visibility="public",
        verified=True,
        author=author,
        subject=_subject(number),
        message_id=f"<{number}@c{number % 997}.example>",
        names=(f"<parent-{number}@c{number % 997}.example>",),
        text=_text(number),
        new_text=_text(number),
        spool_id=mail,
    )
    answered = replace(
        asked,
        id=first + 1,
        nonce=ids.nonce(),
        sender_type="agent",
        direction="out",
        author=Mailbox("Nina Costa", "nina@staff.example"),
        message_id=None,
        names=(),
        spool_id=None,
    )
    return asked, answered
