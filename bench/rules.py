"""What rules cost: reading and checking 500 of them in 50 files, and a mail's way through 1,000. `make bench-rules`."""

import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from mailgate.mail.envelope import Envelope
from mailgate.mail.parse import parse
from mailgate.rules.evaluate import evaluate
from mailgate.rules.ruleset import Ruleset, check, compiled
from mailgate.rules.situation import OurAddresses, Situation
from mailgate.rules.vocabulary import Vocabulary
from mailgate.tickets.model import Participant, Ticket

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUEUES = tuple(f"queue-{n}" for n in range(50))
VOCABULARY = Vocabulary(queues=frozenset((*QUEUES, "support")), templates=frozenset({"received"}))
CONDITIONS = (  # as desks have them: mostly by address, a few by words and patterns
    "{{to: desk{n}@}}",
    "{{from: customer{n}.example}}",
    "{{from: [a{n}@b.example, .c{n}.example]}}",
    "{{plus: topic{n}}}",
    "{{subject: word{n}}}",
    "{{subject: [alarm {n}, warning {n}]}}",
    "{{header.X-Project: project-{n}}}",
    "{{subject: '/ORD-{n}-(?P<order>[0-9]+)/'}}",
    "{{subject: '/order *{n}[0-9]/'}}",  # nothing to keep it by: looked at whatever comes
    "{{queue: queue-{q}, from: partner{n}.example}}",
    "{{any: [{{to: sales{n}@}}, {{cc: sales{n}@}}], is_auto: false}}",
)


def rule(number: int) -> str:
    condition = CONDITIONS[number % len(CONDITIONS)].format(n=number, q=number % len(QUEUES))
    return f"  - {{name: r{number}, when: ticket.created, if: {condition}, do: [{{tag: t{number}}}, stop]}}\n"


def files(rules: int, each: int) -> dict[str, bytes]:
    """A set as files of `each` rules."""
    texts = ("rules:\n" + "".join(map(rule, range(start, start + each))) for start in range(0, rules, each))
    return {f"{place:02}-rules.yaml": text.encode() for place, text in enumerate(texts, 10)}


def mails(number: int, rules: int) -> Iterator[bytes]:
    """Requests of which every tenth is what some rule is for; one to three paragraphs."""
    chance = random.Random(7)
    words = "the printer order invoice delivery account password please help since yesterday wrong number".split()
    for each in range(number):
        wanted = chance.randrange(rules)
        text = "\n\n".join(" ".join(chance.choices(words, k=60)) for _ in range(chance.randint(1, 3)))
        sender = f"x@customer{wanted}.example" if each % 10 == 0 else f"person{each}@mail.example"
        yield (
            f"From: Someone <{sender}>\r\nTo: support@example.com\r\n"
            f"Subject: {' '.join(chance.choices(words, k=6))}\r\n"
            f"Message-ID: <{each}@mail.example>\r\nDate: Mon, 2 Mar 2026 09:30:00 +0000\r\n\r\n{text}\r\n"
        ).encode()


def situation(raw: bytes) -> Situation:
    message = replace(parse(raw))
    ticket = Ticket(
        id=1,
        number="1001",
        nonce=b"n",
        subject=message.subject,
        queue="support",
        state="new",
        priority="normal",
        owner=None,
        created_at=NOW,
        updated_at=NOW,
        participants=(Participant(message.author.address, "", 1, "requester"),),
    )
    ours = OurAddresses(frozenset({"example.com"}), frozenset({"support@example.com"}))
    envelope = Envelope(message.author.address, ("support@example.com",), "smtp", NOW)
    return Situation("ticket.created", ticket, message, envelope, ours, NOW)


def seconds(what: Callable[[], object], rounds: int = 5) -> float:
    """CPU seconds, the median of some rounds: other programs do not count."""
    taken = []
    for _ in range(rounds):
        start = process_time()
        what()
        taken.append(process_time() - start)
    return median(taken)


def ruleset(rules: int) -> Ruleset:
    found, problems, _ = compiled(files(rules, 20), VOCABULARY)
    assert found is not None, problems
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files(500, 10).items():
            Path(directory, name).write_bytes(text)
        reading = seconds(lambda: check(Path(directory), VOCABULARY))
    print(f"500 rules in 50 files read, checked and linted   {reading * 1000:8.0f} ms   (at most 500)")
    many = ruleset(1_000)
    print(f"1,000 rules read, checked and linted             {seconds(lambda: ruleset(1_000), 3) * 1000:8.0f} ms")
    each = [situation(raw) for raw in mails(200, 1_000)]
    taken = seconds(lambda: [evaluate(many, one) for one in each]) / len(each)
    print(f"a mail through 1,000 rules                       {taken * 1000:8.2f} ms   (at most 2)")
    looked = sum(len(evaluate(many, one).trace.steps) for one in each) / len(each)
    print(f"  rules that it was compared with                {looked:8.0f}")


if __name__ == "__main__":
    main()
