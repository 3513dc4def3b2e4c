"""Whether the ways in fit each other and the rest: names, places and mailboxes once, nothing read in clear, no loop."""

from ipaddress import ip_address

from mailgate.config.draft import Draft
from mailgate.config.findings import Findings
from mailgate.config.locate import KeyPath
from mailgate.config.mailbox import MailboxDraft
from mailgate.config.settings import DoorSettings, ImapSettings
from mailgate.problems import did_you_mean

INJECT = "inject"  # the source of mail that the operator puts in by hand
PIPE = "pipe"  # and of mail that an MTA pipes in: a door of that name would lend it its trust


_DOOR = 'add [[in]] with name = "smtp", type = "smtp", listen = "127.0.0.1:2525"'
_NAME = "give each door a name of its own"
_ADMIN = "name another address in site.admins, or fetch another mailbox"


def check(draft: Draft, findings: Findings) -> None:
    if not draft.doors:
        findings.warning(("in",), "there is no [[in]]: mail comes only by `mailgate inject`", _DOOR)
    _names(draft, findings)
    _proof_of_agents(draft, findings)
    places: set[str] = set()
    folders: set[tuple[str, ...]] = set()
    for place, door in enumerate(draft.doors):
        at = ("in", place)
        if isinstance(door, MailboxDraft):
            _sealers(door.settings, at, findings)
            _mailbox(door.settings, at, draft, findings)
            _once(door.settings, at, folders, findings)
        else:
            _trust(door, at, findings)
            _sealers(door, at, findings)
            _alone(door, at, places, findings)


def is_this_machine(host: str) -> bool:
    """Whether what is sent to `host` stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names(draft: Draft, findings: Findings) -> None:
    taken: set[str] = set()
    for place, door in enumerate(draft.doors):
        if door.name == INJECT:
            findings.value(("in", place, "name"), f'"{INJECT}" is the name of mail that is put in by hand', _NAME)
        if door.name == PIPE:
            findings.value(
                ("in", place, "name"), f'"{PIPE}" is the name of mail that comes by `mailgate deliver`', _NAME
            )
        if door.name and door.name in taken:
            findings.value(("in", place, "name"), f'there is a door "{door.name}" already', _NAME)
        taken.add(door.name)


def _proof_of_agents(draft: Draft, findings: Findings) -> None:
    """What [agents_policy] demands must come in by some door, or no agent could do anything."""
    at = ("agents_policy", "require_auth")
    smtp = [door for door in draft.doors if isinstance(door, DoorSettings)]
    believed = smtp + [door.settings for door in draft.doors if isinstance(door, MailboxDraft)]
    match draft.agents_policy.require_auth:
        case "pass" if not any(door.trusted_authserv for door in believed):
            mend = 'name who checks the senders, as in trusted_authserv = ["mx.example.com"]'
            findings.warning(at, "no [[in]] has trusted_authserv: nothing passes but what an agent logs in for", mend)
        case "smtp-auth" if not smtp:
            findings.warning(
                at, 'there is no [[in]] of type "smtp": no agent could ever log in', 'write "auto" or "pass"'
            )


def _sealers(door: DoorSettings | ImapSettings, at: KeyPath, findings: Findings) -> None:
    if door.trusted_sealers and not door.trusted_authserv:
        findings.warning(
            (*at, "trusted_sealers"),
            "nobody checks the seals: no word of theirs counts",
            'name the server that writes arc=pass, as in trusted_authserv = ["mx.example.com"]',
        )


def _trust(door: DoorSettings, at: KeyPath, findings: Findings) -> None:
    if door.trusted_authserv and not door.peers and door.listen.unix is None:
        findings.value(
            (*at, "trusted_authserv"),
            "whoever reaches this port could write Authentication-Results himself",
            'name who may connect, as in peers = ["127.0.0.1/32"], or listen on a unix socket',
        )


def _alone(door: DoorSettings, at: KeyPath, places: set[str], findings: Findings) -> None:
    where = str(door.listen)
    if where in places:
        findings.value((*at, "listen"), f"another door listens on {where} already", "give each a port of its own")
    if door.listen.port or door.listen.unix:  # port 0 is a new one each time
        places.add(where)


def _mailbox(mailbox: ImapSettings, at: KeyPath, draft: Draft, findings: Findings) -> None:
    if mailbox.tls == "none" and mailbox.host and not is_this_machine(mailbox.host):
        findings.value(
            (*at, "tls"), "the password and every mail would travel in clear", 'write "implicit" or "starttls"'
        )
    if mailbox.queue and mailbox.queue not in draft.queues:
        findings.value(
            (*at, "queue"), f'there is no queue "{mailbox.queue}"', did_you_mean(mailbox.queue, draft.queues)
        )
    if mailbox.after.action == "move" and _folder(mailbox.after.argument) == _folder(mailbox.folder):
        findings.value((*at, "after"), "mail would be moved to where it lies", "name another folder")
    user = mailbox.user.lower()
    for name, agent in draft.agents.items():
        if user and user in (address.lower() for address in (agent.address, *agent.also)):
            findings.warning(
                (*at, "user"),
                f'this is the mailbox of agent "{name}": what she is told would come back as a ticket, again and again',
                "read a mailbox that is the queue's own",
            )
    if user and user in (address.lower() for address in draft.site.admins):
        findings.warning((*at, "user"), "this is an admin's mailbox: our own troubles become tickets", _ADMIN)


def _once(mailbox: ImapSettings, at: KeyPath, folders: set[tuple[str, ...]], findings: Findings) -> None:
    account = (mailbox.host, mailbox.user.lower(), _folder(mailbox.folder))
    if all(account) and account in folders:
        findings.value(
            (*at, "folder"), f"another door reads {mailbox.folder} of {mailbox.user} already", "read each folder once"
        )
    folders.add(account)


def _folder(name: str) -> str:
    """INBOX alone is the same in any case (RFC 3501 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name
