"""mailgate.delivery.maildir"""

import mailbox
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailgate.delivery.carrier import LeaseLost
from mailgate.delivery.maildir import MaildirCarrier, of_recipient
from tests.support.parcels import CONTENT, ours, parcel


@pytest.mark.asyncio
async def test_a_mail_is_filed_with_its_envelope_before_it(tmp_path: Path) -> None:
    path = tmp_path / "out" / "mail"
    post = MaildirCarrier(path, "desk.example.com")
    result = await post.deliver(parcel(), ours)
    assert result.verdict == "sent"
    (file,) = (path / "new").iterdir()
    assert result.text == f"stored as {file.name}"
    head = b"Return-Path: <support+1.b0.1.axyz@example.com>\nDelivered-To: ana@acme.example\n"
    assert file.read_bytes() == head + CONTENT.replace(b"\r\n", b"\n")
    assert not list((path / "tmp").iterdir())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE((path / folder).stat().st_mode) for folder in (".", "tmp", "new", "cur")} == {0o700}
    await post.close()


@pytest.mark.asyncio
async def test_a_mail_reader_reads_it(tmp_path: Path) -> None:
    await MaildirCarrier(tmp_path / "mail", "desk.example.com").deliver(parcel(reverse_path=None), ours)
    (message,) = mailbox.Maildir(tmp_path / "mail")
    assert message["Subject"] == "hello"
    assert message["Return-Path"] == "<>"
    assert message.get_payload() == "hi\n"


@pytest.mark.asyncio
async def test_a_repeat_after_a_crash_does_not_double_the_mail(tmp_path: Path) -> None:
    for _ in range(2):
        await MaildirCarrier(tmp_path, "desk.example.com").deliver(parcel(7), ours)
    await MaildirCarrier(tmp_path, "desk.example.com").deliver(parcel(8), ours)
    assert len(list((tmp_path / "new").iterdir())) == 2


@pytest.mark.asyncio
async def test_a_lease_that_was_lost_keeps_the_mail_back(tmp_path: Path) -> None:
    async def lost() -> bool:
        return False

    with pytest.raises(LeaseLost):
        await MaildirCarrier(tmp_path / "mail", "desk.example.com").deliver(parcel(), lost)
    assert not (tmp_path / "mail").exists()


@pytest.mark.asyncio
async def test_a_disk_that_fails_is_trouble_of_the_host(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    result = await MaildirCarrier(tmp_path / "mail", "desk.example.com").deliver(parcel(), ours)
    assert (result.verdict, result.host_trouble) == ("deferred", True)


@pytest.mark.asyncio
async def test_no_address_can_write_a_header_of_its_own(tmp_path: Path) -> None:
    post = MaildirCarrier(tmp_path / "mail", "desk.example.com")
    for evil in (parcel(recipient="a@b.example\nX-Evil: 1"), parcel(reverse_path="a@b.example>\nX-Evil: 1")):
        assert (await post.deliver(evil, ours)).verdict == "failed"


@pytest.mark.asyncio
async def test_a_host_name_cannot_lead_out_of_the_maildir(tmp_path: Path) -> None:
    await MaildirCarrier(tmp_path / "mail", "../../a:b").deliver(parcel(), ours)
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


@pytest.mark.asyncio
async def test_each_recipient_has_a_maildir_of_his_own(tmp_path: Path) -> None:
    post = MaildirCarrier(tmp_path / "{local}" / "{recipient}", "desk.example.com")
    for number, recipient in enumerate(("ana@acme.example", "Ana@Acme.example", "ana@other.example"), 1):
        assert (await post.deliver(parcel(number, recipient=recipient), ours)).verdict == "sent"
    counts = {path.name: len(list((path / "new").iterdir())) for path in (tmp_path / "ana").iterdir()}
    assert counts == {"ana@acme.example": 2, "ana@other.example": 1}


@given(st.text(min_size=1, max_size=300))
@example("../../etc@x.example")
@example("/etc/passwd")
@example(".")
@example("..@")
@example("new")
@example("\0")
def test_no_address_leads_out_of_the_directory(address: str) -> None:
    found = of_recipient(Path("/mail/{recipient}"), address)
    assert found.parent == Path("/mail")
    assert found.name not in ("", ".", "..")
    assert len(bytes(found)) < 150
    assert "\0" not in str(found)


def test_two_addresses_never_share_a_maildir() -> None:
    long = "a" * 130
    pairs = (("a/b@x.example", "a%2Fb@x.example"), (f"{long}1@x.example", f"{long}2@x.example"))
    for one, other in pairs:
        assert of_recipient(Path("{recipient}"), one) != of_recipient(Path("{recipient}"), other)
