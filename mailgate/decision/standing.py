"""Who wrote, and whether he may take part in the ticket (R34 to R37): routing is one thing, permission another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mailgate.decision.policy import Policy
from mailgate.mail.address import bare, normalise
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.tickets.model import Agent, Participant, Ticket
from mailgate.tickets.signed import AGENT_BIT, SignedAddress, has_power
from mailgate.tickets.threading import Standing

POWER_AFTER_CLOSING = timedelta(days=14)


def party_of_participant(participant: Participant) -> int:
    return participant.party << 1


def party_of_agent(agent: Agent) -> int:
    return agent.number << 1 | AGENT_BIT


DoubtKind = Literal["", "unsigned", "unauthentic", "other address", "ambiguous"]
_NO_DOUBT: DoubtKind = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a mail, seen from a ticket.

    `agent`: whom From names, believed where the standing is "agent". `doubt`: why somebody known was not believed, in
    words; `kind` is the layer of spec/agents.md 1 that failed.
    """

    standing: Standing
    agent: Agent | None = None
    doubt: str = ""
    kind: DoubtKind = ""
    person: Participant | None = None  # which of those who take part


def writer(
    message: Message,
    envelope: Envelope,
    ticket: Ticket | None,
    signed: SignedAddress | None,
    authenticity: str,
    policy: Policy,
    now: datetime,
) -> Writer:
    """The writer's standing. An agent counts as one only by all three layers of spec/agents.md 1."""
    if signed is not None and not _has_power(signed, ticket, policy, now):
        signed = None
    agent, doubt, kind = agent_of(message, policy), "", _NO_DOUBT
    if agent is not None:
        if envelope.resumes is not None:  # she gave her word for it, by a mail that was proven
            return Writer("agent", agent)
        doubt, kind = _doubt(agent, envelope, signed, authenticity, policy)
        if not kind:
            return Writer("agent", agent)
    if ticket is None:
        return Writer("stranger", agent, doubt, kind)
    address = message.author.address
    if not address or message.ambiguous_author:
        return Writer("stranger", doubt="the sender is ambiguous", kind="ambiguous")
    if authenticity == "failed":
        return Writer("stranger", agent, "authentication of the sender failed", "unauthentic")
    if (person := part_of(address, ticket, policy)) is not None:
        return Writer("participant", agent, person=person)
    if agent is None and signed is not None and (person := _holder_of(signed, ticket)) is not None:
        return Writer("participant", doubt="wrote to a participant's own address from another one", person=person)
    if agent is None and signed is not None and signed.is_an_agents:
        return Writer("stranger", doubt="wrote to an agent's own address from another one", kind="other address")
    return Writer("stranger", agent, doubt, kind)


def holder(signed: SignedAddress | None, policy: Policy) -> Agent | None:
    """The agent for whom an address was signed."""
    if signed is None or not signed.is_an_agents:
        return None
    return next((each for each in policy.agents.values() if party_of_agent(each) == signed.party), None)


def is_authentic(agent: Agent, envelope: Envelope, authenticity: str) -> bool:
    """Whether somebody vouches for the sender: more than that nothing speaks against him."""
    return envelope.authenticated_as == agent.name or authenticity == "passed"


def may_see(agent: Agent, ticket: Ticket, policy: Policy) -> bool:
    """Whether she may read and answer the ticket."""
    return may_see_queue(agent, ticket.queue, policy)


def may_see_queue(agent: Agent, name: str, policy: Policy) -> bool:
    """Whether she may read and answer its tickets: some queues are for their team alone."""
    queue = policy.queue(name)
    return not queue.members_only or agent.name in policy.teams.get(queue.team or "", ())


def agent_of(message: Message, policy: Policy) -> Agent | None:
    """The agent whose registered address stands in From; an ambiguous From is nobody's (R15)."""
    if message.ambiguous_author or len(message.authors) != 1:
        return None
    return policy.agents_at.get(normalise(message.author.address))


def part_of(address: str, ticket: Ticket, policy: Policy) -> Participant | None:
    """Who takes part in the ticket with that address; of several the one who gets answers."""
    mine = [each for each in ticket.people if same_person(address, each.address, policy)]
    return min(mine, key=lambda each: each.role == "third-party", default=None)


def same_person(one: str, other: str, policy: Policy) -> bool:
    """Whether two addresses are one person's; `ana+shop@` is `ana@` where the site says so."""
    if policy.plus_addresses_are_one:
        return normalise(bare(one)) == normalise(bare(other))
    return normalise(one) == normalise(other)


def is_ours(address: str, policy: Policy) -> bool:
    """Whether an address is one of the desk's own (R25), subaddresses included."""
    return bool(address) and normalise(bare(address)) in policy.ours.addresses


def _doubt(
    agent: Agent, envelope: Envelope, signed: SignedAddress | None, authenticity: str, policy: Policy
) -> tuple[str, DoubtKind]:
    """Why the agent is not believed; empty where she is."""
    if envelope.authenticated_as is not None:
        if envelope.authenticated_as == agent.name:
            return "", ""
        return f"{envelope.authenticated_as} logged in and wrote as {agent.name}", "unauthentic"
    if reason := _inauthentic(authenticity, policy):
        return reason, "unauthentic"
    if signed is not None and signed.party == party_of_agent(agent):
        return "", ""
    if policy.site.reply_address.text == "none" and authenticity == "passed":
        return "", ""  # without signed addresses powers come by authenticity only
    return "an agent's address without her signed address", "unsigned"


def _inauthentic(authenticity: str, policy: Policy) -> str:
    """Why the third layer fails (`agents_policy.require_auth`); empty where it holds."""
    known = any(door.trusted_authserv for door in policy.doors.values())
    match policy.agents_policy.require_auth:
        case "smtp-auth":
            return "the mail was not handed in with a login (SMTP AUTH)"
        case "pass" if authenticity != "passed":
            return "no trusted host says that the sender is genuine"
    if authenticity == "failed":
        return "authentication of the sender failed"
    if known and authenticity != "passed":
        return "the agent's identity is not proven"
    return ""


def _has_power(signed: SignedAddress, ticket: Ticket | None, policy: Policy, now: datetime) -> bool:
    """Power ends with the key's age, and some time after the ticket was closed (DESIGN.md 8, Keys)."""
    closed_at = ticket.closed_at if ticket is not None else None
    if closed_at is not None and now - closed_at > POWER_AFTER_CLOSING:
        return False
    return has_power(policy.keys, signed, now.date())


def _holder_of(signed: SignedAddress, ticket: Ticket) -> Participant | None:
    """A party is a number within its ticket: on another one it is somebody else's."""
    if signed.is_an_agents or signed.number != ticket.number:
        return None
    return next((each for each in ticket.people if party_of_participant(each) == signed.party), None)
