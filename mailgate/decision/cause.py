"""What set a decision off: a mail with all that is known of it, or a timer."""

from dataclasses import dataclass

from mailgate.decision.facts import Lookup
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.tickets.model import Agent


@dataclass(frozen=True, slots=True)
class Cause:
    """What set it off. `agent`: who did it, if an agent did; she is not told of her own doings.

    `echo`: a stranger wrote to an agent's signed address. `claimed`: the agent whom From names, unproven. What must not
    go round for ever (R28): a robot at an agent's address may answer every notification.
    """

    message: Message
    envelope: Envelope
    lookup: Lookup | None  # None: a timer was due
    authenticity: str = "unknown"
    agent: Agent | None = None
    from_customer: bool = True
    echo: bool = False
    claimed: str = ""


def by_a_machine(message: Message, envelope: Envelope) -> bool:
    """Whether nobody typed it: it says so, or it came without a reverse-path.

    Words alone are no proof here: an agent who writes "I am away until Monday, Kim will help you" means it to be sent.
    """
    automatic = message.automatic
    return (automatic.is_automatic and not automatic.by_words) or envelope.reverse_path is None
