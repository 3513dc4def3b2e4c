"""T2: what was decided is done, in one transaction: ticket, articles, history, outgoing mail, and the mail's outcome.

A whole batch costs one statement a table, whatever its size. The plans' tickets are locked and compared first: what
changed since the facts were read raises Conflict, and the caller decides again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError

from mailgate.decision.alarm import ADMIN
from mailgate.decision.effects import Effect, TakeIn, TellLater
from mailgate.decision.facts import BUCKET_SECONDS
from mailgate.decision.plan import NewArticle, Plan
from mailgate.decision.told import told
from mailgate.errors import Conflict
from mailgate.ids import Ids
from mailgate.notify.outgoing import OutgoingMail
from mailgate.store import tables
from mailgate.store.carry_out import BEYOND_ROWS, carry_out
from mailgate.store.epoch import check_epoch
from mailgate.store.history import Chain, entry
from mailgate.store.insert import insert_or_add, insert_or_ignore, insert_or_replace
from mailgate.store.known import digest_of
from mailgate.store.outbox import call_row, keep_tails, outbox_row
from mailgate.store.parts import take_away
from mailgate.store.trace_text import trace_text
from mailgate.tickets.model import Ticket

SEEN_FOR = timedelta(days=5)  # a mail without a Message-ID (spec/mail.md 5)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan with its outgoing mail composed: nothing is left to be rendered inside the transaction."""

    plan: Plan
    mails: tuple[OutgoingMail, ...] = ()


@dataclass(slots=True)
class _Rows:
    """The rows of one batch, by table; lives inside `apply` only."""

    by_table: dict[sa.Table, list[dict[str, Any]]] = field(default_factory=dict)
    before: dict[int, Ticket] = field(default_factory=dict)  # tickets as the first plan of the batch found them
    effects: list[tuple[Plan, Effect]] = field(default_factory=list)  # those that are more than rows
    elsewhere: set[int] = field(default_factory=set)  # tickets whose history says something of another's

    def add(self, table: sa.Table, **row: Any) -> None:
        self.by_table.setdefault(table, []).append(row)

    def of(self, table: sa.Table) -> list[dict[str, Any]]:
        return self.by_table.get(table, [])


def apply(connection: sa.Connection, batch: Sequence[Prepared], epoch: int | None, ids: Ids) -> None:
    """Do everything that the plans say. Raises Conflict where their facts no longer hold. `epoch` None: whoever leads,
    for what concerns no ticket."""
    if not batch:
        return
    if epoch is not None:
        check_epoch(connection, epoch)
    chains = _lock(connection, [each.plan for each in batch])
    rows, latest, fresh = _Rows(), {}, set[int]()
    for prepared in batch:
        plan = prepared.plan
        if plan.spool_id:
            _spool_row(rows, plan)
        _trace_row(rows, plan)
        if plan.ticket is None:
            _alarm_rows(rows, plan)
            _out_rows(rows, prepared)
            continue
        latest[plan.ticket.id] = plan.ticket
        if plan.before is None:
            fresh.add(plan.ticket.id)
        chain = chains.setdefault(plan.ticket.id, Chain())
        _plan_rows(rows, plan, plan.ticket)
        _history_rows(rows, plan, plan.ticket, chain, ids)
        for each in plan.elsewhere:
            event, detail = told(each.done.effect)
            other = chains.setdefault(each.ticket, Chain())
            row = entry(other, each.ticket, plan.at, each.done.actor, event, detail, ids.nonce())
            rows.add(tables.history, **row)
            rows.elsewhere.add(each.ticket)
        _out_rows(rows, prepared)
    try:
        keep_tails(connection, (mail for each in batch for mail in each.mails))
        _write(connection, rows, latest, fresh, chains)
    except (IntegrityError, DataError) as error:  # one mail's content stops no other
        raise Conflict(str(error.orig)) from error


