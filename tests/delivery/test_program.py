"""mailgate.delivery.program, with real programs."""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from mailgate.clock import SystemClock
from mailgate.config.settings import ProgramSettings
from mailgate.delivery.caller import Caller
from mailgate.delivery.carrier import LeaseLost
from mailgate.delivery.program import MAX_OUTPUT
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.ids import SystemIds
from tests.support.eventually import eventually
from tests.support.parcels import BORN, ours

EVENT = b'{"event":"ticket.created"}'


def parcel(timeout: float = 10, attempts: int = 0, content: bytes = EVENT) -> Parcel:
    call = {
        "kind": "program",
        "name": "it",
        "event": "ticket.created",
        "rule": "r",
        "timeout": timeout,
        "retries": 8,
        "method": "",
    }
    return Parcel(1, None, "it", content, "key-of-it", attempts, BORN, json.dumps(call))


def caller(*command: str) -> Caller:
    return Caller({}, {"it": ProgramSettings("it", command)}, SystemClock(), SystemIds())


async def started(script: str, *arguments: str, **form: object) -> DeliveryResult:
    """By a shell that the configuration names: what the script does is the program's own doing."""
    command = ("/bin/sh", "-c", script, "sh", *arguments)
    return await caller(*command).deliver(parcel(**form), ours)  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_a_program_gets_the_event_and_its_arguments_as_they_are() -> None:
    result = await started('printf "%s|" "$@"; cat', "a b", "$(id)", "; id")
    assert (result.verdict, result.text) == ("sent", f"exit status 0: a b|$(id)|; id|{EVENT.decode()}")


@pytest.mark.asyncio
async def test_a_program_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_OUT__PASSWORD", "hush")
    result = await caller("/usr/bin/env").deliver(parcel(), ours)
    names = {line.partition("=")[0] for line in result.text.partition(": ")[2].splitlines()}
    assert names == {"PATH", "LANG", "MAILGATE_EVENT", "MAILGATE_RULE", "MAILGATE_IDEMPOTENCY_KEY"}
    assert "MAILGATE_IDEMPOTENCY_KEY=key-of-it" in result.text


@pytest.mark.asyncio
async def test_a_program_works_in_the_root_in_a_session_of_its_own() -> None:
    result = await started("pwd; cut -d' ' -f5,6 /proc/$$/stat; echo $$")
    where, ids, own = result.text.removeprefix("exit status 0: ").splitlines()
    assert where == "/"
    assert ids == f"{own} {own}"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("script", "verdict", "told"),
    [
        ("exit 0", "sent", "exit status 0"),
        ("echo no >&2; exit 1", "failed", "exit status 1: no"),
        ("exit 64", "failed", "exit status 64"),
        ("echo busy; exit 75", "deferred", "exit status 75: busy"),
        ("kill -9 $$", "deferred", "ended by signal 9"),
    ],
)
async def test_the_exit_status_says_whether_it_is_done(script: str, verdict: str, told: str) -> None:
    result = await started(script)
    assert (result.verdict, result.text) == (verdict, told)


@pytest.mark.asyncio
async def test_a_program_that_is_not_there_is_tried_again() -> None:
    result = await caller("/no/such/program").deliver(parcel(), ours)
    assert result.verdict == "deferred"
    assert "cannot be started" in result.text


@pytest.mark.asyncio
async def test_when_the_time_is_up_the_whole_group_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    result = await started(f"sleep 600 & echo $! > {pids}; echo $$ >> {pids}; echo begun; wait", timeout=0.5)
    assert (result.verdict, result.text) == ("deferred", "killed after 0.5 s: begun")
    for pid in map(int, pids.read_text().split()):
        assert eventually(lambda pid=pid: not _lives(pid))  # type: ignore[misc]


@pytest.mark.asyncio
async def test_what_a_program_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    result = await started(f"sleep 600 & echo $! > {pid}; echo done", timeout=20)
    assert (result.verdict, result.text) == ("sent", "exit status 0: done")
    assert eventually(lambda: not _lives(int(pid.read_text())))


@pytest.mark.asyncio
async def test_a_program_is_killed_with_the_delivery(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    work = asyncio.create_task(started(f"echo $$ > {pid}; sleep 600", timeout=600))
    assert await asyncio.to_thread(eventually, lambda: pid.exists() and pid.read_text().strip())
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert not _lives(int(pid.read_text()))


@pytest.mark.asyncio
async def test_a_program_may_talk_without_end_and_need_not_listen() -> None:
    endless = await started("head -c 30000000 /dev/zero | tr '\\0' a; exit 1", content=b"x" * 10_000_000)
    assert endless.verdict == "failed"
    assert len(endless.text) <= MAX_OUTPUT


@pytest.mark.asyncio
async def test_output_steers_no_terminal_and_breaks_no_database() -> None:
    result = await started(r"printf '\033[2Ja\000b\377\n'")
    assert "\x1b" not in result.text
    assert "\x00" not in result.text
    result.text.encode()


@pytest.mark.asyncio
async def test_a_lease_that_was_lost_starts_nothing(tmp_path: Path) -> None:
    async def theirs() -> bool:
        return False

    with pytest.raises(LeaseLost):
        await caller("/usr/bin/touch", str(tmp_path / "begun")).deliver(parcel(), theirs)
    assert not (tmp_path / "begun").exists()


@pytest.mark.asyncio
async def test_what_left_the_configuration_is_not_started_any_more() -> None:
    result = await Caller({}, {}, SystemClock(), SystemIds()).deliver(parcel(), ours)
    assert (result.verdict, result.text) == ("failed", "[programs.it] is not in the configuration any more")


def _lives(pid: int) -> bool:
    with suppress(OSError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
