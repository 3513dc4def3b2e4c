"""Starts a program for a rule, once: the configured command line, no shell, the event on its standard input.

Its environment is made here and holds nothing of ours; it works in "/", in a process group of its own, which is killed
when its time is up and when it ends: nothing that it started stays behind. Exit status 0 is done; 75 (EX_TEMPFAIL of
sysexits.h), an end by a signal, and a time that was up are tried again; any other status is no for good.
"""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process

from mailgate.delivery import call as calls
from mailgate.delivery.call import MAX_TOLD, Call
from mailgate.delivery.carrier import LeaseLost, StillOurs
from mailgate.delivery.result import DeliveryResult, Parcel

EX_TEMPFAIL = 75
MAX_OUTPUT = 4 * MAX_TOLD  # octets that are kept; the rest is read and forgotten
_LAST_OUTPUT_SECONDS = 1.0
_LOOK_SECONDS = 0.02


async def start_program(command: tuple[str, ...], parcel: Parcel, call: Call, still_ours: StillOurs) -> DeliveryResult:
    """Try once. Raises LeaseLost."""
    if not await still_ours():
        raise LeaseLost(f"outbox {parcel.outbox_id}")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            cwd="/",
            env=_environment(parcel, call),
            start_new_session=True,
        )
    except OSError as error:
        return calls.later(parcel, call, f"{command[0]} cannot be started: {error.strerror or error}")
    output = bytearray()
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("both were asked for as pipes")
    talk = asyncio.create_task(_talk(process.stdin, process.stdout, parcel.content, output))
    try:
        async with asyncio.timeout(call.timeout.total_seconds()):
            status: int | None = await _ended(process)
    except TimeoutError:
        status = None
    finally:
        await _end(process, talk)
    return _judged(parcel, call, status, output.decode("utf-8", "replace"))


def _environment(parcel: Parcel, call: Call) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MAILGATE_EVENT": call.event,
        "MAILGATE_RULE": call.rule,
        "MAILGATE_IDEMPOTENCY_KEY": parcel.message_id,
    }


async def _talk(stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, content: bytes, output: bytearray) -> None:
    """Hand the event over and read what the program says, both at once: neither side waits for the other."""
    told = asyncio.create_task(_tell(stdin, content))
    try:
        while piece := await stdout.read(65_536):
            output += piece[: MAX_OUTPUT - len(output)]
    finally:
        told.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await told


async def _tell(stdin: asyncio.StreamWriter, content: bytes) -> None:
    with contextlib.suppress(OSError):  # it need not listen
        stdin.write(content)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _ended(process: Process) -> int:
    """The status. Process.wait is not asked: on some Pythons it waits for whatever still holds the output, too."""
    while process.returncode is None:  # noqa: ASYNC110 - there is no event that means just this
        await asyncio.sleep(_LOOK_SECONDS)
    return process.returncode


async def _end(process: Process, talk: asyncio.Task[None]) -> None:
    """Nothing of it is left: its group is killed, and its last words are taken while nobody can hold them back."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    await asyncio.wait((talk,), timeout=_LAST_OUTPUT_SECONDS)
    talk.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await talk


def _judged(parcel: Parcel, call: Call, status: int | None, output: str) -> DeliveryResult:
    said = f": {output.strip()}" if output.strip() else ""
    if status is None:
        return calls.later(parcel, call, f"killed after {call.timeout.total_seconds():g} s{said}")
    if status < 0:
        return calls.later(parcel, call, f"ended by signal {-status}{said}")
    if status == EX_TEMPFAIL:
        return calls.later(parcel, call, f"exit status {status}{said}")
    return calls.failed(parcel, f"exit status {status}{said}") if status else calls.done(parcel, f"exit status 0{said}")
