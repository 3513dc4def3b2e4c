"""The trace as it is stored: what matched and failed, never more than it may be."""

import json
from dataclasses import replace

from mailgate.rules.trace import Step, Trace
from mailgate.store.trace_text import MAX_CHARS, trace_text
from mailgate.tickets.threading import Evidence
from tests.support.desk import decided, make_mail, make_policy, make_raw

POLICY = make_policy()
PLAN = decided(make_mail(make_raw(), POLICY), POLICY)


def test_the_winner_stands_first_and_misses_are_left_out() -> None:
    won, lost = Evidence("message-id", "<a@x>", 1), Evidence("subject", "2", 2)
    steps = (Step("a", "10.yaml", 3, "match"), Step("b", "10.yaml", 9, "miss"), Step("c", "10.yaml", 12, "error"))
    body = json.loads(trace_text(replace(PLAN, won=won, lost=(lost,), trace=Trace("ticket.created", "h", steps, 4))))
    assert [(each["kind"], each["won"]) for each in body["evidence"]] == [("message-id", True), ("subject", False)]
    assert [step["rule"] for step in body["steps"]] == ["a", "c"]
    assert (body["event"], body["skipped"], body["authenticity"]) == ("ticket.created", 4, "passed")


def test_a_trace_of_thousands_is_cut_and_says_so() -> None:
    steps = tuple(Step("r" * 100, "10.yaml", n, "match") for n in range(5_000))
    lost = tuple(Evidence("ancestor", "<" + "ä" * 900 + ">", n) for n in range(500))
    text = trace_text(replace(PLAN, lost=lost, trace=Trace("ticket.created", "h", steps)))
    assert len(text) <= MAX_CHARS
    assert json.loads(text)["cut"] is True
