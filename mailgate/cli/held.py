"""`mailgate outbox release|discard`: the operator decides about held mail. First the plan, then what was done."""

import argparse
import os
import sys
from functools import cache, partial

from mailgate.cli.configured import configured
from mailgate.cli.failure import FINDINGS
from mailgate.cli.opened import MOST_UNASKED, print_json, print_table, printable
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.ids import SystemIds
from mailgate.service.active import ActiveSet
from mailgate.service.opening import open_store, running_set
from mailgate.service.operated import operate
from mailgate.store import outbox
from mailgate.store.engine import Store
from mailgate.store.outbox import Held

NOTHING = 4
DONE = {"release": "released", "discard": "discarded"}


def decide(args: argparse.Namespace) -> int:
    """Release or discard the mails that are named."""
    config = configured(args)
    store = open_store(config)
    try:
        return _decide(args, config, store)
    finally:
        store.close()


def _decide(args: argparse.Namespace, config: Config, store: Store) -> int:
    numbers = list(dict.fromkeys(args.id))
    found = {number: store.read_now(partial(outbox.held, outbox_id=number)) for number in numbers}
    held = [each for each in found.values() if each is not None]
    missing = [number for number, each in found.items() if each is None]
    for number in missing:
        print(f"no mail {number} is held; `mailgate outbox list --state held` shows what is", file=sys.stderr)
    too_many = len(held) > MOST_UNASKED and not args.yes
    if args.dry_run or too_many:
        _show_plan(args, held, missing)
        if too_many and not args.dry_run:
            print(f"{len(held)} mails: nothing was done; say --yes to do it", file=sys.stderr)
            return FINDINGS
        return NOTHING if missing else 0
    late = _do(args, config, store, held, missing)
    return NOTHING if missing or late else 0


def _show_plan(args: argparse.Namespace, held: list[Held], missing: list[int]) -> None:
    if args.json:
        print_json({"would": args.verb, "mails": [each.id for each in held], "missing": missing})
        return
    rows = [(each.id, each.number and f"#{each.number}", each.kind, each.recipient, each.reason) for each in held]
    print(f"would be {DONE[args.verb]}:")
    print_table(("id", "ticket", "kind", "to", "held because"), rows, "nothing")


def _do(args: argparse.Namespace, config: Config, store: Store, held: list[Held], missing: list[int]) -> bool:
    """Whether something could not be done after all."""

    @cache
    def active() -> ActiveSet:
        return store.read_now(lambda c: running_set(c, config.path, os.environ, packaged_templates()))

    done: list[dict[str, object]] = []
    late: list[int] = []
    with_others: set[int] = set()
    for mail in held:
        if mail.id in with_others:  # a copy of an answer that was decided about already
            continue
        came = operate(store, mail, args.verb, active, SystemIds(), SystemClock().now())
        if came is None:
            late.append(mail.id)
            print(f"{mail.id}: too late, a copy of it has gone out or it is not held any more", file=sys.stderr)
            continue
        with_others.update(came.mails)
        done.append({"mails": list(came.mails), "ticket": mail.number, "told": came.told or None})
        if not (args.json or args.quiet):
            print(_line(args.verb, came.mails, mail, came.told))
    if args.json:
        print_json({"done": args.verb, "answers": done, "missing": missing, "too_late": late})
    return bool(late)


def _line(verb: str, mails: tuple[int, ...], mail: Held, told: str) -> str:
    where = f", ticket #{mail.number}" if mail.number else ""
    who = f"; {printable(told)} is told" if told else ""
    return f"{', '.join(map(str, mails))} {DONE[verb]}{where}{who}"
