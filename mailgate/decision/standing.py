"""Who wrote, and whether he may take part in the ticket (R34 to R37): routing is one thing, permission another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.decision.policy import Policy
from mailgate.mail.address import bare, normalise
from mailgate.mail.message import Message
from mailgate.tickets.model import Agent, Participant, Ticket
from mailgate.tickets.signed import AGENT_BIT, SignedAddress, has_power
from mailgate.tickets.threading import Standing

POWER_AFTER_CLOSING = timedelta(days=14)


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
    message: Message,
    ticket: Ticket | None,
    signed: SignedAddress | None,
    authenticity: str,
    policy: Policy,
    now: datetime,
) -> Writer:
    """The writer's standing. An agent counts as one only by all three layers of spec/agents.md 1."""
    if signed is not None and not _has_power(signed, ticket, policy, now):
        signed = None
    agent, doubt = agent_of(message, policy), ""
    if agent is not None:
        doubt = _doubt(agent, signed, authenticity, policy)
        if not doubt:
            return Writer("agent", agent)
    if ticket is None:
        return Writer("stranger", agent, doubt)
    address = message.author.address
    if not address or message.ambiguous_author:
        return Writer("stranger", doubt="the sender is ambiguous")
    if authenticity == "failed":
        return Writer("stranger", agent, "authentication of the sender failed")
    if any(same_person(address, each.address, policy) for each in ticket.participants):
        return Writer("participant")
    if agent is None and signed is not None and not signed.is_an_agents and _holds(signed, ticket):
        return Writer("participant", doubt="wrote to a participant's own address from another one")
    return Writer("stranger", agent, doubt)


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


def _doubt(agent: Agent, signed: SignedAddress | None, authenticity: str, policy: Policy) -> str:
    """Why the agent is not believed; empty where she is."""
    if signed is None or signed.party != party_of_agent(agent):
        return "an agent's address without her signed address"
    vouched = any(door.trusted_authserv for door in policy.doors.values())
    if authenticity == "failed" or (vouched and authenticity != "passed"):
        return "the agent's identity is not proven"
    return ""


def _has_power(signed: SignedAddress, ticket: Ticket | None, policy: Policy, now: datetime) -> bool:
    """Power ends with the key's age, and some time after the ticket was closed (DESIGN.md 8, Keys)."""
    closed_at = ticket.closed_at if ticket is not None else None
    if closed_at is not None and now - closed_at > POWER_AFTER_CLOSING:
        return False
    return has_power(policy.keys, signed, now.date())


def _holds(signed: SignedAddress, ticket: Ticket) -> bool:
    return any(party_of_participant(each) == signed.party for each in ticket.participants)
