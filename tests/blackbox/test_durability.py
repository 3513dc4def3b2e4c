"""The sync of a mail's octets precedes its 250, every time (D31, RFC 5321 4.2.5): read off the system calls."""

import re
from pathlib import Path

from tests.blackbox.conftest import Desk, need
from tests.support.smtp import Session

CALLS = "trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg"
MAILS = 10


def events(trace: str) -> list[str]:
    """The system calls in letters: G go-ahead (354), W write to the write-ahead log, S its sync done, Q the 250."""
    story = []
    waiting: set[str] = set()  # threads whose sync of the write-ahead log has begun but not ended
    for line in trace.splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if re.match(r"(sendto|write|writev|sendmsg)\(.*354 ", call):
            story.append("G")
        elif re.match(r"(sendto|write|writev|sendmsg)\(.*250 2\.0\.0 .*S\d+", call):
            story.append("Q")
        elif re.match(r"pwrite64\(\d+<[^>]*-wal>", call):
            story.append("W")
        elif re.match(r"f(data)?sync\(\d+<[^>]*-wal>", call):
            if "= 0" in call:
                story.append("S")
            elif "unfinished" in call:
                waiting.add(thread)
        elif re.match(r"<\.\.\. f(data)?sync resumed>.*= 0", call) and thread in waiting:
            waiting.discard(thread)
            story.append("S")
    return story


def test_each_250_follows_the_sync_of_what_was_written(desk: Desk, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    wrapper = [need("strace"), "-D", "-f", "-y", "-s", "64", "-e", CALLS, "-o", str(trace)]
    daemon = desk(started=False, wrapper=wrapper).start(seconds=60)
    with Session(daemon.port) as session:
        for number in range(MAILS):
            mail = b"From: a@b.example\r\nMessage-ID: <%d@b.example>\r\n\r\n%s\r\n" % (number, b"x" * 900)
            assert session.send("a@b.example", ["support@example.test"], mail).code == 250
    assert daemon.terminate() == 0
    story = "".join(events(trace.read_text(errors="replace")))
    answers = re.findall(r"G[^GQ]*Q", story)
    assert len(answers) == MAILS, story
    assert all(re.search("W[^S]*S", answer) for answer in answers), story
