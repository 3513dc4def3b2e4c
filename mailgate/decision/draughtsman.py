"""Draws up one plan: keeps the ticket as it will be, the articles, the effects and the mails, in order.

The only mutable thing of the decision; it lives for one decision and leaves a frozen Plan. What changes on the ticket
leaves a Happening behind, for rules that wait for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from mailgate.decision.change import changed, silence_ended
from mailgate.decision.effects import (
    AddTags,
    AppendNote,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    Done,
    Effect,
    MergeTicket,
    MoveToQueue,
    Remark,
    SetFields,
    UnsetFields,
)
from mailgate.decision.facts import MOST_TICKETS_AN_ID, Facts, StoredId
from mailgate.decision.plan import Allotment, Draft, Elsewhere, NewArticle, Outcome, OutsideCall, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.process_effects import EnterStep, SettleApproval
from mailgate.mail.message import Identity, Mailbox
from mailgate.rate import Rate
from mailgate.rules.situation import Undelivered
from mailgate.rules.trace import Trace
from mailgate.tickets.model import Ticket
from mailgate.tickets.threading import NO_THREAD, Thread

MOST_TOLD = 40  # characters of a value, in a trace
_BECAME = ("state.changed", "queue.changed", "owner.changed", "priority.changed", "field.changed")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that rules may wait for. `depth`: how many rules' doings lie between it and its first cause."""

    event: str
    actor: str
    old: str = ""
    new: str = ""
    field: str = ""
    depth: int = 0
    until: datetime | None = None  # of agent.away: when she is back
    reason: str = ""  # of loop.tripped
    undelivered: tuple[Undelivered, ...] = ()  # of delivery.failed and delivery.delayed
    rule: str = ""  # whose timer it was: no other rule with a timer is asked

    @property
    def about(self) -> str:
        """What became what, and which rule made it, for the trace; empty where nothing changed."""
        became = self.event in _BECAME and (self.old or self.new)
        none = "nobody" if self.event == "owner.changed" else "none"
        what = f"{_cut(self.old) or none} → {_cut(self.new) or none}" if became else _cut(self.new)
        by = self.actor.removeprefix("rule:")
        parts = (_cut(self.field), what, f"by rule {by}" if by != self.actor else "")
        return " ".join(each for each in parts if each)


