"""`mailgate password`: the hash of a password, for `password_hash` of an agent. The password itself is kept nowhere."""

import argparse
import getpass
import sys
from typing import Any

from mailgate.errors import MailgateError

SHORTEST = 8


def register(subparsers: Any) -> None:
    subparsers.add_parser(
        "password",
        help="make the hash of a password for [agents.NAME] password_hash",
        description=(
            "Asks for a password twice, or reads it from stdin, and prints its scrypt hash. Put the hash into a file of"
            ' mode 0600 and name that file: password_hash = { file = "/etc/mailgate/nina.scrypt" }.'
        ),
    )


def run(args: argparse.Namespace) -> int:
    from mailgate.config.password_hash import SALT_OCTETS, hash_password
    from mailgate.ids import SystemIds

    password = _asked() if sys.stdin.isatty() else _piped()
    if len(password) < SHORTEST:
        raise MailgateError(f"a password has at least {SHORTEST} characters: who knows it can write as the agent")
    print(hash_password(password, SystemIds().key()[:SALT_OCTETS]))
    return 0


def _asked() -> str:
    password = getpass.getpass("Password: ", sys.stderr)
    if getpass.getpass("Again:    ", sys.stderr) != password:
        raise MailgateError("the two are not the same; try again")
    return password


def _piped() -> str:
    """One line; its end does not count."""
    try:
        text = sys.stdin.buffer.read(65_536).decode()
    except UnicodeDecodeError:
        raise MailgateError("the password is not UTF-8 text") from None
    password = text.removesuffix("\n").removesuffix("\r")
    if not password.isprintable():
        raise MailgateError("give one line without control characters")
    return password
