"""A small desk to try decisions on: a policy, mails read from real bytes, and the way from spool to database.

`make_policy`, `make_mail` and `Facts()` are enough for the pure core. `Pipeline` runs mails through a real store as
the processor does, in batches of any size.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.decision.conversation import Said
from mailgate.decision.decide import Mail, decide
from mailgate.decision.facts import Facts, StoredArticle, StoredId, TicketWanted, lookup
from mailgate.decision.leak import Leak
from mailgate.decision.past import PastTicket
from mailgate.decision.plan import Allotment, Plan
from mailgate.decision.policy import AutomaticLimits, Door, Policy, Site
from mailgate.ids import SeededIds
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.message import Mailbox
from mailgate.mail.parse import parse
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.problems import report
from mailgate.rate import Rate
from mailgate.rules.ruleset import EMPTY, Ruleset, compiled
from mailgate.rules.situation import OurAddresses
from mailgate.rules.vocabulary import Vocabulary
from mailgate.service.preparation import composed
from mailgate.store import spool
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.known import gather
from mailgate.store.lead import take_lead
from mailgate.tickets.model import Agent, Participant, Queue, Ticket
from mailgate.tickets.number import parse_number_format
from mailgate.tickets.signed import Key, Keyring, ReplyAddressForm, sign_message_id, sign_token
from mailgate.tickets.token import parse_ticket_tag

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DOMAIN = "example.com"
KEYS = Keyring((Key("a", date(2026, 11, 1), b"k" * 32),))
ANA, BEN, MALLORY = "ana@acme.example", "ben@acme.example", "mallory@evil.example"
NINA = Agent("nina", "Nina Costa", "nina@example.com", also=("nina@home.example",), number=1)
KIM = Agent("kim", "Kim Lee", "kim@example.com", roles=("agent", "lead"), number=2)
TEMPLATES = tuple(
    """received received_neutral closed closed_neutral not_accepted agent_new agent_followup agent_note agent_assigned
    agent_answered agent_due delivery_failed forward open_tickets reload_failed""".split()
)
PASSED = f"mx.{DOMAIN}; dmarc=pass header.from=acme.example"


def make_queue(name: str = "support", **overrides: Any) -> Queue:
    address = f"{name}@{DOMAIN}"
    queue = Queue(name, name.title(), (address,), Mailbox(name.title(), address), team="first-line")
    return replace(queue, **overrides)


def make_rules(text: str) -> Ruleset:
    """A rule set of one file; its mistakes fail the test as the operator would see them."""
    if not text:
        return EMPTY
    vocabulary = Vocabulary(
        queues=frozenset(("support", "billing")),
        teams=frozenset(("first-line",)),
        agents=frozenset(("nina", "kim")),
        roles=frozenset(("agent", "lead")),
        templates=frozenset(TEMPLATES),
    )
    ruleset, problems, sources = compiled({"10.yaml": dedent(text).encode()}, vocabulary)
    assert ruleset is not None, report(problems, sources)
    return ruleset


def make_policy(
    rules: str = "",
    queue: Mapping[str, Any] | None = None,
    site: Mapping[str, Any] | None = None,
    trusted: Sequence[str] = (f"mx.{DOMAIN}",),
    **overrides: Any,
) -> Policy:
    """Two queues, two agents and one door. `queue` and `site` override parts of the support queue and the site."""
    queues = {"support": make_queue("support", **(queue or {})), "billing": make_queue("billing")}
    ours = frozenset(address for each in queues.values() for address in each.addresses)
    policy = Policy(
        site=replace(
            Site(
                name="Example",
                domain=DOMAIN,
                timezone=ZoneInfo("Europe/Berlin"),
                language="en",
                tag=parse_ticket_tag("[Ticket#{number}]"),
                numbers=parse_number_format("{seq}"),
                default_queue="support",
                reply_address=ReplyAddressForm(),
                trust_unverified=False,
                admins=("root@example.com",),
            ),
            **(site or {}),
        ),
        queues=queues,
        teams={"first-line": ("nina", "kim")},
        agents={"nina": NINA, "kim": KIM},
        doors={"smtp": Door("smtp", tuple(trusted))},
        limits=AutomaticLimits(Rate(10, 86_400), Rate(5, 3_600), Rate(100, 3_600), Rate(200, 3_600)),
        rules=make_rules(rules),
        keys=KEYS,
        ours=OurAddresses(frozenset((DOMAIN,)), ours),
        neutral_forms={"received": "received_neutral", "closed": "closed_neutral"},
    )
    return replace(policy, **overrides)


def make_raw(
    sender: str = f"Ana Silva <{ANA}>",
    to: str = f"support@{DOMAIN}",
    subject: str = "Invoice",
    text: str = "Hello, please help.",
    message_id: str | None = "<1@acme.example>",
    at: datetime | None = NOW,
    verified: str | None = PASSED,
    **headers: str,
) -> bytes:
    """A plain mail. `headers`: more fields, `in_reply_to="<x@y>"` for In-Reply-To."""
    fields = [("Authentication-Results", verified)] if verified else []
    fields += [("From", sender), ("To", to), ("Subject", subject)]
    fields += [("Message-ID", message_id)] if message_id else []
    fields += [("Date", format_datetime(at))] if at else []
    fields += [(name.replace("_", "-").title(), value) for name, value in headers.items()]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return (head + "\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


def make_envelope(reverse_path: str | None = ANA, *forward_paths: str, at: datetime = NOW) -> Envelope:
    return Envelope(reverse_path, forward_paths or (f"support@{DOMAIN}",), "smtp", at)


def make_mail(raw: bytes, policy: Policy, envelope: Envelope | None = None, spool_id: int = 1) -> Mail:
    envelope = envelope or make_envelope()
    message = parse(raw, envelope.reverse_path or "")
    return Mail(spool_id, message, envelope, lookup(message, envelope, policy))


def make_ticket(number: int = 1042, **overrides: Any) -> Ticket:
    """An open ticket of Ana's with one article, 5000 + its number."""
    article = 5_000 + number
    ticket = Ticket(
        id=number,
        number=str(number),
        nonce=b"T%07d" % number,
        subject="Invoice",
        queue="support",
        state="open",
        priority="normal",
        owner=None,
        created_at=NOW - timedelta(days=1),
        updated_at=NOW - timedelta(days=1),
        participants=(Participant(ANA, "Ana Silva", 1, "requester"),),
        language="en",
        root_article=article,
        root_nonce=b"A%07d" % number,
        last_article=article,
        last_nonce=b"A%07d" % number,
        articles=1,
        version=1,
    )
    return replace(ticket, **overrides)


