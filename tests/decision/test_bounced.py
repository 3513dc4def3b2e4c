"""A report is believed where it came to the copy's own return path, with a null reverse-path, about its recipient."""

from typing import Any

import pytest

from mailgate.decision.effects import FailDelivery
from mailgate.decision.plan import Plan
from tests.support.desk import (
    ANA,
    DOMAIN,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

REPORT = (
    "--b\nContent-Type: text/plain\n\nnot delivered\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
    "Final-Recipient: rfc822; ana@acme.example\nAction: failed\nStatus: 5.1.1\n"
    "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <unknown@x>\nSubject: x\n--b--"
)

POLICY = make_policy()
TICKET = make_ticket()
OF_ANA = signed_address(TICKET, 2, "b")


def report(to: str = OF_ANA, reverse_path: str | None = None, **changes: str) -> Plan:
    text = REPORT
    for old, new in changes.items():
        text = text.replace(old, new)
    raw = make_raw(
        sender="MAILER-DAEMON@mx.acme.example",
        to=to,
        text=text,
        mime_version="1.0",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
    )
    return decided(make_mail(raw, POLICY, make_envelope(reverse_path, to)), POLICY, knowing(TICKET))


def failures(plan: Plan) -> list[Any]:
    return [done.effect for done in plan.effects if isinstance(done.effect, FailDelivery)]


def test_a_report_at_the_return_path_of_the_copy_makes_it_a_failed_one() -> None:
    plan = report()
    assert plan.outcome.kind == "bounce"
    (failed,) = failures(plan)
    assert (failed.article, failed.recipient) == (TICKET.last_article, ANA)
    assert failed.reply.startswith("5.1.1")
    assert plan.drafts == ()


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(lambda: report(reverse_path="mallory@evil.example"), id="a reverse-path that is not null"),
        pytest.param(lambda: report(**{"ana@acme": "bob@acme"}), id="another recipient"),
        pytest.param(lambda: report(**{"failed": "delayed", "5.1.1": "4.4.1"}), id="not for good"),
        pytest.param(lambda: report(to=signed_address(TICKET, 2, "r")), id="an address to answer to"),
        pytest.param(lambda: report(to=signed_address(TICKET, 8, "b")), id="nobody's return path"),
        pytest.param(lambda: report(to=f"support@{DOMAIN}"), id="no return path at all"),
    ],
)
def test_what_does_not_prove_itself_changes_nothing(plan: Any) -> None:
    assert failures(plan()) == []
