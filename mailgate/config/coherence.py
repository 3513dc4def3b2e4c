"""Whether the parts of a configuration fit each other: names in use exist, an address belongs to one party only."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from mailgate.config import doors, outside
from mailgate.config.draft import CustomersDraft, Draft, usual_delay
from mailgate.config.findings import Findings
from mailgate.config.locate import KeyPath
from mailgate.config.mailbox import MailboxDraft
from mailgate.config.values import LOCAL_PART_OCTETS
from mailgate.decision.policy import Relay
from mailgate.problems import did_you_mean
from mailgate.tickets.number import NumberFormat
from mailgate.tickets.signed import MAC_CHARS

SMALLEST_MESSAGE = 65_536  # RFC 5321 4.5.3.1.7

_TICKETS = 10**8 - 1  # the largest sequence, article and party that a signed address is measured with
_ARTICLES = 10**9 - 1
_PARTY_CHARS = 3


_USUAL = 'write message = "35MB", or leave it out'


def _one(wrong: str, names: Iterable[str], table: str) -> str:
    return did_you_mean(wrong, names) or f"there is none yet: write {table}"


def check(draft: Draft, findings: Findings) -> None:
    _queues(draft, findings)
    _teams(draft, findings)
    _people(draft, findings)
    _groups(draft.customers, findings)
    _signed_addresses(draft, findings)
    doors.check(draft, findings)
    outside.check(draft, findings)
    _limits(draft, findings)
    _out(draft, findings)


def signed_token_length(numbers: NumberFormat) -> int:
    """The characters between + and @ of the longest signed address that a large desk makes (spec/agents.md 1)."""
    number = numbers.render(_TICKETS, date(2026, 1, 1), b"\xff" * 8)
    return len(f"{number}.r{'a' * _PARTY_CHARS}.{_ARTICLES}.k") + MAC_CHARS


def _queues(draft: Draft, findings: Findings) -> None:
    if not draft.queues:
        findings.key(("queues",), "there is no queue", 'add [queues.support] with addresses = ["support@example.com"]')
    default = draft.site.default_queue
    if default and default not in draft.queues:
        findings.value(
            ("site", "default_queue"), f'there is no queue "{default}"', _one(default, draft.queues, "[queues.NAME]")
        )
    for name, queue in draft.queues.items():
        if queue.team and queue.team not in draft.teams:
            findings.value(
                ("queues", name, "team"),
                f'there is no team "{queue.team}"',
                _one(queue.team, draft.teams, "a line below [teams]"),
            )
        if not queue.team:
            findings.warning(("queues", name), "the queue has no team: nobody is told of its mail", 'add team = "NAME"')


def _teams(draft: Draft, findings: Findings) -> None:
    for name, members in draft.teams.items():
        for place, member in enumerate(members):
            if member and member not in draft.agents:
                findings.value(
                    ("teams", name, place), f'there is no agent "{member}"', _one(member, draft.agents, "[agents.NAME]")
                )


def _people(draft: Draft, findings: Findings) -> None:
    """Mail to an address goes one way only: a queue that is also an agent's address would write to itself."""
    queue_of: dict[str, str] = {}
    for name, address, at in _queue_addresses(draft):
        other = queue_of.setdefault(address, name)
        if other != name:
            findings.value(at, f'{address} is an address of queue "{other}" already', "give each address to one queue")
    agent_of: dict[str, str] = {}
    for name, address, at in _agent_addresses(draft):
        other = agent_of.setdefault(address, name)
        if address in queue_of:
            findings.value(
                at,
                f'{address} is an address of queue "{queue_of[address]}"',
                "mail to an agent would come back as a ticket",
            )
        elif other != name:
            findings.value(at, f'{address} is an address of agent "{other}" already', "give each address to one agent")
    for place, address in enumerate(draft.site.admins):
        if address.lower() in queue_of:
            message = f"{address} is a queue's address: our own troubles become tickets"
            findings.warning(("site", "admins", place), message, "name an address that no queue has")


