"""mailgate.intake.wire"""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import Refusal
from mailgate.intake.limits import InFlight
from mailgate.intake.wire import AUTH_OCTETS, COMMAND_OCTETS, CommandLines, LineTooLong, MailData

_PIECES = st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"a", b"..", b"\x00", b"line", b"\r\n.", b"\n.\n", b"\r.\r"])
_CONTENT = st.lists(_PIECES, max_size=40).map(b"".join)


def mail_data(limit: int = 1000, memory: int = 10_000) -> MailData:
    return MailData(limit, InFlight(memory))


def stuffed(content: bytes) -> bytes:
    """What a client sends after 354, by the book (RFC 5321 4.5.2): line by line, a line being what CR LF ends."""
    lines = content.removesuffix(b"\r\n").split(b"\r\n") if content else []
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"


def chunks(octets: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(octets), *(cut % (len(octets) + 1) for cut in cuts)})
    return [octets[start:end] for start, end in pairwise(places)]


@given(_CONTENT, st.lists(st.integers(0, 10_000), max_size=8), st.sampled_from([b"", b"QUIT\r\n", b"\r\n.\r\n"]))
def test_a_mail_is_byte_exact_however_it_is_cut_into_chunks(content: bytes, cuts: list[int], behind: bytes) -> None:
    content = content if not content or content.endswith(b"\r\n") else content + b"\r\n"
    data = mail_data()
    rest = None
    for chunk in chunks(stuffed(content) + behind, cuts):
        if rest is None:
            rest = data.feed(chunk)
        else:
            rest += chunk
    assert rest == behind
    assert data.refusal is None
    assert data.content() == content


@pytest.mark.parametrize(
    "false_end",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\n.\r"],
)
def test_nothing_but_crlf_dot_crlf_ends_a_mail(false_end: bytes) -> None:
    data = mail_data()
    assert data.feed(b"hi" + false_end + b"MAIL FROM:<evil@example.com>\r\n") is None
    assert data.feed(b".\r\n") == b""
    assert b"MAIL FROM:<evil@example.com>\r\n" in data.content()


def test_an_empty_mail_is_a_mail() -> None:
    data = mail_data()
    assert data.feed(b".\r\n") == b""
    assert data.content() == b""


@pytest.mark.parametrize(("octets", "refusal"), [(100, None), (101, Refusal.TOO_BIG)])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_the_limit_is_exact(octets: int, refusal: Refusal | None, step: int) -> None:
    data = mail_data(limit=100)
    sent = b"x" * (octets - 2) + b"\r\n.\r\nQUIT"
    rest = None
    for at in range(0, len(sent), step):
        if rest is None:
            rest = data.feed(sent[at : at + step])
    assert rest is not None
    assert data.refusal is refusal


@pytest.mark.parametrize("in_flight", [10_000, 10**9])
def test_an_endless_line_costs_no_memory(in_flight: int) -> None:
    data = MailData(1_000_000, InFlight(in_flight))
    chunk = b"x" * 100_000
    tracemalloc.start()
    try:
        for _ in range(500):
            assert data.feed(chunk) is None
        assert tracemalloc.get_traced_memory()[0] < 300_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert data.feed(b"\r\n.\r\n") == b""
    assert data.refusal is (Refusal.TOO_BIG if in_flight > 1_000_000 else Refusal.BUSY)


def test_memory_is_reserved_while_a_mail_arrives_and_given_back_once() -> None:
    memory = InFlight(100)
    data = MailData(1000, memory)
    data.feed(b"x" * 60)
    assert memory.octets == 60
    other = MailData(1000, memory)
    other.feed(b"y" * 41)
    assert other.refusal is Refusal.BUSY
    data.release()
    data.release()
    other.release()
    assert memory.octets == 0


def test_a_refused_mail_gives_its_memory_back_at_once() -> None:
    memory = InFlight(10_000)
    data = MailData(100, memory)
    data.feed(b"x" * 5_000)
    assert data.refusal is Refusal.TOO_BIG
    assert memory.octets == 0


def test_what_is_handed_over_stays_reserved() -> None:
    memory = InFlight(100)
    data = MailData(1000, memory)
    data.feed(b"hi\r\n.\r\n")
    assert data.hand_over() == 7
    data.release()
    assert memory.octets == 7


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=10), st.lists(st.integers())
)
def test_lines_come_out_as_they_were_sent(sent: list[bytes], cuts: list[int]) -> None:
    lines = CommandLines()
    taken = []
    for chunk in chunks(b"".join(line + b"\r\n" for line in sent), cuts):
        lines.feed(chunk)
        while (line := lines.take()) is not None:
            taken.append(line)
    assert taken == sent
    assert len(lines) == 0


def test_a_bare_line_feed_ends_a_command_too() -> None:
    lines = CommandLines()
    lines.feed(b"NOOP\nQUIT\r\n")
    assert [lines.take(), lines.take(), lines.take()] == [b"NOOP", b"QUIT", None]


def test_a_line_that_is_too_long_is_swallowed_and_the_next_one_is_read() -> None:
    lines = CommandLines()
    for _ in range(100):
        lines.feed(b"x" * 1000)
        assert lines.take() is None
        assert len(lines) <= COMMAND_OCTETS
    lines.feed(b"x\r\nNOOP\r\n")
    with pytest.raises(LineTooLong):
        lines.take()
    assert lines.take() == b"NOOP"


def test_a_long_line_in_one_chunk_is_too_long_as_well() -> None:
    lines = CommandLines()
    lines.feed(b"x" * 5000 + b"\r\n")
    with pytest.raises(LineTooLong):
        lines.take()


@pytest.mark.parametrize(("start", "answer"), [(b"AUTH PLAIN ", False), (b"auth login ", False), (b"", True)])
@pytest.mark.parametrize("step", [1000, 100_000])
def test_lines_of_an_auth_dialogue_may_be_longer_but_not_endless(start: bytes, answer: bool, step: int) -> None:
    for octets, fits in ((AUTH_OCTETS - 2, True), (AUTH_OCTETS, False), (50_000, False)):
        lines, sent = CommandLines(), start.ljust(octets, b"A") + b"\r\nNOOP\r\n"
        taken: list[bytes | None] = []
        for at in range(0, len(sent), step):
            lines.feed(sent[at : at + step])
            try:
                taken.append(lines.take(answer))
            except LineTooLong:
                taken.append(b"too long")
        said = [each for each in taken if each is not None]
        assert said[0] == (sent.partition(b"\r")[0] if fits else b"too long")
        assert (said[1] if said[1:] else lines.take()) == b"NOOP"


@pytest.mark.parametrize("line", [b"NOOP ", b"AUTHOR ", b"AUTH\t", b""])
def test_no_other_line_may_be_that_long(line: bytes) -> None:
    lines = CommandLines()
    lines.feed(line.ljust(COMMAND_OCTETS, b"A") + b"\r\n")
    with pytest.raises(LineTooLong):
        lines.take()
