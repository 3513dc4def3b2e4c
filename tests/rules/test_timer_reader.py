"""What a rule waits for is read, and what cannot be waited for is found."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailgate.rules.ruleset import Ruleset, compiled
from mailgate.rules.timed import Idle, Once, Schedule
from mailgate.tickets.calendar import ALWAYS, Calendar
from tests.rules.desk import VOCABULARY

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar("office", BERLIN, (((540, 1020),),) * 5 + ((), ()))
NEVER = Calendar("never", BERLIN, ((),) * 7)
WORDS = replace(
    VOCABULARY, calendars={"always": ALWAYS, "office": OFFICE, "never": NEVER}, zone=ZoneInfo("Europe/Lisbon")
)


def check(when: str, more: str = "") -> tuple[Ruleset | None, list[tuple[str, str]]]:
    text = f"rules:\n  - {{name: r, when: {when}, {more} do: [{{tag: x}}]}}\n"
    ruleset, problems, _ = compiled({"10.yaml": text.encode()}, WORDS)
    return ruleset, [(each.code, each.message) for each in problems]


@pytest.mark.parametrize(
    ("when", "timer"),
    [
        ("{idle: 3d}", Idle(timedelta(days=3))),
        (
            "[{idle: 4h, waiting_for: agent, calendar: office, backfill: true}, pending.due]",
            Idle(timedelta(hours=4), "agent", OFFICE, backfill=True),
        ),
        ('{schedule: "0 8 * *  mon-fri", for_each: ticket}', Schedule("0 8 * * mon-fri", ZoneInfo("Europe/Lisbon"))),
        ('{schedule: "*/5 * 1 jan *", for_each: ticket, calendar: office}', Schedule("*/5 * 1 jan *", BERLIN)),
    ],
)
def test_a_timer_is_read(when: str, timer: object) -> None:
    ruleset, problems = check(when)
    assert problems == []
    assert ruleset is not None
    assert [rule.timer for rule in ruleset.timed] == [timer]


@pytest.mark.parametrize(
    ("when", "code", "said"),
    [
        ("idle", "MG007", '"idle" does not say when'),
        ("{idle: soon}", "MG004", "not a duration"),
        ("{idle: 30s}", "MG004", "a minute at least"),
        ("{idle: 3d, waiting_for: godot}", "MG004", '"godot"'),
        ("{idle: 3d, calendar: offce}", "MG107", 'no calendar "offce"'),
        ("{idle: 3d, calendar: never}", "MG007", "is never open"),
        ("{idle: 3d, for_each: ticket}", "MG003", "for_each"),
        ("[{idle: 3d}, {idle: 4d}]", "MG007", "one time only"),
        ('{schedule: "0 8 * * *"}', "MG120", "does not exist at schedule without for_each"),
        ('{schedule: "0 8 * * *", for_each: agent}', "MG004", '"agent"'),
        ('{schedule: "0 8 * *", for_each: ticket}', "MG004", "five fields"),
        ('{schedule: "0 8 * * 1-5", for_each: ticket}', "MG004", "days of the week are names"),
        ('{schedule: "0 25 * * *", for_each: ticket}', "MG004", "is no schedule"),
        ('{schedule: "0 8 30 2 *", for_each: ticket}', "MG004", "never comes"),
        ("sla.breached", "MG012", "is not in this version"),
    ],
)
def test_what_cannot_be_waited_for_is_found(when: str, code: str, said: str) -> None:
    ruleset, problems = check(when)
    assert ruleset is None
    assert [(found, said in message) for found, message in problems] == [(code, True)]


def test_a_mail_is_no_fact_of_a_timer() -> None:
    _, problems = check("{idle: 3d}", "if: {subject: urgent},")
    assert [code for code, _ in problems] == ["MG120"]


@pytest.mark.parametrize(
    ("once", "read"),
    [
        ("event", None),
        ("episode", Once("episode")),
        ("ticket", Once("ticket")),
        ("customer/7d", Once("customer", timedelta(days=7))),
    ],
)
def test_once_is_read(once: str, read: Once | None) -> None:
    ruleset, _ = check("customer.replied", f"once: {once},")
    assert ruleset is not None
    assert ruleset.rules[0].once == read


@pytest.mark.parametrize("once", ["daily", "customer", "customer/soon", "customer/60d", "customer/1m", "ticket/7d"])
def test_another_once_is_found(once: str) -> None:
    _, problems = check("customer.replied", f"once: {once},")
    assert [code for code, _ in problems] == ["MG004"]


def test_before_a_ticket_there_is_no_once_a_ticket() -> None:
    text = "rules:\n  - {name: r, when: message.received, once: ticket, do: [{drop: no}]}\n"
    _, problems, _ = compiled({"10.yaml": text.encode()}, WORDS)
    assert [each.code for each in problems] == ["MG120"]


@pytest.mark.parametrize(
    ("cron", "after", "times"),
    [
        ("30 2 * * *", "2026-03-28T12:00", ["2026-03-29T01:30", "2026-03-30T00:30"]),
        ("30 2 * * *", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("30 * * * *", "2026-10-25T00:00", ["2026-10-25T00:30", "2026-10-25T01:30"]),
    ],
)
def test_an_hour_that_comes_twice_or_never_makes_no_second_time_of_day(cron: str, after: str, times: list[str]) -> None:
    timer, at, found = Schedule(cron, BERLIN), datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in times:
        following = timer.next(at)
        assert following is not None
        at = following
        found.append(f"{at:%Y-%m-%dT%H:%M}")
    assert found == times


@pytest.mark.parametrize(
    ("hours", "code"), [("{office: shut}", "MG004"), ("{offce: open}", "MG107"), ("closed", "MG007")]
)
def test_hours_are_those_of_a_calendar(hours: str, code: str) -> None:
    _, problems = check("ticket.created", f"if: {{hours: {hours}}},")
    assert [found for found, _ in problems] == [code]


def test_the_examples_that_are_shipped_switched_off_load_when_they_are_switched_on() -> None:
    root = Path(__file__).parents[2]
    text = (root / "rules/80-escalation.yaml").read_text("utf-8")
    off = text.partition("rules:\n")[2]
    switched_on = "rules:\n" + re.sub("^#", "", off, flags=re.MULTILINE)
    known = frozenset(path.stem for path in (root / "templates/en").glob("*.md"))
    ruleset, problems, _ = compiled({"80-escalation.yaml": switched_on.encode()}, replace(WORDS, templates=known))
    assert problems == ()
    assert ruleset is not None
    assert len(ruleset.timed) == text.count("- name:") == 4
    assert compiled({"80-escalation.yaml": text.encode()}, WORDS)[1] == ()
