"""A ticket of the desk as a template would see it, for a preview: its last customer's mail is what the mail is about.

What a ticket does not hold (results of commands, a digest) is left as in the sample.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from mailgate.config.settings import Config
from mailgate.notify.hours import view_hours
from mailgate.notify.named import Named
from mailgate.notify.samples import ORDINARY
from mailgate.notify.variables import Variables
from mailgate.notify.viewing import view_agent, view_earlier, view_queue
from mailgate.notify.views import (
    AgentView,
    AnswerView,
    AttachmentView,
    CustomerView,
    EarlierView,
    MessageView,
    TicketView,
)

EARLIER = 3


def of_ticket(shown: dict[str, Any], config: Config, now: datetime) -> Variables:
    """`shown`: what reports.ticket_show found; `now`: local to the site."""
    articles: list[dict[str, Any]] = shown["articles"]
    theirs = [each for each in articles if each["sender_type"] not in ("agent", "system")]
    ours = [each for each in articles if each["sender_type"] == "agent" and each["visibility"] == "public"]
    last = theirs[-1] if theirs else None
    earlier = [_earlier(each, config) for each in reversed(articles) if each is not last and each["new_text"]]
    agent = config.agents.get(shown["owner"] or "") or next(iter(config.agents.values()), None)
    customer = shown["customer"] or {"name": "", "address": ""}
    queue = config.queues.get(shown["queue"]) or config.queues[config.site.default_queue]
    return replace(
        ORDINARY,
        ticket=_ticket(shown, config),
        customer=CustomerView(customer["name"], customer["address"]),
        message=_message(last) if last else MessageView(),
        queue=view_queue(queue),
        site=config.site.name,
        now=now,
        verified=customer["address"].rpartition("@")[2] if last and last["verified"] else "",
        agent=view_agent(agent) if agent else AgentView(),
        author=last["from"] if last else "",
        answer=AnswerView(ours[-1]["new_text"]) if ours else ORDINARY.answer,
        signature=agent.signature if agent else "",
        quoted=_earlier(last, config) if last else None,
        earlier=tuple(earlier[:EARLIER]),
        hours=view_hours(config.calendars, now),
    )


def _ticket(shown: dict[str, Any], config: Config) -> TicketView:
    return TicketView(
        number=shown["number"],
        tag=config.site.tag.render(shown["number"]),
        subject=shown["subject"],
        queue=shown["queue"],
        state=shown["state"],
        priority=shown["priority"],
        owner=shown["owner"] or "",
        created=datetime.fromisoformat(shown["created"]).astimezone(config.site.timezone),
        tags=tuple(shown["tags"]),
        type=shown["type"] or "",
        fields=Named(shown["fields"]),
    )


def _message(article: dict[str, Any]) -> MessageView:
    files = tuple(AttachmentView(each["filename"], each["size"]) for each in article["attachments"])
    return MessageView(article["subject"], article["text"], article["new_text"], files)


def _earlier(article: dict[str, Any], config: Config) -> EarlierView:
    internal = article["visibility"] == "internal"
    at = datetime.fromisoformat(article["at"])
    return view_earlier(at, article["from"], article["new_text"], config.site.timezone, internal)
