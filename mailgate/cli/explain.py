"""`mailgate explain TICKET`: why its mail was treated as it was. `mailgate explain --mail FILE`: what would happen to a
mail, by the rules that run or by others; nothing is written."""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.cli.configured import configured
from mailgate.cli.failure import FINDINGS, printable
from mailgate.cli.frames import show_problems
from mailgate.cli.opened import print_json, reading
from mailgate.cli.packaged import packaged_templates
from mailgate.cli.spool import number_of
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.decision.explained import ExplainedTicket, StoredEffect, StoredTrace, expanded, explained, told_of_ticket
from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours
from mailgate.errors import FilesRejected, MailgateError
from mailgate.ids import SystemIds
from mailgate.mail.envelope import Envelope
from mailgate.mail.parse import parse
from mailgate.rules.events import GATE
from mailgate.service.active import ActiveSet
from mailgate.service.dry_run import Foreseen, foresee, refused_at_rcpt
from mailgate.service.opening import never_started, open_store, running_set, unstarted
from mailgate.service.preparation import Failed
from mailgate.service.snapshot import with_rules
from mailgate.service.unskipped import unskipped
from mailgate.store.engine import Store
from mailgate.store.explained import ALL, explain_desk, explain_mail, explain_ticket, fate_of_mail

NOTHING = 4
STDIN = "-"
DESK = "desk"
SKIPPED = "skipped"  # the verdict of a rule that the mail could not be for
NARROWEST, WIDEST = 76, 140
SHOWN = 20  # events of a ticket, unless more are asked for


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("explain", help="why a mail was treated as it was, or would be")
    parser.add_argument(
        "ticket", nargs="?", help="a ticket's number, S4711 for one mail, or desk for what concerned no ticket"
    )
    last = f"only what happened last, or the last N; default: the last {SHOWN}"
    parser.add_argument("--last", metavar="N", nargs="?", const="1", help=last)
    parser.add_argument("--event", metavar="N", type=int, help="only what happened as the Nth, as the page counts")
    parser.add_argument("--mail", metavar="FILE", help="say what would happen to this mail, or - for stdin")
    parser.add_argument("--now", metavar="TIME", help="when it would come, as in 2026-03-02T09:30; default: now")
    parser.add_argument("--to", help="the envelope's recipient; default: our addresses in To and Cc")
    parser.add_argument("--sender", metavar="ADDRESS", help="the reverse-path; default: the mail's From; '<>' for none")
    skipped = "name each of the rules that were skipped, too: those that the mail could not be for"
    parser.add_argument("--all", "--every-rule", action="store_true", help=skipped)
    parser.add_argument("--rules", metavar="DIR", type=Path, help="by the rules in DIR, not by those that run")


def run(args: argparse.Namespace) -> int:
    if args.ticket is None and args.mail is None and args.last is not None:
        args.ticket, args.last = args.last, "1"  # `explain --last 1042`
    if (args.ticket is None) == (args.mail is None):
        print("mailgate: name either a ticket or, with --mail, a file", file=sys.stderr)
        return 2
    return _past(args) if args.mail is None else _future(args)


def _past(args: argparse.Namespace) -> int:
    config, text, wanted = configured(args, offline=True), args.ticket.strip(), _wanted(args)
    found = reading(config, lambda c: _found(c, text, wanted))
    if found is None:
        shown = "spool list` shows the mails" if _is_a_mail(text) else "ticket list` shows the tickets"
        print(f"no trace of {printable(text)}; `mailgate {shown} there are", file=sys.stderr)
        return NOTHING
    if args.event is not None and not found.traces:
        print(f"there is no event {args.event}: {found.of} happened", file=sys.stderr)
        return NOTHING
    told = found.traces
    if args.all:
        told = reading(config, lambda c: unskipped(c, told, config.path, packaged_templates()))
        found = replace(found, traces=told)
    if args.json:
        documents = [as_json(each.trace, each.effects) | {"number": n} for n, each in enumerate(told, found.first)]
        last = documents[-1] if documents else as_json(None, ())
        print_json(last | {"traces": documents, "events": found.of, "fate": found.fate or None})
    else:
        asked = args.last is not None or args.event is not None
        print(printable(told_of_ticket(found, config.site.timezone, _width(), remark=not asked)))
    return 0


def _wanted(args: argparse.Namespace) -> slice:
    """Which of the events, in their order."""
    if args.event is not None:
        return slice(args.event - 1, args.event) if args.event > 0 else slice(0, 0)
    if args.last is None:
        return ALL if args.json else slice(-SHOWN, None)
    if not args.last.isdecimal() or not int(args.last):
        raise MailgateError(f"--last {args.last}: say how many, as in --last 50")
    return slice(-int(args.last), None)


def _is_a_mail(text: str) -> bool:
    return text[:1] in ("S", "s") and number_of(text) > 0


def _found(connection: sa.Connection, text: str, wanted: slice) -> ExplainedTicket | None:
    """The ticket, the mail or the desk; None where there is nothing of that name."""
    if text != DESK and not _is_a_mail(text):
        return explain_ticket(connection, text.lstrip("#"), wanted)
    found = explain_desk(connection) if text == DESK else explain_mail(connection, number_of(text))
    fate = "" if text == DESK else fate_of_mail(connection, number_of(text))
    places = range(len(found))[wanted]
    if fate is None:
        return None
    return ExplainedTicket("", "", len(found), places[0] + 1 if places else 1, found[wanted], fate)


