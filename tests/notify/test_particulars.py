"""What a template sees of one mail, whoever caused it: nothing of one party's for another."""

from dataclasses import replace
from typing import Any

import pytest

from mailgate.decision.due import FailedAnswer, answer_failed
from mailgate.decision.plan import Allotment, Draft, Plan
from mailgate.decision.telling import Answer, Earlier, Result, Telling
from mailgate.mail.message import Mailbox
from mailgate.notify.particulars import particulars
from mailgate.notify.variables import Variables
from tests.support.desk import (
    ANA,
    BEN,
    KIM,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_said,
    make_ticket,
)

RULES = """
rules:
  - {name: new, when: ticket.created, do: [{reply: received}, {notify: {team: queue, template: agent_new}}]}
  - {name: closed, when: {state.changed: {to: closed}}, do: [{reply: closed}]}
  - {name: told, when: [agent.replied, note.added, owner.changed], do: [{notify: {team: queue, template: agent_note}}]}
"""
POLICY = make_policy(RULES)
TICKET = make_ticket()
SEEN = TICKET.last_article
ALLOTMENT = Allotment(2_000, (9_000, 9_001, 9_002, 9_003), tuple(b"%012d" % n for n in range(5)))
TOKEN = f"support+1042.rc.5571.a{'b' * 16}@example.com"


def views(plan: Plan, mail: Any, links: Any = None, html: str = "") -> dict[tuple[str, str], Variables]:
    """By kind and recipient."""
    assert plan.ticket is not None
    queue = POLICY.queue(plan.ticket.queue)
    return {
        (draft.kind, draft.recipient.address): particulars(
            draft, plan, plan.ticket, queue, mail.message, POLICY, links or {}, html
        )
        for draft in plan.drafts
    }


def agents(text: str, **facts: Any) -> dict[tuple[str, str], Variables]:
    mail = agents_mail(text, policy=POLICY)
    said = (make_said(SEEN), make_said(SEEN + 1, template="received", sender_type="system", direction="out"))
    policy = make_policy(RULES, agents_policy=POLICY.agents_policy)
    return views(decided(mail, policy, knowing(TICKET, said={1042: said}, **facts)), mail)


def customers(**fields: Any) -> dict[tuple[str, str], Variables]:
    mail = make_mail(make_raw(**fields), POLICY)
    return views(decided(mail, POLICY), mail)


def test_a_customers_mail_is_shown_with_him_and_what_vouched_for_him() -> None:
    found = customers(text="Where is it?")
    for seen in found.values():
        assert (seen.customer.name, seen.customer.address) == ("Ana Silva", ANA)
        assert (seen.message.new_text, seen.author) == ("Where is it?", "Ana Silva")
    assert {seen.verified for seen in found.values()} == {"acme.example"}
    assert {seen.verified for seen in customers(verified=None).values()} == {""}


def test_an_automatic_mail_about_an_agents_doing_speaks_to_the_customer_and_of_nothing_of_hers() -> None:
    seen = agents("#close\n#note\nBe careful with her.")["auto-reply", ANA]
    assert (seen.customer.name, seen.customer.address) == ("Ana Silva", ANA)
    assert (seen.message.text, seen.message.new_text, seen.message.subject, seen.author, seen.verified) == ("",) * 5
    everything = str(seen)
    for hers in (NINA.address, NINA.title, "careful", "#close", "laptop"):
        assert hers not in everything


@pytest.mark.parametrize(
    ("text", "shown"), [("#note\n#tag x\nBe careful.", "Be careful."), ("#assign kim", ""), ("#tag x\nSent.", "Sent.")]
)
def test_colleagues_read_her_words_without_her_commands(text: str, shown: str) -> None:
    seen = agents(text)["agent", KIM.address]
    assert (seen.message.new_text, seen.message.text) == (shown, shown)
    assert (seen.customer.address, seen.verified) == (ANA, "")
    assert seen.author == "Nina Costa"


def test_signed_addresses_are_taken_out_of_everybodys_words() -> None:
    hostile = customers(sender=f'"{TOKEN}x" <{ANA}>', subject=f"Re: {TOKEN}", text=f"On Monday {TOKEN} wrote")
    for seen in hostile.values():
        assert "1042.rc.5571" not in str(seen)


def test_an_answer_has_its_words_its_signature_and_the_quotation() -> None:
    quoted = Earlier(NOW, "Ana", f"hello {TOKEN}")
    answer = Answer(Mailbox("Nina", NINA.address), "Sent.", (), (), (), "Re: x", None, (), quoted, "Nina\nSupport")
    draft = Draft("customer", "reply", "en", Mailbox("Ana", ANA), 1, b"n", answer=answer)
    mail = agents_mail("Sent.", policy=POLICY)
    plan = decided(mail, POLICY, knowing(TICKET))
    assert plan.ticket is not None
    seen = particulars(draft, plan, plan.ticket, POLICY.queue("support"), mail.message, POLICY, {}, "<p>Sent.</p>")
    assert (seen.answer.text, seen.answer.html, seen.signature) == ("Sent.", "<p>Sent.</p>", "Nina\nSupport")
    assert seen.quoted is not None
    assert seen.quoted.text == "hello support@example.com"
    assert NINA.address not in str(seen)


