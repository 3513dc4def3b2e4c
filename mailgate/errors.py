"""The error tree, and the one table from a failure to what an SMTP client is told.

Temporary by default (RFC 5321 4.2.5): a client that hears 4yz keeps the mail and comes again, so an unknown failure
on our side never costs the sender his mail. 5yz only where trying again cannot help.
"""

from dataclasses import dataclass
from enum import Enum

from mailgate.problems import Problem


class MailgateError(Exception):
    """Anything mailgate raises on purpose; its text is meant for the operator."""


class Outage(MailgateError):
    """The world failed (lock, disk, connection): try again later, it is never the mail's fault."""


class InDoubt(Outage):
    """The connection broke while the database committed: it may have, or not. Nobody may be told either."""


class LeadLost(Outage):
    """Another processor leads now: whatever was in hand is its affair."""


class Conflict(MailgateError):
    """What a decision was based on changed before it was applied: decide again."""


class FilesRejected(MailgateError):
    """config.toml, rules or templates are wrong; every mistake at once."""

    def __init__(self, problems: tuple[Problem, ...], sources: dict[str, str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
        self.sources = sources


class CannotStart(MailgateError):
    """The daemon cannot begin; one line with the next step.

    `code` is the exit code: 75 where trying again may help (port taken, second daemon), 78 where a person must mend.
    """

    def __init__(self, text: str, code: int = 75) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A reply line: basic code (RFC 5321), enhanced code (RFC 3463), fixed text."""

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced} {self.text}"


class Refusal(Enum):
    """Why a door says no. The texts are fixed: nothing of our inside ever reaches a client."""

    TROUBLE = SmtpReply(451, "4.3.0", "Temporary failure, try again later")
    SHUTTING_DOWN = SmtpReply(421, "4.3.2", "Service shutting down, try again later")
    TOO_MANY_CONNECTIONS = SmtpReply(421, "4.7.0", "Too many connections, try again later")
    TOO_LONG_SESSION = SmtpReply(421, "4.4.2", "Session time exceeded")
    TOO_MANY_BAD_ADDRESSES = SmtpReply(421, "4.7.1", "Too many invalid addresses")
    TOO_MANY_BAD_LOGINS = SmtpReply(421, "4.7.0", "Too many failed logins, try again later")
    PEER_NOT_ALLOWED = SmtpReply(554, "5.7.1", "Access denied")
    TOO_MANY_RECIPIENTS = SmtpReply(452, "4.5.3", "Too many recipients")
    NO_ROOM = SmtpReply(452, "4.3.1", "Insufficient system storage, try again later")
    BUSY = SmtpReply(452, "4.3.1", "Too much mail in flight, try again later")
    SENDER_TOO_FAST = SmtpReply(451, "4.7.1", "Too many messages from this sender, try again later")
    TOO_BIG = SmtpReply(552, "5.3.4", "Message too big")
    UNKNOWN_RECIPIENT = SmtpReply(550, "5.1.1", "No such address here")
    RELAY_DENIED = SmtpReply(550, "5.7.1", "Relaying denied")
    BAD_SENDER_SYNTAX = SmtpReply(501, "5.1.7", "Bad sender address syntax")
    BAD_RECIPIENT_SYNTAX = SmtpReply(501, "5.1.3", "Bad recipient address syntax")
    LOOP = SmtpReply(554, "5.4.6", "Too many hops")

    def __str__(self) -> str:
        return str(self.value)
