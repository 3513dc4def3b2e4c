"""[webhooks] and [programs]: the only places that rules may call, and the only programs that they may start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING

from mailgate.config import values as v
from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.kinds import list_of, text_of
from mailgate.config.locate import KeyPath
from mailgate.config.secrets import SECRET, SecretSource
from mailgate.config.section import REQUIRED, Key, Section, named
from mailgate.config.settings import ProgramSettings, Secret, WebhookSettings
from mailgate.rules.reach import why_not
from mailgate.rules.web_address import EXAMPLE, WebAddress, parse_web_address

if TYPE_CHECKING:
    from mailgate.config.draft import Draft

_NOWHERE = WebAddress("https", "", 443, "/")


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """One of [webhooks], its secret still where it lies."""

    settings: WebhookSettings
    secret: SecretSource | None


def web_address(text: str) -> WebAddress:
    try:
        return parse_web_address(text)
    except ValueError as error:
        raise Wrong(f"{shown(text)} cannot be called: {error}", EXAMPLE) from None


def argument(text: str) -> str:
    if "\0" in text:
        raise Wrong("a program takes no NUL in its arguments")
    return text


def _webhook(
    name: str,
    url: WebAddress,
    secret: SecretSource | None,
    allow_networks: tuple[IPv4Network | IPv6Network, ...],
    ca_file: Path | None,
) -> WebhookDraft:
    return WebhookDraft(WebhookSettings(name, url, secret is not None, None, allow_networks, ca_file), secret)


WEBHOOK = Section(
    "[webhooks.NAME]",
    "A place elsewhere that rules may call: every path of this scheme, host and port. No other place is ever called.",
    (
        Key(
            "url",
            text_of("web address", web_address, _NOWHERE),
            "What `webhook: NAME` calls; `http://` only where it says so here.",
            REQUIRED,
        ),
        Key("secret", SECRET, "What signs our calls (HMAC-SHA256); without it they are not signed."),
        Key(
            "allow_networks",
            list_of(v.NETWORK),
            "Networks that are not public and where the host may lie all the same, as in `10.20.0.0/16`.",
            [],
        ),
        Key("ca_file", v.PATH, "Authorities (PEM) to trust besides the system's."),
    ),
    _webhook,
)

PROGRAM = Section(
    "[programs.NAME]",
    "A program that rules may start, by the user of the daemon, without a shell.",
    (
        Key(
            "command",
            list_of(text_of("text", argument), at_least=1),
            "The program's whole path, and its arguments; rules can add none.",
            REQUIRED,
        ),
    ),
    lambda name, command: ProgramSettings(name, command),
)

TABLES = (
    Key("webhooks", named(WEBHOOK), WEBHOOK.doc, {}),
    Key("programs", named(PROGRAM), PROGRAM.doc, {}),
)


def secret_at(webhook: str) -> KeyPath:
    return ("webhooks", webhook, "secret")


def with_secrets(draft: "Draft", revealed: Mapping[KeyPath, Secret]) -> dict[str, WebhookSettings]:
    """The webhooks as they are called."""
    return {name: replace(each.settings, secret=revealed.get(secret_at(name))) for name, each in draft.webhooks.items()}


def check(draft: "Draft", findings: Findings) -> None:
    """What can be judged without asking the network: a literal address, a path."""
    for name, each in draft.webhooks.items():
        address = each.settings.address.literal
        why = why_not(address, each.settings.allow_networks) if address is not None else ""
        if why:
            message = f"{address} is {why}, which rules do not call"
            findings.value(("webhooks", name, "url"), message, f'where it is meant: allow_networks = ["{address}"]')
    for name, program in draft.programs.items():
        path = program.command[0] if program.command else "/"
        if not path.startswith("/"):
            at = ("programs", name, "command", 0)
            findings.value(at, f"{shown(path)} is not the whole path of a program", 'write "/usr/bin/..."')


def check_files(draft: "Draft", findings: Findings) -> None:
    """What only this machine knows: whether the programs are there."""
    for name, program in draft.programs.items():
        if program.command and program.command[0].startswith("/") and not os.access(program.command[0], os.X_OK):
            message = f"{program.command[0]} is not a program that can be started here"
            findings.warning(("programs", name, "command", 0), message, "mend the path, or chmod +x")
    for name, each in draft.webhooks.items():
        if (file := each.settings.ca_file) is not None and not os.access(file, os.R_OK):
            findings.warning(("webhooks", name, "ca_file"), f"cannot read {file}; calls will fail", "mend the path")
