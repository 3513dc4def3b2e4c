"""A replay: real mail of the past, decided by the rules that run and by others, on the facts as they were then.

Nothing is written; each mail is decided for itself, on what really went before it. Mails are not composed: which ones
would go out is in the plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from mailgate.decision.decide import Mail, decide
from mailgate.decision.facts import Facts, Lookup, TicketWanted, lookup
from mailgate.decision.plan import Allotment
from mailgate.decision.replayed import Decided, Tally
from mailgate.decision.rewound import Past, rewound
from mailgate.ids import SeededIds
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.service.active import ActiveSet
from mailgate.service.dry_run import refused_by_rules
from mailgate.store.engine import Store
from mailgate.store.known import gather
from mailgate.store.past_mail import PastMail, Selection, left_out, mails_of, past_mails, past_of

AT_ONCE = 32
_FIRST_ARTICLE = 1 << 61  # ids that no article has


def replay(
    store: Store, selection: Selection, old: ActiveSet, new: ActiveSet, progress: Callable[[int, int], None]
) -> Tally | None:
    """What `new` would do otherwise. None where there is no such ticket. `progress(done, of)` is told now and then."""
    found = store.read_now(lambda c: mails_of(c, selection))
    if found is None:
        return None
    total, after = found
    waiting, unread = store.read_now(lambda c: left_out(c, selection, after))
    tally = Tally(waiting=waiting, unread=unread)
    while batch := store.read_now(lambda c, after=after: _batch(c, selection, after, old, new)):  # type: ignore[misc]
        for each in batch.mails:
            tally.compare(each.mail.name, *(_decided(each, batch, active) for active in (old, new)))
        after = batch.mails[-1].mail.id
        progress(tally.mails, total)
    return tally


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail, and what either set would ask about it."""

    mail: PastMail
    message: Message
    asked: tuple[Lookup, Lookup]


@dataclass(frozen=True, slots=True)
class _Batch:
    mails: Sequence[_Read]
    facts: Facts
    past: Past
    old: ActiveSet


def _batch(
    connection: sa.Connection, selection: Selection, after: int, old: ActiveSet, new: ActiveSet
) -> _Batch | None:
    """The next mails with the facts of today and what their tickets went through."""
    mails = [_read(each, old, new) for each in past_mails(connection, selection, after, AT_ONCE)]
    if not mails:
        return None
    needs = old.policy.rules.needs | new.policy.rules.needs
    lookups = [asked for each in mails for asked in each.asked]
    facts = gather(connection, lookups, mails[-1].mail.moment.at, needs)
    past = past_of(connection, facts.tickets)
    return _Batch(mails, facts, past, old)


def _read(mail: PastMail, old: ActiveSet, new: ActiveSet) -> _Read:
    message = parse(mail.raw, mail.envelope.reverse_path or "")
    asked = (lookup(message, mail.envelope, old.policy), lookup(message, mail.envelope, new.policy))
    return _Read(mail, message, asked)


def _decided(read: _Read, batch: _Batch, active: ActiveSet) -> Decided:
    mail, policy = read.mail, active.policy
    if refused := refused_by_rules(mail.envelope, len(mail.raw), policy):
        return Decided(None, policy.rules, refused=refused)
    asked = read.asked[0] if active is batch.old else read.asked[1]
    ids = SeededIds(mail.id)
    articles = tuple(range(_FIRST_ARTICLE, _FIRST_ARTICLE + policy.rules.articles_each))
    nonces = tuple(ids.nonce() for _ in range(len(articles) + 1))
    facts = _as_before(read, rewound(batch.facts, batch.past, mail.moment), asked)
    its = Mail(mail.id, read.message, mail.envelope, asked)
    allotment = Allotment(mail.ticket or _FIRST_ARTICLE, articles, nonces)
    try:
        try:
            plan = decide(its, facts, policy, allotment, mail.moment.at)
        except TicketWanted as wanted:  # what was sent to an approver then is not known any more: it counts as nothing
            if "@" not in wanted.number:
                raise
            plan = decide(its, replace(facts, asked=facts.asked | {wanted.number}), policy, allotment, mail.moment.at)
    except Exception as error:
        return Decided(None, policy.rules, failed=f"{type(error).__name__}: {error}"[:200])
    return Decided(plan, policy.rules)


def _as_before(read: _Read, facts: Facts, asked: Lookup) -> Facts:
    """A mail that was taken has not been seen; a command is bound to an article that was there before it."""
    if read.mail.outcome == "duplicate":
        return facts
    return replace(facts, seen={key: found for key, found in facts.seen.items() if key != asked.identity.digest})
