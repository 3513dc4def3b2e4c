"""The answers to a batch's lookups: a handful of indexed queries, however many tickets the desk holds."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeGuard

import sqlalchemy as sa

from mailgate.decision.circumstances import NO_CIRCUMSTANCES
from mailgate.decision.facts import (
    BUCKET_SECONDS,
    MOST_TICKETS_AN_ID,
    Facts,
    Lookup,
    StoredArticle,
    StoredId,
    reply_key,
)
from mailgate.mail.message import Identity
from mailgate.store import conversations
from mailgate.store.absences import away
from mailgate.store.addresses import known_of
from mailgate.store.circumstances import circumstances
from mailgate.store.conversations import last_said
from mailgate.store.explained import explained_of
from mailgate.store.past import pasts
from mailgate.store.process_texts import process_texts
from mailgate.store.rule_timers import turns_of
from mailgate.store.tables import articles, limits, message_ids, participants, seen, ticket_fields, ticket_tags, tickets
from mailgate.tickets.model import Participant, Ticket
from mailgate.tickets.running import restored

COUNTED_FOR = timedelta(days=30)
MERGE_STEPS = 10
MOST_TICKETS_OF_A_MAIL = 5  # whose whole conversation is read


def _any_of(name: str) -> sa.BindParameter[Any]:
    """A parameter that stands for a list of values."""
    return sa.bindparam(name, expanding=True)


def _ids_statement() -> sa.Select[Any]:
    newest_first = message_ids.c.article_id.desc()
    place = sa.func.row_number().over(partition_by=(message_ids.c.digest, message_ids.c.names), order_by=newest_first)
    wanted = message_ids.c.digest.in_(_any_of("digests"))
    ranked = sa.select(message_ids, place.label("place")).where(wanted).subquery()
    return (
        sa.select(ranked, articles.c.template)
        .join(articles, ranked.c.article_id == articles.c.id)
        .where(ranked.c.place <= MOST_TICKETS_AN_ID)
        .order_by(ranked.c.article_id.desc())
    )


def _of_tickets(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).where(table.c.ticket_id.in_(_any_of("tickets"))).order_by(*table.primary_key)


# The statements of every batch, made once: putting one together costs more than running it.
_SEEN = sa.select(seen.c.identity, seen.c.article_id, seen.c.ticket_id).where(
    seen.c.identity.in_(_any_of("digests")), sa.or_(seen.c.until.is_(None), seen.c.until > sa.bindparam("now"))
)
_IDS = _ids_statement()
_ARTICLES = sa.select(articles.c.id, articles.c.ticket_id, articles.c.nonce, articles.c.template).where(
    articles.c.id.in_(_any_of("ids"))
)
_NUMBERS = sa.select(tickets.c.number, tickets.c.id).where(tickets.c.number.in_(_any_of("numbers")))
_TICKETS = sa.select(tickets).where(tickets.c.id.in_(_any_of("tickets")))
_PEOPLE, _TAGS, _FIELDS = _of_tickets(participants), _of_tickets(ticket_tags), _of_tickets(ticket_fields)
_COUNTS = sa.select(limits.c.key, limits.c.bucket, limits.c.count).where(
    limits.c.key.in_(_any_of("keys")), limits.c.bucket > sa.bindparam("since")
)


def digest_of(message_id: str) -> bytes:
    """The key of a Message-ID: ids are of any length, digests are not."""
    return hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).digest()[:16]


def gather(
    connection: sa.Connection,
    lookups: Sequence[Lookup],
    now: datetime,
    needs: Set[str] = frozenset(),
    asked: Set[str] = frozenset(),
) -> Facts:
    """Everything that must be known to decide about these mails. `needs`: of `Ruleset.needs`; `asked`: numbers of
    tickets that rules turned out to name (TicketWanted)."""
    ids = _ids(connection, lookups)
    known_articles = _articles(connection, lookups)
    numbers = _numbers(connection, lookups, asked)
    known_mails = _seen(connection, lookups, now)
    wanted = {each.ticket for found in ids.values() for each in found}
    wanted |= {each.ticket for each in known_articles.values()} | set(numbers.values())
    wanted |= {known_mails[each.original.digest][1] for each in lookups if _is_known(each.original, known_mails)}
    found = load_tickets(connection, wanted)
    keys = {key for each in lookups for key in each.counters} | {f"ticket:{number}" for number in found}
    keys |= _asked_keys(asked)
    facts = Facts(
        seen=known_mails,
        ids=ids,
        articles=known_articles,
        numbers=numbers,
        asked=frozenset(asked),
        tickets=found,
        counts=_counts(connection, keys, now),
        said=last_said(connection, found) if found else {},
        pasts=pasts(connection, _customers(lookups, found)),
        circumstances=circumstances(connection, needs) if needs else NO_CIRCUMSTANCES,
        away=away(connection, now),
        turns=turns_of(connection, sorted(found)) if "turns" in needs else {},
        addresses=known_of(connection, _people(lookups, found) | asked),
        process_texts=process_texts(connection, found.values()),
    )
    return _with_conversations(connection, facts, lookups, now)


def facts_of_ticket(
    connection: sa.Connection,
    ticket: int,
    keys: Iterable[str],
    now: datetime,
    needs: Set[str] = frozenset(),
    intervals: Iterable[str] = (),
    asked: Set[str] = frozenset(),
    *,
    answers: bool = False,
) -> Facts:
    """What must be known to decide about a ticket when no mail came, or about the one it was merged into.

    `keys`: counters that may be asked; `intervals`: of `Ruleset.templates_with_interval`; `asked`: as for `gather`;
    `answers`: with agents' answers and what waits for their word.
    """
    numbers = _numbers(connection, (), asked)
    found = load_tickets(connection, (ticket, *numbers.values()))
    facts = Facts(
        numbers=numbers,
        asked=frozenset(asked),
        tickets=found,
        pasts=pasts(connection, _customers((), found)),
        circumstances=circumstances(connection, needs) if needs else NO_CIRCUMSTANCES,
        away=away(connection, now),
        turns=turns_of(connection, sorted(found)) if "turns" in needs else {},
        addresses=known_of(connection, _people((), found) | asked),
        process_texts=process_texts(connection, found.values()),
    )
    target = facts.ticket(ticket)
    if target is None:
        return facts
    counted = {*keys, *_requester_keys(target, intervals), *_asked_keys(asked)}
    return replace(
        facts,
        counts=_counts(connection, counted, now),
        said={target.id: conversations.conversation(connection, target.id)},
        outgoing={target.id: conversations.outgoing(connection, target.id)} if answers else {},
        waiting={target.id: conversations.waiting(connection, target.id)} if answers else {},
    )


def _is_known(identity: Identity | None, known_mails: Mapping[bytes, tuple[int, int]]) -> TypeGuard[Identity]:
    return identity is not None and identity.digest in known_mails


def _customers(lookups: Iterable[Lookup], found: Mapping[int, Ticket]) -> set[str]:
    """The addresses of those who wrote, and of those whose tickets it is about."""
    requesters = {each.requester.address for each in found.values() if each.requester is not None}
    return requesters | {each.author for each in lookups}


def _people(lookups: Iterable[Lookup], found: Mapping[int, Ticket]) -> set[str]:
    """The addresses to which something may go out."""
    taking_part = {person.address for each in found.values() for person in each.participants}
    return taking_part | {each.author for each in lookups}


def _asked_keys(asked: Iterable[str]) -> set[str]:
    """The counters of those addresses among what was asked for besides."""
    addresses = [each for each in asked if "@" in each]
    domains = {f"domain:{each.rpartition('@')[2]}" for each in addresses}
    return {f"address:{each}" for each in addresses} | domains | ({"total"} if addresses else set())


def _requester_keys(ticket: Ticket, intervals: Iterable[str]) -> set[str]:
    """The counters that may hold back an automatic mail to a ticket's requester."""
    keys = {f"ticket:{ticket.id}", "total", "notice:breaker"}
    if (requester := ticket.requester) is not None:
        address = requester.address.lower()
        domain = address.rpartition("@")[2]
        keys |= {f"address:{address}", f"domain:{domain}", f"neutral:{address}", f"neutral-domain:{domain}"}
        keys |= {reply_key(template, address) for template in intervals}
    return keys


