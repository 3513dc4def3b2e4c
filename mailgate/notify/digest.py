"""Several things that an agent is told, in one mail: her notifications above the limit (R27), mail not proven hers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailgate.decision.policy import Policy
from mailgate.notify.notice import notice_of
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.notify.variables import MOST
from mailgate.notify.viewing import notice_variables, view_agent, view_digest_line
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import without_tokens

TEMPLATE = "digest"
MOST_LINES = MOST["digest"]


def digest(
    agent: Agent,
    lines: Sequence[tuple[datetime, str, str]],
    policy: Policy,
    templates: Templates,
    nonce: bytes,
    now: datetime,
) -> OutgoingMail:
    """Compose it. `lines`: when, ticket's number or "", what; the oldest first, at most MOST_LINES."""
    site = policy.site
    queue = policy.queue(site.default_queue)
    shown = tuple(view_digest_line(at, ticket, line, site.timezone) for at, ticket, line in lines)
    plain = notice_variables((), queue, site.name, now.astimezone(site.timezone))
    variables = replace(plain, agent=view_agent(agent), digest=shown).without(without_tokens)
    language = agent.language or site.language
    return notice_of(TEMPLATE, agent.address, language, variables, policy, templates, nonce, now, kind="agent")