def _groups(customers: CustomersDraft, findings: Findings) -> None:
    group_of: dict[str, str] = {}
    for name, group in customers.groups.items():
        for place, domain in enumerate(group.domains):
            other = group_of.setdefault(domain, name)
            if domain and other != name:
                at = ("customers", "groups", name, "domains", place)
                findings.value(at, f'{domain} is a domain of group "{other}" already', "give each domain to one group")


def _queue_addresses(draft: Draft) -> Iterator[tuple[str, str, KeyPath]]:
    for name, queue in draft.queues.items():
        for place, address in enumerate(queue.addresses):
            if address:
                yield name, address.lower(), ("queues", name, "addresses", place)


def _agent_addresses(draft: Draft) -> Iterator[tuple[str, str, KeyPath]]:
    for name, agent in draft.agents.items():
        if agent.address:
            yield name, agent.address.lower(), ("agents", name, "email")
        for place, address in enumerate(agent.also):
            if address:
                yield name, address.lower(), ("agents", name, "also", place)


def _signed_addresses(draft: Draft, findings: Findings) -> None:
    form = draft.site.reply_address
    room = LOCAL_PART_OCTETS - signed_token_length(draft.site.number_format) - len("+")
    if form.text not in ("queue", "none"):
        local = form.text.partition("+{token}@")[0]
        if len(local) > room:
            findings.value(("site", "reply_address"), _too_long(local, room), f"shorten it to {room} characters")
    if form.text != "queue":
        return
    for name, queue in draft.queues.items():
        for place, address in enumerate(queue.addresses):
            local, at = address.rpartition("@")[0], ("queues", name, "addresses", place)
            if "+" in local:
                findings.value(
                    at, "a queue's address has no +: what follows it is ours", 'or set site.reply_address = "none"'
                )
            elif place == 0 and len(local) > room:
                mend = f'shorten it to {room} characters, or set site.reply_address = "reply+{{token}}@..."'
                findings.value(at, _too_long(local, room), mend)


def _too_long(local: str, room: int) -> str:
    length = LOCAL_PART_OCTETS + len(local) - room
    return f"its signed addresses would have {length} characters before the @, and {LOCAL_PART_OCTETS} are allowed"


def _limits(draft: Draft, findings: Findings) -> None:
    limits = draft.limits
    if 0 < limits.message < SMALLEST_MESSAGE:
        findings.value(("limits", "message"), "every mail server takes 64 KiB at least (RFC 5321 4.5.3.1.7)", _USUAL)
    if 0 < limits.in_flight < limits.message:
        findings.value(
            ("limits", "in_flight"), "a mail of limits.message would never be taken in", "make in_flight the larger one"
        )


def _out(draft: Draft, findings: Findings) -> None:
    out = draft.out
    if out.host and out.maildir:
        findings.key(("out", "maildir"), "mail goes to a host or into a Maildir, not both", "take out one of the two")
    if not (out.host or out.maildir or out.paused):
        mend = 'add host = "smtp.example.com", or maildir = "outgoing" for first steps, or paused = true'
        findings.key(("out",), "[out] does not say where mail goes", mend)
    if out.user and out.password is None:
        findings.key(("out", "user"), "there is a user but no password", 'add password = { file = "smtp-password" }')
    if out.password is not None and not out.user:
        findings.key(("out", "password"), "there is a password but no user", 'add user = "..."')
    if out.user and out.tls == "none" and not doors.is_this_machine(out.host or ""):
        findings.warning(("out", "tls"), "the password would travel in clear", 'set tls = "starttls" or "implicit"')
    if any(later < earlier for earlier, later in pairwise(out.retry)):
        findings.warning(("out", "retry"), "the pauses become shorter", "begin with the shortest")
    usual = usual_delay(door.settings for door in draft.doors if isinstance(door, MailboxDraft))
    if out.delay and usual > Relay().delay and out.delay < usual:
        findings.warning(
            ("out", "delay"),
            "it is shorter than two polls: an #undo that comes by IMAP may be too late",
            f'write at least "{usual.seconds}s"',
        )
