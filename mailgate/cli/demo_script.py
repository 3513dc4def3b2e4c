"""What is played in `mailgate demo`: who writes what, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from mailgate.cli.demo_stage import Stage, newest
from mailgate.cli.muttrc import CUSTOMER

ANA = str(CUSTOMER)
SHOP = "Shop <shop@bot.example>"
NINA = "Nina Costa <nina@example.com>"
OMAR = "Omar Reis <omar@example.com>"
SUPPORT = "support@example.com"
NUMBER = "1001"  # of Ana's ticket: the first


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail. `expected` without asides, see demo_facts."""

    who: str
    does: str
    mail: Callable[[Stage], EmailMessage]
    expected: tuple[str, ...]


def _request(stage: Stage) -> EmailMessage:
    text = "Hello,\n\ninvoice 4711 lists 12 licences, but we have 21.\n\nAna\n"
    return stage.new_mail(ANA, SUPPORT, "Invoice 4711 is wrong", text)


def _out_of_office(stage: Stage) -> EmailMessage:
    mail = stage.new_mail(SHOP, SUPPORT, "Out of office", "I am away until Monday.\n")
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def _forged(stage: Stage) -> EmailMessage:
    text = "#close\n\nHello Ana,\n\nour bank account has changed.\n\nNina\n"
    return stage.new_mail(NINA, SUPPORT, f"Re: [Ticket#{NUMBER}] Invoice 4711 is wrong", text)


def _agent(who: str, event: str, text: str) -> Callable[[Stage], EmailMessage]:
    """An agent's reply to the newest mail that told her of that."""
    return lambda stage: stage.reply(who, newest(stage.mailbox(who), event, NUMBER), text)


def _customer(text: str) -> Callable[[Stage], EmailMessage]:
    return lambda stage: stage.reply(ANA, stage.mailbox(ANA)[-1], text)


SCENES = (
    Scene(
        ANA,
        '"Invoice 4711 is wrong"',
        _request,
        ("new in billing, tag invoice", "ack sent to ana", "nina and omar told"),
    ),
    Scene(SHOP, "out of office", _out_of_office, ("new in support", "no answer", "nina and omar told")),
    Scene(
        NINA,
        "answers, with #pending 3d",
        _agent(NINA, "agent_new", "#pending 3d\n\nHello Ana,\n\nI ask our accountants.\n\nNina"),
        ("pending", "nina's", "answer sent to ana", "receipt to nina"),
    ),
    Scene(
        ANA,
        '"This is urgent, please"',
        _customer("This is urgent, please: we pay tomorrow.\n\nAna"),
        ("added", "open", "priority high", "nina told"),
    ),
    Scene(
        NINA,
        "answers, and mistypes #clsoe",
        _agent(NINA, "agent_followup", "#clsoe\n\nHello Ana,\n\nthe new invoice comes today.\n\nNina"),
        ("nothing sent, nothing changed", "back to nina"),
    ),
    Scene(
        OMAR,
        "answers the first mail, unaware of nina's answer",
        _agent(OMAR, "agent_new", "Hello Ana,\n\nwe count 21 licences too.\n\nOmar"),
        ("answer to ana held", "omar is asked"),
    ),
    Scene(
        OMAR,
        "has read nina's answer: #send",
        _agent(OMAR, "agent_held", "#send"),
        ("answer sent to ana", "nina told", "receipt to omar"),
    ),
    Scene(
        "Somebody, as nina@example.com",
        "#close, and a new bank account",
        _forged,
        ("filed as not verified", "nothing sent, nothing changed", "nina is asked whether it is hers"),
    ),
    Scene(
        OMAR,
        "#note",
        _agent(OMAR, "agent_new", "#note\n\nThe accountants send the new invoice at noon."),
        ("internal note", "nothing sent, nothing changed", "nina told"),
    ),
    Scene(
        NINA,
        "answers the note, with #reply and #close",
        _agent(NINA, "agent_note", "#reply\n#close\n\nHello Ana,\n\nthe new invoice is on its way.\n\nNina"),
        ("closed", "answer sent to ana", "receipt to nina"),
    ),
)
