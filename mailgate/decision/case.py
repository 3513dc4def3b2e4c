"""One accepted mail on its way through the decision, and what is established about it before it is placed."""

from dataclasses import dataclass

from mailgate.decision.facts import Lookup
from mailgate.decision.standing import Writer, party_of_agent
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.rules.situation import AuthFacts
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import SignedAddress
from mailgate.tickets.threading import Thread


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was accepted and read, and what was asked about it."""

    spool_id: int
    message: Message
    envelope: Envelope
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class Case:
    """Where the mail belongs, who wrote it, and what is known of him.

    `signed`: the signed address that it was sent to, proven. `by_machine`: nobody typed it. `bounced`: it reports on a
    mail of ours. `opened`: it is taken up again, and the ticket was opened by it.
    """

    thread: Thread
    signed: SignedAddress | None
    who: Writer
    verdict: str  # on From: passed, failed, unknown
    auth: AuthFacts
    by_machine: bool
    bounced: bool = False
    opened: bool = False

    @property
    def agent(self) -> Agent | None:
        """The agent who wrote it, proven; what her vacation program wrote is not hers.

        Who answers to a return path is a program, whatever it says of itself.
        """
        to_return_path = self.signed is not None and self.signed.purpose == "b"
        return self.who.agent if self.who.standing == "agent" and not (self.by_machine or to_return_path) else None

    @property
    def echo(self) -> bool:
        """Whether a stranger wrote to an agent's own address: it may be a robot that answers our mail to her."""
        return self.who.standing == "stranger" and self.signed is not None and self.signed.is_an_agents

    def signed_for(self, agent: Agent) -> SignedAddress | None:
        """Her own signed address, if the mail was sent to it: another's says nothing of what she saw and wants."""
        return self.signed if self.signed is not None and self.signed.party == party_of_agent(agent) else None
