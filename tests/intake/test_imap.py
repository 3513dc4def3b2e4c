"""The IMAP door: every mail exactly once, whatever breaks off and whenever; every trouble told once."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgate.clock import SystemClock
from mailgate.config.settings import AfterIntake, Secret
from mailgate.errors import CannotStart, Outage
from mailgate.intake import imap_intake
from mailgate.mail.envelope import Envelope, Submission
from mailgate.service.mailboxes import Mailboxes
from mailgate.store.engine import Store
from mailgate.store.mailboxes import FolderKey
from mailgate.store.migrations import migrate
from tests.support.dovecot import Dovecot, dovecot
from tests.support.imap_door import Watched, in_clear, on_dovecot, reading
from tests.support.imap_server import CUT, ImapServer, imap_server

pytestmark = pytest.mark.asyncio


def mail(number: int, octets: int = 20) -> bytes:
    return b"Return-Path: <ana@acme.example>\r\nSubject: %d\r\n\r\n" % number + b"x" * octets + b"\r\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'mailgate.db'}")
    opened.write_now(lambda c: migrate(c, SystemClock().now()))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    running.clear()
    return running


# --- on Dovecot ---------------------------------------------------------------------------------------------------


async def test_mail_is_taken_once_with_its_envelope_and_moved(server: Dovecot, store: Store) -> None:
    mails = [mail(number) for number in range(250)]
    server.append(mails)
    async with reading(on_dovecot(server), store) as watched:
        await watched.until_taken(250)
    assert sorted(await watched.mails()) == sorted(mails)
    assert (await watched.envelopes())[0] == Envelope(
        reverse_path="ana@acme.example",
        forward_paths=("support@example.test",),
        source="support",
        received_at=(await watched.envelopes())[0].received_at,
        peer="127.0.0.1",
        helo="localhost",
        protocol="IMAP",
    )
    assert server.mails() == []
    assert sorted(server.mails("Processed")) == sorted(mails)
    async with reading(on_dovecot(server), store) as again:
        await again.until(lambda: again.door.state == "idle")
    assert len(await again.mails()) == 250
    assert not watched.told


async def test_mail_that_comes_while_idle_is_taken(server: Dovecot, store: Store) -> None:
    async with reading(on_dovecot(server, poll=timedelta(minutes=9)), store) as watched:
        await watched.until(lambda: watched.door.state == "idle")
        assert watched.door.last_mail is None
        for number in range(3):
            await asyncio.to_thread(server.append, [mail(number)])
            await watched.until_taken(number + 1)
        assert watched.door.last_mail is not None


async def test_from_now_on_means_that_what_was_there_stays(server: Dovecot, store: Store) -> None:
    server.append([mail(1), mail(2)])
    async with reading(on_dovecot(server, start="now"), store) as watched:
        await watched.until(lambda: watched.door.state == "idle")
    server.append([mail(3)])  # while nobody reads
    async with reading(on_dovecot(server, start="now"), store) as watched:
        await watched.until_taken(1)
    assert await watched.mails() == [mail(3)]
    assert server.mails() == [mail(1), mail(2)]


async def test_from_a_day_on_means_its_arrival_whatever_its_place(server: Dovecot, store: Store) -> None:
    with server.login() as client:
        for number, day in enumerate(("07-Jan-2020", "05-Jan-2020", "08-Jan-2020")):
            client.append("INBOX", "", f'"{day} 12:00:00 +0000"', mail(number))
    async with reading(on_dovecot(server, start=date(2020, 1, 7)), store) as watched:
        await watched.until_taken(2)
        await watched.until(lambda: watched.door.state == "idle")
        await asyncio.to_thread(server.append, [mail(3)])
        await watched.until_taken(3)
    assert await watched.mails() == [mail(0), mail(2), mail(3)]
    assert server.mails() == [mail(1)]


async def test_a_server_killed_again_and_again_costs_no_mail_and_doubles_none(server: Dovecot, store: Store) -> None:
    mails = [mail(number, 3_000) for number in range(600)]
    server.deliver(mails)
    async with reading(on_dovecot(server), store) as watched:
        for killed in range(1, 5):
            await watched.until(lambda: watched.door._intake.accepted >= 100 * killed)  # noqa: B023  waited for here
            await asyncio.to_thread(server.kill)
            await watched.until(lambda: watched.door.state == "down")
            await asyncio.to_thread(server.start)
        await watched.until_taken(600)
    assert sorted(await watched.mails()) == sorted(mails)
    assert server.mails() == []
    assert not watched.told


async def test_a_server_killed_during_idle_is_noticed_and_come_back_to(server: Dovecot, store: Store) -> None:
    async with reading(on_dovecot(server, poll=timedelta(minutes=9)), store) as watched:
        await watched.until(lambda: watched.door.state == "idle")
        await asyncio.to_thread(server.kill)
        await watched.until(lambda: watched.door.state == "down")
        assert watched.door.error
        await asyncio.to_thread(server.start)
        await asyncio.to_thread(server.append, [mail(1)])
        await watched.until_taken(1)
        await watched.until(lambda: watched.door.error is None)


@pytest.mark.parametrize("moved", [False, True])
async def test_death_between_commit_and_move_is_made_good(server: Dovecot, store: Store, moved: bool) -> None:
    """As if killed before the move, or after it and before it was remembered."""
    server.append([mail(1), mail(2)])
    with server.login(folder="INBOX") as client:
        _, lines = client.status("INBOX", "(UIDVALIDITY)")
        uidvalidity = int(lines[0].split()[-1].rstrip(b")"))
        if moved:
            client.store("1", "+FLAGS", r"\Deleted")
            client.expunge()
    deposit = Mailboxes(store, lambda: None)
    key = FolderKey("alice@localhost", "INBOX", uidvalidity)
    await deposit.begin(key, 1)
    envelope = Envelope("ana@acme.example", (), "support", datetime.now(UTC))
    await deposit.accept(Submission(envelope, mail(1)), key, 1)
    async with reading(on_dovecot(server), store) as watched:
        await watched.until_taken(2)
    assert await watched.mails() == [mail(1), mail(2)]
    assert server.mails() == []
    assert server.mails("Processed") == ([mail(2)] if moved else [mail(1), mail(2)])


async def test_mail_over_the_limit_stays_marked_and_told_of_once_and_the_rest_goes_on(
    server: Dovecot, store: Store
) -> None:
    server.append([mail(1), mail(2, 20_000), mail(3)])
    for _ in range(2):
        async with reading(on_dovecot(server), store, message_limit=10_000) as watched:
            await watched.until_taken(2)
            await watched.until(lambda: watched.door.state == "idle")
    assert await watched.mails() == [mail(1), mail(3)]
    assert server.mails() == [mail(2, 20_000)]
    assert server.flags() == [{"$MailgateSetAside"}]
    assert not watched.told


async def test_mail_over_the_limit_is_told_with_its_number_and_the_next_step(server: Dovecot, store: Store) -> None:
    server.append([mail(2, 20_000)])
    async with reading(on_dovecot(server), store, message_limit=10_000) as watched:
        await watched.until(lambda: watched.told)
    assert watched.told[0].startswith("left support: ")
    assert "UID 1" in watched.told[0]
    assert "raise the limit" in watched.told[0]


@pytest.mark.parametrize("after", [AfterIntake("seen"), AfterIntake("keyword", "$Done"), AfterIntake("delete")])
async def test_mail_that_stays_in_the_folder_is_not_taken_again(
    server: Dovecot, store: Store, after: AfterIntake
) -> None:
    with server.login() as client:
        client.append("INBOX", r"(\Seen)", "", mail(1))  # read by a person, and not by us
    server.append([mail(2)])
    for _ in range(2):
        async with reading(on_dovecot(server, after=after), store) as watched:
            await watched.until_taken(2)
            await watched.until(lambda: watched.door.state == "idle")
    assert await watched.mails() == [mail(1), mail(2)]


async def test_a_folder_of_years_is_not_remembered_whole(
    server: Dovecot, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_intake, "_REMEMBERED", 20)
    monkeypatch.setattr(imap_intake, "_STILL_REMEMBERED", 5)
    server.append([mail(number) for number in range(30)])
    for _ in range(2):
        async with reading(on_dovecot(server, after=AfterIntake("seen")), store) as watched:
            await watched.until_taken(30)
            await watched.until(lambda: watched.door.state == "idle")
            assert len(watched.door._intake._taken) == 5
    assert len(await watched.mails()) == 30


async def test_one_bad_account_hinders_no_other_and_is_told_once(server: Dovecot, store: Store) -> None:
    server.append([mail(1)])
    wrong = on_dovecot(server, name="billing", user="bob", password=Secret("wrong"))
    async with reading(wrong, store) as bad, reading(on_dovecot(server), store) as good:
        await good.until_taken(1)
        await bad.until(lambda: bad.door._failures > 3)
        assert bad.door.state == "down"
        assert len(bad.told) == 1
        assert "down billing: localhost: login refused" in bad.told[0]
        assert 'the password comes from [[in]] "billing", 5 characters' in bad.told[0]


# --- on servers that do odd things --------------------------------------------------------------------------------


def at_first(times: int, command: str, answer: bytes) -> Callable[[str], bytes | None]:
    """Odd for so many times."""
    left = [times]

    def odd(line: str) -> bytes | None:
        if line.startswith(command) and left[0]:
            left[0] -= 1
            return answer
        return None

    return odd


def fetch_of_bodies(answer: bytes) -> Callable[[str], bytes | None]:
    return lambda line: answer if "BODY.PEEK" in line else None


async def test_a_connection_cut_within_a_mail_ten_times_loses_nothing(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1), mail(2, 5_000), mail(3))
        half = b"* 2 FETCH (UID 2 BODY[] {5060}\r\n" + b"x" * 2_500 + CUT
        cuts = [0]

        def odd(line: str) -> bytes | None:
            if "BODY.PEEK" not in line or 2 not in server._set(line.split()[2]) or cuts[0] == 10:
                return None
            cuts[0] += 1
            return half

        server.odd = odd
        async with reading(in_clear(server.port), store) as watched:
            await watched.until_taken(3)
        assert sorted(await watched.mails()) == sorted([mail(1), mail(2, 5_000), mail(3)])
        assert cuts == [10]
        assert not watched.told


async def test_an_endless_literal_is_dropped_and_the_mail_taken_when_the_server_is_sane_again(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1))
        server.odd = fetch_of_bodies(b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n" + b"x" * 200_000)
        async with reading(in_clear(server.port), store) as watched:
            await watched.until(lambda: server.connections > 3)
            assert "99,999,999,999 octets" in (watched.door.error or "")
            server.odd = lambda _: None
            await watched.until_taken(1)


async def test_a_mail_that_always_breaks_the_connection_is_tried_last_and_in_the_end_alone(store: Store) -> None:
    async with imap_server() as server:
        server.add(*(mail(number) for number in range(40)))

        def odd(line: str) -> bytes | None:
            return CUT if "BODY.PEEK" in line and 7 in server._set(line.split()[2]) else None

        server.odd = odd
        async with reading(in_clear(server.port), store) as watched:
            await watched.until_taken(39)
            assert list(server.mails) == [7]
            server.odd = lambda _: None
            await watched.until_taken(40)


@pytest.mark.parametrize("body", [b"NIL", b"{0}\r\n", b'""', b""])
async def test_a_mail_that_the_server_does_not_give_hinders_no_other(store: Store, body: bytes) -> None:
    async with imap_server() as server:
        server.add(mail(1), mail(2), mail(3))
        whole = ImapServer._fetched

        def odd(line: str) -> bytes | None:
            if "BODY.PEEK" not in line:
                return None
            given = [whole(server, uid, line) for uid in server._set(line.split()[2]) if uid != 2]
            return b"".join(given) + (b"* 2 FETCH (UID 2 BODY[] %b)\r\n" % body if body else b"") + b"TAG OK\r\n"

        server.odd = odd
        async with reading(in_clear(server.port), store) as watched:
            await watched.until_taken(2)
            server.odd = lambda _: None
            await watched.until_taken(3)


async def test_a_server_that_tells_no_sizes_is_read_too(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1))
        server.odd = lambda line: b"* 1 FETCH (UID 1)\r\nTAG OK\r\n" if "RFC822.SIZE" in line else None
        async with reading(in_clear(server.port), store) as watched:
            await watched.until_taken(1)


@pytest.mark.parametrize("capabilities", ["", "IDLE", "UIDPLUS", "UIDPLUS MOVE"])
async def test_servers_that_can_little_are_read_too(store: Store, capabilities: str) -> None:
    async with imap_server(capabilities) as server:
        async with reading(in_clear(server.port), store) as watched:
            await watched.until(lambda: watched.door.state in ("idle", "polling"))
            server.add(mail(1))
            await watched.until_taken(1)
        assert server.moved == {"Processed": [mail(1)]}
        assert (1 in server.mails) == (capabilities in ("", "IDLE"))
        assert server.said[-1] == "LOGOUT"


@pytest.mark.parametrize("start", ["all", "now"])
async def test_a_folder_made_anew_is_read_from_its_beginning(store: Store, start: Any) -> None:
    """UIDVALIDITY changed: what we have is a duplicate by its identity, what is far older is not ours."""
    async with imap_server() as server:
        settings = in_clear(server.port, start=start, after=AfterIntake("seen"))
        async with reading(settings, store) as watched:
            await watched.until(lambda: watched.door.state == "polling")
            server.add(mail(1))
            await watched.until_taken(1)
        server.uidvalidity += 1
        server.mails = {1: mail(0), 2: mail(1), 3: mail(2)}
        server.dates = {1: date(2020, 1, 5)}
        async with reading(settings, store) as watched:
            await watched.until_taken(4 if start == "all" else 3)
            await watched.until(lambda: watched.door.state == "polling")
        again = [mail(0), mail(1), mail(2)] if start == "all" else [mail(1), mail(2)]
        assert await watched.mails() == [mail(1), *again]


async def test_a_folder_made_anew_before_its_first_mail_is_read_whole(store: Store) -> None:
    """Nobody can say what of it came since: a ticket too many is better than one too few."""
    async with imap_server() as server:
        settings = in_clear(server.port, start="now")
        server.add(mail(0))
        async with reading(settings, store) as watched:
            await watched.until(lambda: watched.door.state == "polling")
        server.uidvalidity += 1
        async with reading(settings, store) as watched:
            await watched.until_taken(1)


async def test_down_and_up_are_told_once_each(store: Store) -> None:
    async with imap_server() as server:
        server.odd = lambda line: b"TAG NO [AUTHENTICATIONFAILED] no\r\n" if line.startswith("LOGIN") else None
        async with reading(in_clear(server.port), store) as watched:
            await watched.until(lambda: server.connections > 2)
            assert len(watched.told) == 1
            assert watched.door.state == "down"
            server.odd = lambda _: None
            await watched.until(lambda: len(watched.told) == 2)
            assert watched.told[0].startswith("down support: ")
            assert watched.told[1].startswith("up support: ")


async def test_a_server_out_of_reach_is_told_when_it_lasts(store: Store, unused_tcp_port: int) -> None:
    async with reading(in_clear(unused_tcp_port), store) as watched:
        await watched.until(lambda: watched.door._failures > 3)
        assert not watched.told
        assert "cannot connect" in (watched.door.error or "")
    async with reading(in_clear(unused_tcp_port), store, tell_after=0.0) as watched:
        await watched.until(lambda: watched.told)
        assert "cannot connect" in watched.told[0]


async def test_mail_that_cannot_be_moved_is_taken_and_moved_when_it_can_be(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1))
        server.odd = lambda line: b"TAG NO [NOPERM] not yours\r\n" if line.startswith(("UID MOVE", "CREATE")) else None
        async with reading(in_clear(server.port), store) as watched:
            await watched.until(lambda: watched.told)
            await watched.until(lambda: len(server.said) > 30)
            assert await watched.mails() == [mail(1)]
            assert len(watched.told) == 1
            assert 'after = "move:Processed" does not work' in watched.told[0]
            server.odd = lambda _: None
            await watched.until_taken(1)
        assert server.moved == {"Processed": [mail(1)]}
        assert len(await watched.mails()) == 1


class Choosy(Mailboxes):
    """A deposit that fails as it is told."""

    failure: Exception | None = None

    async def accept(self, submission: Submission, key: FolderKey, uid: int) -> None:
        if self.failure is not None and b"Subject: 2" in submission.raw:
            raise self.failure
        await super().accept(submission, key, uid)


def choosy(watched: Watched, failure: Exception) -> Choosy:
    deposit = Choosy(watched.store, lambda: None)
    deposit.failure = failure
    watched.door._intake._deposit = deposit
    return deposit


async def test_during_an_outage_mail_stays_where_it_is(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1), mail(2), mail(3))
        watched = Watched(in_clear(server.port), store)
        deposit = choosy(watched, Outage("database: disk I/O error"))
        await watched.door.start()
        await watched.until(lambda: server.connections > 2)
        assert watched.door.error == "database: disk I/O error"
        assert mail(2) in server.mails.values()
        deposit.failure = None
        await watched.until_taken(3)
        await watched.door.drain(5)
        assert sorted(await watched.mails()) == [mail(1), mail(2), mail(3)]
        assert not server.mails


async def test_a_mail_that_cannot_be_stored_is_set_aside_after_some_tries(store: Store) -> None:
    async with imap_server() as server:
        server.add(mail(1), mail(2), mail(3))
        watched = Watched(in_clear(server.port), store)
        choosy(watched, ValueError("odd"))
        await watched.door.start()
        await watched.until(lambda: watched.told)
        await watched.until_taken(2)
        await watched.door.drain(5)
        assert await watched.mails() == [mail(1), mail(3)]
        assert list(server.mails.values()) == [mail(2)]
        assert len(watched.told) == 1
        assert "UID 2" in watched.told[0]


async def test_draining_finishes_the_mail_in_hand_and_leaves_the_rest(store: Store) -> None:
    async with imap_server() as server:
        server.add(*(mail(number) for number in range(1, 301)))
        async with reading(in_clear(server.port), store) as watched:
            await watched.until(lambda: watched.door._intake.accepted >= 100)
        assert await watched.undone() == 0
        assert len(await watched.mails()) + len(server.mails) == 300
        assert server.said[-1] == "LOGOUT"
        assert watched.door.state == "stopped"


async def test_a_server_that_cries_wolf_is_not_asked_without_a_pause(store: Store) -> None:
    async with imap_server("IDLE") as server:
        nothing_new = b"* SEARCH\r\n* 1 EXISTS\r\nTAG OK done\r\n"
        server.odd = lambda line: nothing_new if line.startswith("UID SEARCH") else None
        async with reading(in_clear(server.port, poll=timedelta(minutes=1)), store) as watched:
            await watched.until(lambda: len(server.said) > 8)
        assert server.connections == 1


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"host": "imap.example.com"}, "in clear"),
        ({"tls": "implicit", "ca_file": Path("/nonexistent/ca.pem")}, "ca_file /nonexistent/ca.pem cannot be read"),
    ],
)
async def test_a_door_that_cannot_work_does_not_start(store: Store, changes: dict[str, Any], mend: str) -> None:
    with pytest.raises(CannotStart, match=mend) as caught:
        await Watched(in_clear(143, **changes), store).door.start()
    assert caught.value.code == 78
    assert '[[in]] "support"' in str(caught.value)