def _future(args: argparse.Namespace) -> int:
    config = configured(args, offline=True)
    raw = _read(args.mail)
    store, active = _as_it_runs(config)
    try:
        if args.rules is not None:
            active = with_rules(active, args.rules)
        if args.all:
            whole = replace(active.policy.rules, indexes={})
            active = replace(active, policy=replace(active.policy, rules=whole))
        envelope = _envelope(args, raw, active)
        foreseen = foresee(raw, envelope, active, store, SystemIds())
        refused = refused_at_rcpt(envelope, len(raw), active.policy)
        taken = not refused.keys() >= set(envelope.forward_paths)
    except FilesRejected as error:
        show_problems(error.problems, error.sources, sys.stderr)
        return FINDINGS
    finally:
        store.close()
    if isinstance(foreseen, Failed):
        print(f"mailgate: this mail would be set aside: {printable(foreseen.error)}", file=sys.stderr)
        return FINDINGS
    if args.json:
        print_json(_foreseen_json(foreseen) | {"refused": refused})
    else:
        print(printable(_foreseen_page(foreseen, active.policy, refused, taken=taken)))
    return 0


def _as_it_runs(config: Config) -> tuple[Store, ActiveSet]:
    """The desk's database and THE set; of one that was never started an empty one, and the files."""
    if never_started(config):
        print("this desk was never started: by its files, and as its first mail", file=sys.stderr)
        return unstarted(config, packaged_templates(), SystemClock().now())
    store = open_store(config)
    try:
        return store, store.read_now(lambda c: running_set(c, config.path, os.environ, packaged_templates()))
    except BaseException:
        store.close()
        raise


def _envelope(args: argparse.Namespace, raw: bytes, active: ActiveSet) -> Envelope:
    message, policy = parse(raw), active.policy
    ours = (box.address for box in (*message.to, *message.cc) if is_ours(box.address, policy))
    recipients = (args.to,) if args.to else tuple(dict.fromkeys(ours))
    sender = message.author.address if args.sender is None else args.sender.strip("<> ")
    door = next(iter(policy.doors), "")
    return Envelope(sender or None, recipients or (_default_address(policy),), door, _moment(args.now, active.config))


def _default_address(policy: Policy) -> str:
    return policy.queue(policy.site.default_queue).address


def _moment(text: str | None, config: Config) -> datetime:
    if text is None:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MailgateError(f"{text} is no time; write it as in 2026-03-02T09:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=config.site.timezone)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise MailgateError(f"cannot read {name}: {error.strerror}") from None


def _foreseen_page(foreseen: Foreseen, policy: Policy, refused: Mapping[str, str], *, taken: bool) -> str:
    """`refused`: why SMTP refuses which recipient; `taken`: others are left."""
    plan = foreseen.plan
    before = f" of ticket #{plan.before.number}" if plan.before else " of a new ticket" if plan.ticket else ""
    detail = f" ({plan.outcome.detail})" if plan.outcome.detail else ""
    page = explained(foreseen.trace, policy.site.timezone, foreseen.effects, _width(), "this mail")
    mails = [f"  {each.kind} mail {each.template} to {each.recipient}: {each.subject}" for each in foreseen.mails]
    at_rcpt = [f"{path} would be refused at RCPT by SMTP: {why}" for path, why in refused.items()]
    if at_rcpt and not taken:
        at_rcpt += ["so nothing of this would happen, unless it came by another door, such as a mailbox", ""]
    return "\n".join(
        (
            *at_rcpt,
            page,
            "",
            f"outcome: {plan.outcome.kind}{before}{detail}",
            f"mail that would go out: {len(mails) or 'none'}",
            *mails,
            "nothing was written",
        )
    )


def _foreseen_json(foreseen: Foreseen) -> dict[str, Any]:
    plan = foreseen.plan
    return as_json(foreseen.trace, foreseen.effects) | {
        "mail": None,
        "outcome": plan.outcome.kind,
        "ticket": plan.before.number if plan.before else None,
        "mails": [
            {
                "to": each.recipient,
                "kind": each.kind,
                "template": each.template,
                "subject": each.subject,
                "held": each.held,
            }
            for each in foreseen.mails
        ],
    }


def as_json(trace: StoredTrace | None, effects: Sequence[StoredEffect]) -> dict[str, Any]:
    """The stable form (operations.md 4) of one trace; of none, the same keys without values."""
    body: Mapping[str, Any] = trace.body if trace else {}
    events = body.get("events", ())
    names = [event["event"] for event in events]
    return {
        "event": next((name for name in names if name != GATE), names[0] if names else None),
        "at": trace.at.isoformat() if trace else None,
        "mail": f"S{trace.spool_id}" if trace and trace.spool_id else None,
        "evidence": list(body.get("evidence", ())),
        "authenticity": body.get("authenticity"),
        "rules": [
            rule
            for event in events
            for rule in (
                *(_rule_json(event["event"], step) for step in event["steps"]),
                *(_rule_json(event["event"], {**step, "verdict": SKIPPED}) for step in expanded(event)),
            )
        ],
        "remarks": [row["remark"] for event in events for row in event.get("expanded", ()) if row["remark"]],
        "effects": [_effect_json(each) for each in effects],
        "ruleset": trace.ruleset if trace else None,
        "cut": bool(body.get("cut")),
    }


def _rule_json(event: str, step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event": event,
        "name": step["rule"],
        "file": step["file"],
        "line": step["line"],
        "verdict": step["verdict"],
        "case": step.get("case") or None,
        "conditions": list(step.get("conditions", ())),
        "actions": list(step.get("actions", ())),
        "error": step.get("error") or None,
    }


def _effect_json(effect: StoredEffect) -> dict[str, Any]:
    mail = effect.mail
    return {
        "actor": effect.actor,
        "event": effect.event,
        "detail": dict(effect.detail),
        "mail": {"id": mail.id, "to": mail.recipient, "template": mail.template, "state": mail.state} if mail else None,
    }


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((100, 24)).columns))
