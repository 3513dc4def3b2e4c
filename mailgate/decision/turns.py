"""Rules that may run only once in an episode, on a ticket, or in some time for a customer: which had their turn."""

from collections.abc import Mapping

from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.facts import reply_key
from mailgate.rules.timed import Once, turn_of


def had_their_turn(once: Mapping[str, Once], pen: Draughtsman, customer: str) -> set[str]:
    """The names of those that may not run again for `pen.ticket` and its customer."""
    ticket, now = pen.ticket, pen.now.timestamp()
    turns = pen.facts.turns.get(ticket.id, {})
    found = set()
    for rule, each in once.items():
        if each.time is not None:
            spent = pen.facts.count(reply_key(turn_of(rule), customer), int(each.time.total_seconds()), now) > 0
        else:
            spent = rule in turns and (each.of == "ticket" or turns[rule] == ticket.episode)
        if spent:
            found.add(rule)
    return found
