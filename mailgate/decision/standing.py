"""Who wrote, and whether he may take part in the ticket (R34 to R37): routing is one thing, permission another."""

from dataclasses import dataclass

from mailgate.decision.policy import Policy
from mailgate.mail.address import bare, normalise
from mailgate.mail.message import Message
from mailgate.tickets.model import Agent, Participant, Ticket
from mailgate.tickets.signed import SignedAddress
from mailgate.tickets.threading import Standing

AGENT_BIT = 1  # a party's number in a signed address: participants even, agents odd, 0 none


def party_of_participant(participant: Participant) -> int:
    return participant.party << 1


def party_of_agent(agent: Agent) -> int:
    return agent.number << 1 | AGENT_BIT


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a mail, seen from a ticket. `doubt` says why somebody known was not believed."""

    standing: Standing
    agent: Agent | None = None
    doubt: str = ""


def writer(
    message: Message, ticket: Ticket | None, signed: SignedAddress | None, authenticity: str, policy: Policy
) -> Writer:
    """The writer's standing. An agent counts as one only by all three layers of spec/agents.md 1."""
    address = message.author.address
    if agent := agent_of(message, policy):
        return _agent(agent, signed, authenticity, policy)
    if ticket is None:
        return Writer("stranger")
    if not address or message.ambiguous_author:
        return Writer("stranger", doubt="the sender is ambiguous")
    if authenticity == "failed":
        return Writer("stranger", doubt="authentication of the sender failed")
    if any(same_person(address, each.address, policy) for each in ticket.participants):
        return Writer("participant")
    if signed is not None and not signed.party & AGENT_BIT and _holds(signed, ticket):
        return Writer("participant", doubt="wrote to a participant's own address from another one")
    return Writer("stranger")


def agent_of(message: Message, policy: Policy) -> Agent | None:
    """The agent whose registered address stands in From; an ambiguous From is nobody's (R15)."""
    if message.ambiguous_author or len(message.authors) != 1:
        return None
    address = normalise(message.author.address)
    for agent in policy.agents.values():
        if address and address in (normalise(each) for each in (agent.address, *agent.also)):
            return agent
    return None


def same_person(one: str, other: str, policy: Policy) -> bool:
    """Whether two addresses are one person's; `ana+shop@` is `ana@` where the site says so."""
    if policy.plus_addresses_are_one:
        return normalise(bare(one)) == normalise(bare(other))
    return normalise(one) == normalise(other)


def is_ours(address: str, policy: Policy) -> bool:
    """Whether an address is one of the desk's own (R25), subaddresses included."""
    return bool(address) and normalise(bare(address)) in policy.ours.addresses


def _agent(agent: Agent, signed: SignedAddress | None, authenticity: str, policy: Policy) -> Writer:
    if signed is None or signed.party != party_of_agent(agent):
        return Writer("stranger", agent, "an agent's address without her signed address")
    vouched = any(door.trusted_authserv for door in policy.doors.values())
    if authenticity == "failed" or (vouched and authenticity != "passed"):
        return Writer("stranger", agent, "the agent's identity is not proven")
    return Writer("agent", agent)


def _holds(signed: SignedAddress, ticket: Ticket) -> bool:
    return any(party_of_participant(each) == signed.party for each in ticket.participants)
