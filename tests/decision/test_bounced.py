"""A report is believed where it came to the copy's own return path, with a null reverse-path, about its recipient."""

from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.deadness import AddressRecord
from mailgate.decision.effects import AddressBounced, DelayDelivery, FailDelivery, Remark
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Plan
from tests.support.desk import (
    ANA,
    DOMAIN,
    NOW,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    our_message_id,
    signed_address,
)

REPORT = (
    "--b\nContent-Type: text/plain\n\nnot delivered\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
    "Final-Recipient: rfc822; ana@acme.example\nAction: failed\nStatus: 5.1.1\n"
    "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <unknown@x>\nSubject: x\n--b--"
)
RULES = """
rules:
  - {name: late, when: delivery.delayed, do: [{tag: late}]}
  - {name: slow, when: delivery.delayed, if: {dsn.status: 4.4.1, dsn.recipient: ana@acme.example}, do: [{tag: slow}]}
  - {name: replied, when: customer.replied, do: [{notify: {team: queue, template: agent_followup}}, {reply: received}]}
"""

POLICY = make_policy(RULES)
TICKET = make_ticket()
OF_ANA = signed_address(TICKET, 2, "b")


def report(
    to: str = OF_ANA,
    reverse_path: str | None = None,
    *,
    facts: Facts | None = None,
    kind: str = "delivery-status",
    text: str = REPORT,
    put: dict[str, str] | None = None,
) -> Plan:
    for old, new in (put or {}).items():
        text = text.replace(old, new)
    raw = make_raw(
        sender="MAILER-DAEMON@mx.acme.example",
        to=to,
        text=text,
        mime_version="1.0",
        content_type=f"multipart/report; report-type={kind}; boundary=b",
    )
    return decided(make_mail(raw, POLICY, make_envelope(reverse_path, to)), POLICY, facts or knowing(TICKET))


def effects(plan: Plan, kind: type) -> list[Any]:
    return [done.effect for done in plan.effects if isinstance(done.effect, kind)]


def remarks(plan: Plan) -> dict[str, str]:
    return {each.event: each.text for each in effects(plan, Remark)}


def test_a_report_at_the_return_path_of_the_copy_makes_it_a_failed_one() -> None:
    plan = report()
    assert plan.outcome.kind == "bounce"
    (failed,) = effects(plan, FailDelivery)
    assert (failed.article, failed.recipient) == (TICKET.last_article, ANA)
    assert failed.reply.startswith("5.1.1")
    assert plan.drafts == ()


def test_what_was_given_up_failed_whatever_its_status() -> None:
    plan = report(put={"5.1.1": "4.4.7"})
    assert len(effects(plan, FailDelivery)) == 1
    assert effects(plan, AddressBounced) == [], "but it says nothing of the address"


def test_a_report_on_the_address_behind_a_forward_is_about_whom_we_wrote_to() -> None:
    plan = report(
        put={
            "Final-Recipient: rfc822; ana@acme": "Original-Recipient: rfc822; ana@acme.example\nFinal-Recipient: "
            "rfc822; a@new"
        }
    )
    assert [each.recipient for each in effects(plan, FailDelivery)] == [ANA]


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(lambda: report(reverse_path="mallory@evil.example"), id="a reverse-path that is not null"),
        pytest.param(lambda: report(put={"ana@acme": "bob@acme"}), id="another recipient"),
        pytest.param(lambda: report(put={"failed": "delayed", "5.1.1": "4.4.1"}), id="not for good"),
        pytest.param(lambda: report(to=signed_address(TICKET, 2, "r")), id="an address to answer to"),
        pytest.param(lambda: report(to=signed_address(TICKET, 8, "b")), id="nobody's return path"),
        pytest.param(lambda: report(to=f"support@{DOMAIN}"), id="no return path at all"),
    ],
)
def test_what_does_not_prove_itself_changes_nothing(plan: Any) -> None:
    made = plan()
    assert effects(made, FailDelivery) == []
    assert effects(made, AddressBounced) == []


