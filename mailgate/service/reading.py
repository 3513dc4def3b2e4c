"""The reading process: parses mail apart from the daemon, so that a mail that hangs, crashes or eats memory takes
nothing with it, and the second core has work.

Run as `python -m mailgate.service.reading`; frames on stdin are pickled requests (codec, content, reverse-path, why the
header must do: empty where the whole is to be read), frames on stdout are pickled messages, behind an empty one that
says that it is ready. A frame is a length of four octets and that many octets.
"""

import contextlib
import fcntl
import gc
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO

from mailgate.mail.message import Message
from mailgate.mail.parse import fallback, parse
from mailgate.store.packing import unpack

LENGTH = struct.Struct(">I")
MEMORY_A_MAIL = 100 << 20  # octets that every mail may use
COLLECTED_AFTER = 1 << 20  # octets of mail
MEMORY_AN_OCTET = 12  # and as many more for each octet of it
CPU_SECONDS = 60.0  # for one mail; a daemon that lives ends the process long before
GREETING = LENGTH.pack(0)  # an empty frame: all is loaded, mails may come
_FIRST = b"From: Ana Silva <ana@acme.example>\r\nSubject: Hello\r\n\r\nHello,\r\n\r\nmy printer smokes.\r\n"
_PIPE = 1 << 20  # octets; what a user may ask for
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Read mails until the daemon closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's affair: it drains first
    gc.freeze()  # what was imported stays: no collection needs to look at it
    gc.disable()  # while a mail is read: it would look for cycles a dozen times, and there are few
    # Not sys.stdout.buffer: under PYTHONUNBUFFERED that is the bare file, whose write() ends early at a signal.
    with contextlib.suppress(BrokenPipeError), os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as messages:
        _widen(sys.stdin.fileno(), messages.fileno())
        read(_FIRST, "")  # what is made at first need is made now
        messages.write(GREETING)
        messages.flush()
        serve(sys.stdin.buffer, messages)  # a broken pipe: the daemon is gone, and with it whoever wants to know
    os._exit(0)  # not even a flush into the broken pipe


def serve(mails: BinaryIO, messages: BinaryIO) -> None:
    uncollected = 0
    while (request := _frame(mails)) is not None:
        codec, content, reverse_path, why = pickle.loads(request)  # noqa: S301  our parent's
        raw = unpack(codec, content)
        uncollected += len(raw)
        with limited(len(raw)):
            message = fallback(raw, reverse_path, why) if why else read(raw, reverse_path)
            answer = pickle.dumps(message, protocol=5)
        messages.write(LENGTH.pack(len(answer)) + answer)
        messages.flush()
        if uncollected > COLLECTED_AFTER:
            gc.collect()
            uncollected = 0


def _widen(*pipes: int) -> None:
    """Let more wait in the pipes than Linux does by itself: a daemon that is busy must not stop the reading."""
    for pipe in pipes:
        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


@contextlib.contextmanager
def limited(size: int) -> Iterator[None]:
    """Bounds what reading a mail of `size` octets may add to the process (spec/safety.md A12), and ends the process
    that computes far too long: its daemon was killed, and it would go on for ever.
    """
    allowed = _address_space() + MEMORY_A_MAIL + MEMORY_AN_OCTET * size
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # nobody handles SIGPROF: the system ends us
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _address_space() -> int:
    """The octets of this process; where the system does not say it, what no reader has come near."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as statm:
            return int(statm.read(64).split()[0]) * _PAGE
    except (OSError, ValueError):
        return 1 << 30


def _frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None where the stream ends, were it in the middle of one."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = LENGTH.unpack(head)[0]
    body = stream.read(length)
    return body if len(body) == length else None


def read(raw: bytes, reverse_path: str) -> Message:
    """The message; where memory does not suffice, what its head says."""
    try:
        return parse(raw, reverse_path)
    except MemoryError:
        pass  # here, not inside the handler: the traceback holds what filled the memory
    return fallback(raw, reverse_path, "reading it needs more memory than a mail may use")


if __name__ == "__main__":
    main()
