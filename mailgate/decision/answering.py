"""May this mail be answered by machine, to whom, and how much may the answer say (R19 to R32, and the decisions there).

Any doubt means no. What the mail itself forbids is in `message.automatic`; here is added what only the desk knows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.decision.evidence import answers_our_machine
from mailgate.decision.facts import Facts, Lookup, reply_key
from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours
from mailgate.mail.address import normalise
from mailgate.mail.automated import system_address
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Mailbox, Message
from mailgate.rate import Rate
from mailgate.tickets.signed import proves_loop_mark

LOOP_HEADER = "X-Mailgate-Loop"
NEUTRAL_PER_ADDRESS = Rate(1, 86_400)
NEUTRAL_PER_DOMAIN = Rate(20, 3_600)
NEUTRAL_MAX_AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict. `recipient` None: nothing may go out, for `reason`. `neutral`: the number and fixed words only."""

    recipient: Mailbox | None
    neutral: bool = False
    reason: str = ""
    charges: tuple[str, ...] = ()
    tripped: bool = False  # the global breaker said no


def may_answer(
    message: Message,
    envelope: Envelope,
    lookup: Lookup,
    facts: Facts,
    policy: Policy,
    authenticity: str,
    ticket: int,
    now: datetime,
    *,
    in_process: bool = False,
) -> Answer:
    """Whether a customer's mail may be answered automatically.

    `in_process`: a step of a process speaks. It may answer what answers a mail of ours, and several times a ticket: how
    often is bounded by the process itself (decision.stepping); every other guard holds.
    """
    if reason := _forbidden(message, envelope, lookup, facts, policy, authenticity, in_process):
        return Answer(None, reason=reason)
    full = authenticity == "passed" or policy.site.trust_unverified
    recipient = _aligned_recipient(message, policy) if full else message.author
    keys, reason = ((), "") if full else _neutral_terms(message, envelope, facts, now)
    if reason:
        return Answer(None, reason=reason)
    counted, reason, tripped = limits_reached(recipient.address, ticket, facts, policy, now, in_process=in_process)
    if reason:
        return Answer(None, reason=reason, tripped=tripped)
    return Answer(recipient, not full, "", (*keys, *counted))


def limits_reached(
    address: str, ticket: int, facts: Facts, policy: Policy, now: datetime, *, in_process: bool = False
) -> tuple[tuple[str, ...], str, bool]:
    """The counters that one more automatic answer charges, or why not; and whether it was the breaker that said no."""
    limits = tuple(
        each for each in _limit_keys(address, ticket, policy) if not (in_process and each[0] == f"ticket:{ticket}")
    )
    for key, rate, what in limits:
        if not facts.within(key, rate, now.timestamp()):
            return (), f"the limit of automatic answers {what} is reached", key == "total"
    return tuple(key for key, rate, _ in limits if rate is not None), "", False


def too_soon(template: str, every: timedelta | None, recipient: str, facts: Facts, now: datetime) -> bool:
    """Whether this template went to this person within `every` (Sieve's :days, RFC 5230 4.1)."""
    if every is None:
        return False
    return facts.count(reply_key(template, recipient), int(every.total_seconds()), now.timestamp()) > 0


def _forbidden(
    message: Message,
    envelope: Envelope,
    lookup: Lookup,
    facts: Facts,
    policy: Policy,
    authenticity: str,
    in_process: bool,
) -> str:
    if not in_process and answers_our_machine(
        lookup, facts
    ):  # first: it is what stops a loop, whatever else the mail says of itself
        return "it answers an automatic mail of ours"
    if not message.automatic.may_answer:
        return "; ".join(message.automatic.reasons) or "automatic mail"
    if envelope.reverse_path is None:
        return "the reverse-path is null (RFC 3834 2)"
    if reason := system_address(envelope.reverse_path):
        return f"the reverse-path is a system's: {reason}"
    if message.ambiguous_author or not message.author.address:
        return "the sender is missing or ambiguous"
    if is_ours(message.author.address, policy) or is_ours(envelope.reverse_path, policy):
        return "the sender is one of our own addresses"
    if any(proves_loop_mark(policy.keys, mark, policy.site.domain) for mark in message.header(LOOP_HEADER)):
        return "it is our own automatic mail"
    if authenticity == "failed":
        return "authentication of the sender failed"
    return ""


def _aligned_recipient(message: Message, policy: Policy) -> Mailbox:
    """Reply-To where it stays within the author's domain (R31) and is not ours (R25), else From."""
    author = message.author
    if len(message.reply_to) == 1 and message.reply_to[0].address and not is_ours(message.reply_to[0].address, policy):
        wanted = _domain(message.reply_to[0].address)
        own = _domain(author.address)
        if wanted == own or wanted.endswith(f".{own}"):
            return message.reply_to[0]
    return author


def _neutral_terms(message: Message, envelope: Envelope, facts: Facts, now: datetime) -> tuple[tuple[str, ...], str]:
    """The counters that a neutral answer charges, or why even that may not go out."""
    address = message.author.address
    if normalise(envelope.reverse_path or "") != normalise(address):
        return (), "nothing is known of the sender, and the reverse-path is not the From address"
    if message.date is not None and now - message.date > NEUTRAL_MAX_AGE:
        return (), "nothing is known of the sender, and the mail is over 24 hours old"
    return neutral_limits(address, facts, now)


def neutral_limits(address: str, facts: Facts, now: datetime) -> tuple[tuple[str, ...], str]:
    """The counters that one more neutral answer charges, or why not."""
    address = address.lower()
    keys = (f"neutral:{address}", f"neutral-domain:{_domain(address)}")
    if not facts.within(keys[0], NEUTRAL_PER_ADDRESS, now.timestamp()):
        return (), "nothing is known of the sender, and he was answered within 24 hours"
    if not facts.within(keys[1], NEUTRAL_PER_DOMAIN, now.timestamp()):
        return (), "nothing is known of the sender, and his domain was answered 20 times within the hour"
    return keys, ""


def _limit_keys(address: str, ticket: int, policy: Policy) -> tuple[tuple[str, Rate | None, str], ...]:
    limits = policy.limits
    lower = address.lower()
    return (
        (f"address:{lower}", limits.per_address, "to this address"),
        (f"ticket:{ticket}", limits.per_ticket, "on this ticket"),
        (f"domain:{_domain(lower)}", limits.per_domain, "to this domain"),
        ("total", limits.total, "altogether"),
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
