"""What is known of a mail's sender: what the host that handed it to us says (RFC 8601), if that door's word counts."""

from mailgate.decision.policy import Policy
from mailgate.mail.authenticity import Authenticity, authenticity
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message

NOTHING_KNOWN = Authenticity()


def authenticity_of(message: Message, envelope: Envelope, policy: Policy) -> Authenticity:
    """The verdict on From; "unknown" where no trusted host speaks."""
    door = policy.doors.get(envelope.source)
    if door is None or not door.trusted_authserv:
        return NOTHING_KNOWN
    domain = "" if message.ambiguous_author else message.author.address.rpartition("@")[2]  # then nothing passes (R39)
    return authenticity(message.headers, domain, door.trusted_authserv, door.border, door.trusted_sealers)
