"""Which automatic answers go out, to whom, and what they may say: R19 to R32 and the decisions there."""

from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.answering import Answer, may_answer, too_soon
from mailgate.decision.effects import SendMail, Withhold
from mailgate.decision.facts import BUCKET_SECONDS, Facts, StoredId
from mailgate.decision.plan import Plan
from mailgate.decision.policy import AutomaticLimits, Policy
from mailgate.rate import Rate
from mailgate.tickets.signed import sign_loop_mark
from tests.support.desk import ANA, KEYS, NOW, decided, make_envelope, make_mail, make_policy, make_raw

AT = int(NOW.timestamp())
PASS = "mx.example.com; dmarc=pass header.from=acme.example"
FAIL = "mx.example.com; dmarc=fail header.from=acme.example"
SPF_FAIL = "mx.example.com; spf=fail smtp.mailfrom=acme.example"
NONE = "mx.example.com; dmarc=none"
POLICY = make_policy()


def verdict(
    policy: Policy = POLICY,
    reverse_path: str | None = ANA,
    counts: dict[str, int] | None = None,
    ago: int = 0,
    facts: Facts | None = None,
    **fields: Any,
) -> Answer:
    mail = make_mail(make_raw(**fields), policy, make_envelope(reverse_path))
    known = facts or Facts(counts={key: ((AT - ago, n),) for key, n in (counts or {}).items()})
    said = fields.get("verified", PASS)
    authenticity = {PASS: "passed", FAIL: "failed", SPF_FAIL: "failed"}.get(said, "unknown")
    return may_answer(mail.message, mail.envelope, mail.lookup, known, policy, authenticity, 7, NOW)


# --- who is answered


def test_a_verified_person_gets_the_full_answer() -> None:
    answer = verdict()
    assert answer.recipient is not None
    assert (answer.recipient.address, answer.neutral) == (ANA, False)
    assert answer.charges == (f"address:{ANA}", "ticket:7", "domain:acme.example", "total")


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "auto-generated (rule)"},
        {"auto_submitted": "auto-notified; owner-email=x"},
        {"precedence": "bulk"},
        {"list_id": "<x.example>"},
        {"x_auto_response_suppress": "DR, AutoReply"},
        {"x_auto_response_suppress": "All"},
        {"sender": "no-reply@acme.example"},
        {"sender": "MAILER-DAEMON@acme.example"},
        {"x_loop": "x"},
    ],
)
def test_what_a_machine_wrote_is_never_answered(fields: dict[str, Any]) -> None:
    answer = verdict(**fields)
    assert answer.recipient is None
    assert answer.reason


def test_a_person_whose_program_says_auto_submitted_no_is_answered() -> None:
    assert verdict(auto_submitted="No (really)").recipient is not None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reverse_path": None}, "reverse-path is null"),
        ({"sender": ""}, "missing or ambiguous"),
        ({"sender": "a@acme.example, b@acme.example"}, "missing or ambiguous"),
        ({"sender": '"nina@example.com" <mallory@evil.example>'}, "missing or ambiguous"),
        ({"sender": "support@example.com"}, "our own addresses"),
        ({"sender": "Support+x@Example.com"}, "our own addresses"),
        ({"reverse_path": "billing+1@example.com"}, "our own addresses"),
        ({"verified": FAIL}, "failed"),
        ({"verified": SPF_FAIL}, "failed"),
    ],
)
def test_whoever_must_not_be_answered_is_not_and_the_reason_is_said(fields: dict[str, Any], reason: str) -> None:
    answer = verdict(**fields)
    assert answer.recipient is None
    assert reason in answer.reason


def test_our_own_automatic_mail_that_comes_back_is_known_by_its_mark() -> None:
    mark = sign_loop_mark(KEYS, "example.com")
    assert verdict(x_mailgate_loop=mark).recipient is None


def test_an_answer_to_an_automatic_mail_of_ours_is_not_answered() -> None:
    facts = Facts(ids={"<ours@example.com>": (StoredId(1, 7, False, automatic=True),)})
    answer = verdict(facts=facts, in_reply_to="<ours@example.com>")
    assert (answer.recipient, answer.reason) == (None, "it answers an automatic mail of ours")


# --- to which address


