"""What holds of every conversation, whatever it shows: no mail leaks, loops, threads badly or tells somebody twice."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from email import message_from_bytes, policy

from mailgate.mail.parse import parse
from tests.conversations.case import PEOPLE
from tests.conversations.clients import as_text, html_of, text_of
from tests.conversations.conversation import Conversation, Out

TOKEN = re.compile(r"\+\d+\.[a-z][a-z2-7]+\.\d+\.[a-z][a-z2-7]{16}@", re.IGNORECASE)
FOOTERS = ("for agents only", "nur für Agenten", "solo para agentes")
COMMAND = re.compile(r"^[#/][a-z]+\b", re.MULTILINE)
RECEIPTS = ("command_result", "command_error", "agent_held", "confirm", "sender_unknown", "delivery_failed")
DOUBTS = ("sender_unknown", "confirm")  # come beside the notification of the mail that may be hers
_WORD, _TARGET = re.compile(r"\w+"), re.compile(r"<(?:mailto:|support|billing)[^>]*>")
_BUTTON = re.compile(r'<a class="button"[^>]*>[^<]*</a>')
_TYPED = re.compile(
    r"^(?:First line of your reply|Primera línea de su respuesta|Erste Zeile Ihrer Antwort):.*$", re.MULTILINE
)
SHORT = 12  # characters: words that stand in every other mail


def broken(conversation: Conversation) -> list[str]:
    """Every promise that a conversation breaks, in words."""
    found = [*_outcomes(conversation), *_told_twice(conversation), *_same_ids(conversation), *_threads(conversation)]
    for number, mail in conversation.out.items():
        leaks = () if number in conversation.stopped else _customers(mail, conversation)
        said = (*_wire(mail), *_forms(mail), *_machine(mail), *leaks)
        found += [f"{mail.name}: {each}" for each in said]
    return found


def _outcomes(conversation: Conversation) -> Iterator[str]:
    for row in conversation.accepted:
        if row["outcome"] is None or row["state"] == "new":
            yield f"mail S{row['id']} has no outcome"
    ids = Counter(plan.spool_id for plan in conversation.plans)
    yield from (f"mail S{number} has {count} outcomes" for number, count in ids.items() if count > 1)


def _told_twice(conversation: Conversation) -> Iterator[str]:
    """Within one event everybody gets one mail, and its author at most a receipt."""
    for plan in conversation.plans:
        mails = [each for each in conversation.out.values() if each.plan is plan]
        counted = Counter((each.recipient, each.kind) for each in mails if each.template not in DOUBTS)
        yield from (
            f"{who} is told {count} times of S{plan.spool_id}" for (who, _), count in counted.items() if count > 1
        )
        authors = {each.author.address for each in plan.articles if each.sender_type == "agent"}
        for mail in mails:
            if mail.recipient in authors and mail.template not in RECEIPTS:
                yield f"{mail.name}: {mail.recipient} is told of her own doing"


def _wire(mail: Out) -> Iterator[str]:
    """RFC 5322, as strict readers take it, and without a defect for our own reader."""
    if b"\n" in mail.raw.replace(b"\r\n", b"") or b"\r" in mail.raw.replace(b"\r\n", b""):
        yield "a bare CR or LF"
    if any(len(line) > 998 for line in mail.raw.split(b"\r\n")):
        yield "a line of more than 998 octets"
    yield from (f"defect: {each}" for each in parse(mail.raw).defects)
    yield from (
        f"defect: {each!r}"
        for part in message_from_bytes(mail.raw, policy=policy.default).walk()
        for each in part.defects
    )
    if not text_of(mail.raw).strip():
        yield "its text is empty"


def _forms(mail: Out) -> Iterator[str]:
    """Who reads HTML reads the same words in the same order; only the name of the site stands above them.

    What is a button there is a word to type here.
    """
    html = _BUTTON.sub("", html_of(mail.raw))
    text, shown = (_WORD.findall(_TARGET.sub("", each)) for each in (_TYPED.sub("", text_of(mail.raw)), as_text(html)))
    if shown not in (text, ["Example", *text]):
        yield "its text and its HTML differ"


def _machine(mail: Out) -> Iterator[str]:
    """RFC 3834: what a machine says is marked; what a person says is not."""
    head = message_from_bytes(mail.raw, policy=policy.default)
    marks = (head["Auto-Submitted"] is not None, head["X-Auto-Response-Suppress"] is not None)
    if marks != (mail.kind != "customer",) * 2:
        yield f"Auto-Submitted, X-Auto-Response-Suppress: {marks} on kind {mail.kind}"


def _customers(mail: Out, conversation: Conversation) -> Iterator[str]:
    """Nothing of the inside goes outside."""
    if mail.kind not in ("customer", "auto-reply"):
        return
    head = message_from_bytes(mail.raw, policy=policy.default)
    own = str(head["Reply-To"] or "").lower()
    everything = "\n".join(
        (*(f"{name}: {value}" for name, value in head.items()), text_of(mail.raw), html_of(mail.raw))
    )
    for address in conversation.private_addresses:
        if address in everything.lower():
            yield f"holds the agent's address {address}"
    for identity in _written_by_agents(conversation):
        if identity in everything:
            yield f"holds the id of an agent's own mail {identity}"
    for token in set(TOKEN.findall(everything)):
        if token.lower() not in own:
            yield f"holds the signed address {token}"
    yield from (f"holds {each!r}" for each in conversation.case.never if each in everything)
    yield from (f"holds our footer ({each})" for each in FOOTERS if each in everything)
    if (command := COMMAND.search(text_of(mail.raw))) is not None:
        yield f"holds the command line {command[0]}"
    folded = _folded(text_of(mail.raw))
    for article in conversation.articles:
        note = _folded(article["new_text"] or article["text"])
        internal = article["visibility"] == "internal" and article["sender_type"] == "agent"
        if internal and article["id"] != _article_of(mail) and len(note) >= SHORT and note in folded:
            sent_otherwise = any(
                note in _folded(each["new_text"] or each["text"])
                for each in conversation.articles
                if each["visibility"] == "public"
            )
            if not sent_otherwise:
                yield f"holds the internal note {note[:40]!r}"


def _written_by_agents(conversation: Conversation) -> Iterator[str]:
    for person, raws in conversation.sent_by.items():
        if PEOPLE.get(person) in conversation.private_addresses:
            yield from (str(message_from_bytes(raw, policy=policy.compat32)["Message-ID"]) for raw in raws)


def _article_of(mail: Out) -> int:
    """The article whose mail it is: while it is held it is internal itself."""
    found = re.search(rb"^Message-ID: <mg\.(\d+)\.", mail.raw, re.MULTILINE)
    return int(found[1]) if found else 0


def _same_ids(conversation: Conversation) -> Iterator[str]:
    """Gmail, Exchange and every IMAP deduplication drop the second mail of one Message-ID."""
    for person, got in conversation.mailboxes.items():
        ids = Counter(str(message_from_bytes(raw, policy=policy.compat32)["Message-ID"]) for raw in got)
        yield from (f"{person} gets {count} mails with {name}" for name, count in ids.items() if count > 1)


def _threads(conversation: Conversation) -> Iterator[str]:
    """A ticket is one conversation in everybody's mailbox, by Message-ID, In-Reply-To and References alone."""
    for person, got in conversation.mailboxes.items():
        of_ticket: dict[int, list[set[str]]] = defaultdict(list)
        tickets = {mail.raw: mail.ticket for mail in conversation.out.values() if mail.person == person}
        own = [_names(raw) for raw in conversation.sent_by[person]]
        for raw in got:
            if (ticket := tickets[raw]) is not None:
                of_ticket[ticket].append(_names(raw))
        for ticket, names in of_ticket.items():
            if (pieces := _pieces(names, own)) > 1:
                yield f"{person}: ticket {ticket} is {pieces} threads"


def _pieces(got: list[set[str]], own: list[set[str]]) -> int:
    """How many threads the mails that came are in, with the help of those that the person wrote."""
    threads: list[set[str]] = []
    for names in (*got, *own):
        joined = [each for each in threads if each & names]
        threads = [each for each in threads if not each & names] + [names.union(*joined)]
    return len({next(n for n, each in enumerate(threads) if each & names) for names in got})


def _names(raw: bytes) -> set[str]:
    head = message_from_bytes(raw, policy=policy.compat32)
    return set(
        re.findall(
            r"<[^<>\s]+>", " ".join(str(head.get(each, "")) for each in ("Message-ID", "In-Reply-To", "References"))
        )
    )


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if not char.isspace() and char != ">")