class Draughtsman:
    """See the module. Every method adds to the plan in the order of the calls."""

    def __init__(self, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> None:
        self.facts = facts  # with everything charged that this plan sends
        self.policy, self.now = policy, now
        self.before: Ticket | None = None
        self.depth = 0  # of the event whose rules are running
        self.articles: list[NewArticle] = []
        self.drafts: list[Draft] = []
        self.calls: list[OutsideCall] = []
        self.notes: list[Draft] = []
        self.traces: list[Trace] = []
        self.turns: list[str] = []
        self._ticket: Ticket | None = None
        self.allotment = allotment
        self._notices = 0
        self._effects: list[Done] = []
        self._elsewhere: list[Elsewhere] = []
        self._charges: list[str] = []
        self._happenings: list[Happening] = []

    @property
    def ticket(self) -> Ticket:
        if self._ticket is None:
            raise ValueError("no ticket yet: open or resume comes first")
        return self._ticket

    def open(self, ticket: Ticket) -> None:
        self._ticket = ticket

    def resume(self, ticket: Ticket) -> None:
        self.before = self._ticket = ticket

    def effect(self, actor: str, effect: Effect) -> None:
        before = self.ticket
        self._ticket = after = changed(before, effect, self.now)
        if isinstance(effect, ChangeState | MergeTicket):
            if not actor.startswith("rule:"):
                self._ticket = replace(after, episode=before.episode + 1, episode_at=self.now)
            self._keep_open(before, "its state changed")
        self._effects.append(Done(actor, effect))
        self._happenings += _happenings(before, actor, effect, self.depth + 1)

    def elsewhere(self, ticket: int, actor: str, effect: Effect) -> None:
        """Say it in the history of another ticket."""
        self._elsewhere.append(Elsewhere(ticket, Done(actor, effect)))

    def amend(self, rule: str, place: int, came: str) -> None:
        """Tell in the newest trace where that rule matched what came of one of its actions."""
        number = next((n for n in reversed(range(len(self.traces))) if self.traces[n].matched(rule)), None)
        if number is not None:
            self.traces[number] = self.traces[number].amended(rule, place, came)

    @property
    def done(self) -> int:
        """How much has been done so far."""
        return len(self._effects) + len(self._elsewhere)

    def take_happenings(self) -> list[Happening]:
        """What happened since they were taken last."""
        taken, self._happenings = self._happenings, []
        return taken

    def unknown_to(self, ticket: Ticket, message_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Those Message-IDs that the ticket does not have yet; what many tickets name leads nowhere and is left out."""
        return tuple(each for each in message_ids if self._is_news(ticket, self.facts.ids.get(each, ())))

    @staticmethod
    def _is_news(ticket: Ticket, known: tuple[StoredId, ...]) -> bool:
        naming = sum(each.names for each in known)
        return naming < MOST_TICKETS_AN_ID and all(each.ticket != ticket.id for each in known)

    def place(self) -> tuple[int, int, bytes]:
        """Id, ticket and nonce of the next article: what NewArticle begins with."""
        number = len(self.articles)
        return self.allotment.articles[number], self.ticket.id, self.allotment.nonces[number + 1]

    @property
    def room(self) -> int:
        """How many articles more can come of this cause."""
        return len(self.allotment.articles) - len(self.articles)

    def append(self, article: NewArticle) -> NewArticle:
        """Make the article, which has the next place, the ticket's newest."""
        self.articles.append(article)
        ticket = self.ticket
        rooted = bool(ticket.root_article)
        self._ticket = replace(
            ticket,
            root_article=ticket.root_article if rooted else article.id,
            root_nonce=ticket.root_nonce if rooted else article.nonce,
            last_article=article.id,
            last_nonce=article.nonce,
            articles=ticket.articles + 1,
            version=self._version(),
            updated_at=self.now,
            last_customer_at=self.now if _is_a_customers(article) else ticket.last_customer_at,
            last_agent_at=self.now if _is_an_answer(article) else ticket.last_agent_at,
        )
        if _is_a_humans(article) or ticket.last_human_at is None:
            self._ticket = silence_ended(self._ticket, self.now)
            self._keep_open(ticket, "somebody wrote")
        return article

    def _keep_open(self, before: Ticket, because: str) -> None:
        """Say that it is not closed for silence, where it was to be."""
        if before.close_at is not None and before.close_at > self.now:
            self._effects.append(Done("mailgate", Remark("close.cancelled", because)))

    def _version(self) -> int:
        return self.before.version + 1 if self.before is not None else 1

    def note(self, actor: str, text: str) -> None:
        """A note of the desk's own."""
        article = self.append(self.own_article(text=text))
        self.effect(actor, AppendNote(article.id))

    def own_article(self, *, text: str = "", template: str | None = None, to: tuple[Mailbox, ...] = ()) -> NewArticle:
        """An article that the desk writes itself: an internal note, or with `to` a public mail."""
        return NewArticle(
            *self.place(),
            at=self.now,
            sender_type="system",
            direction="out" if to else "none",
            visibility="public" if to else "internal",
            verified=True,
            author=self.policy.sender_of(self.ticket.queue),
            to=to,
            text=text,
            new_text=text,
            template=template,
        )

    def spare_nonce(self) -> bytes:
        """For a notice with a Message-ID of its own: as random as the first nonce, and another each time."""
        self._notices += 1
        return blake2b(self.allotment.nonces[0], digest_size=12, salt=self._notices.to_bytes(2, "big")).digest()

    def within(self, key: str, rate: Rate) -> bool:
        return self.facts.within(key, rate, self.now.timestamp())

    def charge(self, *keys: str) -> None:
        """Count what goes out, for the next answer of this very event too."""
        self._charges += keys
        self.facts = self.facts.charged(keys, self.now)

    def count(self, key: str) -> None:
        """Count for the next mail what is asked for but once in a plan."""
        self._charges.append(key)

    def plan(
        self,
        spool_id: int,
        outcome: Outcome,
        *,
        thread: Thread = NO_THREAD,
        linked_to: int | None = None,
        binds: Identity | None = None,
        authenticity: str = "unknown",
        orders: str = "",
    ) -> Plan:
        ticket, version = self.ticket, self._version()
        return Plan(
            spool_id=spool_id,
            at=self.now,
            outcome=outcome,
            before=self.before,
            ticket=ticket if ticket.version == version else replace(ticket, version=version),
            articles=tuple(self.articles),
            effects=tuple(self._effects),
            drafts=tuple(self.drafts),
            calls=tuple(self.calls),
            notes=tuple(self.notes),
            elsewhere=tuple(self._elsewhere),
            charges=tuple(self._charges),
            linked_to=linked_to,
            binds=binds,
            won=thread.won,
            lost=thread.lost,
            traces=tuple(self.traces),
            turns=tuple(dict.fromkeys(self.turns)),
            authenticity=authenticity,
            orders=orders,
        )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TOLD else f"{text[:MOST_TOLD]}…"


def _is_a_customers(article: NewArticle) -> bool:
    return article.sender_type == "customer" and article.verified and article.automatic is None


def _is_a_humans(article: NewArticle) -> bool:
    return article.sender_type != "system" and article.verified and article.automatic is None


def _is_an_answer(article: NewArticle) -> bool:
    return article.sender_type == "agent" and article.visibility == "public"


def _happenings(before: Ticket, actor: str, effect: Effect, depth: int) -> Iterator[Happening]:
    """The events that a change on the ticket is."""
    match effect:
        case ChangeState(old, new):
            yield Happening("state.changed", actor, old, new, depth=depth)
            if old == "closed" and new in ("new", "open", "pending"):
                yield Happening("ticket.reopened", actor, depth=depth)
        case MergeTicket():
            yield Happening("state.changed", actor, before.state, "merged", depth=depth)
        case MoveToQueue(old_queue, new_queue):
            yield Happening("queue.changed", actor, old_queue, new_queue, depth=depth)
        case ChangeOwner(old_owner, new_owner):
            yield Happening("owner.changed", actor, old_owner or "", new_owner or "", depth=depth)
        case ChangePriority(old_priority, new_priority):
            yield Happening("priority.changed", actor, old_priority, new_priority, depth=depth)
        case AddTags(tags):
            for tag in tags:
                yield Happening("tag.added", actor, new=tag, depth=depth)
        case SetFields(fields):
            for name, value in fields:
                if (old_value := before.field(name)) != value:
                    yield Happening("field.changed", actor, old_value or "", value, name, depth)
        case EnterStep(process, step):
            yield Happening("step.entered", actor, new=step, field=process, depth=depth)
        case SettleApproval(process, step, verdict):
            yield Happening(f"approval.{verdict}", actor, new=step, field=process, depth=depth)
        case UnsetFields(names):
            for name in names:
                if (old_value := before.field(name)) is not None:
                    yield Happening("field.changed", actor, old_value, "", name, depth)
        case _:
            return
