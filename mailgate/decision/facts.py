"""What must be known to decide about a mail, and the answer of the store.

One `Facts` value serves a whole batch: after a mail has been decided, `facts.after(plan)` is what the next one in the
same transaction will find, so that a batch decides exactly as one mail at a time would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from mailgate.commands.block import find_block
from mailgate.commands.line import may_be
from mailgate.decision.alarm import COUNTER
from mailgate.decision.circumstances import NO_CIRCUMSTANCES, Circumstances
from mailgate.decision.conversation import MOST_ARTICLES, MOST_CHARS, MOST_SENT_TO, HistoryLine, Outgoing, Said, Waiting
from mailgate.decision.deadness import AddressRecord
from mailgate.decision.effects import AddressBounced, ComeBack, GoAway
from mailgate.decision.explained import ExplainedTicket
from mailgate.decision.gate import OPEN, Gate, gate
from mailgate.decision.past import Pasts, pasts_after
from mailgate.decision.standing import agent_of, party_of_agent
from mailgate.errors import MailgateError
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Identity, Message
from mailgate.rate import Rate
from mailgate.rules.timed import turn_of
from mailgate.tickets.model import Ticket
from mailgate.tickets.signed import SignedAddress, SignedMessageId, read_address, read_message_id

if TYPE_CHECKING:
    from mailgate.decision.plan import NewArticle, Plan
    from mailgate.decision.policy import Policy

BUCKET_SECONDS = 600
MAX_IDS = 120  # of References: the newest and the oldest; a forged field names no end of them
MAX_SIGNED = 8
MOST_TICKETS_AN_ID = 8  # the newest of those that a Message-ID leads to: some devices use one id for all their mail


class TicketWanted(MailgateError):
    """A rule named a ticket by a number that nobody has asked for yet, or a process an address: the facts are asked
    again, with it."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} must be known first")
        self.number = number


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the store is asked about one mail. Everything here comes from the mail alone."""

    identity: Identity
    own_id: str | None
    named_ids: tuple[str, ...]  # newest first
    our_ids: tuple[SignedMessageId, ...]
    signed: tuple[SignedAddress, ...]
    numbers: tuple[str, ...]
    counters: tuple[str, ...]
    author: str = ""  # the address in From
    agents: tuple[str, ...] = ()  # who may be speaking, by From or by signed address: the conversation is wanted
    orders: bool = False  # she gives orders: one of them may ask for the history
    why: bool = False  # one of them may ask why
    intervals: tuple[str, ...] = ()  # templates that must not go to the requester too often
    original: Identity | None = None  # of the mail that is taken up again
    passage: Gate = OPEN  # what the gate's rules said of it: they can name the ticket
    named: tuple[str, ...] = ()  # the numbers of tickets that rules named


@dataclass(frozen=True, slots=True)
class StoredId:
    """A Message-ID that some article is (`names` False) or names. `automatic`: we sent that article by machine."""

    article: int
    ticket: int
    names: bool
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What proves a signed address or Message-ID, and where it leads. `ticket` is where the article was written."""

    ticket: int
    nonce: bytes
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers, by key. Tickets that were merged lead to their targets through `ticket`."""

    seen: Mapping[bytes, tuple[int, int]] = field(default_factory=dict)  # identity -> (article, ticket)
    ids: Mapping[str, tuple[StoredId, ...]] = field(default_factory=dict)
    articles: Mapping[int, StoredArticle] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    asked: frozenset[str] = (
        frozenset()
    )  # numbers that were asked for besides: what is not in `numbers` is none; and addresses, in lower case
    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    counts: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # key -> (bucket start, count)...
    said: Mapping[int, tuple[Said, ...]] = field(default_factory=dict)  # ticket -> its newest articles, oldest first
    outgoing: Mapping[int, tuple[Outgoing, ...]] = field(
        default_factory=dict
    )  # ticket -> agents' answers, newest first
    waiting: Mapping[int, tuple[Waiting, ...]] = field(default_factory=dict)  # ticket -> newest first
    told: Mapping[int, tuple[HistoryLine, ...]] = field(default_factory=dict)  # ticket -> its history, for #history
    explained: Mapping[int, ExplainedTicket] = field(default_factory=dict)  # ticket -> for #explain
    pasts: Pasts = field(default_factory=dict)
    addresses: Mapping[str, AddressRecord] = field(
        default_factory=dict
    )  # in lower case; those that mail came back from
    circumstances: Circumstances = NO_CIRCUMSTANCES
    away: Mapping[str, datetime] = field(default_factory=dict)  # agent -> when she is back
    turns: Mapping[int, Mapping[str, int]] = field(default_factory=dict)  # ticket -> rule -> episode of its last turn
    process_texts: Mapping[str, str] = field(default_factory=dict)  # by hash: versions that tickets run on

    def dead(self, address: str) -> AddressRecord | None:
        """What is known of an address that is not written to any more."""
        known = self.addresses.get(address.lower())
        return known if known is not None and known.dead_since is not None else None

    def ticket(self, number: int) -> Ticket | None:
        """The ticket of that id, or the one it was merged into."""
        found, steps = self.tickets.get(number), 0
        while found is not None and found.merged_into is not None and steps < 10:
            found, steps = self.tickets.get(found.merged_into), steps + 1
        return found

    def count(self, key: str, seconds: int, now: float) -> int:
        """How often `key` was charged in the last `seconds`, to the nearest bucket on the careful side."""
        return sum(n for start, n in self.counts.get(key, ()) if start + BUCKET_SECONDS > now - seconds)

    def within(self, key: str, rate: Rate | None, now: float) -> bool:
        return rate is None or self.count(key, rate.seconds, now) < rate.count

    def after(self, plan: Plan) -> Facts:
        """These facts as they will be once `plan` is applied."""
        ids = dict(self.ids)
        articles = dict(self.articles)
        for article in plan.articles:
            articles[article.id] = StoredArticle(article.ticket_id, article.nonce, article.is_automatic_answer)
            if article.wire_id:
                _remember(ids, article.wire_id, StoredId(article.id, article.ticket_id, False))
            if article.message_id:
                own = StoredId(article.id, article.ticket_id, False, article.is_automatic_answer)
                _remember(ids, article.message_id, own)
            for named in article.names:
                _remember(ids, named, StoredId(article.id, article.ticket_id, True, article.is_automatic_answer))
        seen, numbers, tickets = self.seen, self.numbers, self.tickets
        if plan.ticket is not None:
            tickets = {**tickets, plan.ticket.id: plan.ticket}
            numbers = {**numbers, plan.ticket.number: plan.ticket.id}
        if plan.binds is not None and plan.outcome.article is not None and plan.outcome.ticket is not None:
            seen = {**seen, plan.binds.digest: (plan.outcome.article, plan.outcome.ticket)}
        addresses = _bounced(self.addresses, plan)
        conversations = self.said
        if plan.ticket is not None and plan.articles:
            waiting = {each.article for each in plan.drafts if each.kind == "customer" and (each.held or each.due)}
            fresh = (said(each, waits=each.id in waiting) for each in plan.articles)
            newest = (*conversations.get(plan.ticket.id, ()), *fresh)
            conversations = {**conversations, plan.ticket.id: newest[-MOST_ARTICLES:]}
        return replace(
            self.charged(plan.charges, plan.at),
            seen=seen,
            ids=ids,
            articles=articles,
            numbers=numbers,
            tickets=tickets,
            said=conversations,
            pasts=self.pasts if plan.ticket is None else pasts_after(self.pasts, plan.ticket),
            away=_away(self.away, plan),
            turns=_turns(self.turns, plan),
            addresses=addresses,
            circumstances=self.circumstances
            if self.circumstances is NO_CIRCUMSTANCES
            else self.circumstances.after(plan),
        )

    def charged(self, keys: Iterable[str], at: datetime) -> Facts:
        """These facts with one more of each key."""
        counts = dict(self.counts)
        for key in keys:
            counts[key] = (*counts.get(key, ()), (int(at.timestamp()), 1))
        return replace(self, counts=counts)


def _away(before: Mapping[str, datetime], plan: Plan) -> Mapping[str, datetime]:
    after = dict(before)
    for effect in (done.effect for done in plan.effects):
        if isinstance(effect, GoAway):
            after[effect.agent] = effect.until
        elif isinstance(effect, ComeBack):
            after.pop(effect.agent, None)
    return after


def _turns(before: Mapping[int, Mapping[str, int]], plan: Plan) -> Mapping[int, Mapping[str, int]]:
    ticket = plan.ticket
    if ticket is None or not plan.turns:
        return before
    return {**before, ticket.id: {**before.get(ticket.id, {}), **dict.fromkeys(plan.turns, ticket.episode)}}


def _bounced(known: Mapping[str, AddressRecord], plan: Plan) -> Mapping[str, AddressRecord]:
    """What will be known of addresses once `plan` is applied."""
    for done in plan.effects:
        if isinstance(bounce := done.effect, AddressBounced):
            address = bounce.address.lower()
            before = known.get(address, AddressRecord(plan.at, 0, ""))
            dead = before.dead_since or (plan.at if bounce.dead else None)
            after = replace(before, article=bounce.article, reason=bounce.reason, dead_since=dead)
            known = {**known, address: after}
    return known


def said(article: NewArticle, *, waits: bool = False) -> Said:
    """An article as the next decision will find it. `waits`: an answer that has not gone out yet."""
    return Said(
        id=article.id,
        at=article.at,
        sender_type=article.sender_type,
        direction=article.direction,
        visibility=article.visibility,
        verified=article.verified,
        author=article.author,
        subject=article.subject,
        message_id=article.message_id,
        text=article.new_text[:MOST_CHARS],
        template=article.template,
        automatic=article.automatic,
        waits=waits,
        sent_to=(*article.to, *article.cc)[:MOST_SENT_TO],
    )


def _remember(ids: dict[str, tuple[StoredId, ...]], message_id: str, stored: StoredId) -> None:
    """As the store does: one entry a ticket, its first, the newest ticket in front."""
    known = ids.get(message_id, ())
    if any(each.ticket == stored.ticket and each.names == stored.names for each in known):
        return
    alike = [each for each in known if each.names == stored.names]
    cut = alike[MOST_TICKETS_AN_ID - 1 :]
    ids[message_id] = (stored, *(each for each in known if each not in cut))


def lookup(message: Message, envelope: Envelope, policy: Policy) -> Lookup:
    """What to ask the store about a mail."""
    named = _newest_first(message)
    returned = message.bounce.original_message_id if message.bounce else None
    if message.notice is not None:
        returned = message.notice.original_message_id
    if returned and returned not in named:
        named = (returned, *named)
    signed_for = _signed_addresses(message, envelope)
    agents = _agents(message, signed_for, policy)
    orders = find_block(message.body.new_text).lines if agents else ()
    passage = gate(message, envelope, policy)
    joined = (passage.join.number,) if passage.join is not None and passage.join.number else ()
    return Lookup(
        identity=identity(message, envelope),
        own_id=message.message_id,
        named_ids=named,
        our_ids=tuple(signed for each in named if (signed := read_message_id(each)) is not None),
        signed=signed_for,
        numbers=policy.site.tag.find(message.subject),
        counters=(
            *counter_keys(message, policy),
            *map(told_key, policy.agents),
            *_keys_of_agents(agents, policy),
            *((COUNTER,) if passage.by is not None else ()),
            *map(forward_key, policy.rules.forwards_to),
            *(reply_key(turn_of(rule), message.author.address) for rule in policy.rules.once),
        ),
        author=message.author.address,
        agents=agents,
        orders=bool(orders),
        why=any(may_be("explain", each.text) for each in orders),
        intervals=tuple(policy.rules.templates_with_interval) if agents else (),
        original=message.identity if envelope.resumes is not None else None,
        passage=passage,
        named=joined,
    )


def identity(message: Message, envelope: Envelope) -> Identity:
    """What makes two deliveries one mail; a mail that is taken up again is another one, once in each way."""
    if envelope.resumes is None:
        return message.identity
    digest = hashlib.sha256(message.identity.digest + f"{envelope.resumed_from} {envelope.resumes}".encode()).digest()
    return Identity(digest, forever=True)


def _agents(message: Message, signed: tuple[SignedAddress, ...], policy: Policy) -> tuple[str, ...]:
    """Who may be speaking: the agent in From, and whose signed addresses the mail was sent to."""
    author = agent_of(message, policy)
    parties = {each.party for each in signed if each.is_an_agents}
    holders = (name for name, agent in policy.agents.items() if parties and party_of_agent(agent) in parties)
    return tuple(dict.fromkeys((*((author.name,) if author else ()), *holders)))


def _keys_of_agents(agents: tuple[str, ...], policy: Policy) -> Iterator[str]:
    """The counters of what may go round: robots at agents' addresses, mail not proven, answers to their commands."""
    if agents:
        yield from map(echo_key, policy.agents)
        yield from map(doubt_key, agents)
        yield from map(receipt_key, agents)


