"""What a person is told when a command fails, and the exit code: never a traceback, unless she asked for it with -v."""

import contextlib
import os
import sys

from mailgate.cli.frames import show_problems
from mailgate.errors import CannotStart, FilesRejected, MailgateError, Outage

FINDINGS = 1
SOFTWARE = 70  # EX_SOFTWARE: a mistake of ours
TRY_AGAIN = 75  # EX_TEMPFAIL
CONFIGURATION = 78  # EX_CONFIG
INTERRUPTED = 130  # 128 + SIGINT
PIPE_CLOSED = 141  # 128 + SIGPIPE


def exit_code(error: BaseException, *, verbose: bool = False) -> int:
    """Say what went wrong on stderr. Returns the exit code."""
    if isinstance(error, BrokenPipeError):
        _leave_the_pipe()
        return PIPE_CLOSED
    if isinstance(error, (KeyboardInterrupt, EOFError)):  # EOFError: she left the questions unanswered
        return INTERRUPTED
    if verbose and not isinstance(error, FilesRejected):
        _show_traceback(error)
    match error:
        case FilesRejected():
            show_problems(error.problems, error.sources, sys.stderr)
            return CONFIGURATION
        case CannotStart():
            return _say(str(error), error.code)
        case Outage():
            return _say(f"{error}; try again later", TRY_AGAIN)
        case MailgateError():
            return _say(str(error), FINDINGS)
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return _say(f"{where}{error.strerror or error}", TRY_AGAIN)
        case _:
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            return _say(
                f"unexpected {said}\nThis is a mistake in mailgate; the same command with -v shows where.", SOFTWARE
            )


def printable(text: str) -> str:
    """The text without anything that a terminal would obey; lines stay lines."""
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)


def _say(text: str, code: int) -> int:
    print(f"mailgate: {printable(text)}", file=sys.stderr)
    return code


def _show_traceback(error: BaseException) -> None:
    import traceback

    print(printable("".join(traceback.format_exception(error))), file=sys.stderr)


def _leave_the_pipe() -> None:
    """Nobody reads any more: what Python would flush on its way out goes nowhere."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
