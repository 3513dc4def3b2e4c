"""`mailgate demo [DIR]`: a customer and two agents talk through a desk of their own, on this machine only.

The daemon is the one of `mailgate serve`; the mails come by SMTP, and what is told of each is what the database and the
Maildirs hold. Nothing is written outside of DIR. Where a scene comes out otherwise than the script says, it says so and
ends with exit code 1.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from mailgate.cli.demo_desk import PLAYED, environment, prepare
from mailgate.cli.demo_facts import bare, facts
from mailgate.cli.demo_script import NUMBER, SCENES, SUPPORT, Scene
from mailgate.cli.demo_stage import Came, Stage
from mailgate.cli.muttrc import FOLDER
from mailgate.cli.standpoint import program, typed
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, MailgateError
from mailgate.service.control import ask
from mailgate.service.opening import open_store

FINDINGS = 1
START_SECONDS, STOP_SECONDS = 30.0, 30.0
_BREATH_SECONDS = 0.8  # between two scenes that somebody watches
_LOG = "log"
_BOLD, _PALE, _RED, _PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[0m"


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help="a customer and two agents talk through a desk of their own")
    parser.add_argument(
        "dir", nargs="?", default="mailgate-demo", metavar="DIR", help="all its files; default: mailgate-demo"
    )
    parser.add_argument("--fresh", action="store_true", help="empty DIR, if this command made it, and begin anew")
    parser.add_argument("--once", action="store_true", help="end after the last scene")


def run(args: argparse.Namespace) -> int:
    config, new = prepare(Path(args.dir), fresh=args.fresh)
    directory = config.path.parent
    if args.once and not new:
        raise MailgateError(f"the demo in {directory} was played; `mailgate demo --once --fresh` plays it again")
    with ExitStack() as stack:
        stack.enter_context(_ended_by_signals())
        daemon = stack.enter_context(_running(directory))
        mailboxes = f"mailboxes {typed(directory / 'mail')} (Maildirs: open them in mutt)"
        print(f" SMTP {config.doors[0].listen}   {mailboxes}", flush=True)
        if new:
            if not _played(config, _Colours(args)):
                return FINDINGS
            (directory / PLAYED).touch()
        if args.once:
            return 0
        print(_what_to_try(config, new), flush=True)
        return _serving(daemon, directory)


class _Colours:
    """Bold, pale and red on a terminal; nothing elsewhere."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.on = sys.stdout.isatty() and not args.no_color

    def __call__(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self.on else text


def _played(config: Config, colours: _Colours) -> bool:
    """Play the scenes; False at the first that comes out otherwise."""
    store = open_store(config)
    try:
        stage = Stage(config, store)
        for scene in SCENES:
            mail = scene.mail(stage)
            came = stage.send(mail, str(mail["To"]))
            told = facts(came, config.site.timezone)
            print(_lines(scene, came, told, colours), flush=True)
            if tuple(map(bare, told)) != scene.expected:
                print(colours(_RED, f"          ✗ expected: {'; '.join(scene.expected)}"), flush=True)
                return False
            if sys.stdout.isatty():
                time.sleep(_BREATH_SECONDS)
    finally:
        store.close()
    return True


def _lines(scene: Scene, came: Came, told: tuple[str, ...], colours: _Colours) -> str:
    who = scene.who.rpartition("<")[2].rstrip(">")
    number = f"#{came.after['number']}  " if came.after else ""
    head = f" {colours(_PALE, f'{came.at:%H:%M:%S}')} {colours(_BOLD, who)}  {scene.does}"
    return f"{head}\n          → {number}{'; '.join(told)}"


def _what_to_try(config: Config, new: bool) -> str:
    directory = config.path.parent
    again, door = f"{program()} -C {typed(directory)}", config.doors[0].listen
    swaks = f"swaks --server {door.host}:{door.port} --from you@home.example --to {SUPPORT}"
    tries = (
        ("why did it do that?", f"{again} explain {NUMBER}"),
        ("read and answer as Nina", f"mutt -F {typed(directory / FOLDER / 'nina')}"),
        ("or as Ana, the customer", f"mutt -F {typed(directory / FOLDER / 'ana')}"),
        ("write to it yourself", swaks),
        ("see all tickets", f"{again} ticket list"),
    )
    older = "" if new else " The scenes were played before; --fresh plays them anew.\n"
    return (
        f"{older} try, in another terminal:\n"
        + "\n".join(f"   {what:<24} {command}" for what, command in tries)
        + "\n Ctrl-C ends it; the files stay."
    )


@contextmanager
def _running(directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`mailgate serve` in the directory, its log in DIR/log. Raises CannotStart where it does not begin."""
    with (directory / _LOG).open("ab") as log:
        daemon = subprocess.Popen(  # noqa: S603  our own program, on our own configuration
            [sys.executable, "-m", "mailgate", "-C", str(directory), "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
            env=environment(),
            start_new_session=True,  # Ctrl-C is for us; we end it
        )
    try:
        _wait_until_ready(daemon, directory)
        yield daemon
    finally:
        daemon.terminate()
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(STOP_SECONDS)
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def _wait_until_ready(daemon: "subprocess.Popen[bytes]", directory: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (ask(directory, "status") or {}).get("ready"):
        if daemon.poll() is not None:
            raise CannotStart(f"the daemon did not start: {_last_words(directory)}")
        if time.monotonic() > deadline:
            raise CannotStart(f"the daemon is not ready after {START_SECONDS:g} s; see {directory / _LOG}")
        time.sleep(0.05)


def _serving(daemon: "subprocess.Popen[bytes]", directory: Path) -> int:
    """Until Ctrl-C."""
    try:
        daemon.wait()
    except KeyboardInterrupt:
        print()
        return 0
    raise CannotStart(f"the daemon ended by itself: {_last_words(directory)}", FINDINGS)


def _last_words(directory: Path) -> str:
    lines = (directory / _LOG).read_text(errors="replace").splitlines()
    return lines[-1] if lines else "it said nothing"


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM, and a terminal that is closed, end it as Ctrl-C does: the daemon must not stay behind."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
