"""A conversation with one folder of a real server, and the settings that cannot work."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest

from mailgate.config.settings import AfterIntake, ImapSettings, Secret
from mailgate.intake import imap_mailbox
from mailgate.intake.imap_errors import Lost, Refused, Unusable
from mailgate.intake.imap_mailbox import KEYWORD_SET_ASIDE, Mailbox, Opened, mistake
from tests.support.dovecot import Dovecot, dovecot
from tests.support.imap_door import in_clear, on_dovecot
from tests.support.imap_server import imap_server
from tests.support.tls import authority

MAILS = [b"Subject: %d\r\n\r\nhello\r\n" % number for number in range(1, 6)]


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    """With five mails in alice's INBOX, and nothing else."""
    running.clear()
    running.append(MAILS)
    return running


@asynccontextmanager
async def opened(settings: ImapSettings) -> AsyncIterator[tuple[Mailbox, Opened]]:
    context = create_default_context(cafile=settings.ca_file) if settings.tls != "none" else None
    mailbox = Mailbox(settings, context)
    try:
        yield mailbox, await mailbox.open()
    finally:
        await mailbox.close(politely=True)


@pytest.mark.asyncio
@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
async def test_mail_comes_as_it_is_by_every_kind_of_connection(server: Dovecot, tls: str) -> None:
    port = server.tls_port if tls == "implicit" else server.port
    async with opened(on_dovecot(server, tls=tls, port=port)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        assert len(uids) == 5
        assert state.uidnext == uids[-1] + 1
        assert state.peer == "127.0.0.1"
        assert list((await mailbox.sizes(uids)).values()) == [len(mail) for mail in MAILS]
        assert list((await mailbox.bodies(uids, 10_000)).values()) == MAILS
        assert await mailbox.bodies([uids[-1] + 1], 10_000) == {}
        assert await mailbox.mails(uids[2], state.uidnext) == uids[2:]
        assert await mailbox.mails(uids[-1] + 1, state.uidnext) == []  # N:* names the last mail whatever N is
    assert server.flags() == [set()] * 5


@pytest.mark.asyncio
async def test_a_certificate_of_an_unknown_authority_or_another_host_is_refused(
    server: Dovecot, tmp_path: Path
) -> None:
    stranger, _ = authority(tmp_path)
    for changes in ({"ca_file": Path(stranger)}, {"host": "127.0.0.1"}):
        with pytest.raises(Unusable, match="certificate is not trusted"):
            async with opened(on_dovecot(server, **changes)):
                pass


@pytest.mark.asyncio
async def test_a_wrong_password_says_where_it_comes_from_and_what_is_odd_about_it(server: Dovecot) -> None:
    settings = on_dovecot(server, password=Secret(" wrong "))
    with pytest.raises(Unusable) as caught:
        async with opened(settings):
            pass
    text = str(caught.value)
    assert "login refused" in text
    assert "AUTHENTICATIONFAILED" in text
    assert 'from [[in]] "support", 7 characters, begins with a blank, ends in a blank' in text
    assert "wrong" not in text
    with pytest.raises(Unusable, match="ends in a newline"):
        async with opened(on_dovecot(server, password=Secret("secret\n"))):
            pass


@pytest.mark.asyncio
async def test_a_password_beyond_ascii_is_as_good_as_another(server: Dovecot) -> None:
    async with opened(on_dovecot(server, user="dora", password=Secret("geheimnisß €"))) as (mailbox, state):
        assert await mailbox.mails(1, state.uidnext) == []


@pytest.mark.asyncio
async def test_a_server_in_trouble_is_not_a_wrong_password() -> None:
    async with imap_server() as server:
        server.odd = lambda line: b"TAG NO [UNAVAILABLE] database down\r\n" if line.startswith("LOGIN") else None
        with pytest.raises(Lost, match="database down"):
            async with opened(in_clear(server.port)):
                pass


@pytest.mark.asyncio
async def test_a_missing_folder_is_named(server: Dovecot) -> None:
    with pytest.raises(Unusable, match='the folder "Anfragen über" cannot be opened'):
        async with opened(on_dovecot(server, folder="Anfragen über")):
            pass


@pytest.mark.asyncio
async def test_folders_may_be_called_anything(server: Dovecot) -> None:
    server.create("Anfragen &APw-ber")
    server.append(MAILS[:1], folder="Anfragen &APw-ber")
    after = AfterIntake("move", 'Erledigt "& (fertig)')
    async with opened(on_dovecot(server, folder="Anfragen über", after=after)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        await mailbox.finish(uids, after)
    assert server.mails("Anfragen &APw-ber") == []
    assert server.mails('Erledigt \\"&- (fertig)') == MAILS[:1]


@pytest.mark.asyncio
@pytest.mark.parametrize("capabilities", ["", "MOVE"])
async def test_mail_is_moved_to_a_folder_that_is_made_if_need_be(server: Dovecot, capabilities: str) -> None:
    async with opened(on_dovecot(server)) as (mailbox, state):
        mailbox._client.capabilities = frozenset((capabilities, "UIDPLUS"))
        uids = await mailbox.mails(1, state.uidnext)
        await mailbox.finish(uids[:2], AfterIntake("move", "Done"))
        await mailbox.finish(uids[2:3], AfterIntake("move", "Done"))
    assert server.mails("Done") == MAILS[:3]
    assert server.mails() == MAILS[3:]


@pytest.mark.asyncio
async def test_only_our_own_mail_is_expunged(server: Dovecot) -> None:
    with server.login(folder="INBOX") as client:
        client.store("5", "+FLAGS", r"\Deleted")  # somebody else's, who may want it back
    async with opened(on_dovecot(server)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        await mailbox.finish(uids[:2], AfterIntake("delete"))
    assert server.mails() == MAILS[2:]


@pytest.mark.asyncio
async def test_without_uidplus_deleted_mail_is_only_marked(server: Dovecot) -> None:
    async with opened(on_dovecot(server)) as (mailbox, state):
        mailbox._client.capabilities -= {"UIDPLUS"}
        uids = await mailbox.mails(1, state.uidnext)
        await mailbox.finish(uids[:1], AfterIntake("delete"))
    assert server.flags() == [{r"\Deleted"}, set(), set(), set(), set()]


@pytest.mark.asyncio
async def test_mail_is_marked_as_seen_or_by_a_keyword(server: Dovecot) -> None:
    async with opened(on_dovecot(server)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        await mailbox.finish(uids[:1], AfterIntake("seen"))
        await mailbox.finish(uids[1:2], AfterIntake("keyword", "$MailgateDone"))
        await mailbox.mark_set_aside(uids[2])
    assert server.flags() == [{r"\Seen"}, {"$MailgateDone"}, {KEYWORD_SET_ASIDE}, set(), set()]


@pytest.mark.asyncio
async def test_what_the_server_will_not_do_is_refused(server: Dovecot) -> None:
    async with opened(on_dovecot(server)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        with pytest.raises(Refused):
            await mailbox.finish(uids, AfterIntake("move", "no//such//name/"))
        assert await mailbox.mails(1, state.uidnext) == uids


@pytest.mark.asyncio
async def test_mail_since_a_day_is_found_by_the_servers_date(server: Dovecot) -> None:
    with server.login() as client:
        client.append("INBOX", "", '"05-Jan-2020 12:00:00 +0000"', b"Subject: old\r\n\r\n")
    async with opened(on_dovecot(server)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
        assert await mailbox.mails_since(date(2020, 1, 7), state.uidnext) == frozenset(uids[:5])
        assert await mailbox.mails_since(date(2020, 1, 5), state.uidnext) == frozenset(uids)


@pytest.mark.asyncio
async def test_a_large_folder_is_asked_for_in_windows(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(on_dovecot(server)) as (mailbox, state):
        uids = await mailbox.mails(1, state.uidnext)
    monkeypatch.setattr(imap_mailbox, "_WINDOW", 2)
    async with opened(on_dovecot(server)) as (mailbox, state):
        assert await mailbox.mails(1, state.uidnext) == uids
        assert await mailbox.mails(uids[1], state.uidnext) == uids[1:]
        assert await mailbox.mails_since(date(2020, 1, 7), state.uidnext) == frozenset(uids)


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"host": "imap.example.com"}, "in clear"),
        ({"host": "192.0.2.1"}, "in clear"),
        ({"after": AfterIntake("move", "inbox")}, "another folder"),
        ({"after": AfterIntake("move", "")}, "another folder"),
        ({"after": AfterIntake("keyword", r"\Seen")}, "no keyword"),
        ({"folder": "IN\r\nBOX"}, "character"),
    ],
)
def test_settings_that_cannot_work_are_named_with_their_mend(changes: dict[str, Any], mend: str) -> None:
    assert mend in (mistake(in_clear(143, **changes)) or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_this_machine_may_be_read_in_clear(host: str) -> None:
    assert mistake(in_clear(143, host=host)) is None
