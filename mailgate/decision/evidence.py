"""From a mail's lookup and the facts to the evidence: what is proven, and which ticket it leads to."""

from collections.abc import Iterator

from mailgate.decision.facts import Facts, Lookup
from mailgate.decision.gate import Gate
from mailgate.tickets.model import Ticket
from mailgate.tickets.signed import Keyring, SignedAddress, proves, proves_message_id
from mailgate.tickets.threading import NO_THREAD, Evidence, Thread, weigh

Proven = tuple[tuple[SignedAddress, Ticket], ...]


def proven_addresses(lookup: Lookup, facts: Facts, keys: Keyring) -> Proven:
    """The signed addresses of the mail that we really signed, each with its ticket."""
    found = ((signed, _signed_ticket(signed, facts, keys)) for signed in lookup.signed)
    return tuple((signed, ticket) for signed, ticket in found if ticket is not None)


def find_thread(lookup: Lookup, facts: Facts, keys: Keyring, proven: Proven) -> Thread:
    """The ticket that the mail belongs to, with the evidence that won and what lost."""
    won, lost = weigh(each for each in _evidence(lookup, facts, keys, proven) if facts.ticket(each.ticket) is not None)
    return Thread(facts.ticket(won.ticket) if won else None, won, lost)


def joined(passage: Gate, facts: Facts) -> Thread | None:
    """The ticket that a rule named; None where threading decides."""
    join, by = passage.join, passage.joined_by
    if join is None or by is None or join.mode == "auto":
        return None
    ticket = facts.ticket(facts.numbers.get(join.number, 0)) if join.mode == "ticket" else None
    return Thread(ticket, Evidence("rule", by.rule, ticket.id)) if ticket is not None else NO_THREAD


def no_ticket_to_join(passage: Gate, facts: Facts) -> str:
    """Why the ticket that a rule of the gate named cannot be had; empty where nothing is amiss."""
    join = passage.join
    if join is None or join.mode != "ticket" or facts.ticket(facts.numbers.get(join.number, 0)) is not None:
        return ""
    return f"there is no ticket {join.number}"


def answers_our_machine(lookup: Lookup, facts: Facts) -> bool:
    """Whether the mail refers to one of our automatic mails (R28): such a mail never gets another."""
    if any(stored.automatic for each in lookup.named_ids for stored in facts.ids.get(each, ()) if not stored.names):
        return True
    articles = [signed.article for signed in lookup.our_ids] + [signed.revision for signed in lookup.signed]
    return any((found := facts.articles.get(each)) is not None and found.automatic for each in articles)


def _evidence(lookup: Lookup, facts: Facts, keys: Keyring, proven: Proven) -> Iterator[Evidence]:
    for signed, ticket in proven:
        yield Evidence("signed address", signed.address, ticket.id, signed.revision)
    for ours in lookup.our_ids:
        article = facts.articles.get(ours.article)
        if article is not None and proves_message_id(keys, ours, article.nonce):
            yield Evidence("our message-id", ours.text, article.ticket, ours.article)
    for named in lookup.named_ids:
        for stored in facts.ids.get(named, ()):
            yield Evidence("ancestor" if stored.names else "message-id", named, stored.ticket, stored.article)
    if lookup.own_id:
        for stored in facts.ids.get(lookup.own_id, ()):
            if stored.names:
                yield Evidence("named by article", lookup.own_id, stored.ticket, stored.article)
    for number in lookup.numbers:
        if number in facts.numbers:
            yield Evidence("subject", number, facts.numbers[number])


def _signed_ticket(signed: SignedAddress, facts: Facts, keys: Keyring) -> Ticket | None:
    """The ticket for which the address was signed, if the MAC proves it."""
    article = facts.articles.get(signed.revision)
    ticket = facts.tickets.get(facts.numbers.get(signed.number, 0))
    if article is None or ticket is None or article.ticket != ticket.id:
        return None
    return ticket if proves(keys, signed, ticket.nonce, article.nonce) else None
