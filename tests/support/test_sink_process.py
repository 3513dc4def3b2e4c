"""The sink and the sender agree about what a mail is."""

import pytest

from tests.support.sink_process import KEPT, Delivered, Sink
from tests.support.smtp import Letter, Sender, Session, send


@pytest.mark.parametrize("content", [b"", b".\r\n", b"\r\n..\r\n.x\r\n", b"A: b\r\n\r\n" + b"y" * 300_000 + b"\r\n"])
def test_a_mail_arrives_octet_for_octet(content: bytes) -> None:
    with Sink() as sink:
        assert send(sink.port, content, reverse_path="", to=("x@one.example", "y@two.example")).code == 250
    assert sink.taken[0].content == (content or b"\r\n")
    assert (sink.taken[0].reverse_path, sink.taken[0].forward_paths) == ("", ("x@one.example", "y@two.example"))


def test_several_mails_go_over_one_connection() -> None:
    with Sink() as sink, Session(sink.port) as session:
        codes = [session.send("a@b.example", ["c@d.example"], b"n: %d\r\n" % n).code for n in range(3)]
        session.quit()
    assert codes == [250, 250, 250]
    assert [mail.content for mail in sink.taken] == [b"n: 0\r\n", b"n: 1\r\n", b"n: 2\r\n"]


def test_the_sender_sends_again_what_got_no_250() -> None:
    tries = 0

    def respond(mail: Delivered) -> bytes | None:
        nonlocal tries
        tries += 1
        return {1: b"451 4.3.0 later", 2: None}.get(tries, KEPT)

    with Sink(respond) as sink:
        sender = Sender(sink.port, [Letter("a@b.example", b"A: %d\r\n" % n) for n in range(5)], connections=1)
        sender.start()
        sender.finish(30)
    kept = [mail.content for mail in sink.taken if mail.reply == KEPT]
    assert sorted(kept) == [b"A: %d\r\n" % n for n in range(5)]
    assert [attempt.reply and attempt.reply.code for attempt in sender.attempts].count(250) == 5
    assert sum(attempt.in_doubt for attempt in sender.attempts) == 1