def _lock(connection: sa.Connection, plans: Sequence[Plan]) -> dict[int, Chain]:
    """Lock the tickets that exist and see that they are as the facts said; plans of one batch build on each other."""
    expected: dict[int, int] = {}
    for plan in plans:
        if plan.before is not None:
            expected.setdefault(plan.before.id, plan.before.version)
        elif plan.ticket is not None:
            expected[plan.ticket.id] = -1
    old = {number: version for number, version in expected.items() if version >= 0}
    besides = [each for plan in plans for each in plan.elsewhere if each.ticket not in expected]
    known = sorted(old.keys() | {each.ticket for each in besides})
    if not known:
        return {}
    rows = connection.execute(_LOCK, {"tickets": known}).all()
    if {row.id: row.version for row in rows if row.id in old} != old:
        raise Conflict("a ticket changed since the decision")
    merged = {row.id: row.merged_into is not None for row in rows}
    if any(merged.get(each.ticket, True) for each in besides if isinstance(each.done.effect, TakeIn)):
        raise Conflict("the ticket into which another is to be merged was merged itself")
    return {row.id: Chain(row.history_seq, bytes(row.history_head)) for row in rows}


_SPOOL_STATE = {"duplicate": "duplicate", "quarantined": "quarantined", "discarded": "discarded"}


def _spool_row(rows: _Rows, plan: Plan) -> None:
    rows.add(
        tables.spool,
        mail=plan.spool_id,
        new_state=_SPOOL_STATE.get(plan.outcome.kind, "done"),
        new_cause=plan.outcome.detail if plan.outcome.kind in ("quarantined", "discarded") else None,
        new_outcome=plan.outcome.kind,
        ticket=plan.outcome.ticket,
        article=plan.outcome.article,
        at=plan.at,
    )


def _plan_rows(rows: _Rows, plan: Plan, ticket: Ticket) -> None:
    for article in plan.articles:
        _article_rows(rows, article)
    if plan.before is not None:
        rows.before.setdefault(ticket.id, plan.before)
    for rule in plan.turns:
        rows.add(tables.rule_turns, ticket_id=ticket.id, rule=rule, episode=ticket.episode, at=plan.at)
    if plan.linked_to is not None:
        rows.add(tables.ticket_links, ticket_id=ticket.id, other_id=plan.linked_to, at=plan.at)
    if plan.binds is not None:
        until = None if plan.binds.forever else plan.at + SEEN_FOR
        rows.add(
            tables.seen,
            identity=plan.binds.digest,
            article_id=plan.outcome.article or ticket.last_article,
            ticket_id=ticket.id,
            until=until,
        )
    _charge_rows(rows, plan)


def _charge_rows(rows: _Rows, plan: Plan) -> None:
    bucket = int(plan.at.timestamp()) // BUCKET_SECONDS * BUCKET_SECONDS
    for key in plan.charges:
        rows.add(tables.limits, key=key, bucket=bucket, count=1)


def _alarm_rows(rows: _Rows, plan: Plan) -> None:
    """A mail that a rule set aside has no ticket: what is counted, and the admins' list."""
    _charge_rows(rows, plan)
    alarm = plan.alarm
    if alarm is not None and alarm.due is not None:
        for admin in alarm.admins:
            rows.add(
                tables.digest_lines,
                agent=f"{ADMIN}{admin}",
                ticket_id=None,
                line=alarm.line,
                at=plan.at,
                due_at=alarm.due,
            )


def _parts_rows(rows: _Rows, ticket: Ticket) -> None:
    """What a ticket consists of besides its own row."""
    for person in ticket.participants:
        rows.add(
            tables.participants,
            ticket_id=ticket.id,
            party=person.party,
            role=person.role,
            address=person.address,
            name=person.name,
        )
    for tag in ticket.tags:
        rows.add(tables.ticket_tags, ticket_id=ticket.id, tag=tag)
    for name, value in ticket.fields:
        rows.add(tables.ticket_fields, ticket_id=ticket.id, name=name, value=value)


