"""One case on a real desk: packaged rules and templates, a real store, the processor's own steps, a clock that stands.

spool -> read -> decide -> write -> apply -> outbox, one mail at a time. A mail that is due goes through the outbox' own
claim and record, and then lies in the mailbox of its recipient.
"""

import asyncio
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.clock import ManualClock
from mailgate.config.policy import vocabulary
from mailgate.config.read import parse as parse_config
from mailgate.decision.decide import Mail
from mailgate.decision.facts import TicketWanted, lookup
from mailgate.decision.plan import Plan
from mailgate.ids import SeededIds
from mailgate.keyfile import create
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.parse import parse
from mailgate.notify.templates import Templates
from mailgate.problems import report
from mailgate.rules import ruleset
from mailgate.service.active import CheckedSet
from mailgate.service.due import DueWork
from mailgate.service.preparation import Failed, Job, prepare
from mailgate.service.snapshot import take
from mailgate.store import identity, outbox, sets, spool
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.known import gather
from mailgate.store.lead import take_lead
from mailgate.store.migrations import migrate
from mailgate.store.tables import PENDING, articles, blobs, tickets
from mailgate.store.tables import outbox as outgoing
from mailgate.store.tables import spool as accepted
from tests.conversations.case import BORDER, DOMAIN, PEOPLE, Case, Step
from tests.conversations.clients import written
from tests.support.daemon import ROOT

BEGINNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)  # Monday, 9:30 in Berlin
PERSON = {address: name for name, address in PEOPLE.items()} | {"nina@home.example": "nina"}
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Out:
    """An outgoing mail as it was composed. `plan` None: a digest."""

    name: str
    person: str
    recipient: str
    kind: str
    template: str
    ticket: int | None
    raw: bytes
    plan: Plan | None


