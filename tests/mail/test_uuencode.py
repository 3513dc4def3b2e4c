"""uuencoded files in a text, and parts that are one."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.uuencode import decoded, split


def block(name: str, content: bytes, end: str = "`\nend\n") -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"".join((f"begin 644 {name}\n".encode(), *lines, end.encode()))


def test_several_files_leave_the_text_around_them() -> None:
    text = b"Hello,\n" + block("a.txt", b"one" * 40) + b"between\n" + block("b c.bin", b"two") + b"Bye\n"
    rest, files = split(text)
    assert rest == b"Hello,\nbetween\nBye\n"
    assert [(file.name, file.content, file.defect) for file in files] == [
        (b"a.txt", b"one" * 40, ""),
        (b"b c.bin", b"two", ""),
    ]


def test_a_file_without_its_end_is_read_and_the_text_after_it_stays() -> None:
    rest, (file,) = split(block("a", b"content", end="") + b"lower case words are text\n")
    assert (rest, file.content, file.defect) == (b"lower case words are text\n", b"content", "uuencode without its end")


@pytest.mark.parametrize(
    "text",
    [b"begin 644 the work on Monday\nand go on\n", b"begin with this\n", b"we begin 644 x\nend\n", b"begin 644 x\n"],
)
def test_words_that_look_like_a_beginning_stay(text: bytes) -> None:
    assert split(text) == (text, ())


def test_the_base64_form_is_read() -> None:
    assert split(b"begin-base64 644 a.txt\nSGVsbG8=\n====\nx")[1][0].content == b"Hello"


def test_a_part_that_is_one_file_is_read_with_broken_lines_too() -> None:
    assert decoded(block("x", b"Hello world")) == (b"Hello world", "")
    junk = block("x", b"Hello world").replace(b"\n`", b"trailing junk\n`")
    assert decoded(junk) == (b"Hello world", "broken uuencode")


@given(st.lists(st.sampled_from([b"begin 644 x\n", b"end\n", b"`\n", b"M", b"#86)C\n", b"\xff", b" \n"]), max_size=30))
def test_no_text_breaks_it(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    assert len(split(text)[0]) <= len(text)
    decoded(text)


def test_words_that_only_sound_like_a_file_stay_text() -> None:
    text = b"We\nbegin 644 of them\nend\n"
    assert split(text) == (text, ())
