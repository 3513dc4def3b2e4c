"""A small desk to try rules on: its names, its addresses, one ticket and one mail."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from textwrap import dedent
from typing import Any

from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Automatic, Body, Bounce, Identity, Mailbox, Message
from mailgate.problems import Problem, frame, report
from mailgate.rules.evaluate import Evaluation, evaluate
from mailgate.rules.outside import KnownWebhook
from mailgate.rules.ruleset import Ruleset, compiled
from mailgate.rules.situation import OurAddresses, Situation
from mailgate.rules.vocabulary import Vocabulary
from mailgate.rules.web_address import parse_web_address
from mailgate.tickets.model import Participant, Ticket

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VOCABULARY = Vocabulary(
    queues=frozenset({"support", "billing", "sales"}),
    teams=frozenset({"first-line", "billing"}),
    agents=frozenset({"nina", "omar", "kim"}),
    roles=frozenset({"agent", "lead"}),
    templates=frozenset(
        """received closed agent_new agent_followup agent_assigned agent_answered agent_taken agent_closed agent_note
        agent_due delivery_failed open_tickets""".split()
    ),
    reports=frozenset({"open_tickets"}),
    webhooks=(
        KnownWebhook("erp", parse_web_address("https://erp.example.com/hook"), signed=True),
        KnownWebhook("crm", parse_web_address("https://crm.example.com:8443/")),
        KnownWebhook("blue", parse_web_address("https://two.example.com/a"), signed=True),
        KnownWebhook("green", parse_web_address("https://two.example.com/b")),
        KnownWebhook("near", parse_web_address("http://10.20.0.5/hook"), allow_networks=(ip_network("10.20.0.0/16"),)),
    ),
    programs=frozenset({"lookup-order"}),
)
TEAMS = {"first-line": ("nina", "omar"), "billing": ("nina", "omar", "kim")}
AGENTS = {"nina": "Nina Costa", "omar": "Omar Haddad", "kim": "Kim Lee"}
OURS = OurAddresses(frozenset({"example.com", "example.org"}), frozenset({"support@example.com"}))
MESSAGE = Message(
    identity=Identity(b"x" * 32, True),
    message_id="<1@acme.example>",
    in_reply_to=(),
    references=(),
    date=NOW,
    authors=(Mailbox("Ana", "ana@acme.example"),),
    sender=(),
    reply_to=(),
    to=(Mailbox("", "support@example.com"),),
    cc=(),
    subject="Invoice #4711 is wrong",
    body=Body(text="Hello,\nplease mend it.\n> quoted words", new_text="Hello,\nplease mend it."),
    attachments=(),
    automatic=Automatic(),
    bounce=None,
    forward=None,
    headers=(("X-Spam-Flag", "NO"), ("Received", "from a"), ("received", "from b")),
)
TICKET = Ticket(
    id=1,
    number="1042",
    nonce=b"n",
    subject="Invoice #4711 is wrong",
    queue="support",
    state="new",
    priority="normal",
    owner=None,
    created_at=NOW,
    updated_at=NOW,
    participants=(Participant("ana@acme.example", "Ana", 1, "requester"),),
    tags=("from-mail",),
    fields=(("order", "4711"), ("price", "250.5")),
)
ENVELOPE = Envelope("ana@acme.example", ("support@example.com",), "lmtp", NOW)


def left(evaluation: Evaluation) -> Ticket:
    """The ticket as the rules left it."""
    assert evaluation.ticket is not None
    return evaluation.ticket


def field_of(evaluation: Evaluation, name: str) -> str | None:
    return left(evaluation).field(name)


def situation(
    event: str = "ticket.created",
    *,
    text: str | None = None,
    automatic: Automatic | None = None,
    bounce: Bounce | None = None,
    recipients: tuple[str, ...] = ("support@example.com",),
    ticket: dict[str, Any] | None = None,
    envelope: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    **message: Any,
) -> Situation:
    """An event about Ana's mail, changed as the test wants it. `text` is all that she wrote."""
    if text is not None:
        message["body"] = Body(text=text, new_text=text)
    for name in ("authors", "to", "cc", "reply_to"):
        if isinstance(message.get(name), str):
            message[name] = tuple(Mailbox("", each) for each in message[name].split())
    mail = replace(MESSAGE, automatic=automatic or Automatic(), bounce=bounce, **message)
    around = replace(ENVELOPE, forward_paths=recipients, **(envelope or {}))
    known = {"teams": TEAMS, "agents": AGENTS, **(facts or {})}
    about = None if event == "message.received" else replace(TICKET, **(ticket or {}))
    return replace(Situation(event, about, mail, around, OURS, NOW), **known)


def rules(text: str, vocabulary: Vocabulary = VOCABULARY) -> Ruleset:
    """The rule set of one file; the test fails with its frames if it is wrong."""
    ruleset, problems, sources = compiled({"10-test.yaml": dedent(text).encode()}, vocabulary)
    assert ruleset is not None, report(problems, sources)
    return ruleset


def rule_set(**files: str) -> Ruleset:
    """As `rules`, of several files: `queues__billing` is queues/billing.yaml, `lists__vip` is lists/vip.txt."""
    ruleset, problems, sources = compiled(named(files), VOCABULARY)
    assert ruleset is not None, report(problems, sources)
    return ruleset


def set_problems(**files: str) -> tuple[Problem, ...]:
    return complete(*compiled(named(files), VOCABULARY)[1:])


def complete(found: tuple[Problem, ...], sources: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems, each with all that a person needs: a place, a mark below a word of its line, the next step."""
    for each in found:
        shown = frame(each, sources).splitlines()
        assert each.mend.strip(), shown
        if each.message == "there are more problems":
            continue
        assert each.line, shown
        assert each.column, shown
        place = next(number for number, line in enumerate(shown) if line.startswith(f"{each.line} | "))
        assert shown[place + 1].partition("|")[2].lstrip().startswith("^"), shown
        assert shown[place + 1].index("^") <= len(shown[place]), shown
    return found


def named(files: dict[str, str]) -> dict[str, bytes]:
    return {
        f"{name.replace('__', '/')}{'.txt' if name.startswith('lists__') else '.yaml'}": dedent(text).encode()
        for name, text in files.items()
    }


def problems(text: str | bytes, vocabulary: Vocabulary = VOCABULARY) -> tuple[Problem, ...]:
    """What is wrong in one file."""
    raw = dedent(text).encode() if isinstance(text, str) else text
    return complete(*compiled({"10-test.yaml": raw}, vocabulary)[1:])


def run(text: str, of: Situation | None = None) -> Evaluation:
    return evaluate(rules(text), of or situation())


def on_condition(condition: str, of: Situation | None = None) -> Evaluation:
    """Evaluates one rule with that condition, written in flow style."""
    return run(f"rules: [{{name: r, when: ticket.created, if: {condition}, do: [{{tag: hit}}]}}]", of)


def matches(condition: str, of: Situation | None = None) -> bool:
    evaluation = on_condition(condition, of)
    assert evaluation.trace.steps[0].verdict != "error", evaluation.trace
    return bool(evaluation.fired)


def condition_problems(condition: str) -> tuple[Problem, ...]:
    return problems(f"rules: [{{name: r, when: ticket.created, if: {condition}, do: [{{tag: hit}}]}}]")


def action_problems(action: str, when: str = "ticket.created") -> tuple[Problem, ...]:
    return problems(f"rules:\n  - name: r\n    when: {when}\n    do:\n      - {action}\n")


def codes(found: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in found]