def test_what_our_message_id_alone_proves_is_shown_and_changes_nothing() -> None:
    plan = report(to=f"support@{DOMAIN}", put={"<unknown@x>": our_message_id(TICKET)})
    assert plan.outcome.kind == "bounce"
    assert plan.ticket is not None
    assert plan.ticket.id == TICKET.id
    assert "changes nothing" in remarks(plan)["delivery.reported"]
    assert effects(plan, FailDelivery) + effects(plan, AddressBounced) == []
    assert plan.drafts == ()


def test_a_report_that_names_nobody_is_told_as_one() -> None:
    plan = report(put={"Final-Recipient: rfc822; ana@acme.example\n": ""})
    assert "names nobody" in remarks(plan)["delivery.reported"]
    assert effects(plan, FailDelivery) == []


def test_a_delay_is_recorded_and_alarms_nobody_but_rules_hear_of_it() -> None:
    plan = report(put={"failed": "delayed", "5.1.1": "4.4.1"})
    (late,) = effects(plan, DelayDelivery)
    assert (late.article, late.recipient, late.reply) == (TICKET.last_article, ANA, "4.4.1")
    assert plan.drafts == ()
    assert plan.ticket is not None
    assert plan.ticket.tags == ("late", "slow")


# --- what is believed of the address


def with_record(days: float, article: int = 17, dead: bool = False) -> Facts:
    since = NOW - timedelta(days=days)
    return knowing(TICKET, addresses={ANA: AddressRecord(since, article, "5.1.1", since if dead else None)})


@pytest.mark.parametrize(
    ("facts", "dead"),
    [
        pytest.param(knowing(TICKET), [False], id="the first"),
        pytest.param(with_record(0.9), [False], id="within a day"),
        pytest.param(with_record(1), [True], id="a day apart"),
        pytest.param(with_record(3, TICKET.last_article), [], id="the same mail again"),
        pytest.param(with_record(3, dead=True), [False], id="dead already"),
    ],
)
def test_an_address_dies_of_the_second_hard_bounce_a_day_after_the_first(facts: Facts, dead: list[bool]) -> None:
    assert [each.dead for each in effects(report(facts=facts), AddressBounced)] == dead


@pytest.mark.parametrize("status", ["5.2.2", "5.3.4", "5.7.1", "5.6.0", "5.4.6", "4.1.1"])
def test_what_is_the_mails_own_fault_is_not_held_against_the_address(status: str) -> None:
    assert effects(report(facts=with_record(3), put={"5.1.1": status}), AddressBounced) == []


def test_the_next_mail_of_the_batch_knows_of_the_death() -> None:
    facts = with_record(3)
    after = facts.after(report(facts=facts))
    assert after.dead(ANA.upper()) is not None
    assert facts.dead(ANA) is None


# --- receipts and complaints


def notice(kind: str, fields: str, returned: str = "") -> Plan:
    text = f"--b\nContent-Type: message/{kind}\n\n{fields}\n"
    text += f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {returned}\n\nx\n--b--" if returned else "--b--"
    return report(to=f"support@{DOMAIN}", reverse_path="ana@acme.example", kind=kind, text=text)


def test_a_receipt_for_a_mail_of_ours_stands_on_its_ticket_and_is_answered_by_nobody() -> None:
    fields = (
        f"Final-Recipient: rfc822; {ANA}\nOriginal-Message-ID: {our_message_id(TICKET)}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed"
    )
    plan = notice("disposition-notification", fields)
    assert plan.before == TICKET
    assert plan.outcome.kind == "article"
    assert remarks(plan)["mail.read"].startswith(ANA)
    assert plan.drafts == ()
    assert plan.articles[0].visibility == "internal"


def test_a_complaint_about_a_mail_of_ours_stands_on_its_ticket() -> None:
    plan = notice("feedback-report", f"Feedback-Type: abuse\nOriginal-Rcpt-To: {ANA}", our_message_id(TICKET))
    assert plan.before == TICKET
    assert remarks(plan)["mail.complaint"] == f"{ANA}: our mail was called spam (abuse)"
    assert plan.drafts == ()


@pytest.mark.parametrize("kind", ["disposition-notification", "feedback-report", "delivery-status"])
def test_what_speaks_of_nothing_that_we_sent_opens_a_ticket_and_is_not_answered(kind: str) -> None:
    plan = report(to=f"support@{DOMAIN}", kind=kind)
    assert plan.before is None
    assert plan.outcome.kind == "article"
    assert plan.drafts == ()
