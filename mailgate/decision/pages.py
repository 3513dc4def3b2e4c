"""The answers to an agent's questions, as text that a mail client shows without breaking it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from mailgate.decision.conversation import HistoryLine, Said
from mailgate.decision.explained import StoredTrace, explained
from mailgate.decision.policy import Policy
from mailgate.tickets.model import Ticket

MOST_LINES_OF_A_TEXT = 12


def show_page(ticket: Ticket, said: Sequence[Said], policy: Policy) -> str:
    """The ticket on one screen, and what was said last."""
    zone = policy.site.timezone
    requester = ticket.requester
    until = f" until {_time(ticket.pending_until, zone)}" if ticket.pending_until else ""
    lines = [
        f"#{ticket.number}  {ticket.subject}",
        f"queue {ticket.queue}, {ticket.state}{until}, {ticket.priority}, owner {ticket.owner or 'nobody'}",
        f"customer {requester.name} <{requester.address}>" if requester else "no customer",
        f"opened {_time(ticket.created_at, zone)}, {ticket.articles} articles",
    ]
    others = [each.address for each in ticket.people if each.role != "requester"]
    lines += [f"also {', '.join(others)}"] if others else []
    lines += [f"type {ticket.type}"] if ticket.type else []
    watching = [each.name or each.address for each in ticket.watchers]
    lines += [f"watched by {', '.join(watching)}"] if watching else []
    lines += [f"tags {', '.join(ticket.tags)}"] if ticket.tags else []
    lines += [f"{name} = {value}" for name, value in ticket.fields]
    for each in said:
        if each.template is None:
            lines += ["", *_article(each, zone)]
    return "\n".join(lines)


def history_page(told: Sequence[HistoryLine], zone: tzinfo) -> str:
    """What happened, the oldest first, a line each."""
    lines = []
    for each in told:
        detail = ", ".join(f"{name} {value}" for name, value in each.detail if value)
        lines.append(f"{_time(each.at, zone)}  {each.actor:<18} {each.event}  {detail}"[:160].rstrip())
    return "\n".join(lines)


def explain_page(traces: Sequence[StoredTrace], zone: tzinfo) -> str:
    """Which rule did what, and why."""
    return "\n\n".join(explained(each, zone) for each in traces) or "no rule has run on this ticket yet"


def _article(said: Said, zone: tzinfo) -> list[str]:
    who = said.author.name or said.author.address
    kind = " (internal)" if said.visibility == "internal" else ""
    text = said.text.strip("\n").splitlines()
    shown = [f"  {line}" for line in text[:MOST_LINES_OF_A_TEXT]]
    more = [f"  [{len(text) - MOST_LINES_OF_A_TEXT} more lines]"] if len(text) > MOST_LINES_OF_A_TEXT else []
    return [f"{_time(said.at, zone)}  {who}{kind}", *shown, *more]


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
