"""New rules into a running daemon: a broken file changes nothing and is told, a mended one loses no mail."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tests.blackbox.conftest import Desk
from tests.support.daemon import LIFTED, Daemon, wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import Session, send

RULES = "rules/05-first.yaml"
PRIORITY = "rules:\n  - name: first\n    when: ticket.created\n    do: [{{priority: {}}}]\n"
MAILS, RELOADS = 500, 4
OPEN = {"out": {"automatic": LIFTED}}


def mail(number: int) -> bytes:
    head = f"From: Ana <ana{number}@acme.example>\r\nTo: support@example.test\r\nSubject: Help {number}\r\n"
    return f"{head}Message-ID: <{number}@acme.example>\r\n\r\nIt is broken.\r\n".encode()


def write(daemon: Daemon, text: str) -> None:
    (daemon.directory / RULES).write_text(text)


def priority_of(daemon: Daemon, number: int) -> str:
    """What became of a mail that is sent now."""
    assert send(daemon.port, mail(number)).code == 250
    daemon.settle()
    [found] = [each for each in daemon.cli("ticket", "list") if each["subject"] == f"Help {number}"]
    return str(found["priority"])


def warnings_of(sink: Sink) -> list[str]:
    """The texts of the mails to the admin about files with mistakes."""
    found = [each.message for each in sink.to("ops@staff.example") if "mistakes" in each.header("Subject")]
    texts = [body for each in found if (body := each.get_body(("plain",))) is not None]
    return ["".join(str(each.get_content()).split()) for each in texts]


def test_a_broken_file_keeps_the_old_rules_and_the_admin_hears_where_it_is(desk: Desk, sink: Sink) -> None:
    daemon = desk(smarthost=sink.port, options=OPEN, started=False)
    write(daemon, PRIORITY.format("high"))
    daemon.start()
    running = daemon.cli("status")["ruleset"]

    write(daemon, PRIORITY.format("highest"))
    status = daemon.cli("status")
    assert (status["ruleset"], status["ruleset_in_step"], status["ruleset_differs"]) == (running, False, [RULES])
    done = daemon.run("reload")
    assert done.returncode == 1
    assert f"{RULES}:4:" in done.stderr
    assert f"the running rules ({running}) were not changed" in done.stderr
    wait_until(lambda: warnings_of(sink), what="the admin is told")
    assert f"{RULES}:4:" in warnings_of(sink)[0]
    assert priority_of(daemon, 1) == "high"

    write(daemon, PRIORITY.format("urgent"))
    found = daemon.cli("reload")
    assert (found["ok"], found["running"], found["before"]) == (True, True, running)
    assert found["files"]["changed"] == [RULES]
    assert daemon.cli("status")["ruleset"] == found["ruleset"]
    assert priority_of(daemon, 2) == "urgent"
    assert daemon.cli("explain", daemon.cli("ticket", "list")[-1]["number"])["ruleset"] == found["ruleset"]
    assert len(warnings_of(sink)) == 1


def test_a_hang_up_takes_the_files_and_never_ends_the_daemon(desk: Desk, sink: Sink) -> None:
    daemon = desk(smarthost=sink.port, options=OPEN)
    assert daemon.process is not None
    write(daemon, "rules: [nonsense\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: warnings_of(sink), what="the admin is told")
    assert RULES in warnings_of(sink)[0]
    write(daemon, PRIORITY.format("low"))
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.cli("status")["ruleset_in_step"], what="the files are what runs")
    assert priority_of(daemon, 1) == "low"


def test_a_new_queue_is_known_at_the_door_at_once_and_what_waits_for_a_restart_is_named(desk: Desk) -> None:
    daemon = desk(options=OPEN)
    assert send(daemon.port, mail(1), to=["sales@example.test"]).code == 550
    config = daemon.config.read_text().replace('"1MB"', '"2MB"')
    queue = '[queues.sales]\naddresses = ["sales@example.test"]\nteam = "first-line"\n'
    daemon.config.write_text(f"{config}\n{queue}")
    done = daemon.run("reload")
    assert done.returncode == 0, done.stderr
    assert "[limits] changed: this waits for a restart" in done.stdout
    assert send(daemon.port, mail(2), to=["sales@example.test"]).code == 250
    daemon.settle()
    assert [each["queue"] for each in daemon.cli("ticket", "list")] == ["sales"]


def test_mail_goes_to_the_new_smarthost_after_a_reload(desk: Desk, sink: Sink) -> None:
    daemon = desk(smarthost=sink.port, options=OPEN)
    with Sink() as other:
        daemon.config.write_text(daemon.config.read_text().replace(f"port = {sink.port}", f"port = {other.port}"))
        assert daemon.cli("reload")["running"]
        assert send(daemon.port, mail(1)).code == 250
        daemon.settle(delivered=True)
        assert other.to("ana1@acme.example")
    assert not sink.to("ana1@acme.example")


def test_no_mail_is_lost_or_set_aside_while_rules_change(desk: Desk) -> None:
    """The sets write different numbers of articles for a mail: mail in hand is finished with the set it began with."""
    daemon = desk(options=OPEN)
    notes = (f"  - name: note-{n}\n    when: ticket.created\n    do: [{{note: hello}}]\n" for n in range(5))
    texts = PRIORITY.format("low"), PRIORITY.format("high") + "".join(notes)

    def reload_again_and_again() -> set[str]:
        found = set()
        for number in range(RELOADS):
            write(daemon, texts[number % 2])
            found.add(daemon.cli("reload")["ruleset"])
        return found

    sent = 0
    with ThreadPoolExecutor(1) as beside, Session(daemon.port) as session:
        reloading = beside.submit(reload_again_and_again)
        while sent < MAILS or not reloading.done():
            sent += 1
            assert session.send("ana@acme.example", ["support@example.test"], mail(sent)).code == 250
            time.sleep(0.005)  # else thousands would be sent meanwhile
    assert len(reloading.result()) == 2
    daemon.settle(60)
    spooled = daemon.cli("spool", "list")
    assert [(each["outcome"], each["attempts"]) for each in spooled] == [("article", 0)] * sent
    assert {each["priority"] for each in daemon.cli("ticket", "list")} >= {"low", "high"}
