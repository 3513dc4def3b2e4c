"""`mailgate inject FILE...`: put mails into the spool as if they had come by a door; `-` reads one from stdin."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.opened import print_json, printable
from mailgate.clock import SystemClock
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.parse import parse
from mailgate.service.opening import open_store
from mailgate.store import spool

FINDINGS = 1


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("inject", help="put mail files into the spool")
    parser.add_argument("file", nargs="+", help="an .eml file, or - for stdin")
    parser.add_argument("--to", help="the envelope's recipient; default: the default queue's address")
    parser.add_argument("--sender", metavar="ADDRESS", help="the reverse-path; default: the mail's From; '<>' for none")


def run(args: argparse.Namespace) -> int:
    config, code, done = configured(args), 0, []
    queue = config.queues[config.site.default_queue]
    recipient = args.to or queue.address
    if recipient.rpartition("@")[2].lower() not in {
        a.rpartition("@")[2].lower() for q in config.queues.values() for a in q.addresses
    }:
        print(f"{printable(recipient)} is not at a domain of ours; name one of the queues' addresses", file=sys.stderr)
        return 2
    store = open_store(config)
    try:
        for name in args.file:
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            except OSError as error:
                print(f"cannot read {printable(name)}: {error.strerror}", file=sys.stderr)
                code = FINDINGS
                continue
            envelope = Envelope(_sender(args.sender, raw), (recipient,), "inject", SystemClock().now())
            packed = spool.pack(Submission(envelope, raw))
            number = store.write_now(partial(spool.accept, packed=packed))
            done.append({"file": name, "id": f"S{number}"})
            if not args.json:
                print(f"S{number}  {printable(name)}")
    finally:
        store.close()
    if args.json:
        print_json(done)
    return code


def _sender(given: str | None, raw: bytes) -> str | None:
    if given is not None:
        return given.strip("<> ") or None
    return parse(raw).author.address or None
