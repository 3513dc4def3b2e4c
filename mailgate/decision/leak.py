"""What the last search of a finished answer found in it that is not its reader's (notify.leak), told to its author."""

from dataclasses import dataclass

from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.mail.markers import AGENTS_MARKERS
from mailgate.phrases.phrase import Phrase
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import party_in_token


@dataclass(frozen=True, slots=True)
class Leak:
    """`text`: the part of a signed address between `+` and `@`, or a line of ours; `file`: the attachment it is in."""

    text: str
    file: str = ""


def leak_in_words(leak: Leak, author: Agent, pen: Draughtsman) -> str:
    """What it is and where. Whose an address is must do: nobody else may have the address itself."""
    said = _said(leak.text, author, pen)
    return Phrase("leak in file", said=said, file=leak.file) if leak.file else said


def _said(text: str, author: Agent, pen: Draughtsman) -> Phrase:
    if text in AGENTS_MARKERS:
        return Phrase("leak marker", line=text)
    number, party = party_in_token(text)
    if party == party_of_agent(author):
        return Phrase("leak own address", number=number)
    agents = {party_of_agent(each): each.title for each in pen.policy.agents.values()}
    people = {party_of_participant(each): each.name or each.address for each in pen.ticket.participants}
    whose = agents if number != pen.ticket.number else people | agents
    if party in whose:
        return Phrase("leak address", who=whose[party], number=number)
    return Phrase("leak address of somebody", number=number)
