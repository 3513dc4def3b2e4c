"""mailgate.delivery.wireform"""

import re

import pytest
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings
from hypothesis import example, given
from hypothesis import strategies as st

from mailgate.delivery.wireform import head_is_ascii, is_path, wire_form

_PIECES = st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"a", b"..", b"\x00", b"\xff"])
_CONTENT = st.lists(_PIECES, max_size=30).map(b"".join)


@given(_CONTENT)
@example(b"\n..\n")
@example(b"\r.\r")
@example(b".")
def test_nothing_in_a_mail_can_end_it(content: bytes) -> None:
    sent = wire_form(content)
    assert sent.find(b"\r\n.\r\n") in (-1, len(sent) - 5)
    assert sent == b".\r\n" or sent.endswith(b"\r\n.\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", sent)


@given(_CONTENT.filter(bool))
def test_it_is_what_the_library_would_send(content: bytes) -> None:
    assert wire_form(content) == PERIOD_REGEX.sub(b"..", normalize_message_line_endings(content)) + b".\r\n"


@given(st.lists(st.binary(max_size=20).map(lambda line: re.sub(rb"[\r\n]", b"", line)), max_size=10))
def test_a_mail_with_proper_lines_arrives_unchanged(lines: list[bytes]) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    received = wire_form(content).removesuffix(b".\r\n")
    assert b"".join(line.removeprefix(b".") for line in received.splitlines(keepends=True) if line) == content or any(
        re.search(rb"[\x0b\x0c\x1c-\x1e\x85]", line) for line in lines
    )


@pytest.mark.parametrize(
    "path", ["a@b.example", '"a b"@c.example', '"a\\"<b"@c.example', "ü@ü.example", "a@[192.0.2.1]"]
)
def test_an_address_is_a_path(path: str) -> None:
    assert is_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b>",
        "<a@b",
        "a b@c",
        "a@b c",
        "a@b\r\nRCPT TO:<c@d",
        "a@b\n",
        "a@b\x00",
        "a@b@c",
        '"a@b',
        "a@b> SIZE=1",
    ],
)
def test_what_could_break_out_of_a_command_is_no_path(path: str) -> None:
    assert not is_path(path)


def test_only_the_header_decides_whether_smtputf8_is_needed() -> None:
    assert head_is_ascii("Subject: a\r\n\r\nü".encode())
    assert head_is_ascii("Subject: a\n\nü".encode())
    assert not head_is_ascii("Subject: ü\r\n\r\na".encode())
    assert not head_is_ascii("Subject: ü".encode())
    assert head_is_ascii(b"")
