"""What the rules say to something that happened to the desk itself, ready to be applied."""

from datetime import datetime

from mailgate.decision.desk import DeskEvent, happened_to_the_desk
from mailgate.ids import Ids
from mailgate.mail.message import NO_MESSAGE
from mailgate.service.active import ActiveSet
from mailgate.service.preparation import composed
from mailgate.store.apply import Prepared


def for_the_desk(event: DeskEvent, active: ActiveSet, ids: Ids, now: datetime) -> Prepared | None:
    """None where no rule has anything to do or to say. Raises TemplateFailed."""
    plan = happened_to_the_desk(event, active.policy, ids.nonce(), now)
    return None if plan is None else composed(plan, NO_MESSAGE, active.policy, active.templates)
