"""Every mail that other desks collected, through the door: taken, filed once, never wrongly answered, answerable."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox.conftest import Desk
from tests.support.daemon import LIFTED
from tests.support.sink_process import Delivered, Sink
from tests.support.smtp import Letter, Reply, in_order

SECONDS = 2.0
_ADDRESS = re.compile(r"[\w+-]+(\.[\w+-]+)*@[A-Za-z0-9]+([.-][A-Za-z0-9]+)*", re.ASCII)
_TRACE = re.compile(r"(X-|Received|Return-Path|Delivered-To|Authentication-Results)", re.IGNORECASE)
_NEVER = ("is_auto_submitted", "is_out_of_office", "is_bounce", "is_list")


@dataclass(frozen=True)
class Sample:
    """A mail of the corpus and what is known of it."""

    name: str
    content: bytes
    expect: dict[str, Any]

    @property
    def must_not_be_answered(self) -> bool:
        return self.expect.get("may_be_auto_answered") is False or any(self.expect.get(fact) is True for fact in _NEVER)

    def fields(self, name: str) -> list[str]:
        return [str(value) for value in message_from_bytes(self._mail, policy=policy.compat32).get_all(name, [])]

    @property
    def _mail(self) -> bytes:
        return re.sub(rb"\AFrom [^\n]*\n", b"", self.content)

    @property
    def identity(self) -> bytes:
        """Message-ID, From, Date, Subject and body; without a Message-ID all but trace fields (spec/mail.md 5)."""
        body = re.sub(rb"\r\n|\r", b"\n", self._mail).partition(b"\n\n")[2]
        known = [self.fields(name) for name in ("Message-ID", "From", "Date", "Subject")]
        if not known[0]:
            fields = message_from_bytes(self._mail, policy=policy.compat32).items()
            kept = [f"{name}: {value}" for name, value in fields if not _TRACE.match(name)]
            known.append([self.letter().reverse_path, *kept])
        return hashlib.sha256(json.dumps(known).encode() + body).digest()

    def letter(self) -> Letter:
        author = str(self.expect.get("from_addr") or "")
        return Letter(author if _ADDRESS.fullmatch(author) else "", self.content)

    def renamed(self) -> "Sample":
        """The same with a Message-ID of its own: another mail, that looks the same."""
        fresh = b"Message-ID: <%s@again.example>\n" % hashlib.sha256(self.name.encode()).hexdigest()[:20].encode()
        head, blank, body = re.sub(rb"\r\n", b"\n", self._mail).partition(b"\n\n")
        head = re.sub(rb"(?im)^Message-ID:[^\n]*\n([ \t][^\n]*\n)*", b"", head + b"\n")
        return Sample(f"{self.name} again", fresh + head + b"\n" + body if blank else fresh + head, self.expect)


def samples(corpus: Path) -> list[Sample]:
    found = []
    for facts in sorted(corpus.glob("*/facts.json")):
        for each in json.loads(facts.read_text()):
            content = (facts.parent / each["file"]).read_bytes()
            found.append(Sample(f"{facts.parent.name}/{each['file']}", content, each["expect"]))
    return found


def client_reply(answer: Delivered, number: int) -> Letter:
    """What a person's mail client makes of "Reply" to an acknowledgement."""
    received = answer.message
    target = getaddresses([str(received["Reply-To"] or received["From"])])[0][1]
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    mail["From"], mail["To"] = answer.forward_paths[0], target
    mail["Subject"] = "Re: " + " ".join(str(received["Subject"]).split())
    mail["Message-ID"] = f"<reply{number}@client.example>"
    mail["In-Reply-To"] = str(received["Message-ID"])
    mail["References"] = f"{received['References'] or ''} {received['Message-ID']}".strip()
    mail.set_content("Thank you, and one more question: when?\n")
    return Letter(answer.forward_paths[0], mail.as_bytes(), (target,))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_mail_of_the_corpus_is_filed_once_and_answered_only_where_that_is_safe(
    desk: Desk, sink: Sink, corpus: Path
) -> None:
    known = samples(corpus)
    by_identity: dict[bytes, list[Sample]] = defaultdict(list)
    for sample in known:
        by_identity[sample.identity].append(sample)
    again = [sample.renamed() for same in by_identity.values() for sample in same[1:]]
    everything = known + again
    print(f"{len(known)} mails, {len(by_identity)} identities, {len(again)} sent again under a Message-ID of their own")

    daemon = desk(smarthost=sink.port, options={"out": {"automatic": LIFTED}})
    late: list[str] = []

    def note(number: int, reply: Reply, seconds: float) -> None:
        if reply.code != 250 or seconds > SECONDS:
            late.append(f"{everything[number].name}: {reply} after {seconds:.1f} s")

    replies = in_order(daemon.port, [sample.letter() for sample in everything], note)
    assert not late, "\n".join(late)
    daemon.settle(120, delivered=True)
    rows = {row["id"]: row for row in daemon.cli("spool", "list")}
    row_of = {sample.name: rows[reply.spool_id or ""] for sample, reply in zip(everything, replies, strict=True)}
    print(Counter(row["outcome"].split()[0] for row in rows.values()))

    assert len(rows) == len(everything)
    unfiled = [
        f"{name}: {row['state']}, {row['cause']}"
        for name, row in row_of.items()
        if row["state"] not in ("done", "duplicate")
    ]
    assert not unfiled, "\n".join(unfiled)
    filed = [*by_identity.values(), *([sample] for sample in again)]
    doubled = [
        ", ".join(f"{sample.name}: {row_of[sample.name]['state']}" for sample in same)
        for same in filed
        if [row_of[sample.name]["state"] for sample in same] != ["done"] + ["duplicate"] * (len(same) - 1)
    ]
    assert not doubled, "\n".join(doubled)

    answers = [mail for mail in sink.taken if mail.header("Auto-Submitted").startswith("auto-replied")]
    print(f"{len(answers)} acknowledgements")
    ticket_of_answer = {row["message_id"]: row["ticket"] for row in daemon.cli("outbox", "list")}
    answered_tickets = {ticket_of_answer[mail.header("Message-ID")] for mail in answers}
    mails_of_ticket: dict[str, list[Sample]] = defaultdict(list)
    for sample in everything:
        mails_of_ticket[row_of[sample.name]["ticket"]].append(sample)
    wrongly = [
        sample.name
        for ticket in answered_tickets
        for sample in mails_of_ticket[ticket]
        if all(each.must_not_be_answered for each in mails_of_ticket[ticket])
    ]
    assert not wrongly, f"answered automatically: {wrongly}"

    letters = [client_reply(mail, number) for number, mail in enumerate(answers)]
    replies = in_order(daemon.port, letters)
    assert {reply.code for reply in replies} == {250}
    daemon.settle(120)
    rows = {row["id"]: row for row in daemon.cli("spool", "list")}
    astray = [
        f"{mail.header('Subject')!r} to {mail.forward_paths}: {rows[reply.spool_id or '']}"
        for mail, reply in zip(answers, replies, strict=True)
        if rows[reply.spool_id or ""]["ticket"] != ticket_of_answer[mail.header("Message-ID")]
    ]
    assert not astray, "\n".join(astray)