def signed_address(ticket: Ticket, party: int, purpose: Any = "r", keys: Keyring = KEYS) -> str:
    """The signed address of `party` (2n: participant n, 2n + 1: agent n) at the ticket's newest article."""
    token = sign_token(keys, ticket.number, purpose, party, ticket.last_article, ticket.nonce, ticket.last_nonce)
    return f"support+{token}@{DOMAIN}"


def our_message_id(ticket: Ticket) -> str:
    return sign_message_id(KEYS, ticket.last_article, ticket.last_nonce, DOMAIN)


def decided(
    mail: Mail,
    policy: Policy,
    facts: Facts | None = None,
    now: datetime = NOW,
    ticket: int = 2_000,
    leaks: tuple[Leak, ...] = (),
) -> Plan:
    """What is decided about one mail; a new ticket would get the id `ticket`."""
    ids = SeededIds(mail.spool_id)
    each = policy.rules.articles_each
    articles = tuple(range(9_000 + 100 * mail.spool_id, 9_000 + 100 * mail.spool_id + each))
    allotment = Allotment(ticket, articles, tuple(ids.nonce() for _ in range(each + 1)))
    return decide(mail, facts or Facts(), policy, allotment, now, leaks)


def hers(agent: Agent = NINA) -> int:
    """The party of an agent in her signed addresses."""
    return 2 * agent.number + 1


def make_said(number: int, text: str = "Hello, please help.", **overrides: Any) -> Said:
    """An article of Ana's, a minute after the one before it."""
    said = Said(
        id=number,
        at=NOW - timedelta(days=1) + timedelta(minutes=number % 1_000),
        sender_type="customer",
        direction="in",
        visibility="public",
        verified=True,
        author=Mailbox("Ana Silva", ANA),
        subject="Invoice",
        message_id=f"<{number}@acme.example>",
        text=text,
    )
    return replace(said, **overrides)


def make_answer(number: int, text: str = "It was sent.", agent: Agent = KIM, **overrides: Any) -> Said:
    """An agent's answer to Ana."""
    kind: dict[str, Any] = {
        "sender_type": "agent",
        "direction": "out",
        "author": Mailbox(agent.title, agent.address),
        "message_id": f"<mg.{number}@{DOMAIN}>",
    }
    return make_said(number, text, **kind | overrides)


def make_note(number: int, text: str, agent: Agent = KIM) -> Said:
    return make_answer(number, text, agent, direction="none", visibility="internal", message_id=None)


def past(number: int = 988, **overrides: Any) -> PastTicket:
    """An earlier ticket of somebody who asked for it."""
    ticket = PastTicket(number, str(number), "Refund", "support", "closed", None, NOW - timedelta(days=40), asked=True)
    return replace(ticket, **overrides)


