"""The answers to an agent's questions, as text that a mail client shows without breaking it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from mailgate.decision.conversation import HistoryLine, Said
from mailgate.decision.copied import gets_answers, others_among
from mailgate.decision.explained import WIDTH, ExplainedTicket, StoredEffect, effect_line, hanging, told_of_ticket
from mailgate.decision.policy import Policy
from mailgate.decision.process_told import NO_PROCESS, ProcessTold
from mailgate.mail.message import Mailbox
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.tickets.model import Ticket

MOST_LINES_OF_A_TEXT = 12
MOST_PEOPLE = 10
MOST_CHARS = 50_000  # of a trace: a template may write five times as much


def show_page(
    ticket: Ticket, said: Sequence[Said], policy: Policy, language: str = "en", process: ProcessTold = NO_PROCESS
) -> str:
    """The ticket on one screen, and what was said last."""
    zone = policy.site.timezone
    requester = ticket.requester
    who = Phrase("show no customer")
    if requester:
        who = Phrase("show customer", name=requester.name, address=requester.address)
    counted = Phrase("one article") if ticket.articles == 1 else Phrase("articles", count=ticket.articles)
    opened = Phrase("show opened", at=_time(ticket.created_at, zone), articles=counted)
    lines: list[str] = [f"#{ticket.number}  {ticket.subject}", _place(ticket, policy), who, opened]
    others = [each.address for each in ticket.people if each.role != "requester"]
    lines += [Phrase("show also", people=", ".join(others))] if others else []
    if left_out := _left_out(ticket, said, policy):
        lines.append(Phrase("show copied", people=", ".join(map(str, left_out))))
    lines += [Phrase("show type", type=ticket.type)] if ticket.type else []
    watching = [each.name or each.address for each in ticket.watchers]
    lines += [Phrase("show watched", people=", ".join(watching))] if watching else []
    lines += [Phrase("show tags", tags=", ".join(ticket.tags))] if ticket.tags else []
    lines += [f"{name} = {value}" for name, value in ticket.fields]
    lines += _process(process)
    if len(said) < ticket.articles and said:
        lines += ["", Phrase("show newest", count=len(said))]
    for each in said:
        lines += ["", *_article(each, zone)]
    return "\n".join(in_language(line, language) for line in lines)


def _left_out(ticket: Ticket, said: Sequence[Said], policy: Policy) -> tuple[Mailbox, ...]:
    """Whom the customer copied, and no answer goes to."""
    found: dict[str, Mailbox] = {}
    for each in said:
        if each.sender_type == "customer" and each.verified:
            for box in others_among(each.sent_to, each.author, ticket, policy):
                found.setdefault(box.address.lower(), box)
    return tuple(box for box in found.values() if not gets_answers(box.address, ticket, policy))[:MOST_PEOPLE]


def _process(process: ProcessTold) -> list[Phrase]:
    if not process.name or process.ended:
        return []
    lines = [Phrase("show process", title=process.title, step=process.step)]
    for each in process.items:
        lines.append(Phrase("show item", mark="x" if each.done else " ", number=each.number, text=each.text))
    if process.wanted:
        lines.append(Phrase("show wanted", names=", ".join(each.name for each in process.wanted)))
    return lines


def _place(ticket: Ticket, policy: Policy) -> Phrase:
    where = {
        "queue": _with_key(policy.queue(ticket.queue).title, ticket.queue),
        "state": Phrase(f"state {ticket.state}"),
        "priority": Phrase(f"priority {ticket.priority}"),
        "owner": _owner(ticket, policy),
    }
    if ticket.pending_until is None:
        return Phrase("show queue", **where)
    return Phrase("show queue until", until=_time(ticket.pending_until, policy.site.timezone), **where)


def _owner(ticket: Ticket, policy: Policy) -> str:
    owner = policy.agents.get(ticket.owner or "")
    return _with_key(owner.title, owner.name) if owner is not None else ticket.owner or Phrase("nobody")


def _with_key(title: str, key: str) -> str:
    """What people call it, and what stands in a command where that is another word."""
    return title if title.casefold() == key.casefold() else f"{title} ({key})"


def history_page(told: Sequence[HistoryLine], zone: tzinfo) -> str:
    """What happened, the oldest first, in the words of `explain`; beneath the time and who did it."""
    lines: list[str] = []
    before = ""
    for each in told:
        head = f"{_time(each.at, zone)}  {each.actor}"
        lines += [head] if head != before else []
        lines += hanging("    ", [effect_line(StoredEffect(each.actor, each.event, each.detail), zone)], WIDTH)
        before = head
    return "\n".join(lines)


def explain_page(found: ExplainedTicket | None, zone: tzinfo, language: str = "en") -> str:
    """Which rule did what, and why: the page that the operator sees, in the words of the rules, whatever language. What
    is too long for a mail begins later."""
    if found is None or not found.of:
        return in_language(Phrase("no rule has run"), language)
    page = told_of_ticket(found, zone)
    while len(page) > MOST_CHARS and len(found.traces) > 1:
        found = replace(found, first=found.first + 1, traces=found.traces[1:])
        page = told_of_ticket(found, zone)
    return page if len(page) <= MOST_CHARS else f"{page[:MOST_CHARS]}…"


def _article(said: Said, zone: tzinfo) -> list[str]:
    who = said.author.name or said.author.address
    if said.template is not None:
        return [Phrase("show automatic", head=f"{_time(said.at, zone)}  {who}", template=said.template)]
    text = said.text.strip("\n").splitlines()
    shown = [f"  {line}".rstrip() for line in text[:MOST_LINES_OF_A_TEXT]]
    head = f"{_time(said.at, zone)}  {who}"
    if said.waits:
        head = Phrase("show waits", head=head)
    elif said.was_not_sent:
        head = Phrase("show unsent", head=head)
    elif said.visibility == "internal":
        head = Phrase("show internal", head=head)
    if not said.verified:
        head = Phrase("show not verified", head=head)
    left = len(text) - MOST_LINES_OF_A_TEXT
    return [head, *shown, *([Phrase("show more lines", count=left)] if left > 0 else [])]


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