@pytest.mark.parametrize(
    ("reply_to", "goes_to"),
    [
        ("desk@acme.example", "desk@acme.example"),
        ("desk@mail.acme.example", "desk@mail.acme.example"),
        ("mallory@evil.example", ANA),
        ("x@notacme.example", ANA),
        ("x@example", ANA),
        ("a@acme.example, b@acme.example", ANA),
        ("", ANA),
    ],
)
def test_a_reply_to_counts_only_within_the_authors_domain(reply_to: str, goes_to: str) -> None:
    answer = verdict(reply_to=reply_to)
    assert answer.recipient is not None
    assert answer.recipient.address == goes_to


def test_a_reply_to_that_is_the_desk_itself_is_not_used() -> None:
    policy = make_policy(trusted=("mx.example.com",), site={"trust_unverified": True})
    answer = verdict(policy, sender="boss@example.com", reply_to="support@example.com", reverse_path="boss@example.com")
    assert answer.recipient is not None
    assert answer.recipient.address == "boss@example.com"


@pytest.mark.parametrize("said", [NONE, None])
def test_of_an_unknown_sender_nothing_but_a_neutral_answer_to_his_own_address(said: str | None) -> None:
    answer = verdict(verified=said, reply_to="desk@acme.example")
    assert answer.recipient is not None
    assert (answer.recipient.address, answer.neutral) == (ANA, True)
    assert answer.charges[:2] == (f"neutral:{ANA}", "neutral-domain:acme.example")


@pytest.mark.parametrize(
    ("fields", "goes"),
    [
        ({"reverse_path": "ANA@acme.example"}, True),
        ({"reverse_path": "bounce@acme.example"}, False),
        ({"at": NOW - timedelta(hours=24)}, True),
        ({"at": NOW - timedelta(hours=24, seconds=1)}, False),
        ({"at": None}, True),
        ({"counts": {f"neutral:{ANA}": 1}}, False),
        ({"counts": {f"neutral:{ANA}": 1}, "ago": 86_400 + BUCKET_SECONDS}, True),
        ({"counts": {"neutral-domain:acme.example": 19}}, True),
        ({"counts": {"neutral-domain:acme.example": 20}}, False),
        ({"counts": {"neutral-domain:acme.example": 20}, "ago": 3_600 + BUCKET_SECONDS}, True),
    ],
)
def test_the_terms_of_a_neutral_answer(fields: dict[str, Any], goes: bool) -> None:
    assert (verdict(verified=NONE, **fields).recipient is not None) is goes


def test_where_nothing_verifies_the_operator_may_trust_the_unknown() -> None:
    answer = verdict(make_policy(site={"trust_unverified": True}), verified=None)
    assert answer.recipient is not None
    assert not answer.neutral


def test_trust_in_the_unknown_is_no_trust_in_the_failed() -> None:
    assert verdict(make_policy(site={"trust_unverified": True}), verified=FAIL).recipient is None


# --- limits


@pytest.mark.parametrize("said", [PASS, NONE])
@pytest.mark.parametrize(
    ("key", "most", "seconds"),
    [
        (f"address:{ANA}", 10, 86_400),
        ("ticket:7", 5, 3_600),
        ("domain:acme.example", 100, 3_600),
        ("total", 200, 3_600),
    ],
)
def test_each_limit_holds_for_known_and_unknown_and_ends_with_its_time(
    said: str, key: str, most: int, seconds: int
) -> None:
    assert verdict(verified=said, counts={key: most - 1}).recipient is not None
    over = verdict(verified=said, counts={key: most})
    assert over.recipient is None
    assert over.reason.startswith("the limit of automatic answers")
    assert over.tripped is (key == "total")
    assert verdict(verified=said, counts={key: most}, ago=seconds + BUCKET_SECONDS).recipient is not None


def test_a_limit_that_was_lifted_counts_nothing() -> None:
    policy = make_policy(limits=AutomaticLimits(None, None, None, None))
    assert verdict(policy, counts={"total": 10**6}).charges == ()


def test_addresses_count_without_case() -> None:
    assert verdict(sender="ANA@Acme.Example", counts={f"address:{ANA}": 10}).recipient is None


def test_a_template_with_an_interval_goes_once_in_it() -> None:
    facts = Facts(counts={f"reply:received:{ANA}": ((AT - 3_600, 1),)})
    assert too_soon("received", timedelta(hours=24), "Ana@acme.example", facts, NOW)
    assert not too_soon("received", timedelta(minutes=40), ANA, facts, NOW)
    assert not too_soon("received", None, ANA, facts, NOW)
    assert not too_soon("closed", timedelta(hours=24), ANA, facts, NOW)


