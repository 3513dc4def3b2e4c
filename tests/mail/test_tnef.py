"""winmail.dat read, and taken apart in a mail."""

import struct
from base64 import encodebytes
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from mailgate.mail.parts import contents
from mailgate.mail.tnef import SIGNATURE, read
from tests.mail.test_rtf import PACKED


def attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, 0x00060000 | name, len(value)) + value + struct.pack("<H", sum(value) % 65536)


def text_property(key: int, text: str) -> bytes:
    value = f"{text}\0".encode("utf-16-le")
    return struct.pack("<HHII", 0x001F, key, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def octets_property(key: int, value: bytes) -> bytes:
    return struct.pack("<HHII", 0x0102, key, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


NAMED = (  # a property with a name of its own, which must be stepped over
    struct.pack("<HH", 0x0003, 0x8001) + b"\0" * 16 + struct.pack("<II", 1, 6) + "ab\0".encode("utf-16-le") + b"\0\0"
    + struct.pack("<I", 7)
)  # fmt: skip
FILE = (
    attribute(2, 0x9002, b"\0" * 14)
    + attribute(2, 0x8010, b"BERICH~1.PDF\0")
    + attribute(2, 0x800F, b"the content")
    + attribute(
        2, 0x9005, properties(NAMED, text_property(0x3707, "Bericht für März.pdf"), text_property(0x3712, "a@b"))
    )
)
OBJECT = attribute(2, 0x9002, b"") + attribute(2, 0x9005, properties(octets_property(0x3701, b"raw")))


def winmail(*attributes: bytes) -> bytes:
    return SIGNATURE + b"\1\0" + attribute(1, 0x9007, struct.pack("<II", 1252, 0)) + b"".join(attributes)


def test_files_have_their_long_names_and_contents() -> None:
    found = read(winmail(FILE, OBJECT))
    assert found is not None
    assert [(file.name, file.content, file.content_id) for file in found.files] == [
        ("Bericht für März.pdf", b"the content", "a@b"),
        ("", b"raw", ""),
    ]
    assert found.whole


def test_what_breaks_off_keeps_what_was_read() -> None:
    found = read(winmail(FILE) + attribute(2, 0x9002, b"x" * 50)[:20])
    assert found is not None
    assert ([file.name for file in found.files], found.whole) == (["Bericht für März.pdf"], False)
    assert read(b"no winmail.dat at all") is None


def mail_with(octets: bytes, text: bytes = b"") -> bytes:
    return (
        b"From: ana@acme.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\n" + text + b"\r\n--b\r\nContent-Type: application/ms-tnef\r\n"
        b"Content-Disposition: attachment; filename=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(octets) + b"--b--\r\n"
    )  # fmt: skip


def test_its_files_are_attachments_of_the_mail_and_it_stays() -> None:
    raw = mail_with(winmail(FILE), b"Hello")
    message = parse(raw)
    assert message.body.text == "Hello"
    assert [(each.filename, each.content_type, each.part) for each in message.attachments] == [
        ("winmail.dat", "application/ms-tnef", "2"),
        ("Bericht für März.pdf", "application/pdf", "2.t1"),
    ]
    assert contents(raw, ["2.t1"]) == {"2.t1": b"the content"}
    assert message.attachments[1].sha256 == sha256(b"the content").hexdigest()


def test_its_text_counts_where_the_mail_has_no_other() -> None:
    plain = winmail(attribute(1, 0x800C, b"Gr\xfc\xdfe\0"))
    assert parse(mail_with(plain)).body.text.strip() == "Grüße"
    rich = winmail(attribute(1, 0x9003, properties(octets_property(0x1009, PACKED))))
    assert parse(mail_with(rich)).body.text.strip() == "hello world"
    html = winmail(attribute(1, 0x9003, properties(octets_property(0x1013, b"<p>Hi <b>there</b></p>"))))
    assert parse(mail_with(html)).body.text.strip() == "Hi there"
    assert parse(mail_with(plain, b"Hello")).body.text == "Hello"


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_octets_break_it(octets: bytes, at: int) -> None:
    whole = winmail(FILE, OBJECT)
    read(SIGNATURE + octets)
    read(whole[:at] + octets + whole[at + len(octets) :])