def knowing(*tickets: Ticket, **more: Any) -> Facts:
    """Facts about tickets: their numbers, articles, what was said, and `<first@acme.example>` as the first's."""
    ids = {"<first@acme.example>": (StoredId(tickets[0].last_article, tickets[0].id, False),)} if tickets else {}
    known: dict[str, Any] = {
        "ids": ids,
        "articles": {each.last_article: StoredArticle(each.id, each.last_nonce) for each in tickets},
        "numbers": {each.number: each.id for each in tickets},
        "tickets": {each.id: each for each in tickets},
        "said": {each.id: (make_said(each.last_article),) for each in tickets},
    }
    return Facts(**known | more)


def agents_mail(
    text: str,
    ticket: Ticket | None = None,
    agent: Agent = NINA,
    policy: Policy | None = None,
    purpose: Any = "r",
    spool_id: int = 1,
    **fields: Any,
) -> Mail:
    """A proven agent's mail to her signed address on `ticket`; `envelope` among the fields replaces the usual one."""
    policy = policy or make_policy()
    address = signed_address(ticket or make_ticket(), hers(agent), purpose)
    envelope = fields.pop("envelope", make_envelope(agent.address, address))
    said: dict[str, Any] = {
        "sender": f"{agent.title} <{agent.address}>",
        "to": address,
        "subject": "Re: [Ticket#1042] Invoice",
        "message_id": f"<{spool_id}@laptop.of.{agent.name}>",
        "verified": f"mx.{DOMAIN}; dmarc=pass header.from={DOMAIN}",
    }
    return make_mail(make_raw(text=text, **said | fields), policy, envelope, spool_id)


@dataclass
class Pipeline:
    """spool -> decide -> apply on a real store, as the processor goes, with everything composed as bare bytes."""

    store: Store
    policy: Policy
    now: datetime = NOW
    ids: SeededIds = field(default_factory=SeededIds)
    plans: list[Plan] = field(default_factory=list)
    stock: list[int] = field(default_factory=list)  # ids set aside for new tickets
    epoch: int = 0
    templates: Templates | None = None  # mails are really written with them

    def __post_init__(self) -> None:
        self.epoch = self.store.write_now(lambda c: take_lead(c, "test", self.now))

    def accept(self, raw: bytes, envelope: Envelope | None = None) -> int:
        packed = spool.pack(Submission(envelope or make_envelope(at=self.now), raw))
        return self.store.write_now(lambda c: spool.accept(c, packed))

    def process(self, limit: int = 64) -> list[Plan]:
        """One batch."""
        prepared = self.prepare(limit)
        self.store.write_now(lambda c: apply(c, prepared, self.epoch, self.ids))
        self.plans += [each.plan for each in prepared]
        return [each.plan for each in prepared]

    def prepare(self, limit: int = 64) -> list[Prepared]:
        """One batch, decided and not yet applied."""
        each = self.policy.rules.articles_each
        claim = self.store.write_now(
            lambda c: spool.claim(c, "test", self.now, limit, each, len(self.stock), epoch=self.epoch)
        )
        self.stock += claim.tickets
        mails = [make_mail(mail.raw, self.policy, mail.envelope, mail.id) for mail in claim.mails]
        lookups, needs = [mail.lookup for mail in mails], self.policy.rules.needs
        asked = frozenset[str]()
        while True:
            facts = self.store.read_now(partial(gather, lookups=lookups, now=self.now, needs=needs, asked=asked))
            try:
                return self._decided(claim, mails, facts)
            except TicketWanted as wanted:
                asked |= {wanted.number}

    def _decided(self, claim: spool.Claim, mails: list[Mail], facts: Facts) -> list[Prepared]:
        each, stock = self.policy.rules.articles_each, list(self.stock)
        articles, prepared = iter(claim.articles), []
        for mail, taken in zip(mails, claim.mails, strict=True):
            mine = tuple(next(articles) for _ in range(each))
            allotment = Allotment(stock[0], mine, tuple(self.ids.nonce() for _ in range(each + 1)))
            plan = decide(mail, facts, self.policy, allotment, self.now)
            if plan.ticket is not None and plan.before is None:
                stock.pop(0)
            made = self._written(plan, mail, taken.raw)
            facts = facts.after(made.plan)
            prepared.append(made)
        self.stock = stock
        return prepared

    def _written(self, plan: Plan, mail: Mail, raw: bytes) -> Prepared:
        if self.templates is None:
            return Prepared(plan, tuple(_mails(plan)))
        return composed(plan, mail.message, self.policy, self.templates, lambda: raw)

    def run(self, raws: Iterable[tuple[bytes, Envelope | None]]) -> list[Plan]:
        for raw, envelope in raws:
            self.accept(raw, envelope)
        return self.process()


def _mails(plan: Plan) -> Iterable[OutgoingMail]:
    for draft in plan.drafts:
        message_id = sign_message_id(KEYS, draft.article, draft.article_nonce, DOMAIN)
        yield OutgoingMail(
            *(draft.kind, draft.template, None, draft.recipient.address, "x", "x", message_id, b"x\r\n", draft.article),
            held=bool(draft.held),
            due=draft.due,
        )
