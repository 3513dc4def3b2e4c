"""The mails of rule tests as real clients write them: what a customer sends, and answers to mail of ours.

An agent answers the notification that she got, at the address that was signed for her, with her commands on top.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from mailgate.decision.standing import is_ours
from mailgate.mail.message import Mailbox, Message
from mailgate.mail.parse import parse
from mailgate.rules.scenario import AgentsLetter, ApproversLetter, Letter
from mailgate.rules.situation import AuthFacts
from mailgate.service.active import ActiveSet
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import read_address

BORDER = "border.rehearsal.invalid"  # the host whose word about senders counts in a test
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_DATE = re.compile(rb"(?im)^date:.*(?:\r?\n[ \t].*)*\r?\n")
_ASKING = ("approval_request", "approval_reminder")
_ONE_LINE = re.compile(r"\s+")


class Unplayable(Exception):
    """A step of a test that cannot be: there is no mail to answer."""


@dataclass(frozen=True, slots=True)
class Got:
    """A mail of ours in somebody's mailbox."""

    recipient: str
    template: str
    message: Message


def as_plain(octets: bytes) -> Message:
    """A mail that we composed as a program without HTML shows it: that is what tests of rules ask for words."""
    message = parse(octets)
    plain = message_from_bytes(octets, _class=EmailMessage, policy=policy.default).get_body(("plain",))
    if plain is None:
        return message
    text = str(plain.get_content()).replace("\r\n", "\n").strip("\n")
    return replace(message, body=replace(message.body, text=text))


def by_a_customer(letter: Letter, number: int, now: datetime, active: ActiveSet, got: list[Got]) -> bytes:
    """The octets of a mail from outside. `got`: all mail of ours that was delivered. Raises Unplayable."""
    if letter.eml is not None:
        return _with_result(_as_of(letter.eml, now), letter.auth)
    mail = _begun(letter.author, f"test-{number}@{_domain(letter.author)}", now)
    to, subject, body = letter.to, letter.subject, letter.body
    if letter.answers is not None:
        answered = _newest(got, {_address(letter.author)}, letter.answers)
        to, subject, body = _answering(mail, answered, to, subject, body)
    mail["To"] = ", ".join(to or (active.policy.queue(active.policy.site.default_queue).address,))
    if letter.cc:
        mail["Cc"] = ", ".join(letter.cc)
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
    mail["Subject"] = _line(subject)
    for name, value in letter.headers:
        del mail[name]
        mail[name] = value
    _finish(mail, body, letter)
    return _with_result(mail.as_bytes(), letter.auth)


def by_an_agent(
    letter: AgentsLetter, agent: Agent, number: int, now: datetime, active: ActiveSet, got: list[Got]
) -> bytes:
    """The octets of an agent's mail. Raises Unplayable."""
    mail = _begun(f"{agent.title} <{agent.address}>", f"test-{number}@{_domain(agent.address)}", now)
    commands = "\n".join(letter.commands)
    body = f"{commands}\n\n{letter.body}" if commands and letter.body else commands or letter.body
    to, subject = letter.to, letter.subject
    if not to:
        answered = _newest(got, {each.lower() for each in (agent.address, *agent.also)}, letter.answers)
        to, subject, body = _answering(mail, answered, to, subject, body)
    mail["To"] = ", ".join(to)
    mail["Subject"] = _line(subject)
    _finish(mail, body, Letter())
    return _with_result(mail.as_bytes(), AuthFacts(dmarc="pass"))


def by_an_approver(
    letter: ApproversLetter, number: int, now: datetime, active: ActiveSet, got: list[Got]
) -> tuple[bytes, str]:
    """The octets of a decision, written to the address that stands in the mail that asked for it; and his own address.
    Raises Unplayable."""
    agent = active.policy.agents.get(letter.by)
    address = agent.address if agent is not None else letter.by
    asked = [each for each in got if each.recipient.lower() == address.lower() and each.template in _ASKING]
    found = [each for each in asked if _choice(each.message, letter.granted)]
    if not found:
        raise Unplayable(f"{address} got no mail with the addresses that approve and deny")
    asking = found[0 if letter.oldest else -1].message
    author = letter.author or (f"{agent.title} <{address}>" if agent is not None else address)
    mail = _begun(author, f"test-{number}@{_domain(author)}", now)
    mail["To"] = _choice(asking, letter.granted)
    mail["Subject"] = _line(f"Re: {asking.subject}")
    for name, value in letter.headers:
        mail[name] = value
    _finish(mail, letter.body, Letter())
    return _with_result(mail.as_bytes(), letter.auth), _address(author)


