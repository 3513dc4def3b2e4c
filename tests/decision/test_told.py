"""Every effect is told in the history under a name of its own, as plain JSON."""

import json
from typing import get_args

import pytest

from mailgate.decision import effects as e
from mailgate.decision import process_effects as p
from mailgate.decision.told import told
from mailgate.tickets.model import Participant
from mailgate.tickets.running import Approval, Asked, Vote
from tests.support.desk import ANA, NOW

PERSON = Participant(ANA, "Ana", 2, "cc")
ALL: tuple[tuple[e.Effect, str], ...] = (
    (e.OpenTicket("support", ANA), "ticket.created"),
    (e.AppendArticle(1, ANA, "subject", True), "article.added"),
    (e.ChangeState("open", "closed"), "state.changed"),
    (e.MoveToQueue("support", "billing"), "queue.changed"),
    (e.ChangePriority("low", "high"), "priority.changed"),
    (e.AddTags(("vip",)), "tag.added"),
    (e.SetFields((("order", "1"),)), "field.changed"),
    (e.ChangeOwner(None, "nina", "command"), "owner.changed"),
    (e.PendUntil(NOW), "pending.until"),
    (e.PlanClose(NOW, "closed", "chase"), "close.planned"),
    (e.RemoveTags(("vip",)), "tag.removed"),
    (e.UnsetFields(("order",)), "field.unset"),
    (e.AddPerson(PERSON), "participant.added"),
    (e.RemovePerson(PERSON), "participant.removed"),
    (e.ExpectPerson(PERSON), "participant.expected"),
    (e.GoAway("nina", NOW), "agent.away"),
    (e.ComeBack("nina"), "agent.back"),
    (e.AppendNote(1), "note.added"),
    (e.LinkTicket("1040", "a forward"), "ticket.linked"),
    (e.SendMail("agent", "agent_new", ANA), "mail.composed"),
    (e.Withhold("received", ANA, "a robot"), "mail.withheld"),
    (e.ChangeType(None, "incident"), "type.changed"),
    (e.MergeTicket(7, "1040"), "ticket.merged"),
    (e.TakeIn("1042"), "ticket.took-in"),
    (e.SplitOff("1043"), "ticket.split"),
    (e.HoldAnswer(1, "answered"), "answer.held"),
    (e.ReleaseAnswer(1), "answer.released"),
    (e.WithdrawAnswer(1, "undo"), "answer.withdrawn"),
    (e.Await("nina", "held", NOW, 1), "agent.asked"),
    (e.Settle(1, "send"), "agent.decided"),
    (e.Resume(7, "confirmed"), "mail.resumed"),
    (e.TellLater("nina", "a line", NOW), "mail.joined"),
    (e.FailDelivery(1, ANA, "5.1.1 no such user"), "delivery.bounced"),
    (e.DelayDelivery(1, ANA, "4.4.1 timeout"), "delivery.delayed"),
    (e.AddressBounced(ANA, 1, "5.1.1 no such user", dead=True), "address.dead"),
    (e.Rotate("first-line"), "team.rotated"),
    (e.CallOutside("webhook", "erp", "https://erp.example.com/", "POST", "key"), "webhook.queued"),
    (e.Remark("loop.tripped", "too deep"), "loop.tripped"),
    (p.StartProcess("order", 1, "abc", "process: order"), "process.started"),
    (p.EnterStep("order", "ask", "the process begins"), "step.entered"),
    (p.TickItem("buy", 2, "paid", True), "item.done"),
    (p.AskFields("ask", ("isbn",)), "fields.asked"),
    (p.AskApproval("approve", Approval((Asked(ANA, 2),), 7, b"nonce", None, NOW)), "approval.asked"),
    (p.RemindApproval("approve", (), NOW), "approval.reminded"),
    (p.CastVote("order", "approve", Vote(ANA, True, "yes")), "approval.voted"),
    (p.SettleApproval("order", "approve", "granted", "f"), "approval.granted"),
    (p.EndProcess("order", "done"), "process.ended"),
)


@pytest.mark.parametrize(("effect", "event"), ALL)
def test_an_effect_is_told_by_its_name_with_what_json_can_hold(effect: e.Effect, event: str) -> None:
    name, detail = told(effect)
    assert name == event
    assert json.loads(json.dumps(detail)) == detail


def test_no_effect_is_forgotten_and_no_two_bear_one_name() -> None:
    assert {type(effect) for effect, _ in ALL} == set(get_args(e.Effect))
    names = [event for _, event in ALL]
    assert len(set(names)) == len(names)


def test_a_mail_that_is_resumed_is_named_as_the_operator_names_it() -> None:
    assert told(e.Resume(7, "as text"))[1] == {"mail": "S7", "way": "as text"}
