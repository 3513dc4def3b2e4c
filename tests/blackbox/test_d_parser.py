"""Mail made to defeat its reader (spec/safety.md D13 to D16, D20, D23): each becomes a ticket, and nobody waits for it.

What the desk keeps of a mail is asked of its command line; what it tells agents is taken from the sink.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.corners import Corner, Corners, corners, mail, plain
from tests.support.smtp import Session

OVER_A_CAP = {
    "D14: 1,500 levels": (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500))
        + b"\r\nhi\r\n"
    ),
    "D15: 20,000 parts": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: image/gif\r\n\r\nx\r\n" * 20_000
        + b"--b--\r\n"
    ),
    "4,000 recipients": b"Cc: " + b", ".join(b"u%d@x.example" % n for n in range(4000)) + b"\r\n\r\nhi\r\n",
    "a field of 300 KB": b"X-Long: " + b"y" * 300_000 + b"\r\n\r\nhi\r\n",
}
HARMLESS_TO_CAPS = {
    "D16: 5,000 parentheses": b"From: " + b"(" * 5000 + b"\r\nMessage-ID: <>\r\nDate: 1 Jan 99999999999\r\n\r\nhi\r\n",
    "40,000 dots": b"From: " + b"a." * 40_000 + b"@x\r\nMessage-ID: <@>\r\n\r\nhi\r\n",
    "8,000 parameters": b"From: a@b.example\r\nContent-Type: text/plain" + b"; a=b" * 8000 + b"\r\n\r\nhi\r\n",
    "no header at all": b"\r\nhi\r\n",
    "nothing at all": b"",
    "a line of 2 MB": b"From: a@b.example\r\n\r\n" + b"hi " * 700_000 + b"\r\n",
    "NULs and octets of every kind": b"From: a@b.example\r\n\r\nhi\0" + bytes(range(1, 256)) * 40 + b"\r\n",
    "100,000 encoded words": b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?=C3=A9?= " * 14_000 + b"\r\n\r\nhi\r\n",
    "300,000 equals signs": (
        b"From: a@b.example\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhi" + b"=" * 300_000 + b"\r\n"
    ),
}
NAMES = {
    "a path": (b'filename="../../../tmp/pwn"', "pwn"),
    "an encoded path": (b'filename="=?utf-8?q?..=2F..=2Fx?="', "x"),
    "RFC 2231 with a NUL": (b"filename*=utf-8''..%2F..%2Fetc%2Fcron.d%2Fy%00.txt", "y .txt"),
    "an extension of 5,000 characters": (b'filename="a.' + b"x" * 5000 + b'"', "a." + "x" * 148),
    "an empty one": (b'filename=""', "part-2.bin"),
    "an invisible character before a dot": (b"filename*=utf-8''%E2%80%8B.htaccess", "htaccess"),
    "a drive": (rb'filename="C:\Windows\x.dll"', "x.dll"),
    "a line end": (b"filename*=utf-8''a%0D%0AX-Evil:%201.txt", "a X-Evil_ 1.txt"),
    "letters turned round": (b"filename*=utf-8''a%E2%80%AEfdp.exe", "afdp.exe"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    count = len(OVER_A_CAP) + len(HARMLESS_TO_CAPS) + len(NAMES) + 6
    with corners(tmp_path_factory.mktemp("parser"), count) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


@pytest.mark.parametrize("bomb", OVER_A_CAP)
def test_d14_d15_over_a_cap_a_mail_is_a_ticket_and_is_attached_itself(corner: Corner, bomb: str) -> None:
    ana, ben = corner.person("ana"), corner.person("ben")
    head = f"From: Ana <{ana}>\r\nTo: {corner.address}\r\nSubject: a bomb\r\nMIME-Version: 1.0\r\n".encode()
    name = corner.hand_in(head + OVER_A_CAP[bomb], sender=ana)
    corner.hand_in(mail(ben, corner.address), sender=ben)
    corner.desk.settle()
    assert {each["customer"] for each in corner.tickets()} == {ana, ben}
    article = corner.article(name)
    assert "message.eml" in [each["filename"] for each in article["attachments"]]
    assert any("a bomb" in str(got.message["Subject"]) for got in corner.to(corner.nina))


@pytest.mark.parametrize("bomb", HARMLESS_TO_CAPS)
def test_d16_fields_that_break_parsers_open_a_ticket_and_nobody_is_trusted(corner: Corner, bomb: str) -> None:
    name = corner.post(HARMLESS_TO_CAPS[bomb], sender=corner.person("ana"))
    row = corner.spooled(name)
    assert (row["state"], row["outcome"]) == ("done", "article")
    ticket = corner.only_ticket()
    assert ticket["number"] == row["ticket"]
    assert len(corner.to(corner.nina)) == 1
    if (
        "From:" not in HARMLESS_TO_CAPS[bomb][:6].decode("latin-1")
        or "b.example" not in HARMLESS_TO_CAPS[bomb][:60].decode()
    ):
        assert corner.to(corner.person("ana")) == [], "who wrote is not known, so nothing is answered"


@pytest.mark.parametrize("form", NAMES)
def test_d20_a_file_name_is_for_display_and_leads_nowhere(corner: Corner, form: str) -> None:
    written, shown = NAMES[form]
    ana = corner.person("ana")
    content = (
        f"From: {ana}\r\nTo: {corner.address}\r\nSubject: files\r\nMIME-Version: 1.0\r\n".encode()
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee it.\r\n"
        + b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "
        + written
        + b"\r\n\r\ncontent\r\n--b--\r\n"
    )
    name = corner.post(content, sender=ana)
    assert [each["filename"] for each in corner.article(name)["attachments"]] == [shown]
    for got in corner.to(corner.nina):
        assert b"X-Evil" not in got.content.partition(b"\r\n\r\n")[0]
    assert not Path("/tmp/pwn").exists()


def test_d13_an_end_of_data_with_a_bare_line_feed_ends_nothing(corner: Corner) -> None:

    ana = corner.person("ana")
    smuggled = f"\n.\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<{corner.address}>\r\nDATA\r\nSubject: two\r\n\r\nno"
    with Session(corner.desk.port) as session:
        session.begin(ana, [corner.address])
        session.write(f"From: {ana}\r\nSubject: one\r\n\r\nhi{smuggled}\r\n.\r\n".encode())
        reply = session.reply()
    corner.desk.settle()
    assert reply.code >= 500 or [each["customer"] for each in corner.tickets()] == [ana]
    assert len(corner.tickets()) <= 1


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?x=0A2026-01-01_ERROR_fake=1B[2J?=",
        "=?utf-8?b?eAoyMDI2LTAxLTAxIEVSUk9SIGZha2UbWzJK?=",
        "=?utf-8?q?x=E2=80=A82026-01-01_ERROR_fake=C2=9B2J?=",
    ],
)
def test_d23_a_subject_writes_no_line_of_the_log(corner: Corner, subject: str) -> None:
    before = len(corner.desk.daemon.log())
    ana = corner.person("ana")
    corner.post(mail(f'"{subject}" <{ana}>', corner.address, subject), sender=ana)
    written = corner.desk.daemon.log(before)
    for line in written.splitlines():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", line)
        assert not line.startswith("2026-01-01 ERROR fake")
    assert "ERROR fake" in corner.only_ticket()["subject"]
    assert "\x1b" not in plain(corner.to(corner.nina)[0])
