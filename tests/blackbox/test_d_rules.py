"""Hostile and broken files of rules at a running daemon (spec/safety.md D17, D25, D42; F14)."""

import re
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import LIFTED, Daemon, wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import send

FILE = "rules/90-new.yaml"
RULE = "rules:\n  - name: new\n    when: ticket.created\n    if: {subject: '%s'}\n    do: [{priority: urgent}]\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{before}'] * 9)}]\n" for before, this in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "a call of Python": (b"rules: !!python/object/apply:os.system ['touch owned']\n", 1),
    "an alias bomb": (BOMB.encode(), 1),
    "a key that stands twice": (b"rules: []\nrules: []\n", 2),
    "2,000 brackets": (b"rules: " + b"[" * 2_000, 1),
    "2,000 brackets that close": (b"rules: " + b"[" * 2_000 + b"]" * 2_000, 1),
    "another encoding": (b"rules: []\n# caf\xe9\n", 2),
    "UTF-16": ("rules: []\n".encode("utf-16"), 1),
    "a tab": (b"rules:\n\t- name: x\n", 2),
    "a NUL": (b"rules: []\n\x00\n", 2),
    "a lone quote": (b"rules:\r\n  - name: 'x\r\n", 2),
    "a pattern that unfolds": (RULE.replace("%s", "/(a{1,900}){1,900}/").encode(), 4),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Daemon, Sink]]:
    """One daemon for all, with rules of its own and an admin's mailbox."""
    with Sink() as sink:
        daemon = Daemon(tmp_path_factory.mktemp("desk"), smarthost=sink.port, options={"out": {"automatic": LIFTED}})
        try:
            yield daemon.start(), sink
        finally:
            daemon.close()


@pytest.fixture
def daemon(running: tuple[Daemon, Sink]) -> Iterator[Daemon]:
    found = running[0]
    yield found
    (found.directory / FILE).unlink(missing_ok=True)


def checked(daemon: Daemon) -> tuple[int, str, float, int]:
    """Exit code, what was said, CPU seconds, and the greatest memory of any child so far in KiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = daemon.run("rules", "check")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.returncode, done.stdout + done.stderr, after.ru_utime - before.ru_utime, after.ru_maxrss


def test_d25_hostile_files_are_told_with_their_line_and_the_daemon_keeps_its_rules(daemon: Daemon) -> None:
    code, _, cpu, memory = checked(daemon)
    assert code == 0
    old = daemon.cli("status")["ruleset"]
    files = {daemon.directory / f"rules/9{n}-new.yaml": each for n, each in enumerate(HOSTILE.values())}
    try:
        for path, (raw, _) in files.items():
            path.write_bytes(raw)
        found = checked(daemon)
        reload = daemon.run("reload")
    finally:
        for path in files:
            path.unlink()
    assert (found[0], reload.returncode) == (1, 1)
    for name, path, (_, line) in zip(HOSTILE, files, HOSTILE.values(), strict=True):
        frame = rf"error\[MG\d+\].*\n --> \S*{path.name}:{line}:\d+\n"
        assert re.search(frame, found[1]), (name, found[1])
        assert re.search(frame, reload.stderr), name
    assert found[2] < cpu + 1.0  # all of them together
    assert found[3] < memory + 50_000
    assert "Traceback" not in found[1]
    assert daemon.cli("status")["ruleset"] == old
    assert list(Path(daemon.directory).rglob("owned")) == []


def test_d25_a_file_of_ten_megabytes_is_refused_by_its_size(daemon: Daemon) -> None:
    (daemon.directory / FILE).write_bytes(b"rules: []\n" + b"# filled\n" * 1_200_000)
    code, said, _, _ = checked(daemon)
    assert code == 1
    assert "error[MG008]: the file holds more than 1,000,000 bytes" in said


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(daemon: Daemon) -> None:
    (daemon.directory / FILE).write_bytes(b"\xef\xbb\xbf" + (RULE % "urgent").replace("\n", "\r\n").encode())
    assert checked(daemon)[0] == 0


def test_mistakes_in_configuration_rules_lists_and_templates_come_in_one_form(daemon: Daemon) -> None:
    config = daemon.directory / "config.toml"
    before = config.read_text()
    lists, template = daemon.directory / "rules/lists/vip.txt", daemon.directory / "templates/en/received.md"
    text = template.read_text()
    try:
        lists.parent.mkdir()
        lists.write_text("acme.example\nnot an address\n")
        rule = "rules:\n  - {name: a, when: ticket.created, if: {from: {list: vip}}, do: [{priority: hihg}]}\n"
        (daemon.directory / FILE).write_text(rule)
        template.write_text(text.replace("{{ ticket.number }}", "{{ ticket.nubmer }}"))
        done = daemon.run("check")
        said = done.stdout + done.stderr
        assert done.returncode == 1
        for place, mend in (
            (f"{FILE}:2:", 'did you mean "high"?'),
            ("lists/vip.txt:2:1", "vip.txt"),
            ("received.md:", ""),
        ):
            assert place in said
            assert mend in said
        config.write_text(f"{before}\n[lgo]\n")
        done = daemon.run("check")
        assert done.returncode in (1, 78)
        assert "config.toml:" in done.stdout + done.stderr
        assert 'did you mean "log"?' in done.stdout + done.stderr
    finally:
        config.write_text(before)
        template.write_text(text)
        lists.unlink()
        lists.parent.rmdir()


def test_d17_a_pattern_that_hangs_other_engines_is_told_and_slows_nothing(daemon: Daemon) -> None:
    (daemon.directory / FILE).write_text(RULE.replace("%s", r"/^(\w+\s?)*$/"))
    done = daemon.run("rules", "check")
    assert done.returncode == 0
    assert "warning[MG132]" in done.stdout
    assert daemon.run("reload").returncode == 0
    subject = "a" * 40 + "!"
    mail = f"From: eve@evil.example\r\nTo: support@example.test\r\nSubject: {subject}\r\n\r\nHello\r\n"
    assert send(daemon.port, mail.encode()).code == 250
    daemon.settle()
    [found] = [each for each in daemon.cli("ticket", "list") if each["subject"] == subject]
    assert found["priority"] == "normal"


def test_d42_a_hang_up_with_a_broken_file_then_a_mended_one(running: tuple[Daemon, Sink], daemon: Daemon) -> None:
    sink = running[1]
    assert daemon.process is not None
    old = daemon.cli("status")["ruleset"]
    (daemon.directory / FILE).write_text("rules: [nonsense\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: f"{FILE}:1:" in told(sink), what="the admin is told where")
    assert daemon.cli("status")["ruleset"] == old
    (daemon.directory / FILE).write_text(RULE % "mended")
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.cli("status")["ruleset_in_step"], what="the mended file runs")
    mail = b"From: ana@acme.example\r\nTo: support@example.test\r\nSubject: mended\r\n\r\nHello\r\n"
    assert send(daemon.port, mail).code == 250
    daemon.settle()
    assert [each["priority"] for each in daemon.cli("ticket", "list") if each["subject"] == "mended"] == ["urgent"]


def told(sink: Sink) -> str:
    """What the admin was written, without line ends."""
    bodies = (each.message.get_body(("plain",)) for each in sink.to("ops@staff.example"))
    return "".join("".join(str(body.get_content()).split()) for body in bodies if body is not None)
