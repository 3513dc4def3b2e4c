"""The page that says why: what was looked at, what was seen there, and what came of it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.decision.explained import (
    Explained,
    ExplainedTicket,
    StoredEffect,
    StoredMail,
    StoredTrace,
    effect_line,
    explained,
    local_time,
    told_of_ticket,
)
from tests.support.desk import make_ticket, signed_address

AT = datetime(2026, 3, 2, 8, 30, 4, tzinfo=UTC)
LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")


def step(rule: str, verdict: str = "match", **more: Any) -> dict[str, Any]:
    return {"rule": rule, "file": "10-routing.yaml", "line": 9, "verdict": verdict, **more}


def asked(field: str, match: str, value: str, verdict: str = "match") -> dict[str, str]:
    return {"field": field, "match": match, "value": value, "verdict": verdict}


def trace(*steps: dict[str, Any], event: str = "ticket.created", **body: Any) -> StoredTrace:
    events = [{"event": event, "ruleset": "7f3a9c", "skipped": 0, "steps": list(steps)}]
    return StoredTrace(AT, 5571, "7f3a9c", {"evidence": [], "authenticity": "passed", "events": events} | body)


def lines(found: StoredTrace, *effects: StoredEffect, **settings: Any) -> list[str]:
    return explained(found, BERLIN, effects, **settings).splitlines()


def line_of(rule: str, page: list[str]) -> str:
    return next(line for line in page if f" {rule} " in line)


def test_the_head_says_which_mail_when_and_by_which_rules() -> None:
    assert lines(trace())[0] == "mail S5571   2026-03-02 09:30:04   rules 7f3a9c"
    assert "08:30:04" in explained(trace(), LISBON)


def test_a_timers_work_has_no_mail_and_no_evidence() -> None:
    page = lines(StoredTrace(AT, None, "7f3a9c", trace().body))
    assert page[0].startswith("a timer ")
    assert not any("evidence" in line or "authenticity" in line for line in page)


def test_the_evidence_that_won_stands_before_what_lost() -> None:
    evidence = [
        {"kind": "subject", "value": "1042", "ticket": "1042", "won": False},
        {"kind": "message-id", "value": "<a@x>", "ticket": "1041", "won": True},
    ]
    page = lines(trace(evidence=evidence))
    assert page[1:3] == [" ✓ message-id <a@x> → #1041", " ✗ subject 1042 → #1042"]


def test_each_rule_has_its_mark_its_place_and_what_it_saw() -> None:
    page = lines(
        trace(
            step("route", case=2, conditions=[asked("subject", "/#(?P<order>\\d+)/", "Invoice #4711")]),
            step("vip", "miss", conditions=[asked("from", "list vip-domains", "ana@acme.example", "miss")]),
            step("no-programs", "miss", conditions=[asked("attachment.type", "application/x-ms*", "", "miss")]),
            step("broken", "error", error="the list is gone"),
        )
    )
    assert line_of("route", page).startswith(" ✓ route        10-routing:9  case 2: subject /#(?P<order>\\d+)/:")
    assert "Invoice #4711" in " ".join(" ".join(page).split())
    assert line_of("vip", page).startswith(" ✗ vip ")
    assert "from list vip-domains:" in line_of("vip", page)
    assert line_of("no-programs", page).startswith(" – no-programs ")
    assert "application/x-ms*: none" in " ".join(page)
    assert line_of("broken", page).startswith(" ! broken ")
    assert "error: the list is gone" in line_of("broken", page)


def test_rules_that_were_passed_over_are_one_line_where_they_stand() -> None:
    event: dict[str, Any] = {"event": "ticket.created", "steps": [step("a"), step("b")]}
    event["unmet"] = [[1, 214, ["from", "to"]], [2, 1, ["cc"]]]
    page = lines(StoredTrace(AT, 5571, "7f3a9c", {**trace().body, "events": [event]}))
    a, row, b, last = page[-4:]
    assert " a " in a
    assert row == " – 214 rules skipped: their `from`, `to` was not met"
    assert " b " in b
    assert last == " – 1 rule skipped: their `cc` was not met"


def test_what_a_rule_did_stands_beneath_it_with_the_mail_and_its_fate() -> None:
    mail = StoredMail(8812, "auto-reply", "received", "ana@acme.example", "x", "sent", AT)
    sent = StoredEffect(
        "rule:acknowledge", "mail.composed", {"kind": "auto-reply", "template": "received", "to": "a@b"}, mail
    )
    moved = StoredEffect("rule:route", "queue.changed", {"old": "support", "new": "billing"})
    page = lines(trace(step("route", actions=["queue billing"]), step("acknowledge")), sent, moved, width=120)
    assert page[-4:] == [
        "ticket.created    2 rules looked at",
        " ✓ route        10-routing:9  queue billing",
        "                              → queue support → billing",
        ' ✓ acknowledge  10-routing:9  → automatic answer "received" to a@b, outbox 8812 sent 09:30:04',
    ]


def test_what_others_did_stands_before_the_rules() -> None:
    opened = StoredEffect("customer", "ticket.created", {"queue": "support", "requester": "ana@acme.example"})
    withheld = StoredEffect("mailgate", "mail.withheld", {"template": "received", "to": "a@b", "reason": "a robot"})
    taken = StoredEffect("agent:nina", "owner.changed", {"old": None, "new": "nina", "how": "her answer"})
    page = lines(trace(step("a")), opened, withheld, taken, width=120)
    assert page[4:7] == [
        " customer    ticket.created  queue support, requester ana@acme.example",
        ' mailgate    "received" to a@b withheld: a robot',
        " agent:nina  owner nobody → nina (her answer)",
    ]


@pytest.mark.parametrize(
    ("how", "new", "said"),
    [("kim", "kim", "nina → kim"), ("none", None, "nina → nobody"), ("least_busy", "kim", "nina → kim (least_busy)")],
)
def test_how_an_owner_was_found_is_said_where_the_rule_did_not_name_him(how: str, new: str | None, said: str) -> None:
    given = StoredEffect("rule:a", "owner.changed", {"old": "nina", "new": new, "how": how})
    assert effect_line(given, UTC) == f"owner {said}"


def test_an_effect_is_told_once_even_if_the_rule_is_named_twice() -> None:
    moved = StoredEffect("rule:route", "queue.changed", {"old": "support", "new": "billing"})
    page = lines(trace(step("route", "miss", case=1), step("route", case=2)), moved)
    assert sum("support → billing" in line for line in page) == 1


def test_events_that_followed_stand_under_then() -> None:
    events = [
        {"event": "ticket.created", "ruleset": "h", "skipped": 4, "steps": [step("route")]},
        {"event": "queue.changed", "ruleset": "h", "skipped": 0, "steps": [step("assign")]},
    ]
    page = lines(trace(events=events))
    assert "ticket.created    1 rule looked at, 4 for other events" in page
    assert page.index("then queue.changed    1 rule looked at") > page.index(line_of("route", page))


def test_a_table_is_one_rule_however_many_cases_were_looked_at() -> None:
    page = lines(trace(step("route", "miss", case=1), step("route", case=2), step("other")))
    assert "ticket.created    2 rules looked at" in page
    assert line_of("route", page[::-1]).endswith("case 2, else")


def test_an_event_that_a_change_was_says_what_became_what_and_by_which_rule() -> None:
    event = {"event": "queue.changed", "about": "support → billing by rule route", "steps": [step("assign")]}
    assert "queue.changed  support → billing by rule route    1 rule looked at" in lines(trace(events=[event]))


def test_a_remark_is_told_without_its_key_and_what_only_programs_need_is_left_out() -> None:
    remark = StoredEffect("mailgate", "join.failed", {"text": "there is no ticket 9"})
    started = StoredEffect("mailgate", "process.started", {"process": "approval", "definition": "97e5eb63cc840c13"})
    assert lines(trace(), remark, started, width=120)[4:6] == [
        " mailgate  join.failed  there is no ticket 9",
        " mailgate  process.started  process approval",
    ]


def test_beside_long_names_on_a_narrow_page_what_was_seen_stands_beneath() -> None:
    rule = "a-rule-with-a-rather-long-name"
    page = lines(trace(step(rule, file="30-notifications-of-all.yaml", actions=["queue billing", "tag x"])), width=76)
    assert page[-2:] == ["     queue billing", "     tag x"]


def test_the_fate_of_a_mail_and_its_number_stay_on_one_line() -> None:
    mail = StoredMail(8812, "auto-reply", "received", "ana@acme.example", "x", "sent", AT)
    detail = {"kind": "auto-reply", "template": "received", "to": "ana@acme.example"}
    page = lines(trace(step("acknowledge")), StoredEffect("rule:acknowledge", "mail.composed", detail, mail), width=88)
    assert any("outbox 8812 sent 09:30:04" in line for line in page)


def test_where_events_are_missing_the_page_says_how_to_see_them_unless_they_were_left_out_on_purpose() -> None:
    found = ExplainedTicket("1042", "Invoice", 5_000, 4_999, (Explained(trace()), Explained(trace())))
    page = told_of_ticket(found, BERLIN)
    assert "4,998 of 5,000 events are not shown: `mailgate explain 1042 --last 5000` shows all" in " ".join(
        page.split()
    )
    assert "---- event 5000 of 5000 ----" in page
    assert "not shown" not in told_of_ticket(found, BERLIN, remark=False)


def test_what_became_of_a_mail_is_its_last_line() -> None:
    page = told_of_ticket(ExplainedTicket("", "", fate="discarded: rule ads: advertising"), BERLIN)
    assert page == "outcome: discarded: rule ads: advertising"


def test_rules_that_were_not_asked_are_counted_by_the_reason() -> None:
    event = {"event": "ticket.created", "steps": [step("a")], "stopped": 2, "again": 1, "skipped": 7}
    head = "ticket.created    1 rule looked at, 2 not asked since one stopped, 1 ran already, 7 for other events"
    assert head in lines(trace(events=[event]), width=120)


def test_a_cut_trace_says_so() -> None:
    assert "missing" in lines(trace(cut=True))[-1]
    assert "missing" not in explained(trace(), BERLIN)


def test_a_signed_address_does_not_get_out() -> None:
    address = signed_address(make_ticket(), 2)
    page = explained(trace(evidence=[{"kind": "signed address", "value": address, "ticket": "1", "won": True}]), BERLIN)
    assert address not in page
    assert "support@example.com" in page


def test_no_line_is_wider_than_it_may_be() -> None:
    long = asked("subject", "urgent", "word " * 60)
    page = lines(trace(step("a", conditions=[long]), step("a-rule-with-a-name", actions=["tag " * 40])))
    assert max(map(len, page)) <= 76


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
STEP = st.fixed_dictionaries(
    {},
    optional={
        "rule": ANYTHING,
        "file": ANYTHING,
        "line": ANYTHING,
        "verdict": ANYTHING | st.just("match"),
        "case": ANYTHING,
        "conditions": st.lists(st.dictionaries(st.sampled_from(["field", "match", "value", "verdict"]), ANYTHING)),
        "actions": st.lists(ANYTHING),
        "error": ANYTHING,
    },
)
EVENT = st.fixed_dictionaries({}, optional={"event": ANYTHING, "skipped": ANYTHING, "steps": st.lists(STEP)})
EFFECTS = st.builds(
    StoredEffect,
    st.text(max_size=20),
    st.sampled_from(["queue.changed", "mail.composed", "mail.withheld", "other"]),
    st.dictionaries(st.sampled_from(["old", "new", "how", "to", "template", "x"]), ANYTHING),
)


@given(
    st.fixed_dictionaries(
        {}, optional={"evidence": ANYTHING | st.lists(ANYTHING), "events": st.lists(EVENT) | ANYTHING, "cut": ANYTHING}
    ),
    st.lists(EFFECTS, max_size=3),
)
def test_whatever_an_old_trace_holds_there_is_a_page_that_no_terminal_obeys(
    body: dict[str, Any], effects: list[StoredEffect]
) -> None:
    page = explained(StoredTrace(AT, 1, "h", body), BERLIN, effects)
    assert all(line.isprintable() for line in page.split("\n"))


def test_a_rule_that_could_only_tell_says_so_and_why() -> None:
    page = lines(
        trace(step("moves", actions=["queue billing"], limited="the writer has no part in the ticket")), width=120
    )
    assert any("only its notifications are done: the writer has no part in the ticket" in line for line in page)


def test_a_time_that_a_program_wrote_is_told_as_a_person_says_it() -> None:
    pending = StoredEffect("agent:nina", "pending.until", {"until": "2026-12-01T13:34:26.451448+00:00"})
    assert effect_line(pending, BERLIN) == "pending.until  until 2026-12-01 14:34"
    assert local_time("0001-01-01T00:00+14:00", BERLIN) == "0001-01-01T00:00+14:00"
    assert local_time("2026-12-01", BERLIN) == "2026-12-01"
