"""The fence of what one node does at a time: who was paused while another took over must not write."""

from datetime import datetime

import sqlalchemy as sa

from mailgate.errors import LeadLost
from mailgate.store.insert import insert_or_ignore
from mailgate.store.tables import epochs

PROCESSOR = "processor"
_EPOCH = sa.select(epochs.c.epoch).where(epochs.c.name == sa.bindparam("name")).with_for_update(read=True)


def current_epoch(connection: sa.Connection) -> int:
    """For what is done beside the processor, on the operator's word: it does not lead, and does not have to. Until the
    transaction ends nobody else can take the lead; 0 where nobody ever did."""
    return connection.execute(_EPOCH, {"name": PROCESSOR}).scalar() or 0


def raise_epoch(connection: sa.Connection, name: str, holder: str, now: datetime) -> int:
    """Whoever did it before is fenced off; the new epoch."""
    insert_or_ignore(connection, epochs, [{"name": name, "epoch": 0, "holder": holder, "since": now}])
    raised = (
        sa.update(epochs)
        .where(epochs.c.name == name)
        .values(epoch=epochs.c.epoch + 1, holder=holder, since=now)
        .returning(epochs.c.epoch)
    )
    return int(connection.execute(raised).scalar_one())


def check_epoch(connection: sa.Connection, epoch: int, name: str = PROCESSOR) -> None:
    """Raises LeadLost where another leads; until the transaction ends nobody else can take the lead."""
    if connection.execute(_EPOCH, {"name": name}).scalar() != epoch:
        raise LeadLost(f"another {name} leads now" if name == PROCESSOR else f"another node has the {name} now")
