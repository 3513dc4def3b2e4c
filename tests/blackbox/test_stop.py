"""Ending while mail comes in (D44), and coming back to work that was left."""

from pathlib import Path

import pytest

from tests.blackbox.conftest import Desk
from tests.support.daemon import LIFTED, wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import Session, send, stuffed

# Python runs this first in every process of the daemon; the reading one needs for some mails until a file is there.
PATIENT = """
import os, sys, time
if sys.orig_argv[-2:] == ["-m", "mailgate.service.reading"]:
    import mailgate.mail.parse as module
    real = module.parse
    def parse(raw, *rest, **named):
        while b"X-Slow" in raw and not os.path.exists({gate!r}): time.sleep(0.02)
        return real(raw, *rest, **named)
    module.parse = parse
"""


def mail(number: int) -> bytes:
    return b"From: ana@acme.example\r\nSubject: n %d\r\nMessage-ID: <%d@acme.example>\r\n\r\nx\r\n" % (number, number)


def test_a_data_under_way_at_sigterm_completes_or_is_refused_for_now(desk: Desk) -> None:
    daemon = desk()
    with Session(daemon.port) as session:
        assert session.begin("ana@acme.example", ["support@example.test"]).code == 354
        octets = stuffed(mail(1))
        session.write(octets[:40])
        assert daemon.process is not None
        daemon.process.terminate()
        try:
            session.write(octets[40:])
            code = session.reply().code
        except ConnectionError:
            code = 0
    assert daemon.process.wait(30) == 0
    assert code in (0, 250, 421, 451)
    daemon.start()
    daemon.settle()
    assert len(daemon.cli("ticket", "list")) == (code == 250)


def test_accepted_mail_is_processed_by_the_next_start(desk: Desk) -> None:
    daemon = desk()
    with Session(daemon.port) as session:
        codes = [session.send("ana@acme.example", ["support@example.test"], mail(n)).code for n in range(50)]
    daemon.kill9()
    assert codes == [250] * 50
    daemon.start()
    daemon.settle()
    assert len(daemon.cli("ticket", "list")) == 50


def test_a_mail_that_takes_long_to_read_is_lost_neither_by_a_kill_nor_by_the_end_and_keeps_no_other_waiting(
    desk: Desk, sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "open"
    (tmp_path / "sitecustomize.py").write_text(PATIENT.format(gate=str(gate)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    daemon = desk(smarthost=sink.port, options={"out": {"automatic": LIFTED}})

    def send_both(slow: int, good: int) -> None:
        assert send(daemon.port, b"X-Slow: yes\r\n" + mail(slow), reverse_path="ben@acme.example").code == 250
        answers = len(sink.to("ana@acme.example"))
        assert send(daemon.port, mail(good), reverse_path="ana@acme.example").code == 250
        wait_until(lambda: len(sink.to("ana@acme.example")) > answers, 15, what="the other mail is answered")

    def states() -> list[str]:
        return [each["state"] for each in daemon.cli("spool", "list")]

    send_both(1, 2)
    daemon.kill9()
    assert states() == ["new", "done"]
    gate.touch()
    daemon.start()
    daemon.settle()
    assert sorted(each["subject"] for each in daemon.cli("ticket", "list")) == ["n 1", "n 2"]
    gate.unlink()
    send_both(3, 4)
    assert daemon.terminate() == 0
    assert states() == ["done", "done", "new", "done"]


def test_composed_mail_waits_for_the_smarthost_and_is_sent_after_a_restart(desk: Desk, sink: Sink) -> None:
    sink.respond = lambda _: b"451 4.3.0 not now"
    daemon = desk(smarthost=sink.port)
    assert send(daemon.port, mail(1)).code == 250
    daemon.settle()
    daemon.restart()
    sink.respond = lambda _: b"250 2.0.0 kept"
    daemon.settle(60, delivered=True)
    assert len(sink.to("ana@acme.example")) == 1
