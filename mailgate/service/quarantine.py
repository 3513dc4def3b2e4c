"""Setting a mail aside: kept whole, its cause recorded, the admins told once."""

from datetime import datetime

import sqlalchemy as sa

from mailgate.ids import Ids
from mailgate.notify.notice import notice
from mailgate.service.active import ActiveSet
from mailgate.store import spool
from mailgate.store.outbox import enqueue


def set_aside(
    connection: sa.Connection, spool_id: int, error: str, details: str, active: ActiveSet, ids: Ids, now: datetime
) -> None:
    """Quarantine a mail; in the same transaction a mail to each admin."""
    cause = f"{error}\n{details}".strip()
    if spool.quarantine(connection, spool_id, cause, now):
        tell_admins(connection, spool_id, error, active, ids, now)


def tell_admins(
    connection: sa.Connection, spool_id: int, error: str, active: ActiveSet, ids: Ids, now: datetime
) -> None:
    """A mail to each of them about one that was set aside."""
    facts = (f"S{spool_id}", error)
    mails = [
        notice("quarantined", admin, facts, active.policy, active.templates, ids.nonce(), now)
        for admin in active.policy.site.admins
    ]
    enqueue(connection, None, mails, now)
