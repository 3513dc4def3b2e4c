"""Effects that are more than rows of a new article: an answer released or taken back, a mail taken up again, what waits
for a word, a round robin that goes on.

Each says what it expects to find; finding something else raises Conflict, and the mail is decided again.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.decision.effects import (
    AddressBounced,
    Await,
    ComeBack,
    DelayDelivery,
    FailDelivery,
    GoAway,
    ReleaseAnswer,
    Resume,
    Rotate,
    Settle,
    WithdrawAnswer,
)
from mailgate.decision.plan import Plan
from mailgate.decision.process_effects import StartProcess
from mailgate.errors import Conflict
from mailgate.store import absences, addresses
from mailgate.store.circumstances import ROTATION
from mailgate.store.counters import reserve
from mailgate.store.process_texts import keep_text
from mailgate.store.tables import articles, awaiting, outbox, spool

BEYOND_ROWS = (
    AddressBounced, Await, ComeBack, DelayDelivery, FailDelivery, GoAway, ReleaseAnswer, Resume, Rotate, Settle,
    StartProcess, WithdrawAnswer,
)  # fmt: skip


def carry_out(connection: sa.Connection, plan: Plan, effect: Any) -> None:
    """Do one of BEYOND_ROWS. Raises Conflict."""
    ticket = plan.ticket.id if plan.ticket is not None else None
    match effect:
        case ReleaseAnswer(article):
            _let_go(connection, article, plan.at)
            _article(connection, article, visibility="public", at=plan.at)
        case WithdrawAnswer(article):
            _take_back(connection, article, plan.at)
            _article(connection, article, visibility="internal")
        case Await(agent, kind, until, waiting):
            connection.execute(
                sa.insert(awaiting).values(
                    ticket_id=ticket,
                    agent=agent,
                    kind=kind,
                    orders=plan.orders,
                    spool_id=plan.spool_id,
                    article_id=waiting,
                    at=plan.at,
                    until=until,
                )
            )
        case Settle(number):
            if connection.execute(sa.delete(awaiting).where(awaiting.c.id == number)).rowcount != 1:
                raise Conflict("it does not wait any more")
        case Resume(mail, way):
            _resume(connection, mail, way, plan.at)
        case FailDelivery(article, recipient, reply):
            _came_back(connection, article, recipient, reply, plan.at)
        case GoAway(agent, until):
            absences.leave(connection, agent, until, plan.at, f"mail S{plan.spool_id}")
        case ComeBack(agent):
            absences.come_back(connection, agent)
        case DelayDelivery(article, recipient, reply):
            _is_late(connection, article, recipient, reply)
        case AddressBounced(address, article, reason, dead):
            addresses.bounced(connection, address, article, reason, dead, plan.at)
        case StartProcess():
            keep_text(connection, effect, plan.at)
        case Rotate(team):
            reserve(connection, f"{ROTATION}{team}", 1)


def _copies(article: int) -> tuple[sa.ColumnElement[bool], ...]:
    return outbox.c.article_id == article, outbox.c.kind.in_(("customer", "forward"))


def _let_go(connection: sa.Connection, article: int, at: datetime) -> None:
    """Those copies that are held still: an operator may have sent one of them."""
    held = sa.update(outbox).where(*_copies(article), outbox.c.state == "held")
    values = {"state": "waiting", "next_attempt_at": at, "last_reply": None}
    if not connection.execute(held.values(**values)).rowcount:
        raise Conflict("the answer is not held any more")


def _take_back(connection: sa.Connection, article: int, at: datetime) -> None:
    """All copies together: one that is on its way already is not to be had back."""
    copies = sa.select(sa.func.count()).select_from(outbox).where(*_copies(article))
    still_here = sa.update(outbox).where(*_copies(article), outbox.c.state.in_(("held", "delayed")))
    taken = connection.execute(still_here.values(state="cancelled", done_at=at)).rowcount
    if not taken or taken != connection.execute(copies).scalar_one():
        raise Conflict("the answer is not where the decision thought it was")


def _came_back(connection: sa.Connection, article: int, recipient: str, reply: str, at: datetime) -> None:
    """The copy has failed after all; who wrote it is told as of any that failed (store.due). A second report finds
    nothing to change."""
    connection.execute(
        sa.update(outbox)
        .where(*_copies(article), outbox.c.state == "sent", sa.func.lower(outbox.c.recipient) == recipient.lower())
        .values(state="failed", last_reply=reply[:500], done_at=at, told_at=None)
    )


def _is_late(connection: sa.Connection, article: int, recipient: str, reply: str) -> None:
    connection.execute(
        sa.update(outbox)
        .where(*_copies(article), outbox.c.state == "sent", sa.func.lower(outbox.c.recipient) == recipient.lower())
        .values(last_reply=f"delayed: {reply}"[:500])
    )


def _article(connection: sa.Connection, article: int, **values: Any) -> None:
    connection.execute(sa.update(articles).where(articles.c.id == article).values(**values))


def _resume(connection: sa.Connection, mail: int, way: str, at: datetime) -> None:
    """The same raw mail and envelope, a new row with an outcome of its own."""
    kept = (
        "source",
        "reverse_path",
        "forward_paths",
        "peer",
        "helo",
        "protocol",
        "authenticated_as",
        "size",
        "blob",
    )
    fixed: dict[str, Any] = {
        "received_at": at,
        "state": "new",
        "attempts": 0,
        "alone": False,
        "next_attempt_at": at,
        "resumes": way,
        "resumed_from": mail,
    }
    columns = [spool.c[name] for name in kept]
    values = [sa.literal(value, spool.c[name].type).label(name) for name, value in fixed.items()]
    chosen = sa.select(*columns, *values).where(spool.c.id == mail)
    made = sa.insert(spool).from_select([*kept, *fixed], chosen).returning(spool.c.id)
    if connection.execute(made).first() is None:
        raise Conflict(f"the mail S{mail} is not there any more")
