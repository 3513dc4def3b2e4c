"""The fence of the processor: a leader that was paused while another took over must not write."""

import sqlalchemy as sa

from mailgate.errors import LeadLost
from mailgate.store.tables import epochs

_EPOCH = sa.select(epochs.c.epoch).where(epochs.c.name == "processor").with_for_update(read=True)


def current_epoch(connection: sa.Connection) -> int:
    """For what is done beside the processor, on the operator's word: it does not lead, and does not have to. Until the
    transaction ends nobody else can take the lead; 0 where nobody ever did."""
    return connection.execute(_EPOCH).scalar() or 0


def check_epoch(connection: sa.Connection, epoch: int) -> None:
    """Raises LeadLost where another processor leads; until the transaction ends nobody else can take the lead."""
    current = connection.execute(_EPOCH).scalar()
    if current != epoch:
        raise LeadLost("another processor leads now")
