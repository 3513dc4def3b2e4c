"""A ticket becomes a part of another one: later mail of any kind goes on to the target (DESIGN.md 6).

Nobody gains a part in the target by it: a number routes, it never authorises (R34).
"""

from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import MergeTicket, TakeIn
from mailgate.decision.facts import TicketWanted


def merge(actor: str, number: str, pen: Draughtsman) -> str:
    """Merge the ticket into that of `number`; why not, where that cannot be. Raises TicketWanted."""
    ticket, facts = pen.ticket, pen.facts
    if ticket.state == "merged":
        return "the ticket is merged already"
    if number == ticket.number:
        return "a ticket cannot be merged into itself"
    if number not in facts.numbers and number not in facts.asked:
        raise TicketWanted(number)
    target = facts.tickets.get(facts.numbers.get(number, 0))
    if target is None:
        return f"there is no ticket {number}"
    if target.merged_into is not None:
        return f"ticket {number} is merged itself"
    pen.effect(actor, MergeTicket(target.id, target.number))
    pen.elsewhere(target.id, actor, TakeIn(ticket.number))
    return ""