def _trace_row(rows: _Rows, plan: Plan) -> None:
    if plan.traces:
        rows.add(
            tables.traces,
            spool_id=plan.spool_id or None,
            ticket_id=plan.ticket.id if plan.ticket is not None else None,
            at=plan.at,
            ruleset=plan.traces[0].ruleset,
            body=trace_text(plan),
        )


def _article_rows(rows: _Rows, article: NewArticle) -> None:
    rows.add(
        tables.articles,
        id=article.id,
        ticket_id=article.ticket_id,
        nonce=article.nonce,
        at=article.at,
        sender_type=article.sender_type,
        direction=article.direction,
        visibility=article.visibility,
        verified=article.verified,
        author_name=article.author.name,
        author_address=article.author.address,
        recipients={
            "to": [[box.name, box.address] for box in article.to],
            "cc": [[box.name, box.address] for box in article.cc],
        },
        subject=article.subject,
        message_id=article.message_id,
        automatic=article.automatic,
        template=article.template,
        text=article.text,
        new_text=None if article.new_text == article.text else article.new_text,
        spool_id=article.spool_id,
    )
    _file_rows(rows, article)
    # Our own Message-IDs are known by their signature: no row is needed to find them again.
    own = [(article.message_id, False)] if article.message_id and article.direction == "in" else []
    own += [(article.wire_id, False)] if article.wire_id else []
    for message_id, names in (*own, *((each, True) for each in article.names)):
        rows.add(
            tables.message_ids,
            digest=digest_of(message_id),
            article_id=article.id,
            names=names,
            ticket_id=article.ticket_id,
        )


def _file_rows(rows: _Rows, article: NewArticle) -> None:
    for position, file in enumerate(article.attachments, 1):
        rows.add(
            tables.attachments,
            article_id=article.id,
            position=position,
            part=file.part,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=bytes.fromhex(file.sha256),
            inline=file.inline,
            content_id=file.content_id,
        )


def _history_rows(rows: _Rows, plan: Plan, ticket: Ticket, chain: Chain, ids: Ids) -> None:
    for done in plan.effects:
        if isinstance(done.effect, TellLater):  # a flood of mail leaves many of them
            line = done.effect
            rows.add(
                tables.digest_lines, agent=line.agent, ticket_id=ticket.id, line=line.line, at=plan.at, due_at=line.due
            )
        if isinstance(done.effect, BEYOND_ROWS):
            rows.effects.append((plan, done.effect))
        event, detail = told(done.effect)
        rows.add(tables.history, **entry(chain, ticket.id, plan.at, done.actor, event, detail, ids.nonce()))


def _out_rows(rows: _Rows, prepared: Prepared) -> None:
    plan = prepared.plan
    ticket = plan.ticket.id if plan.ticket else None
    for mail in prepared.mails:
        rows.add(tables.outbox, **outbox_row(ticket, mail, plan.at))
    for call in plan.calls:
        rows.add(tables.outbox, **call_row(ticket, call, plan.at))


def _write(
    connection: sa.Connection, rows: _Rows, latest: dict[int, Ticket], fresh: set[int], chains: dict[int, Chain]
) -> None:
    _write_tickets(connection, latest, fresh, chains)
    if besides := rows.elsewhere - latest.keys():
        moved = [{"ticket": each, "seq": chains[each].seq, "head": chains[each].head} for each in sorted(besides)]
        connection.execute(_MOVE_CHAIN, moved)
    _forget_expired(connection, rows.of(tables.seen))
    for table, insert in _INSERTS.items():
        if found := rows.of(table):
            connection.execute(insert, found)
    for number, ticket in latest.items():
        if number in fresh:
            _parts_rows(rows, ticket)
        else:
            take_away(connection, rows.before[number], ticket, rows.add)
    insert_or_ignore(connection, tables.message_ids, rows.of(tables.message_ids))
    insert_or_replace(connection, tables.participants, rows.of(tables.participants))
    insert_or_replace(connection, tables.ticket_fields, rows.of(tables.ticket_fields))
    insert_or_replace(connection, tables.rule_turns, rows.of(tables.rule_turns))
    for table in (tables.ticket_tags, tables.ticket_links):
        insert_or_ignore(connection, table, rows.of(table))
    insert_or_add(connection, tables.limits, "count", rows.of(tables.limits))
    for plan, effect in rows.effects:
        carry_out(connection, plan, effect)
    if finished := rows.of(tables.spool):
        _finish_spool(connection, finished)


