"""Votes on an approval while the daemon is killed (kill -9) between and behind them: each counts once, whatever was
sent again; the process goes on once, and nobody is mailed twice."""

import os
import random
import re
import time
from collections import Counter

from tests.blackbox.conftest import Desk
from tests.support.daemon import LIFTED, Daemon, wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import send

BOSS, NINA = "boss@acme.example", "nina@staff.example"
KILLS = 2  # one behind each vote
EVENTS = ("approval.voted", "approval.granted", "step.entered", "process.ended")
ONCE = ("approval_request", "approval_result", "command_result", "closed")
RULE = "rules:\n  - {name: begin, when: ticket.created, if: {subject: approval}, do: [{start: two}]}\n"
PROCESS = """
process: two
title: Two have to agree
version: 1
start: ask
fields: {request: text, approver: address}
steps:
  ask: {need: [request, approver], next: approve}
  approve:
    approval: {by: "{{ field.approver }}", or: {role: lead}, quorum: 2, expires: 7d}
    granted: granted
    denied: denied
    expired: denied
  granted: {end: true, do: [{tag: approved}, {reply: closed}, {state: closed}]}
  denied: {end: true, do: [{tag: not-approved}]}
"""


def mail(number: int, author: str, subject: str, body: str) -> bytes:
    head = (
        f"From: {author}\r\nTo: support@example.test\r\nSubject: {subject}\r\nMessage-ID: <{number}@mail.example>\r\n"
    )
    return f"{head}\r\n{body}\r\n".encode()


def texts(sink: Sink, address: str, words: str) -> list[str]:
    """The texts with these words that an address got: one a Message-ID, for a crash may send one and the same again."""
    found = {each.header("Message-ID"): each.message.get_body(("plain",)) for each in sink.to(address)}
    bodies = ["" if body is None else str(body.get_content()) for body in found.values()]
    return [body for body in bodies if words in " ".join(body.split())]


def vote(daemon: Daemon, author: str, to: str, numbers: tuple[int, int], body: str, chance: random.Random) -> None:
    """The daemon is killed behind the 250; then the mail comes again, as from a host that lost it, and once more as a
    new mail of the same words."""
    first, again = (mail(number, author, "Re: approval", body) for number in numbers)
    assert send(daemon.port, first, reverse_path=author, to=(to,)).code == 250
    time.sleep(chance.choice((0, chance.uniform(0, 0.1))))
    daemon.kill9()
    daemon.start()
    for each in (first, again):
        assert send(daemon.port, each, reverse_path=author, to=(to,)).code == 250


def test_a_vote_counts_once_however_often_the_daemon_is_killed(desk: Desk, sink: Sink) -> None:
    seed = int(os.environ.get("MAILGATE_SEED") or random.SystemRandom().randrange(2**32))
    print(f"MAILGATE_SEED={seed}")
    chance = random.Random(seed)
    daemon = desk(smarthost=sink.port, options={"out": {"automatic": LIFTED}}, started=False)
    (daemon.directory / "rules/05-begin.yaml").write_text(RULE)
    (daemon.directory / "rules/processes/two.yaml").write_text(PROCESS)
    daemon.start()
    asked = mail(1, "ana@acme.example", "approval", f"request: a desk\r\napprover: {BOSS}")
    assert send(daemon.port, asked).code == 250
    wait_until(lambda: sink.to(BOSS) and sink.to(NINA), what="who decides is asked")
    [request] = texts(sink, BOSS, "your decision is needed")
    [yes] = re.findall(r"[^\s<>]+\+1\.y[^\s<>]+@example\.test", request)
    hers = re.findall(r"<(\S+)>", sink.to(NINA)[0].header("Reply-To"))[0]

    vote(daemon, BOSS, yes, (2, 3), "We need it.", chance)
    wait_until(lambda: texts(sink, BOSS, "Your vote is counted: 1 of 2"), what="his vote is counted")
    vote(daemon, NINA, hers, (4, 5), "#approve", chance)
    daemon.settle(delivered=True)

    ticket = daemon.cli("ticket", "show", "1")
    events = Counter(each["event"] for each in ticket["history"])
    assert (ticket["state"], ticket["tags"]) == ("closed", ["approved"])
    assert [events[each] for each in EVENTS] == [2, 1, 3, 1], f"MAILGATE_SEED={seed}"
    composed = Counter((each["to"], each["template"]) for each in ticket["outbox"] if each["template"] in ONCE)
    assert composed == {
        (BOSS, "approval_request"): 1,
        (BOSS, "approval_result"): 2,  # the receipt, and what came of it
        (NINA, "command_result"): 1,
        ("ana@acme.example", "closed"): 1,
    }, f"MAILGATE_SEED={seed}"
    assert len(texts(sink, BOSS, "Your vote is counted")) == len(texts(sink, BOSS, "It is approved")) == 1
    copies = Counter(each.header("Message-ID") for each in sink.taken)
    assert copies.keys() == {each["message_id"] for each in ticket["outbox"]}
    assert copies.total() - len(copies) <= KILLS, "more than one extra copy a crash"
    assert len({(each.header("Message-ID"), each.content) for each in sink.taken}) == len(copies)
