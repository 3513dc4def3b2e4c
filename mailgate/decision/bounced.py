"""A report about a mail of ours: of its delivery, a receipt, a complaint.

A delivery report is believed only where the copy's own return path proves it (R47): it came to the address that was
made for this very copy, with a null reverse-path, and names its recipient. What is matched by a Message-ID alone is
filed and shown, and changes nothing. Receipts and complaints never change anything.
"""

from mailgate.decision.case import Case, Mail
from mailgate.decision.deadness import counts_against, dies
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AddressBounced, DelayDelivery, FailDelivery, Remark
from mailgate.decision.standing import party_of_participant, same_person
from mailgate.mail.message import BouncedRecipient, Notice
from mailgate.rules.situation import Undelivered
from mailgate.tickets.model import Participant

DELAYED = "delivery.delayed"
_MOST_TOLD = 20
_SAID = {"read": "was read", "deleted": "was deleted", "processed": "was processed", "complaint": "was called spam"}


def note_report(pen: Draughtsman, mail: Mail, case: Case) -> tuple[Undelivered, ...]:
    """Take down what the report says. Gives the recipients who wait for their mail: rules may be written for them."""
    message = mail.message
    if message.notice is not None:
        _note_notice(pen, message.notice, message.author.address)
    if message.bounce is None:
        return ()
    person = _whose_return_path(pen, mail, case)
    article = case.signed.revision if case.signed is not None else 0
    if not message.bounce.recipients:
        pen.effect("mailgate", Remark("delivery.reported", "a report that names nobody; it changes nothing"))
    delayed: list[Undelivered] = []
    for each in message.bounce.recipients[:_MOST_TOLD]:
        if person is None or not _is_about(each, person, pen):
            told = (
                f"{each.address or 'somebody'}: {_in_short(each)}; not proven by its return path, so it changes nothing"
            )
            pen.effect("mailgate", Remark("delivery.reported", told[:500]))
        elif each.action == "failed":
            _fail(pen, article, person, each)
        elif each.action == "delayed":
            pen.effect("mailgate", DelayDelivery(article, person.address, _in_short(each)))
            delayed.append(Undelivered(person.address, each.status or ""))
        else:
            pen.effect("mailgate", Remark("delivery.confirmed", f"{person.address}: {_in_short(each)}"[:500]))
    return tuple(delayed)


def _whose_return_path(pen: Draughtsman, mail: Mail, case: Case) -> Participant | None:
    """The recipient of the copy whose own return path the report came to, with a null reverse-path."""
    signed = case.signed
    if signed is None or signed.purpose != "b" or mail.envelope.reverse_path is not None:
        return None
    return next((each for each in pen.ticket.participants if party_of_participant(each) == signed.party), None)


def _is_about(each: BouncedRecipient, person: Participant, pen: Draughtsman) -> bool:
    return any(same_person(address, person.address, pen.policy) for address in (each.address, each.original) if address)


def _fail(pen: Draughtsman, article: int, person: Participant, each: BouncedRecipient) -> None:
    pen.effect("mailgate", FailDelivery(article, person.address, _in_short(each)))
    known = pen.facts.addresses.get(person.address.lower())
    if not each.permanent or not counts_against(each.status) or (known is not None and known.article == article):
        return
    dead = dies(known, article, pen.now)
    pen.effect("mailgate", AddressBounced(person.address, article, _in_short(each), dead))


def _in_short(each: BouncedRecipient) -> str:
    if each.action not in ("failed", "delayed"):
        return " ".join(filter(None, (each.action, each.status)))
    diagnostic = each.diagnostic.removeprefix(each.status or "\0").strip()
    return " ".join(filter(None, (each.status, diagnostic)))[:500] or "it came back"


def _note_notice(pen: Draughtsman, notice: Notice, author: str) -> None:
    who = notice.recipient or author
    told = (
        f"{who}: our mail {_SAID[notice.kind]} ({notice.detail})" if notice.detail else f"{who}: {_SAID[notice.kind]}"
    )
    pen.effect("mailgate", Remark(f"mail.{notice.kind}", told[:500]))
