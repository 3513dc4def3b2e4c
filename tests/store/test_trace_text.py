"""The trace as it is stored: what was looked at and what came of it, never more than it may be."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailgate.decision.plan import Outcome, Plan
from mailgate.rules.trace import ConditionStep, Step, Trace, Verdict
from mailgate.store.trace_text import MAX_CHARS, read_traces, trace_text
from mailgate.tickets.threading import Evidence

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NASTY = st.text(st.characters(codec="utf-8"), max_size=200)
VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from(["match", "miss", "error"])


def plan(*traces: Trace, won: Evidence | None = None, lost: tuple[Evidence, ...] = ()) -> Plan:
    return Plan(1, AT, Outcome("article"), won=won, lost=lost, traces=traces, authenticity="passed")


def read(*traces: Trace, **evidence: Any) -> Any:
    return json.loads(trace_text(plan(*traces, **evidence)))


def test_the_winner_stands_first_and_misses_are_kept() -> None:
    won, lost = Evidence("message-id", "<a@x>", 1), Evidence("subject", "2", 2)
    steps = (Step("a", "10.yaml", 3, "match"), Step("b", "10.yaml", 9, "miss"), Step("c", "10.yaml", 12, "error"))
    body = read(Trace("ticket.created", "h", steps, 4), won=won, lost=(lost,))
    assert [(each["kind"], each["won"]) for each in body["evidence"]] == [("message-id", True), ("subject", False)]
    assert body["authenticity"] == "passed"
    [event] = body["events"]
    assert [step["rule"] for step in event["steps"]] == ["a", "b", "c"]
    assert (event["event"], event["ruleset"], event["skipped"]) == ("ticket.created", "h", 4)
    assert "cut" not in body


def test_a_step_tells_its_case_conditions_actions_and_error() -> None:
    asked = ConditionStep("subject", "urgent", "Help", "miss")
    steps = (
        Step("a", "10.yaml", 3, "match", 2, (asked,), ("queue billing",)),
        Step("b", "10.yaml", 5, "error", error="x"),
    )
    one, other = read(Trace("ticket.created", "h", steps))["events"][0]["steps"]
    assert one["case"] == 2
    assert one["conditions"] == [{"field": "subject", "match": "urgent", "value": "Help", "verdict": "miss"}]
    assert one["actions"] == ["queue billing"]
    assert other == {"rule": "b", "file": "10.yaml", "line": 5, "verdict": "error", "error": "x"}


def test_events_stand_in_the_order_in_which_they_came() -> None:
    traces = (
        Trace("ticket.created", "h", (Step("a", "10.yaml", 3, "match"),)),
        Trace("queue.changed", "h", (Step("b", "10.yaml", 9, "match"),)),
    )
    body = read(*traces)
    assert [(each["event"], each["steps"][0]["rule"]) for each in body["events"]] == [
        ("ticket.created", "a"),
        ("queue.changed", "b"),
    ]


def test_what_did_not_match_is_cut_before_what_did() -> None:
    misses = tuple(Step(f"miss-{n}" + "x" * 50, "10.yaml", n, "miss") for n in range(1_000))
    traces = (Trace("ticket.created", "h", misses), Trace("tag.added", "h", (Step("last", "10.yaml", 9, "match"),)))
    body = read(*traces)
    assert body["cut"] is True
    first, second = body["events"]
    assert [step["rule"] for step in second["steps"]] == ["last"]
    assert [step["line"] for step in first["steps"]] == list(range(len(first["steps"])))
    assert first["steps"]


def test_forty_short_misses_fit() -> None:
    steps = tuple(Step(f"rule-{n}", "10.yaml", n, "miss") for n in range(40))
    body = read(Trace("ticket.created", "h", steps))
    assert len(body["events"][0]["steps"]) == 40
    assert "cut" not in body


def test_a_trace_of_thousands_is_cut_and_says_so() -> None:
    steps = tuple(Step("r" * 100, "10.yaml", n, "match") for n in range(5_000))
    lost = tuple(Evidence("ancestor", "<" + "ä" * 900 + ">", n) for n in range(500))
    text = trace_text(plan(Trace("ticket.created", "h", steps), lost=lost))
    assert len(text) <= MAX_CHARS
    assert json.loads(text)["cut"] is True


CONDITIONS = st.builds(ConditionStep, NASTY, NASTY, NASTY, VERDICTS)
STEPS = st.builds(
    Step,
    NASTY,
    NASTY,
    st.integers(0, 10**6),
    VERDICTS,
    st.integers(0, 9),
    st.lists(CONDITIONS, max_size=4).map(tuple),
    st.lists(NASTY, max_size=4).map(tuple),
    NASTY,
)


@given(
    st.lists(st.builds(Trace, NASTY, NASTY, st.lists(STEPS, max_size=30).map(tuple)), max_size=20),
    st.lists(st.builds(Evidence, NASTY, NASTY, st.integers(0, 10**9)), max_size=30),
)
def test_whatever_rules_and_strangers_write_it_stays_json_within_its_bounds(
    traces: list[Trace], lost: list[Evidence]
) -> None:
    text = trace_text(plan(*traces, lost=tuple(lost)))
    assert len(text) <= MAX_CHARS
    body = json.loads(text)
    kept = [step for event in body["events"] for step in event["steps"]]
    assert body.get("cut") or len(kept) == sum(len(trace.steps) for trace in traces)


def test_a_trace_is_read_as_it_was_written() -> None:
    conditions = (ConditionStep("to", "billing@", "x@y.example", "miss"),)
    steps = (Step("a", "f", 1, "miss", 2, conditions), Step("b", "f", 9, "match", 0, (), ("tag x",)))
    traces = (
        Trace("ticket.created", "hash", steps, 3),
        Trace("tag.added", "hash", (Step("c", "f", 2, "error", error="e"),)),
    )
    assert read_traces(trace_text(plan(*traces))) == traces
