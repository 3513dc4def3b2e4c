"""Mail that is read from a mailbox: every one a ticket, whoever is killed, and soon."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.blackbox.conftest import Desk
from tests.support.daemon import Daemon, toml, wait_until
from tests.support.dovecot import PASSWORD, Dovecot, dovecot
from tests.support.eventually import eventually
from tests.support.sink_process import Sink
from tests.support.smtp import Letter, in_order

MAILS = 2_000
KILLS = 5


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def mail(number: int, octets: int = 2_000) -> bytes:
    head = (
        f"Return-Path: <ana@acme.example>\r\nFrom: Ana <ana@acme.example>\r\nTo: support@example.test\r\n"
        f"Subject: question {number}\r\nMessage-ID: <{number}@acme.example>\r\n\r\n"
    )
    return head.encode() + b"I have a question.\r\n" * (octets // 20)


def mailbox(server: Dovecot, **changes: Any) -> dict[str, Any]:
    settings = {
        "name": "support",
        "type": "imap",
        "host": "localhost",
        "port": server.tls_port,
        "user": "alice",
        "password": PASSWORD,
        "start": "all",
        "ca_file": server.ca,
    }
    return settings | changes


def reading(daemon: Daemon, *mailboxes: dict[str, Any]) -> Daemon:
    """The daemon with these mailboxes in its configuration, their passwords in files."""
    with daemon.config.open("a") as config:
        for settings in mailboxes:
            secret = daemon.directory / f"{settings['name']}.password"
            secret.touch(0o600)
            secret.write_text(f"{settings['password']}\n")
            settings["password"] = {"file": str(secret)}
            config.write("\n[[in]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in settings.items()))
    return daemon


def query(daemon: Daemon, statement: str) -> list[Any]:
    engine = sa.create_engine(daemon.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text(statement)).scalars())


def subjects(daemon: Daemon) -> Counter[str]:
    """Tickets by subject."""
    return Counter(query(daemon, "SELECT subject FROM tickets"))


def committed(daemon: Daemon) -> int:
    return int(query(daemon, "SELECT count(*) FROM imap_mails")[0])


def source(daemon: Daemon, name: str) -> dict[str, Any]:
    """What `mailgate status` says of a door."""
    return next(each for each in daemon.cli("status")["sources"] if each["name"] == name)


def state_of(daemon: Daemon, name: str) -> str:
    return str(source(daemon, name)["state"])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_however_often_the_mail_server_is_killed(desk: Desk, server: Dovecot) -> None:
    daemon = reading(desk(started=False), mailbox(server)).start()
    began = time.monotonic()
    for batch in range(KILLS):
        each = MAILS // KILLS
        server.deliver([mail(batch * each + number) for number in range(each)])
        wait_until(lambda: committed(daemon) > batch * each, 60, "some mail of this batch is taken")  # noqa: B023
        server.kill()
        server.start()
    wait_until(lambda: committed(daemon) >= MAILS and not server.mails(), 120, "all mail is taken and moved", every=0.5)
    print(f"{MAILS} mails through {KILLS} deaths in {time.monotonic() - began:.1f} s")
    daemon.settle(60)
    assert subjects(daemon) == Counter(f"question {number}" for number in range(MAILS))
    # A server killed in the middle of a MOVE may have the mail in both folders: moved again it lies there twice.
    assert set(server.mails("Processed")) == {mail(number) for number in range(MAILS)}


@pytest.mark.timeout(180)
def test_a_daemon_killed_between_commit_and_move_doubles_nothing(desk: Desk, server: Dovecot) -> None:
    server.deliver([mail(number) for number in range(500)])
    in_the_way = server.home / "mail" / "alice" / ".Processed"
    in_the_way.touch()  # no folder can be made where a file lies: nothing is moved
    daemon = reading(desk(started=False), mailbox(server)).start()
    wait_until(lambda: committed(daemon) > 100, 60, "mail is taken", every=0.001)
    daemon.kill9()
    assert len(query(daemon, "SELECT uid FROM imap_mails WHERE NOT done")) == committed(daemon)
    in_the_way.unlink()
    daemon.start()
    wait_until(lambda: committed(daemon) >= 500 and not server.mails(), 60, "all mail is taken and moved", every=0.1)
    daemon.settle()
    assert subjects(daemon) == Counter(f"question {number}" for number in range(500))
    assert len(query(daemon, "SELECT id FROM spool")) == 500
    assert Counter(server.mails("Processed")) == Counter(mail(number) for number in range(500))


def test_mail_that_comes_while_the_door_idles_is_a_ticket_soon(desk: Desk, server: Dovecot) -> None:
    daemon = reading(desk(started=False), mailbox(server, poll="30m")).start()
    assert eventually(lambda: state_of(daemon, "support") == "idle")
    for number in range(3):
        began = time.monotonic()
        server.append([mail(number)])
        assert eventually(lambda: subjects(daemon)[f"question {number}"])  # noqa: B023
        print(f"a ticket {time.monotonic() - began:.2f} s after its mail came")
    assert daemon.terminate() == 0
    assert server.mails() == []


def test_the_same_octets_by_smtp_and_by_imap_are_one_article(desk: Desk, server: Dovecot, sink: Sink) -> None:
    daemon = reading(desk(started=False, smarthost=sink.port), mailbox(server)).start()
    in_order(daemon.port, [Letter("ana@acme.example", mail(1))])
    server.append([mail(1)])
    wait_until(lambda: committed(daemon) and not server.mails(), 30, "the mail is taken and moved", every=0.1)
    daemon.settle(delivered=True)
    assert subjects(daemon) == {"question 1": 1}
    assert len(query(daemon, "SELECT id FROM articles WHERE direction = 'in'")) == 1
    assert len([each for each in sink.taken if each.header("Auto-Submitted").startswith("auto-replied")]) == 1


def test_one_account_with_a_wrong_password_hinders_no_other_and_the_admins_are_told(
    desk: Desk, server: Dovecot, sink: Sink
) -> None:
    wrong = mailbox(server, name="billing", user="bob", password="wrong")
    daemon = reading(desk(started=False, smarthost=sink.port), wrong, mailbox(server)).start()
    server.append([mail(1)])
    assert eventually(lambda: subjects(daemon) == {"question 1": 1})

    def told() -> list[str]:
        mails = [each for each in sink.taken if each.forward_paths == ("ops@staff.example",)]
        return [each.message.get_body(("plain",)).get_content() for each in mails]  # type: ignore[union-attr]

    assert eventually(told)
    daemon.settle(delivered=True)
    assert len(told()) == 1
    assert "billing" in told()[0]
    assert "login refused" in told()[0]
    assert state_of(daemon, "billing") == "down"
    assert "login refused" in source(daemon, "billing")["error"]
    assert PASSWORD not in daemon.log()
    assert state_of(daemon, "support") == "idle"


def test_a_mailbox_that_cannot_be_read_does_not_keep_the_daemon_from_starting(desk: Desk, server: Dovecot) -> None:
    server.kill()
    daemon = reading(desk(started=False), mailbox(server)).start()
    assert state_of(daemon, "support") in ("down", "connecting")
    server.start()
    server.append([mail(1)])
    assert eventually(lambda: subjects(daemon) == {"question 1": 1})
