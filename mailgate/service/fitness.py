"""Whether mail can be taken now, asked by doing what taking it needs: a write that is committed, room on the disk."""

import asyncio

from mailgate.errors import Outage
from mailgate.service.acceptance import FreeSpace
from mailgate.store.counters import reserve
from mailgate.store.engine import Store

ANSWER_SECONDS = 2.0


async def unfit(store: Store, space: FreeSpace) -> str:
    """Why it cannot, in words for an administrator; "" where it can."""
    if space.room(0) is not None:
        return f"{space}: mail is refused for now (452)"
    try:
        await asyncio.wait_for(store.write(lambda c: reserve(c, "probe", 1)), ANSWER_SECONDS)
    except Outage as outage:
        return f"{outage}: mail is refused for now (451)"
    except TimeoutError:
        return f"the database did not answer within {ANSWER_SECONDS:g} s: mail waits or is refused for now (451)"
    return ""
