"""docs/how-to/routing-recipes.md does what it says: each recipe on a mail that it is for, and on a near miss."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgate.mail.parse import parse
from mailgate.rules.evaluate import evaluate
from mailgate.rules.ruleset import compiled
from mailgate.rules.situation import Situation
from tests.rules.desk import ENVELOPE, VOCABULARY, situation

PAGE = (Path(__file__).parents[3] / "docs/how-to/routing-recipes.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## (.*?)\n.*?```yaml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
LISTS = {"lists/vip-domains.txt": b"acme.example\n.partner.example  # and those below\n"}
MONDAY_MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
UTF_8 = "Content-Type: text/plain; charset=utf-8"
GERMAN = (
    "Guten Tag, seit gestern funktioniert unser Drucker nicht mehr, und wir wissen nicht, was wir noch tun können. "
    "Bitte helfen Sie uns so schnell wie möglich, denn morgen müssen die Rechnungen verschickt werden."
)
ENGLISH = (
    "Good morning, since yesterday our printer does not work any more, and we do not know what else we could do. "
    "Please help us as soon as you can, because the invoices have to be sent tomorrow."
)
PROGRAM = (
    'Content-Type: multipart/mixed; boundary="b"',
    "--b\n\nSee there.\n--b\n"
    'Content-Type: {0}; name="{1}"\nContent-Disposition: attachment; filename="{1}"\n\nx\n--b--\n',
)
BOUNCE = (
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    "Final-Recipient: rfc822; gone@acme.example\nAction: failed\nStatus: 5.1.1\n--b--\n",
)


@dataclass(frozen=True)
class Mail:
    """A mail, and the actions that it makes, as a trace tells them."""

    made: tuple[str, ...]
    head: str = ""
    body: str = "Hello\n"
    sender: str = "ana@mail.example"
    to: str = "support@example.com"
    subject: str = "Help"
    now: datetime = MONDAY_MORNING

    def raw(self) -> bytes:
        head = f"From: {self.sender}\nTo: {self.to}\nSubject: {self.subject}\nMIME-Version: 1.0\n"
        more = f"{self.head}\n" if self.head else ""
        return f"{head}{more}\n{self.body}".replace("\n", "\r\n").encode()

    def at(self, event: str) -> Situation:
        envelope = replace(ENVELOPE, reverse_path=self.sender, forward_paths=(self.to,))
        return replace(situation(event), message=parse(self.raw(), self.sender), envelope=envelope, now=self.now)


CASES = {
    "By address": (
        Mail(("queue billing",), to="invoices@example.com"),
        Mail(("queue support",), to="invoices@acme.example"),
    ),
    "By the part behind the plus": (
        Mail(("queue sales",), to="support+sales@example.com"),
        Mail((), to="support+sale@example.com"),
    ),
    "The header of a spam filter": (
        Mail(('quarantine "the filter takes it for spam"',), "X-Spam-Flag: YES"),
        Mail((), "X-Spam-Flag: NO\nX-Spam-Score: 14.9"),
    ),
    "A web form": (
        Mail(("set product = X-200", "tag web-form"), body="Name: Ana\nProduct: X-200\n", sender="forms@example.com"),
        Mail((), body="I have a question. Product: X-200\n", sender="forms@example.com"),
    ),
    "A list of important customers": (
        Mail(("priority high", "tag vip"), sender="ana@eu.partner.example"),
        Mail((), sender="ana@eu.acme.example"),
    ),
    "By language": (
        Mail(("tag german", "assign kim"), UTF_8, GERMAN),
        Mail((), UTF_8, ENGLISH),
    ),
    "By what is attached": (
        Mail(
            ('quarantine "a program is attached"',), PROGRAM[0], PROGRAM[1].format("application/octet-stream", "a.EXE")
        ),
        Mail((), PROGRAM[0], PROGRAM[1].format("application/pdf", "exe.pdf")),
    ),
    "Out of hours": (
        Mail(("tag out-of-hours", 'notify role lead "agent_new"'), now=MONDAY_MORNING.replace(hour=7, minute=59)),
        Mail((), now=MONDAY_MORNING.replace(hour=8, minute=0)),
    ),
    "An order number": (
        Mail(("set order = 471100",), subject="Where is my ORDER #471100?"),
        Mail((), subject="Where is my order #47?"),
    ),
    "A mailing list": (
        Mail(("queue sales", "priority low", "stop"), "List-Id: <users.lists.example>"),
        Mail((), "List-Id: <users.lists.example>", sender="ana@acme.example"),
    ),
    "Alerts of a monitoring system": (
        Mail(("join 1042",), sender="monitoring@example.com", subject="[ticket 1042] disk is full"),
        Mail((), sender="ana@acme.example", subject="[ticket 1042] disk is full"),
    ),
    "Bounces": (
        Mail(('drop "a bounce of the newsletter"',), *BOUNCE, to="newsletter@example.com"),
        Mail((), *BOUNCE, to="support@example.com"),
    ),
}


def test_the_page_has_these_recipes_and_each_is_short() -> None:
    assert list(RECIPES) == list(CASES)
    assert len(RECIPES) == 12
    assert max(len(text.splitlines()) for text in RECIPES.values()) < 15


@pytest.mark.parametrize(("name", "mail"), [(name, mail) for name, mails in CASES.items() for mail in mails])
def test_a_recipe_takes_its_mail_and_no_other(name: str, mail: Mail) -> None:
    lists = LISTS if "vip-domains" in RECIPES[name] else {}
    ruleset, problems, _ = compiled({"50-recipe.yaml": RECIPES[name].encode(), **lists}, VOCABULARY)
    assert problems == ()
    assert ruleset is not None
    [event] = {rule.events[0] for rule in ruleset.rules}
    trace = evaluate(ruleset, mail.at(event)).trace
    assert tuple(action for step in trace.steps for action in step.actions) == mail.made
    assert "error" not in {step.verdict for step in trace.steps}