def _tickets_of(one: Lookup, facts: Facts) -> Iterator[int]:
    """The tickets that an agent's mail may be about, merged ones at their targets; a few at most."""
    ids = [facts.seen[one.original.digest][1]] if _is_known(one.original, facts.seen) else []
    ids += [facts.numbers.get(signed.number, 0) for signed in one.signed]
    ids += [facts.articles[signed.article].ticket for signed in one.our_ids if signed.article in facts.articles]
    ids += [stored.ticket for named in one.named_ids for stored in facts.ids.get(named, ())]
    ids += [facts.numbers.get(number, 0) for number in (*one.named, *one.numbers)]
    targets = (ticket.id for each in dict.fromkeys(ids) if (ticket := facts.ticket(each)) is not None)
    return islice(dict.fromkeys(targets), MOST_TICKETS_OF_A_MAIL)


def _with_conversations(connection: sa.Connection, facts: Facts, lookups: Sequence[Lookup], now: datetime) -> Facts:
    """The facts with everything that agents' mail among these may need."""
    agents_mail = [each for each in lookups if each.agents]
    ids = sorted({ticket for each in agents_mail for ticket in _tickets_of(each, facts)})
    if not ids:
        return facts
    asking = sorted({ticket for each in agents_mail if each.orders for ticket in _tickets_of(each, facts)})
    wondering = sorted({ticket for each in agents_mail if each.why for ticket in _tickets_of(each, facts)})
    intervals = {template for each in agents_mail for template in each.intervals}
    keys = {key for each in ids for key in _requester_keys(facts.tickets[each], intervals)}
    return replace(
        facts,
        counts={**_counts(connection, keys, now), **facts.counts},
        said={**facts.said, **{each: conversations.conversation(connection, each) for each in ids}},
        outgoing={each: conversations.outgoing(connection, each) for each in ids},
        waiting={each: conversations.waiting(connection, each) for each in ids},
        told={each: conversations.told(connection, each) for each in asking},
        explained=explained_of(connection, wondering) if wondering else {},
    )


