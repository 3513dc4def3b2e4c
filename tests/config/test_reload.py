"""A reload takes all but what the daemon was built with, and that is named."""

import pytest

from mailgate.config.reload import reloadable
from tests.config.texts import DOOR, OUT, PEOPLE, QUEUE, SITE, WHOLE, read

MAILBOX = '[[in]]\nname = "box"\ntype = "imap"\nhost = "a.example"\nuser = "u"\npassword = { env = "PASSWORD" }\n'


def test_the_same_configuration_needs_nothing() -> None:
    assert reloadable(read(WHOLE), read(WHOLE)) == ()


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ('[[in]]\nname = "b"\ntype = "smtp"\nlisten = "127.0.0.1:26"\n', ("in",)),
        (MAILBOX, ("in",)),
        ('[database]\nurl = "sqlite:///other.db"\n', ("database",)),
        ('[keys]\nfile = "other"\n', ("keys",)),
        ("[limits]\nconnections = 5\n", ("limits",)),
        ('[log]\nlevel = "debug"\n', ("log",)),
        ('[log]\nbodies = true\n[keys]\nfile = "other"\n', ("keys", "log")),
    ],
)
def test_what_the_daemon_was_built_with_waits_for_a_restart(more: str, names: tuple[str, ...]) -> None:
    old, new = read(WHOLE), read(WHOLE + more, PASSWORD="x")
    assert reloadable(old, new) == names
    assert reloadable(new, old) == names


def test_a_changed_password_of_a_mailbox_waits_for_a_restart() -> None:
    assert reloadable(read(WHOLE + MAILBOX, PASSWORD="x"), read(WHOLE + MAILBOX, PASSWORD="y")) == ("in",)


@pytest.mark.parametrize(
    "text",
    [
        SITE + 'name = "Other"\nadmins = ["ops@example.com"]\n' + QUEUE + PEOPLE + DOOR + OUT,
        SITE + QUEUE + "members_only = true\n" + PEOPLE + DOOR + OUT,
        SITE + QUEUE + PEOPLE + 'signature = "Nina"\n' + DOOR + OUT,
        WHOLE + 'delay = "5m"\n',
        WHOLE + '[agents_policy]\ncollision = "send"\n',
        WHOLE + '[customers.groups.vip]\ndomains = ["acme.example"]\n',
        WHOLE + '[agents.omar]\nemail = "omar@example.com"\n[fields.order]\n',
    ],
)
def test_everything_else_is_taken(text: str) -> None:
    assert reloadable(read(WHOLE), read(text)) == ()
