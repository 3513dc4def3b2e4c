"""The operator's word for held mail, carried out on the database: beside the daemon, or without one.

An answer of an agent is decided and applied as her own word would be (decision.operated), all its copies together;
other held mail is only let go or dropped. Either way the ticket's history says that the operator did it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from mailgate.decision.facts import TicketWanted, receipt_key, told_key
from mailgate.decision.operated import OPERATOR, OperatorsWord, author_of, operated, spoken_by
from mailgate.decision.plan import Allotment
from mailgate.errors import Conflict
from mailgate.ids import Ids
from mailgate.service.active import ActiveSet
from mailgate.service.preparation import composed
from mailgate.store import counters, history, outbox
from mailgate.store.apply import apply
from mailgate.store.engine import Store
from mailgate.store.epoch import current_epoch
from mailgate.store.known import facts_of_ticket
from mailgate.store.outbox import Held

EVENTS: dict[OperatorsWord, str] = {"release": "mail.released", "discard": "mail.discarded"}
TRIES = 5  # a ticket may change between reading and writing


@dataclass(frozen=True, slots=True)
class Operated:
    """What was done: the mails of the outbox that it was done to, and who was told."""

    mails: tuple[int, ...]
    told: str = ""


def operate(
    store: Store, mail: Held, word: OperatorsWord, active: Callable[[], ActiveSet], ids: Ids, now: datetime
) -> Operated | None:
    """Carry the word out; None where the mail is not held any more, or a copy of the answer has gone out already.

    `active` is asked only for an agent's answer. Raises Conflict where the ticket never keeps still.
    """
    if mail.answer is None or mail.ticket is None:
        done = store.write_now(lambda c: _plainly(c, mail, word, ids, now))
        return Operated((mail.id,)) if done else None
    for _ in range(TRIES):
        try:
            return _answer(store, mail.ticket, mail.answer, word, active(), ids, now)
        except Conflict:
            continue
    raise Conflict(f"the ticket of mail {mail.id} changes all the time; try again")


def _plainly(connection: sa.Connection, mail: Held, word: OperatorsWord, ids: Ids, now: datetime) -> bool:
    done = outbox.let_go(connection, mail.id, now) if word == "release" else outbox.drop(connection, mail.id, now)
    if done and mail.ticket is not None:
        detail = {"outbox": mail.id, "to": mail.recipient, "kind": mail.kind, "reason": mail.reason}
        history.append(connection, mail.ticket, now, OPERATOR, EVENTS[word], detail, ids)
    return done


def _answer(
    store: Store,
    number: int,
    article: int,
    word: OperatorsWord,
    active: ActiveSet,
    ids: Ids,
    now: datetime,
    asked: frozenset[str] = frozenset(),
) -> Operated | None:
    policy, rules = active.policy, active.policy.rules
    keys = (*map(told_key, policy.agents), *map(receipt_key, policy.agents))
    articles = tuple(store.write_now(lambda c: counters.reserve(c, "article", rules.articles_each)))
    ask = partial(facts_of_ticket, ticket=number, keys=keys, now=now, needs=rules.needs, answers=True)
    facts = store.read_now(partial(ask, intervals=rules.templates_with_interval, asked=asked))
    ticket = facts.ticket(number)
    if ticket is None:
        return None
    copies = [each for each in facts.outgoing.get(ticket.id, ()) if each.article == article]
    held = [each for each in copies if each.state == "held"]
    if not held or (word == "discard" and len(held) != len(copies)):
        return None
    allotment = Allotment(0, articles, tuple(ids.nonce() for _ in range(len(articles) + 1)))
    try:
        plan = operated(ticket, article, word, facts, policy, allotment, now)
    except TicketWanted as wanted:
        return _answer(store, number, article, word, active, ids, now, asked | {wanted.number})
    agent = author_of(article, ticket, facts, policy)
    prepared = composed(plan, spoken_by(agent), policy, active.templates)

    def done(connection: sa.Connection) -> None:
        apply(connection, [prepared], current_epoch(connection), ids)

    store.write_now(done)
    return Operated(tuple(sorted(each.id for each in held)), agent.name if agent is not None else "")