def load_tickets(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Ticket]:
    """Tickets by id, and those they were merged into."""
    loaded: dict[int, Ticket] = {}
    wanted = set(ids)
    for _ in range(MERGE_STEPS):
        if not wanted:
            break
        loaded |= _tickets(connection, wanted)
        targets = {each.merged_into for each in loaded.values() if each.merged_into is not None}
        wanted = targets - loaded.keys()
    return loaded


def _seen(connection: sa.Connection, lookups: Sequence[Lookup], now: datetime) -> dict[bytes, tuple[int, int]]:
    digests = {identity.digest for each in lookups for identity in (each.identity, each.original) if identity}
    rows = connection.execute(_SEEN, {"digests": list(digests), "now": now})
    return {bytes(identity): (article, ticket) for identity, article, ticket in rows}


def _ids(connection: sa.Connection, lookups: Sequence[Lookup]) -> dict[str, tuple[StoredId, ...]]:
    named = {each for one in lookups for each in (*one.named_ids, *((one.own_id,) if one.own_id else ()))}
    if not named:
        return {}
    by_digest = {digest_of(each): each for each in named}
    rows = connection.execute(_IDS, {"digests": list(by_digest)})
    found: dict[str, list[StoredId]] = defaultdict(list)
    for row in rows:
        stored = StoredId(row.article_id, row.ticket_id, bool(row.names), row.template is not None)
        found[by_digest[bytes(row.digest)]].append(stored)
    return {name: tuple(each) for name, each in found.items()}


def _articles(connection: sa.Connection, lookups: Sequence[Lookup]) -> dict[int, StoredArticle]:
    wanted = {signed.article for each in lookups for signed in each.our_ids}
    wanted |= {signed.revision for each in lookups for signed in each.signed}
    if not wanted:
        return {}
    rows = connection.execute(_ARTICLES, {"ids": list(wanted)})
    return {row.id: StoredArticle(row.ticket_id, bytes(row.nonce), row.template is not None) for row in rows}


def _numbers(connection: sa.Connection, lookups: Sequence[Lookup], asked: Set[str] = frozenset()) -> dict[str, int]:
    wanted = {number for each in lookups for number in (*each.numbers, *each.named)} | asked
    wanted |= {signed.number for each in lookups for signed in each.signed}
    if not wanted:
        return {}
    rows = connection.execute(_NUMBERS, {"numbers": list(wanted)})
    return {row.number: row.id for row in rows}


def _tickets(connection: sa.Connection, wanted: set[int]) -> dict[int, Ticket]:
    rows = connection.execute(_TICKETS, {"tickets": list(wanted)}).all()
    people = _grouped(connection, _PEOPLE, wanted)
    tags = _grouped(connection, _TAGS, wanted)
    fields = _grouped(connection, _FIELDS, wanted)
    return {row.id: _ticket(row, people[row.id], tags[row.id], fields[row.id]) for row in rows}


def _grouped(connection: sa.Connection, statement: sa.Select[Any], wanted: set[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement, {"tickets": list(wanted)}):
        found[row.ticket_id].append(row)
    return found


def _ticket(row: Any, people: Sequence[Any], tags: Sequence[Any], fields: Sequence[Any]) -> Ticket:
    return Ticket(
        id=row.id,
        number=row.number,
        nonce=bytes(row.nonce),
        subject=row.subject,
        queue=row.queue,
        state=row.state,
        priority=row.priority,
        owner=row.owner,
        created_at=row.created_at,
        updated_at=row.updated_at,
        participants=tuple(Participant(each.address, each.name, each.party, each.role) for each in people),
        tags=tuple(each.tag for each in tags),
        fields=tuple((each.name, each.value) for each in fields),
        language=row.language,
        closed_at=row.closed_at,
        pending_until=row.pending_until,
        merged_into=row.merged_into,
        root_article=row.root_article,
        root_nonce=bytes(row.root_nonce),
        last_article=row.last_article,
        last_nonce=bytes(row.last_nonce),
        articles=row.articles,
        version=row.version,
        last_customer_at=row.last_customer_at,
        last_agent_at=row.last_agent_at,
        type=row.type,
        last_human_at=row.last_human_at,
        episode=row.episode,
        episode_at=row.episode_at,
        close_at=row.close_at,
        close_template=row.close_template,
        close_rule=row.close_rule,
        running=restored(row.process, row.process_step, row.process_state),
    )


def _counts(connection: sa.Connection, keys: set[str], now: datetime) -> dict[str, tuple[tuple[int, int], ...]]:
    if not keys:
        return {}
    since = int((now - COUNTED_FOR).timestamp()) - BUCKET_SECONDS
    rows = connection.execute(_COUNTS, {"keys": list(keys), "since": since})
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for key, bucket, count in rows:
        found[key].append((bucket, count))
    return {key: tuple(each) for key, each in found.items()}
