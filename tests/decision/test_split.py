"""A mail that a rule splits off: a linked new ticket of its own, and the other one as if it had never come."""

from datetime import timedelta

from mailgate.decision.effects import LinkTicket, SplitOff
from mailgate.decision.plan import Plan
from tests.support.desk import ANA, MALLORY, NOW, decided, knowing, make_mail, make_policy, make_raw, make_ticket

RULES = """
rules:
  - {name: before, when: customer.replied, do: [{tag: replied}, {note: n}, {reply: received}]}
  - {name: other-matter, when: customer.replied, if: {subject: another matter}, do: [split]}
  - {name: after, when: [customer.replied, tag.added, state.changed], do: [{priority: urgent}]}
  - {name: new, when: ticket.created, do: [{queue: billing}]}
"""
POLICY = make_policy(RULES)
TICKET = make_ticket(state="pending", pending_until=NOW + timedelta(days=1))


def follow_up(subject: str = "another matter", sender: str = ANA) -> Plan:
    raw = make_raw(subject=subject, sender=sender, in_reply_to="<first@acme.example>", message_id="<2@x.example>")
    return decided(make_mail(raw, POLICY), POLICY, knowing(TICKET))


def test_the_mail_is_a_ticket_of_its_own_and_the_other_one_is_untouched() -> None:
    plan = follow_up()
    assert plan.ticket is not None
    assert (plan.before, plan.ticket.id, plan.outcome.ticket) == (None, 2_000, 2_000)
    assert (plan.ticket.queue, plan.ticket.tags, plan.ticket.priority) == ("billing", (), "normal")
    assert (len(plan.articles), plan.drafts, plan.linked_to) == (1, (), TICKET.id)


def test_both_histories_and_the_trace_say_which_rule_split_it_off() -> None:
    plan = follow_up()
    assert LinkTicket("1042", "split off by rule other-matter") in [done.effect for done in plan.effects]
    (told,) = plan.elsewhere
    assert (told.ticket, told.done.actor, told.done.effect) == (1042, "rule:other-matter", SplitOff("2000"))
    assert [trace.event for trace in plan.traces][:2] == ["customer.replied", "ticket.created"]
    assert [step.actions for step in plan.traces[0].steps][1] == ("split",)


def test_what_the_rule_does_not_mean_stays_where_it_belongs() -> None:
    plan = follow_up("Re: Invoice")
    assert (plan.outcome.ticket, plan.elsewhere) == (1042, ())


def test_a_stranger_splits_nothing() -> None:
    assert follow_up(sender=MALLORY).outcome.ticket == 1042
