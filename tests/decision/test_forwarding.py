"""A customer's mail on its way to somebody outside: who gets it, who never does, and what his answer is."""

from typing import Any

import pytest

from mailgate.decision.effects import Withhold
from mailgate.decision.facts import Facts, forward_key
from mailgate.decision.plan import Passing, Plan
from mailgate.mail.address import bare
from mailgate.tickets.model import Participant
from mailgate.tickets.signed import sign_loop_mark
from tests.support.desk import (
    ANA,
    DOMAIN,
    KEYS,
    MALLORY,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

VENDOR = "parts@vendor.example"


def rules(to: str = VENDOR, more: str = "", when: str = "ticket.created, customer.replied, third_party.replied") -> str:
    return f"rules: [{{name: pass-on, when: [{when}], do: [{{forward: {{to: {to}{more}}}}}]}}]"


def plan_of(text: str, facts: Facts | None = None, reverse_path: str | None = ANA, **fields: Any) -> Plan:
    policy = make_policy(text)
    return decided(make_mail(make_raw(**fields), policy, make_envelope(reverse_path)), policy, facts or Facts())


def withheld(plan: Plan) -> list[str]:
    return [done.effect.reason for done in plan.effects if isinstance(done.effect, Withhold)]


def test_a_mail_is_passed_on_as_an_article_of_its_own_that_no_customer_sees() -> None:
    plan = plan_of(rules())
    (draft,) = plan.drafts
    article = plan.articles[1]
    assert (draft.kind, draft.recipient.address, draft.article) == ("forward", VENDOR, article.id)
    assert (article.visibility, article.direction, article.template) == ("internal", "out", "forward")
    assert draft.passing == Passing(whole=True, files=True)
    assert plan.ticket is not None
    assert plan.ticket.people[1] == Participant(VENDOR, "", 2, "third-party") == draft.participant


@pytest.mark.parametrize(
    ("more", "passing"),
    [
        (", as: attachment", Passing(True, True)),
        (", as: inline", Passing(False, True)),
        (", strip: attachments", Passing(False, False)),
    ],
)
def test_the_rule_says_how_it_goes(more: str, passing: Passing) -> None:
    assert plan_of(rules(more=more)).drafts[0].passing == passing


@pytest.mark.parametrize(
    ("to", "fields", "reason"),
    [
        (f"support@{DOMAIN}", {}, "one of our own"),
        (f"Billing+x@{DOMAIN}", {}, "one of our own"),
        (NINA.address, {}, "an agent's address"),
        ("nina@home.example", {}, "an agent's address"),
        (ANA, {}, "wrote the mail himself"),
        ("Ana+parts@acme.example", {}, "wrote the mail himself"),
        (VENDOR, {"x_mailgate_loop": sign_loop_mark(KEYS, DOMAIN)}, "our own automatic mail"),
        (VENDOR, {"sender": f"billing@{DOMAIN}"}, "one of our own"),
    ],
)
def test_nothing_goes_round_in_a_circle(to: str, fields: dict[str, Any], reason: str) -> None:
    plan = plan_of(rules(to), **fields)
    assert plan.drafts == ()
    assert [reason in each for each in withheld(plan)] == [True]


@pytest.mark.parametrize(
    ("reverse_path", "fields"), [(None, {}), (ANA, {"auto_submitted": "auto-generated", "precedence": "bulk"})]
)
def test_what_a_machine_wrote_is_passed_on_too(reverse_path: str | None, fields: dict[str, Any]) -> None:
    assert [draft.kind for draft in plan_of(rules(), reverse_path=reverse_path, **fields).drafts] == ["forward"]


def test_one_address_gets_no_more_than_it_can_bear() -> None:
    busy = Facts(counts={forward_key(VENDOR): ((int(NOW.timestamp()), 60),)})
    assert withheld(plan_of(rules(), busy)) == ["the limit of forwarded mail to this address is reached"]
    assert plan_of(rules()).charges == (forward_key(VENDOR),)


def test_two_rules_pass_a_mail_on_to_one_address_once() -> None:
    to = f"{{forward: {{to: {VENDOR}}}}}"
    twice = f"rules: [{{name: a, when: ticket.created, do: [{to}, {to}]}}]"
    plan = plan_of(twice)
    assert (len(plan.drafts), withheld(plan)) == (1, ["he has got it already"])


def test_a_strangers_mail_to_a_ticket_is_not_passed_on() -> None:
    plan = plan_of(rules(), knowing(make_ticket()), sender=MALLORY, in_reply_to="<first@acme.example>")
    assert withheld(plan) == ["the writer has no part in the ticket"]


def test_what_an_agent_wrote_is_not_passed_on() -> None:
    policy = make_policy(rules(when="ticket.reopened"))
    mail = agents_mail("#reopen", policy=policy)
    plan = decided(mail, policy, knowing(make_ticket(state="closed", closed_at=NOW)))
    assert withheld(plan) == ["an agent wrote the mail"]


def vendor_answers(text: str, **fields: Any) -> Plan:
    vendor = Participant(VENDOR, "", 2, "third-party")
    ticket = make_ticket(participants=(*make_ticket().participants, vendor))
    return plan_of(
        text,
        knowing(ticket),
        **{"sender": VENDOR, "to": signed_address(ticket, 4), "message_id": "<1@vendor.example>"} | fields,
    )


def test_his_answer_comes_back_as_a_third_partys_and_no_customer_sees_it() -> None:
    plan = vendor_answers("rules: [{name: t, when: third_party.replied, do: [{tag: vendor}]}]")
    assert plan.ticket is not None
    article = plan.articles[0]
    assert (plan.ticket.tags, plan.ticket.last_customer_at) == (("vendor",), None)
    assert (article.sender_type, article.visibility, article.verified) == ("third-party", "internal", True)
    assert plan.effects[0].actor == "third-party"


def test_a_third_party_gets_no_automatic_answer() -> None:
    plan = vendor_answers("rules: [{name: t, when: third_party.replied, do: [{reply: received}]}]")
    assert (plan.drafts, withheld(plan)) == ((), ["the writer is a third party"])


def test_a_colleague_who_takes_part_is_another_than_the_customer() -> None:
    people = (*make_ticket().participants, Participant("ben@acme.example", "Ben", 2, "cc"))
    plan = plan_of(
        "rules: [{name: t, when: third_party.replied, do: [{tag: other}]}, "
        "{name: c, when: customer.replied, do: [{tag: own}]}]",
        knowing(make_ticket(participants=people)),
        sender="ben@acme.example",
        in_reply_to="<first@acme.example>",
    )
    assert plan.ticket is not None
    assert (plan.ticket.tags, plan.articles[0].sender_type) == (("other",), "customer")


def test_he_gets_no_later_answers() -> None:
    vendor = Participant(VENDOR, "", 2, "third-party")
    ticket = make_ticket(participants=(*make_ticket().participants, vendor))
    plan = decided(agents_mail("It was sent.", ticket), make_policy(), knowing(ticket))
    assert [draft.recipient.address for draft in plan.drafts if draft.kind == "customer"] == [ANA]
    assert bare(VENDOR) not in [box.address for box in plan.articles[0].to]
