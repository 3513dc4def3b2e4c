"""The configuration that `mailgate init` writes: short, complete, and true at the first start."""

import json
import re
from dataclasses import dataclass, fields

CHANGE_ME = "CHANGE-ME"
IGNORED = """\
# Not for a repository: secrets, the desk's memory, mail.
/keys
/mailgate.db*
/mail/
/mutt/
/control.sock
"""

_NAME_AND_ADDRESS = re.compile(r"\s*(?P<name>[^<]*?)\s*<(?P<address>[^<>]*)>\s*")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the one who runs `init` said, or what is usual. A smarthost of "" means a local Maildir."""

    domain: str
    address: str
    agent: str
    name: str = "Support"
    smarthost: str = ""
    listen: str = "127.0.0.1:2525"
    timezone: str = "UTC"
    trust_unverified: bool = False

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls) if each.name != "trust_unverified")


def configuration(answers: Answers) -> str:
    """The text of config.toml. Whether the answers make sense is for the reading of it to say."""
    found = _NAME_AND_ADDRESS.fullmatch(answers.agent)
    title, address = (found["name"], found["address"]) if found else ("", answers.agent)
    title = title or address.partition("@")[0]
    agent = re.sub(r"[^a-z0-9]+", "-", title.split()[0].lower() if title.split() else "").strip("-")[:32] or "agent"
    marked = f"    # {CHANGE_ME}" if answers.domain == "example.com" and not answers.trust_unverified else ""
    return _TEMPLATE.format(
        name=quoted(answers.name),
        domain=quoted(answers.domain),
        marked=marked,
        timezone=quoted(answers.timezone),
        trust=_TRUST if answers.trust_unverified else "",
        listen=quoted(answers.listen),
        out=_out(answers),
        queue=quoted(answers.address),
        agent=agent,
        title=quoted(title),
        email=quoted(address),
    )


def quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _out(answers: Answers) -> str:
    way = _smarthost(answers.smarthost) if answers.smarthost else _MAILDIR
    return way + (_DELAY if answers.trust_unverified else "")


def _smarthost(host: str) -> str:
    return f"""\
host = {quoted(host)}
tls = "starttls"                    # starttls (587) | implicit (465) | none (25)
# user = "support@example.com"      # {CHANGE_ME}: if it asks for a login
# password = {{ file = "smtp-password" }}   # or {{ env = "NAME" }}, {{ credential = "name" }}
"""


_MAILDIR = """\
maildir = "mail/{recipient}"        # a Maildir for each recipient; for real mail: host = "smtp.example.com"
"""

_DELAY = """\
delay = "10s"                       # to play with: how long an agent can #undo; usually 60s
"""

_TRUST = """\
trust_unverified = true             # to play with: anybody gets the full automatic answer; false on the Internet
"""

_TEMPLATE = """\
# mailgate configuration. `mailgate check` explains every mistake; docs/reference/configuration.md has every key.
# A secret is never written here: {{ env = "NAME" }} | {{ file = "path" }} | {{ credential = "name" }}

[site]
name = {name}
domain = {domain}{marked}
timezone = {timezone}
{trust}
[database]
url = "sqlite:///mailgate.db"       # beside this file

[keys]
file = "keys"                       # not in a backup of the database: keep a copy

[rules]
dir = "rules"
require_tests = true                # what fails in rules/tests never runs; `mailgate rules test` says why

[templates]
dir = "templates"

[[in]]
name = "smtp"
type = "smtp"
listen = {listen}

[out]
{out}
[queues.support]
addresses = [{queue}]
team = "first-line"

[teams]
first-line = ["{agent}"]

[agents.{agent}]
name = {title}
email = {email}
roles = ["agent", "lead"]
"""