def counter_keys(message: Message, policy: Policy) -> tuple[str, ...]:
    """The counters that may decide whether this mail is answered automatically."""
    if not message.automatic.may_answer:
        return ()
    addresses = {box.address for box in (*message.authors[:1], *message.reply_to[:1]) if box.address}
    keys = {"total", "notice:breaker"} if policy.limits.total else set()
    for address in addresses:
        keys |= {f"address:{address.lower()}", f"neutral:{address.lower()}"}
        domain = address.rpartition("@")[2].lower()
        keys |= {f"domain:{domain}", f"neutral-domain:{domain}"}
        keys |= {reply_key(template, address) for template in policy.rules.templates_with_interval}
    return tuple(sorted(keys))


def echo_key(agent: str) -> str:
    """The counter of what an agent is told about mail that may be a robot's at an agent's address."""
    return f"echo:{agent}"


def told_key(agent: str) -> str:
    """The counter of an agent's notifications: above twenty in ten minutes they join one digest (R27)."""
    return f"told:{agent}"


def receipt_key(agent: str) -> str:
    """The counter of the answers to what an agent sends us: a robot of hers may answer each of them."""
    return f"receipt:{agent}"


def doubt_key(agent: str) -> str:
    """The counter of mails to an agent about mail that may be hers and is not proven."""
    return f"doubt:{agent}"


def forward_key(address: str) -> str:
    """The counter of mail that rules pass on to somebody outside."""
    return f"forward:{address.lower()}"


def reply_key(template: str, address: str) -> str:
    """The counter behind `reply: {every: ...}`: this template to this person."""
    return f"reply:{template}:{address.lower()}"


def _newest_first(message: Message) -> tuple[str, ...]:
    ordered = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    ordered.pop(message.message_id or "", None)
    ids = tuple(ordered)
    return ids if len(ids) <= MAX_IDS else ids[: MAX_IDS // 2] + ids[-MAX_IDS // 2 :]


def _signed_addresses(message: Message, envelope: Envelope) -> tuple[SignedAddress, ...]:
    visible = (box.address for box in (*message.to, *message.cc))
    addresses = dict.fromkeys(each.lower() for each in (*envelope.forward_paths, *visible) if "+" in each)
    found = (read_address(each) for each in addresses)
    return tuple(signed for signed in found if signed is not None)[:MAX_SIGNED]
