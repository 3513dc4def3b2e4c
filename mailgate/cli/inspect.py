"""`mailgate inspect FILE|DIR`: what the pure core reads in a mail (spec/mail.md 6); no database is needed.

With -C or $MAILGATE_CONFIG the desk's own tags, addresses and trusted hosts count; else MAILGATE_SITE__... alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailgate.cli.configured import VARIABLE, find
from mailgate.cli.failure import FINDINGS, printable
from mailgate.config.read import load, load_site
from mailgate.config.settings import DoorSettings, ImapSettings
from mailgate.errors import MailgateError
from mailgate.mail.address import bare, normalise
from mailgate.mail.authenticity import authenticity
from mailgate.mail.inspect import as_json
from mailgate.mail.inspect_page import page
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.subject import subject_clean
from mailgate.tickets.token import TicketTag, parse_ticket_tag

STDIN = "-"
NOTHING = 4
_BAR = 20  # columns
_REDRAWN = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Desk:
    """What the reader of a mail knows of the desk. Where only its domain is known, everything there is its own."""

    tag: TicketTag
    domain: str = ""
    addresses: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    sealers: tuple[str, ...] = ()

    def why_ours(self, message: Message) -> str:
        """Why the mail seems to be one that we sent ourselves (R25); empty where it does not."""
        author = message.author.address
        if normalise(bare(author)) in self.addresses:
            return "From is an address of ours"
        if self.domain and not self.addresses:
            if author.rpartition("@")[2].lower() == self.domain:
                return "From is at our own domain"
            if (message.message_id or "").lower().endswith(f"@{self.domain}>"):
                return "the Message-ID is of our own domain"
        return ""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("inspect", help="show what is read in a mail")
    parser.add_argument("path", help="a mail file, a directory of them, or - for stdin")
    parser.add_argument("--jsonl", action="store_true", help="one JSON line a mail, with its path and seconds")


def run(args: argparse.Namespace) -> int:
    desk = known_desk(args.config)
    if args.path != STDIN and Path(args.path).is_dir():
        return _directory(Path(args.path), desk, args)
    raw = sys.stdin.buffer.read() if args.path == STDIN else _read(Path(args.path))
    if args.jsonl:
        _line(args.path, raw, desk)
    elif args.json:
        print(json.dumps(facts(parse(raw), desk), ensure_ascii=False, indent=2))
    else:
        print(_page(raw, desk), end="")
    return 0


def _page(raw: bytes, desk: Desk) -> str:
    message = parse(raw)
    return printable(page(message, facts(message, desk)))


def known_desk(given: str | None) -> Desk:
    """The desk of the configuration that was named, else what the environment says of [site]."""
    if given or os.environ.get(VARIABLE):
        config = load(find(given, os.environ), os.environ, offline=True)
        ways_in: tuple[DoorSettings | ImapSettings, ...] = (*config.doors, *config.mailboxes)
        return Desk(
            config.site.tag,
            config.site.domain,
            frozenset(normalise(address) for queue in config.queues.values() for address in queue.addresses),
            tuple(host for door in ways_in for host in door.trusted_authserv),
            tuple(host for door in ways_in for host in door.border),
            tuple(domain for door in ways_in for domain in door.trusted_sealers),
        )
    site = load_site(os.environ)
    domain = site.domain if "MAILGATE_SITE__DOMAIN" in os.environ else ""
    return Desk(parse_ticket_tag(site.ticket_tag, site.ticket_tag_also), domain)


def facts(message: Message, desk: Desk) -> dict[str, Any]:
    """The stable JSON of one mail."""
    single = "" if message.ambiguous_author else message.author.address.rpartition("@")[2]
    found = as_json(
        message,
        desk.tag.find(message.subject),
        authenticity(message.headers, single, desk.trusted, desk.border, desk.sealers),
        subject_clean(desk.tag.remove(message.subject)),
    )
    if why := desk.why_ours(message):
        found["automatic"] |= {"may_answer": False, "reasons": [*found["automatic"]["reasons"], why]}
    return found


def _directory(directory: Path, desk: Desk, args: argparse.Namespace) -> int:
    code, documents = 0, []
    paths = _files(directory)
    if not paths:
        print(f"mailgate: no mail in {printable(str(directory))}: every file below it would be read", file=sys.stderr)
        return NOTHING
    for path in _with_progress(paths, args.quiet):
        try:
            raw = _read(path)
        except MailgateError as error:
            code = FINDINGS
            if args.jsonl:
                print(json.dumps({"path": str(path), "seconds": 0.0, "error": str(error)}))
            else:
                print(f"mailgate: {printable(str(error))}", file=sys.stderr)
            continue
        if args.jsonl:
            _line(str(path), raw, desk)
        elif args.json:
            documents.append({"path": str(path)} | facts(parse(raw), desk))
        else:
            print(f"== {printable(str(path))}\n{_page(raw, desk)}")
    if args.json and not args.jsonl:
        print(json.dumps(documents, ensure_ascii=False, indent=2))
    return code


def _line(path: str, raw: bytes, desk: Desk) -> None:
    begun = time.perf_counter()
    found = facts(parse(raw), desk)
    seconds = round(time.perf_counter() - begun, 6)
    print(json.dumps({"path": path, "seconds": seconds} | found, ensure_ascii=False))


def _files(directory: Path) -> list[Path]:
    """Every file below, hidden ones left out, in the order of their names."""
    found = (path for path in directory.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(directory).parts))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MailgateError(f"cannot read {path}: {error.strerror}") from None


def _with_progress(paths: list[Path], quiet: bool) -> Iterator[Path]:
    """The paths one by one, and how far we are on stderr where somebody looks at it."""
    shown = sys.stderr.isatty() and not sys.stdout.isatty() and not quiet
    begun = time.monotonic()
    drawn = 0.0
    for number, path in enumerate(paths, 1):
        yield path
        now = time.monotonic()
        if shown and (now - drawn >= _REDRAWN or number == len(paths)):
            drawn = now
            end = "\n" if number == len(paths) else ""
            print(f"\r{progress(number, len(paths), now - begun)}", end=end, file=sys.stderr, flush=True)


def progress(done: int, of: int, seconds: float) -> str:
    """A bar, how many of how many, how fast, and how long it will take."""
    rate = done / max(seconds, 1e-6)
    left = int((of - done) / rate)
    bar = ("█" * (_BAR * done // of)).ljust(_BAR)
    eta = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
    return f" {bar} {100 * done // of:3}%  {done:,}/{of:,}  {rate:,.0f} mails/s  ETA {eta} "