# --- in a whole decision


def rules(*templates: str) -> str:
    replies = ", ".join(f"{{reply: {template}}}" for template in templates)
    return f"rules: [{{name: x, when: ticket.created, do: [{replies}]}}]"


def plan_of(policy: Policy, facts: Facts | None = None, **fields: Any) -> Plan:
    return decided(make_mail(make_raw(**fields), policy), policy, facts)


def sent(plan: Plan) -> list[tuple[str, str]]:
    return [(d.effect.template, d.effect.recipient) for d in plan.effects if isinstance(d.effect, SendMail)]


def test_an_unknown_sender_gets_the_neutral_form_and_nothing_that_has_none() -> None:
    policy = make_policy(rules("received", "closed"))
    plan = plan_of(policy, verified=NONE)
    assert sent(plan) == [("received_neutral", ANA)]
    assert [d.neutral for d in plan.drafts] == [True]


def test_a_slack_robot_with_a_code_and_a_foreign_reply_to_gets_nothing_anywhere() -> None:
    policy = make_policy(rules("received"))
    plan = plan_of(policy, sender="no-reply@slack.example", reply_to="mallory@evil.example", text="code 123456")
    assert plan.ticket is not None
    assert sent(plan) == []


def test_two_answers_in_one_event_both_count() -> None:
    limits = AutomaticLimits(Rate(1, 86_400), None, None, None)
    plan = plan_of(make_policy(rules("received", "closed"), limits=limits))
    assert sent(plan) == [("received", ANA)]
    (withheld,) = (d.effect for d in plan.effects if isinstance(d.effect, Withhold))
    assert "to this address" in withheld.reason


def test_an_unknown_sender_gets_one_neutral_answer_however_many_rules_reply() -> None:
    policy = make_policy(rules("received", "closed"), neutral_forms={"received": "n", "closed": "n"})
    assert sent(plan_of(policy, verified=NONE)) == [("n", ANA)]


def test_a_reply_with_an_interval_is_charged_and_then_withheld() -> None:
    policy = make_policy("rules: [{name: x, when: ticket.created, do: [{reply: {template: received, every: 7d}}]}]")
    first = plan_of(policy)
    assert f"reply:received:{ANA}" in first.charges
    assert sent(plan_of(policy, Facts().after(first), message_id="<2@acme.example>")) == []


def test_the_breaker_tells_the_admins_once_a_day_and_tickets_flow_on() -> None:
    policy = make_policy(rules("received"))
    full = {"total": ((AT, 200),)}
    first = plan_of(policy, Facts(counts=full))
    assert sent(first) == [("limit_reached", "root@example.com")]
    assert first.charges == ("notice:breaker",)
    assert first.outcome.kind == "article"
    told = Facts(counts=full | {"notice:breaker": ((AT - 3_600, 1),)})
    assert sent(plan_of(policy, told)) == []
    yesterday = Facts(counts=full | {"notice:breaker": ((AT - 86_400 - BUCKET_SECONDS, 1),)})
    assert sent(plan_of(policy, yesterday)) == [("limit_reached", "root@example.com")]


def test_two_hundred_forged_senders_of_a_victim_get_no_answer() -> None:
    policy = make_policy(rules("received"))
    facts = Facts()
    for n in range(200):
        mail = make_mail(make_raw(sender=f"u{n}@victim.example", verified=SPF_FAIL, message_id=f"<{n}@x>"), policy)
        plan = decided(mail, policy, facts, ticket=2_000 + n)
        facts = facts.after(plan)
        assert plan.outcome.kind == "article"
        assert sent(plan) == []


def test_two_hundred_unknown_senders_of_one_domain_get_twenty_neutral_answers_at_most() -> None:
    policy = make_policy(rules("received"))
    facts, answers = Facts(), 0
    for n in range(200):
        sender = f"u{n}@victim.example"
        raw = make_raw(sender=sender, verified=NONE, message_id=f"<{n}@x>")
        plan = decided(make_mail(raw, policy, make_envelope(sender)), policy, facts, ticket=2_000 + n)
        facts = facts.after(plan)
        answers += len(sent(plan))
    assert answers == 20