@dataclass
class Conversation:
    """What became of a case; `files` is what is compared with the directory."""

    case: Case
    store_url: str
    directory: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(BEGINNING))
    ids: SeededIds = field(default_factory=SeededIds)
    out: dict[int, Out] = field(default_factory=dict)
    mailboxes: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    sent_by: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))  # what each person wrote
    plans: list[Plan] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """All steps; AssertionError where a mail cannot be processed."""
        rules = self.directory / "rules"
        # Without the packaged processes: none of these cases begins one, and how many articles a rule set sets aside
        # for each mail stands in every Message-ID.
        shutil.copytree(ROOT / "rules", rules, ignore=shutil.ignore_patterns("processes"))
        if (own := self.case.directory / "rules").is_dir():
            shutil.copytree(own, rules, dirs_exist_ok=True)
        self.store = Store(self.store_url)
        try:
            self._open()
            self._run()
        finally:
            self.store.close()

    def _open(self) -> None:
        """As service.opening does, with the templates read once for all cases."""
        now = self.clock.now()
        text = self.case.config(self.store_url, self.directory)
        snapshot = take(parse_config(text, self.directory / "config.toml", {}))
        config, templates = snapshot.config, _templates()
        files = {name.removeprefix("rules/"): raw for name, raw in snapshot.files.items() if name.startswith("rules/")}
        rules, problems, texts = ruleset.compiled(files, vocabulary(config, templates.names), str(config.rules_dir))
        assert rules is not None, report(problems, texts)
        assert not any(each.severity == "error" for each in problems), report(problems, texts)
        self.store.write_now(lambda c: migrate(c, now))
        ring = create(config.keys_file, self.ids, now.date())
        numbers = self.store.write_now(lambda c: identity.number_agents(c, config.agents))
        made = {f"rules/{name}": raw.decode() for name, raw in files.items()}
        self.store.write_now(lambda c: sets.activate(c, made, now))
        self.active = CheckedSet(sets.hash_of(made), made, config, rules, templates).joined(ring, numbers)

    def _run(self) -> None:
        store = self.store
        self._epoch = store.write_now(lambda c: take_lead(c, "test", self.clock.now()))
        self._due = DueWork(store, lambda: self.active, lambda: self._epoch, self.clock, self.ids, lambda: None)
        self._refuses: dict[str, str] = {}
        for step in self.case.steps:
            self._take(step)
        self.accepted = store.read_now(lambda c: c.execute(sa.select(accepted)).mappings().all())
        self.articles = store.read_now(lambda c: c.execute(sa.select(articles)).mappings().all())
        stopped = sa.select(outgoing.c.id).where(outgoing.c.state.in_(("held", "cancelled")))
        self.stopped = frozenset(store.read_now(lambda c: c.execute(stopped).scalars().all()))

    @property
    def private_addresses(self) -> Sequence[str]:
        """The private addresses of all agents."""
        agents = self.active.policy.agents.values()
        return [address for agent in agents for address in (agent.address, *agent.also)]

    @property
    def files(self) -> dict[str, bytes]:
        """Everything that is compared, by file name."""
        made = {each.name: each.raw for each in self.out.values()}
        return {"expect.toml": self._expected().encode(), **made}

    # --- a step ---------------------------------------------------------------------------------------------------

    def _take(self, step: Step) -> None:
        now = self.clock.now()
        composed, delivered = len(self.out), {name: len(got) for name, got in self.mailboxes.items()}
        self._refuses |= step.refuses or {}
        until = BEGINNING + step.at if step.at is not None else now + (step.wait or timedelta())
        self._pass_until(until)
        came: list[dict[str, Any]] = []
        if step.mail:
            self._accept(step)
            came = self._process()
            self._deliver()
        record: dict[str, Any] = {"mail": step.mail} if step.mail else {"wait": _lasting(step.wait or timedelta())}
        record["outcomes"] = came
        record["composed"] = [each.name for each in list(self.out.values())[composed:]]
        record["tickets"] = self._tickets()
        got = {name: len(got) - delivered.get(name, 0) for name, got in self.mailboxes.items()}
        record["delivered"] = {name: count for name, count in sorted(got.items()) if count}
        self.steps.append(record)

    def _accept(self, step: Step) -> None:
        person = step.mail.removesuffix(".eml").split("-")[-1]
        source = self.case.directory.joinpath(step.mail).read_text("utf-8")
        raw = written(source, person, self.mailboxes)
        self.sent_by[person].append(raw)
        head = message_from_bytes(raw, policy=policy.compat32)
        author = getaddresses([str(head["From"])])[0][1].lower()
        if step.sender != "none":
            domain = author.partition("@")[2]
            raw = f"Authentication-Results: {BORDER}; dmarc={step.sender} header.from={domain}\r\n".encode() + raw
        written_to = getaddresses([str(each) for each in (*head.get_all("To", []), *head.get_all("Cc", []))])
        ours = tuple(address for _, address in written_to if address.lower().endswith(f"@{DOMAIN}"))
        envelope = Envelope(
            reverse_path=None if step.reverse_path == "<>" else step.reverse_path or author,
            forward_paths=step.forward_paths or ours,
            source="smtp",
            received_at=self.clock.now(),
            peer="127.0.0.1",
            authenticated_as=step.login,
        )
        packed = spool.pack(Submission(envelope, raw))
        self.store.write_now(lambda c: spool.accept(c, packed))

    def _process(self) -> list[dict[str, Any]]:
        """Everything that is in the spool, and what became of it."""
        came: list[dict[str, Any]] = []
        while (plan := self._next()) is not None:
            self._collect(plan)
            outcome = {"kind": plan.outcome.kind, "detail": plan.outcome.detail}
            came.append({name: value for name, value in outcome.items() if value})
        return came

    def _next(self) -> Plan | None:
        store, active, now = self.store, self.active, self.clock.now()
        each, first = active.policy.rules.articles_each, active.config.number_start
        claim = store.write_now(lambda c: spool.claim(c, "test", now, 1, each, 0, first, self._epoch))
        if not claim.mails:
            return None
        mail = claim.mails[0]
        message = parse(mail.raw, mail.envelope.reverse_path or "")
        nonces = tuple(self.ids.nonce() for _ in range(each + 1))
        asked = lookup(message, mail.envelope, active.policy)
        job = Job(Mail(mail.id, message, mail.envelope, asked), tuple(claim.articles), nonces, raw=lambda: mail.raw)
        needs, named = active.policy.rules.needs, frozenset[str]()
        while True:
            facts = store.read_now(partial(gather, lookups=[asked], now=now, needs=needs, asked=named))
            try:
                (prepared,) = prepare([job], claim.tickets, facts, active, now)
                break
            except TicketWanted as wanted:
                named |= {wanted.number}
        assert not isinstance(prepared, Failed), f"{prepared.error}\n{prepared.details}"
        assert isinstance(prepared, Prepared)
        store.write_now(lambda c: apply(c, [prepared], self._epoch, self.ids))
        self.plans.append(prepared.plan)
        return prepared.plan

    # --- time -----------------------------------------------------------------------------------------------------

    def _pass_until(self, end: datetime) -> None:
        """Let everything happen that is due until then, each at its own time."""
        self._happen()
        while (moment := self._next_moment(end)) is not None:
            self.clock.advance(moment - self.clock.now())
            self._happen()
        self.clock.advance(end - self.clock.now())
        self._happen()

    def _next_moment(self, end: datetime) -> datetime | None:
        def asked(connection: sa.Connection) -> list[datetime]:
            waits = sa.select(outgoing.c.next_attempt_at).where(outgoing.c.state.in_(("waiting", "delayed")))
            pends = sa.select(tickets.c.pending_until).where(PENDING)
            return [*connection.execute(waits).scalars(), *connection.execute(pends).scalars()]

        due = self.store.read_now(asked)
        return min((each for each in due if self.clock.now() < each <= end), default=None)

    def _happen(self) -> None:
        asyncio.run(self._due.tick())
        self._collect(None)
        self._deliver()
        asyncio.run(self._due.tick())  # what failed for good is told
        self._collect(None)
        self._deliver()

    def _deliver(self) -> None:
        store, now = self.store, self.clock.now()
        results: list[outbox.Attempted] = []
        for mail in store.write_now(lambda c: outbox.claim(c, "test", now, AT_ONCE)):
            reply = self._refuses.get(mail.recipient, "")
            results.append(outbox.Attempted(mail.id, "failed" if reply else "sent", reply or "250 2.0.0 Ok"))
            if not reply:
                self.mailboxes[_person(mail.recipient)].append(mail.content)
        if results:
            store.write_now(lambda c: outbox.record(c, "test", results, now, self.ids))

    def _collect(self, plan: Plan | None) -> None:
        """Mails that were composed since the last time, by number of the outbox."""
        newest = max(self.out, default=0)

        def asked(connection: sa.Connection) -> Sequence[Any]:
            joined = outgoing.outerjoin(blobs, blobs.c.sha256 == outgoing.c.tail)
            columns = sa.select(outgoing, blobs.c.content.label("rest")).select_from(joined)
            return connection.execute(columns.where(outgoing.c.id > newest).order_by(outgoing.c.id)).all()

        for row in self.store.read_now(asked):
            person = _person(row.recipient)
            name = f"out-{len(self.out) + 1:02}-{row.template}-{person}.eml"
            raw = bytes(row.content) + bytes(row.rest or b"")
            self.out[row.id] = Out(name, person, row.recipient, row.kind, row.template, row.ticket_id, raw, plan)

    # --- what stands in expect.toml -------------------------------------------------------------------------------

    def _tickets(self) -> list[dict[str, Any]]:
        def asked(connection: sa.Connection) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
            said = sa.select(articles).order_by(articles.c.id)
            waits = sa.select(outgoing.c.ticket_id, outgoing.c.recipient, outgoing.c.state, outgoing.c.kind)
            unsent = waits.where(outgoing.c.state.in_(("delayed", "held", "cancelled", "failed")))
            return (
                connection.execute(sa.select(tickets).order_by(tickets.c.id)).all(),
                connection.execute(said).all(),
                connection.execute(unsent.order_by(outgoing.c.id)).all(),
            )

        found, said, unsent = self.store.read_now(asked)
        return [
            {
                "number": row.number,
                "is": ", ".join((row.queue, row.state, row.priority, row.owner or "nobody's")),
                "articles": [_article(each) for each in said if each.ticket_id == row.id],
                "unsent": [
                    f"{each.state} for {_person(each.recipient)}" for each in unsent if each.ticket_id == row.id
                ],
            }
            for row in found
        ]

    def _expected(self) -> str:
        lines = [f"# {self.case.shows}", "# Written by `pytest tests/conversations --rewrite`, and read by a person."]
        for step in self.steps:
            lines += ["", "[[steps]]"]
            lines += [f"{key} = {_toml(value)}" for key, value in step.items() if key != "tickets" and value]
            for ticket in step["tickets"]:
                lines += ["[[steps.tickets]]"]
                lines += [f"{key} = {_toml(value)}" for key, value in ticket.items() if value and key != "articles"]
                lines += ["articles = [", *(f"    {_toml(each)}," for each in ticket["articles"]), "]"]
        return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A value as people read it: letters are not escaped."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@cache
def _templates() -> Templates:
    """Those that come with mailgate."""
    return Templates.load(ROOT / "templates", ROOT / "templates")


def _article(row: Any) -> str:
    words = " ".join((row.text if row.new_text is None else row.new_text).split())
    kind = [row.sender_type, row.visibility, "verified" if row.verified else "UNVERIFIED"]
    kind += [f"automatic {row.automatic}"] if row.automatic else []
    return f"{', '.join(kind)}: {row.author_address}: {words[:60]}"


def _person(address: str) -> str:
    return PERSON.get(address.lower(), address.partition("@")[0])


def _lasting(time: timedelta) -> str:
    return f"{int(time.total_seconds())}s"