def test_what_the_decision_tells_is_there_in_the_time_of_the_site() -> None:
    telling = Telling(
        results=(Result(1, "#close", "closed"), Result(2, "#x", "unknown", ok=False)),
        page="a page",
        kept_text="my words",
        reason="answered",
        mend="ask",
        sender=BEN,
        verdict="failed",
        other=Earlier(NOW, "Kim", "sent", internal=True),
        wrote_since=Earlier(NOW, "Ana", "again"),
        earlier=(Earlier(NOW, "Kim", "before"),),
        recipient=ANA,
        reply="550 no",
    )
    draft = Draft("agent", "command_result", "en", Mailbox("", NINA.address), 1, b"n", agent=NINA, telling=telling)
    mail = agents_mail("#close", policy=POLICY)
    plan = decided(mail, POLICY, knowing(TICKET))
    assert plan.ticket is not None
    seen = particulars(
        draft, plan, plan.ticket, POLICY.queue("support"), mail.message, POLICY, {"note": "mailto:x"}, ""
    )
    assert [(each.line, each.said, each.ok) for each in seen.results] == [(1, "closed", True), (2, "unknown", False)]
    assert (seen.page, seen.kept_text, seen.links) == ("a page", "my words", {"note": "mailto:x"})
    assert seen.held.other is not None
    assert (seen.held.reason, seen.held.other.internal, seen.held.other.at.hour) == ("answered", True, 10)
    assert (seen.doubt.mend, seen.doubt.sender, seen.doubt.verdict) == ("ask", BEN, "failed")
    assert seen.wrote_since is not None
    assert (seen.wrote_since.text, [each.text for each in seen.earlier]) == ("again", ["before"])
    assert (seen.delivery.recipient, seen.delivery.reply, seen.delivery.words) == (
        ANA,
        "550 no",
        "Their server refused the mail.",
    )
    assert (seen.agent.name, seen.reply_does) == ("nina", "note")


def test_agents_read_whom_the_customer_copied_and_who_of_them_gets_no_answer() -> None:
    seen = customers(cc=f"Ben <{BEN}>, {KIM.address}")
    assert (seen["agent", NINA.address].copied, seen["agent", NINA.address].left_out) == ((f"Ben <{BEN}>",), (BEN,))
    assert (seen["auto-reply", ANA].copied, agents("It was sent.")["agent", KIM.address].copied) == ((), ())


def test_an_agent_is_named_as_we_know_her_whatever_her_from_says() -> None:
    bare = agents_mail("#take", policy=POLICY, sender=NINA.address)
    assert {each.actor for each in views(decided(bare, POLICY, knowing(TICKET)), bare).values()} == {NINA.title}
    assert {each.author for each in views(decided(bare, POLICY, knowing(TICKET)), bare).values()} == {NINA.title}
    assert customers()["agent", NINA.address].actor == ""


def test_only_what_was_closed_or_waited_is_told_as_open_again() -> None:
    for state, reopened in (("open", False), ("pending", True), ("closed", True)):
        ticket = make_ticket(state=state, closed_at=NOW, pending_until=NOW)
        facts = knowing(ticket)
        plan = answer_failed(
            ticket, FailedAnswer(ANA, "550 no", NINA.address, "It was sent."), facts, POLICY, ALLOTMENT, NOW
        )
        seen = views(plan, make_mail(make_raw(), POLICY))
        assert seen["agent", NINA.address].reopened is reopened


def test_a_mail_that_nobody_vouches_for_is_told_as_filed_apart() -> None:
    mail = make_mail(make_raw(), POLICY)
    plan = decided(mail, POLICY)
    newest, *others = plan.articles
    added = replace(plan, before=plan.ticket)
    apart = replace(added, articles=(replace(newest, verified=False), *others))
    told = {
        name: (views(each, mail)["agent", KIM.address].apart) for name, each in (("added", added), ("apart", apart))
    }
    assert told == {"added": False, "apart": True}
    assert not views(apart, mail)["auto-reply", ANA].apart


def test_a_mail_that_a_rule_put_on_a_ticket_is_told_with_that_rules_name() -> None:
    join = "rules: [{name: same-machine, when: message.received, do: [{join: {ticket: '1042'}}]}, {name: tell, when:"
    policy = make_policy(f"{join} customer.replied, do: [{{notify: {{team: queue, template: agent_followup}}}}]}}]")
    for subject, said in (("no token", "same-machine"), ("[Ticket#1042] hello", "same-machine")):
        mail = make_mail(make_raw(subject=subject, sender="printer@acme.example"), policy)
        seen = views(decided(mail, policy, knowing(make_ticket())), mail)["agent", KIM.address]
        assert (seen.joined_by, seen.apart) == (said, True)


def test_a_name_that_passes_for_an_address_gives_way_to_the_real_one() -> None:
    seen = customers(sender='"nina@example.com" <mallory@evil.example>')
    assert {each.author for each in seen.values()} == {"mallory@evil.example"}
