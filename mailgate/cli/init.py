"""`mailgate init [DIR]`: a new desk, from flags, from five questions, or (`--first-steps`) ready to play with.

Nothing is ever overwritten: a file that exists is an error that names it, and then nothing is written at all.
"""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mailgate import keyfile
from mailgate.cli.configured import NAME
from mailgate.cli.failure import printable
from mailgate.cli.muttrc import CUSTOMER, FOLDER, muttrc
from mailgate.cli.packaged import packaged_rules, packaged_templates
from mailgate.cli.rules_schema import schema_texts
from mailgate.cli.standpoint import program, typed
from mailgate.cli.starter import CHANGE_ME, IGNORED, Answers, configuration
from mailgate.clock import SystemClock
from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, MailgateError
from mailgate.ids import SystemIds
from mailgate.mail.message import Mailbox
from mailgate.rules.files import PROCESSES, TEST

QUESTIONS = (
    ("domain", "Your domain"),
    ("address", "The address that customers write to"),
    ("agent", "The first agent, as in Nina Costa <nina@example.com>"),
    ("smarthost", "The server that takes your mail out (empty: a local Maildir, for first steps)"),
    ("listen", "Where mail comes in (SMTP)"),
)


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("init", help="make a new desk: configuration, rules, templates, keys")
    parser.add_argument("dir", nargs="?", default=".", metavar="DIR", help="where to; default: here")
    parser.add_argument("--name", help="what people call the desk")
    parser.add_argument("--domain", help="your domain")
    parser.add_argument("--address", help="the address that customers write to; default: support@DOMAIN")
    parser.add_argument("--agent", metavar='"NAME <ADDRESS>"', help="the first agent")
    parser.add_argument(
        "--smarthost", metavar="HOST", help="the server that takes your mail out; default: a local Maildir"
    )
    parser.add_argument("--listen", metavar="HOST:PORT", help="where mail comes in; default: 127.0.0.1:2525")
    parser.add_argument("--timezone", help="as in Europe/Lisbon; default: UTC")
    parser.add_argument(
        "--first-steps",
        action="store_true",
        help="a desk to play with: example.com, mail goes into a Maildir, senders are trusted",
    )


def run(args: argparse.Namespace) -> int:
    directory = Path(args.dir)
    answers = _answers(args)
    text = configuration(answers)
    lay_out(directory, text, {}, (CUSTOMER,) if args.first_steps else ())
    _tell(args, directory, text)
    return 0


def lay_out(directory: Path, text: str, more: Mapping[str, str], customers: Sequence[Mailbox] = ()) -> Config:
    """Make the files of a desk: config.toml with that text, `more` by their names, and what every desk has.

    Where mail goes into Maildirs, its agents and these `customers` can be played with mutt. Nothing is written where
    the text is wrong (FilesRejected) or a file exists (MailgateError); CannotStart where the disk fails.
    """
    config = parse(text, directory / NAME, {})
    files = _files(directory) | {directory / name: content.encode() for name, content in more.items()}
    files |= _muttrcs(config, directory, customers)
    files[directory / NAME] = text.encode()  # the last: it says that the rest is there
    _refuse_what_exists([*files, directory / "keys"])
    _write(files, directory / "keys")
    return config


def _answers(args: argparse.Namespace) -> Answers:
    given = {name: value for name in Answers.names() if (value := getattr(args, name, None))}
    if not given and not args.first_steps and sys.stdin.isatty() and sys.stdout.isatty():
        given = _ask()
    domain = given.get("domain", "example.com")
    return Answers(
        **{
            "domain": domain,
            "address": f"support@{domain}",
            "agent": f"Nina Costa <nina@{domain}>",
            "trust_unverified": args.first_steps,
        }
        | given
    )


def _ask() -> dict[str, str]:
    """Five questions; an empty answer takes what stands in brackets."""
    given: dict[str, str] = {}
    for name, question in QUESTIONS:
        domain = given.get("domain", "example.com")
        usual = {"domain": "example.com", "address": f"support@{domain}", "agent": f"Nina Costa <nina@{domain}>"}
        usual |= {"smarthost": "", "listen": "127.0.0.1:2525"}
        answer = input(f"{question}{f' [{usual[name]}]' if usual[name] else ''}: ").strip()
        if answer or usual[name]:
            given[name] = answer or usual[name]
    return given


def _files(directory: Path) -> dict[Path, bytes]:
    """What every desk has: rules, templates, what a repository is not to have."""
    files: dict[Path, bytes] = {}
    for name, source in (("rules", packaged_rules()), ("templates", packaged_templates())):
        for path in sorted(source.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                files[directory / name / path.relative_to(source)] = path.read_bytes()
    files |= {directory / "rules" / name: text.encode() for name, text in schema_texts().items()}
    files[directory / ".gitignore"] = IGNORED.encode()
    return files


def _muttrcs(config: Config, directory: Path, customers: Sequence[Mailbox]) -> dict[Path, bytes]:
    """mutt/NAME for everybody, where mail goes into Maildirs and comes by a port."""
    door = next((each.listen for each in config.doors if each.listen.unix is None), None)
    if config.out.maildir is None or door is None:
        return {}
    people = {agent.name: Mailbox(agent.title, agent.address) for agent in config.agents.values()}
    people |= {each.address.partition("@")[0]: each for each in customers}
    return {
        directory / FOLDER / name: muttrc(person, config.out.maildir, door).encode() for name, person in people.items()
    }


def _refuse_what_exists(paths: list[Path]) -> None:
    taken = [path for path in paths if os.path.lexists(path)]
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        names = ", ".join(map(str, taken[:3]))
        raise MailgateError(f"{names}{more}: already there, and nothing is overwritten; choose another directory")


def _write(files: dict[Path, bytes], keys: Path) -> None:
    """All files, or none: what was made is taken back when a later one fails."""
    undo: list[Callable[[], None]] = []
    try:
        keys.parent.mkdir(parents=True, exist_ok=True)
        keyfile.create(keys, SystemIds(), SystemClock().now().date())
        undo.append(keys.unlink)
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                undo.append(path.unlink)
                file.write(content)
    except OSError as error:
        for step in reversed(undo):
            with contextlib.suppress(OSError):
                step()
        raise CannotStart(f"cannot write {error.filename or 'here'}: {error.strerror}") from None


def _tell(args: argparse.Namespace, directory: Path, text: str) -> None:
    here = printable(str(directory))
    if args.json:
        print(json.dumps({"directory": str(directory), "config": str(directory / "config.toml")}))
        return
    if args.quiet:
        return
    found = list((directory / "rules").rglob("*.yaml"))
    tests = sum(path.name.endswith(TEST) for path in found)
    processes = sum(path.parent.name == PROCESSES for path in found)
    rules = len(found) - tests - processes
    languages = sorted(path.name for path in (directory / "templates").iterdir() if path.is_dir())
    print(f" ✓ {here}/config.toml  rules/ ({rules} files, {tests} of tests)  templates/ ({', '.join(languages)})  keys")
    again = f"{program()} -C {typed(directory)}"
    steps = [f"{again} check", f"{again} serve"]
    if changes := text.count(CHANGE_ME):
        steps.insert(0, f"edit {here}/{NAME} ({changes} place{'s' * (changes != 1)} marked {CHANGE_ME})")
    print(printable(" next:  " + "\n        ".join(steps)))
