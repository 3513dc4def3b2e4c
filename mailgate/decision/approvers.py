"""Who is asked to approve, and who may decide: never he whose request it is, never a machine, never ourselves."""

from dataclasses import dataclass, field

from mailgate.decision.answering import limits_reached
from mailgate.decision.deadness import why_dead
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AddPerson, Withhold
from mailgate.decision.facts import TicketWanted
from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours, may_see, party_of_agent, party_of_participant, same_person
from mailgate.decision.watching import next_party
from mailgate.mail.address import normalise
from mailgate.mail.automated import system_address
from mailgate.rules.expression import ExpressionFailed, Record
from mailgate.rules.notify_reader import is_address
from mailgate.rules.process import Process, Question, Whom
from mailgate.tickets.model import Agent, Participant, Ticket
from mailgate.tickets.running import Approval, Asked

REQUEST = "approval_request"
_HIS_OWN = "nobody approves his own request"


@dataclass(slots=True)
class Approvers:
    """Finds those who can be asked; lives for one question. `reasons`: why others cannot, by address."""

    process: Process
    actor: str
    pen: Draughtsman
    asked: list[Asked] = field(default_factory=list)

    def ask(self, whom: Whom, known: tuple[Asked, ...] = ()) -> tuple[Asked, ...]:
        """Who of them can be asked and was not yet; the others are told in the history."""
        before = {normalise(each.address) for each in (*known, *self.asked)}
        fresh: list[Asked] = []
        for address in self._addresses(whom):
            if normalise(address) in before:
                continue
            before.add(normalise(address))
            agent = self.pen.policy.agents_at.get(normalise(address))
            reason = self._against_agent(agent) if agent is not None else self._against(address)
            if reason:
                self.pen.effect(self.actor, Withhold(REQUEST, address, reason))
            elif agent is not None:
                fresh.append(Asked(agent.address, party_of_agent(agent), agent.name))
            else:
                fresh.append(Asked(address, party_of_participant(self._person(address))))
        self.asked += fresh
        return tuple(fresh)

    def _addresses(self, whom: Whom) -> tuple[str, ...]:
        policy = self.pen.policy
        if whom.address is None:
            return tuple(each.address for each in agents_of(whom, policy))
        values = dict.fromkeys(self.process.fields, "") | dict(self.pen.ticket.fields)
        try:
            address = whom.address.render({"field": Record(values)}).strip()
        except ExpressionFailed as error:
            address = str(error)
        if is_address(address):
            return (address,)
        self.pen.effect(self.actor, Withhold(REQUEST, address[:200], "this is no address"))
        return ()

    def _against_agent(self, agent: Agent) -> str:
        if is_requester(agent.address, self.pen.ticket, self.pen.policy):
            return _HIS_OWN
        return "" if may_see(agent, self.pen.ticket, self.pen.policy) else "the agent may not see the ticket"

    def _against(self, address: str) -> str:
        """Why somebody outside is not asked: his address came by mail, so every guard of automatic mail holds."""
        pen = self.pen
        if address.lower() not in pen.facts.asked:
            raise TicketWanted(address.lower())  # what was sent to him lately must be known
        if is_requester(address, pen.ticket, pen.policy):
            return _HIS_OWN
        if is_ours(address, pen.policy):
            return "it is one of our own addresses"
        if reason := system_address(address):
            return f"it is a system's address: {reason}"
        if (dead := pen.facts.dead(address)) is not None:
            return why_dead(address, dead)
        keys, reason, _ = limits_reached(address, pen.ticket.id, pen.facts, pen.policy, pen.now, in_process=True)
        if not reason:
            pen.charge(*keys)
        return reason

    def _person(self, address: str) -> Participant:
        """He takes part from now on, so that he can ask back."""
        for each in self.pen.ticket.participants:
            if each.role not in ("former", "awaited", "watcher") and normalise(each.address) == normalise(address):
                return each
        person = Participant(address, "", next_party(self.pen), "third-party")
        self.pen.effect(self.actor, AddPerson(person))
        return person


def agents_of(whom: Whom, policy: Policy) -> tuple[Agent, ...]:
    """The agents that are named, now: roles and teams change."""
    if whom.role:
        return tuple(each for each in policy.agents.values() if whom.role in each.roles)
    names = policy.teams.get(whom.team, ()) if whom.team else whom.to
    return tuple(policy.agents[name] for name in names if name in policy.agents)


def is_requester(address: str, ticket: Ticket, policy: Policy) -> bool:
    return ticket.requester is not None and same_person(address, ticket.requester.address, policy)


def may_decide(agent: Agent, approval: Approval, question: Question, ticket: Ticket, policy: Policy) -> bool:
    """Whether an agent has a voice in it."""
    if any(is_requester(each, ticket, policy) for each in (agent.address, *agent.also)):
        return False
    if any(each.agent == agent.name for each in approval.asked):
        return True
    return question.instead is not None and agent in agents_of(question.instead, policy)
