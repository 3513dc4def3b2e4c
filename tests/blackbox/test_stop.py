"""Ending while mail comes in (D44), and coming back to work that was left."""

from tests.blackbox.conftest import Desk
from tests.support.sink_process import Sink
from tests.support.smtp import Session, send, stuffed


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


def test_composed_mail_waits_for_the_smarthost_and_is_sent_after_a_restart(desk: Desk, sink: Sink) -> None:
    sink.respond = lambda _: b"451 4.3.0 not now"
    daemon = desk(smarthost=sink.port)
    assert send(daemon.port, mail(1)).code == 250
    daemon.settle()
    daemon.restart()
    sink.respond = lambda _: b"250 2.0.0 kept"
    daemon.settle(60, delivered=True)
    assert len(sink.to("ana@acme.example")) == 1