def _choice(message: Message, granted: bool) -> str:
    """The signed address of the purpose y, or x, in our mail."""
    found = re.findall(r"[^\s:<>]+\+[0-9]+\.[yx][a-z2-7]+\.[0-9]+\.[a-z0-9]+@[^\s<>]+", message.body.text)
    wanted = (each for each in found if (signed := read_address(each)) and signed.purpose == ("y" if granted else "x"))
    return next(wanted, "")


def recipients_of(message: Message, active: ActiveSet) -> tuple[str, ...]:
    """The envelope's: our addresses in To and Cc, else the default queue's."""
    ours = [box.address for box in (*message.to, *message.cc) if is_ours(box.address, active.policy)]
    return tuple(dict.fromkeys(ours)) or (active.policy.queue(active.policy.site.default_queue).address,)


def _newest(got: list[Got], addresses: set[str], template: str) -> Message:
    mine = [each for each in got if each.recipient.lower() in addresses]
    found = next((each.message for each in reversed(mine) if template in ("", each.template)), None)
    if found is None:
        had = ", ".join(dict.fromkeys(each.template for each in mine)) or "none"
        what = f'no mail "{template}"' if template else "no mail"
        raise Unplayable(f"{min(addresses)} got {what} that could be answered; mails until now: {had}")
    return found


def _answering(
    mail: EmailMessage, answered: Message, to: tuple[str, ...], subject: str, body: str
) -> tuple[tuple[str, ...], str, str]:
    """Recipients, subject and text of a reply, with what it answers quoted below."""
    where: Mailbox = (answered.reply_to or answered.authors)[0]
    if answered.message_id:
        mail["In-Reply-To"] = answered.message_id
        mail["References"] = " ".join((*answered.references, answered.message_id))
    said = answered.subject if answered.subject.lower().startswith("re:") else f"Re: {answered.subject}"
    quoted = "\n".join(f"> {line}".rstrip() for line in answered.body.text.splitlines())
    return to or (where.address,), subject or said, f"{body}\n\n{answered.author} wrote:\n{quoted}\n"


def _begun(author: str, message_id: str, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy.SMTP)
    mail["From"] = _line(author)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    return mail


def _finish(mail: EmailMessage, body: str, letter: Letter) -> None:
    """The text and the files. A header of the test's own stays: a Content-Type belongs to its text."""
    mail.set_content(body.rstrip("\n") + "\n", charset="utf-8")
    for each in letter.enclosures:
        main, _, sub = each.content_type.partition("/")
        mail.add_attachment(b"\0" * each.size, main or "application", sub or "octet-stream", filename=each.name)


def _with_result(raw: bytes, auth: AuthFacts) -> bytes:
    """With what our border says of its sender on top."""
    author = parse(raw).author.address
    domain = author.rpartition("@")[2] or "unknown.invalid"
    results = [
        f"spf={auth.spf} smtp.mailfrom={domain}",
        f"dkim={auth.dkim} header.d={domain}",
        f"dmarc={auth.dmarc} header.from={domain}",
    ]
    said = "; ".join(each for each in results if "=none " not in each) or "none"
    return f"Authentication-Results: {BORDER}; {said}\r\n".encode() + raw


def _as_of(raw: bytes, now: datetime) -> bytes:
    """A mail from a file as if it were sent now: an old one is answered by nobody."""
    raw = re.sub(rb"(?<!\r)\n", b"\r\n", raw)
    found = _END_OF_HEAD.search(raw)
    head, rest = (raw[: found.start()] + b"\r\n", raw[found.start() + 2 :]) if found else (raw, b"")
    return f"Date: {format_datetime(now)}\r\n".encode() + _DATE.sub(b"", head) + rest


def _address(author: str) -> str:
    found = re.search(r"<([^<>]*)>\s*$", author)
    return (found[1] if found else author).strip().lower()


def _domain(author: str) -> str:
    domain = _address(author).rpartition("@")[2]
    return domain if domain.isascii() and re.fullmatch(r"[\w.-]+", domain) else "customer.example"


def _line(text: str) -> str:
    return _ONE_LINE.sub(" ", text).strip()