# The statements of every batch, made once: putting one together costs more than running it.
_NEW_TICKETS = sa.insert(tables.tickets)
_INSERTS = {
    table: sa.insert(table)
    for table in (
        *(tables.articles, tables.seen, tables.attachments, tables.history, tables.traces, tables.outbox),
        tables.digest_lines,
    )
}
_LOCK = (
    sa.select(
        tables.tickets.c.id,
        tables.tickets.c.version,
        tables.tickets.c.merged_into,
        tables.tickets.c.history_seq,
        tables.tickets.c.history_head,
    )
    .where(tables.tickets.c.id.in_(sa.bindparam("tickets", expanding=True)))
    .order_by(tables.tickets.c.id)
    .with_for_update()
)
_UPDATE_TICKET = (
    sa.update(tables.tickets)
    .where(tables.tickets.c.id == sa.bindparam("ticket"))
    .values(
        {
            c.name: sa.bindparam(f"new_{c.name}")
            for c in tables.tickets.columns
            if c.name not in ("id", "number", "nonce")
        }
    )
)
_MOVE_CHAIN = (
    sa.update(tables.tickets)
    .where(tables.tickets.c.id == sa.bindparam("ticket"))
    .values(history_seq=sa.bindparam("seq"), history_head=sa.bindparam("head"))
)
_FINISH_SPOOL = (
    sa.update(tables.spool)
    .where(tables.spool.c.id == sa.bindparam("mail"), tables.spool.c.state == "new")
    .values(
        state=sa.bindparam("new_state"),
        outcome=sa.bindparam("new_outcome"),
        ticket_id=sa.bindparam("ticket"),
        article_id=sa.bindparam("article"),
        processed_at=sa.bindparam("at"),
        lease_owner=None,
        alone=False,
        cause=sa.bindparam("new_cause"),
    )
)


def _write_tickets(
    connection: sa.Connection, latest: dict[int, Ticket], fresh: set[int], chains: dict[int, Chain]
) -> None:
    new = [_ticket_row(latest[number], chains[number]) for number in _targets_first(latest, fresh)]
    if new:
        connection.execute(_NEW_TICKETS, new)
    changed = []
    for number in sorted(latest.keys() - fresh):
        row = _ticket_row(latest[number], chains[number])
        changed.append({"ticket": number, **{f"new_{name}": value for name, value in row.items()}})
    if changed:
        connection.execute(_UPDATE_TICKET, changed)


def _targets_first(latest: dict[int, Ticket], fresh: set[int]) -> list[int]:
    """New tickets in an order in which what one was merged into is there already."""
    ordered = dict[int, None]()

    def add(number: int | None) -> None:
        if number in fresh and number not in ordered:
            add(latest[number].merged_into)
            ordered[number] = None

    for number in sorted(fresh):
        add(number)
    return list(ordered)


def _ticket_row(ticket: Ticket, chain: Chain) -> dict[str, Any]:
    columns = (c.name for c in tables.tickets.columns if not c.name.startswith("history_"))
    row = {name: getattr(ticket, name) for name in columns}
    return {**row, "history_seq": chain.seq, "history_head": chain.head}


def _forget_expired(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """The same form sent again after five days is heard (spec/mail.md 5)."""
    passing = [row["identity"] for row in rows if row["until"] is not None]
    if passing:
        oldest = min(row["until"] for row in rows if row["until"] is not None) - SEEN_FOR
        table = tables.seen
        connection.execute(sa.delete(table).where(table.c.identity.in_(passing), table.c.until <= oldest))


def _finish_spool(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    result = connection.execute(_FINISH_SPOOL, rows)
    if result.rowcount != len(rows):
        raise Conflict("a mail of the batch has an outcome already")
