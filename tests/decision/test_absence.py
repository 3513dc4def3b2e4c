"""An agent's out-of-office: she is away until it ends, gets no new work, and is back when she writes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.decision.absence import away_until
from mailgate.store import absences, tables
from mailgate.store.engine import Store
from tests.store.conftest import store as store
from tests.store.test_carry_out import Desk, rows
from tests.support.desk import ANA, KIM, NOW, make_policy, make_raw

BERLIN = ZoneInfo("Europe/Berlin")
DEFAULT = timedelta(days=3)
RULES = """
rules:
  - {name: mine, when: ticket.created, do: [{assign: nina}]}
"""


def read(text: str) -> str:
    until = away_until(text, NOW, BERLIN, DEFAULT)
    return "default" if until == NOW + DEFAULT else f"{until.astimezone(BERLIN):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I am out of the office until 2026-12-06.", "2026-12-07 00:00"),
        ("I'm away until Sunday, 6 December 2026. In urgent cases write to Kim.", "2026-12-07 00:00"),
        ("I will be back on December 7th, 2026", "2026-12-07 00:00"),
        ("out through December 6", "2026-12-07 00:00"),
        ("Ich bin bis zum 6. Dezember nicht im Haus.", "2026-12-07 00:00"),
        ("Ich bin bis einschließlich 06.12.2026 im Urlaub.", "2026-12-07 00:00"),
        ("Ich bin am Montag zurück am 7.12.2026.", "2026-12-07 00:00"),
        ("Estaré fuera hasta el domingo 6 de diciembre de 2026.", "2026-12-07 00:00"),
        ("Vuelvo el 7 de diciembre.", "2026-12-07 00:00"),
        ("until 4 January", "2027-01-05 00:00"),
        ("I am away.", "default"),
        ("I was here until 2026-11-01.", "default"),
        ("away until 12/06/2026", "default"),
        ("until 2026-12-06, Kim until 2026-12-20", "default"),
        ("until 31 February", "default"),
        ("until 2036-12-06", "default"),
        ("I met her on 6 December 2026.", "default"),
    ],
)
def test_the_end_is_read_only_where_it_is_unmistakable(text: str, until: str) -> None:
    assert read(text) == until


@given(st.text(max_size=300))
def test_any_text_gives_a_time_in_the_future(text: str) -> None:
    assert away_until("until " + text, NOW, BERLIN, DEFAULT) > NOW


def away(store: Store, at: datetime = NOW) -> dict[str, datetime]:
    return dict(store.read_now(lambda c: absences.away(c, at)))


def vacation(desk: Desk, ticket: Any, text: str) -> None:
    desk.says(text, ticket, auto_submitted="auto-replied")


def owner(desk: Desk, number: int) -> str | None:
    (plan,) = desk.run([(make_raw(message_id=f"<{number}@new.example>", subject=f"new {number}"), None)])
    assert plan.ticket is not None
    return plan.ticket.owner


def test_her_vacation_mail_marks_her_away_until_her_next_own_mail(store: Store) -> None:
    desk = Desk(store, make_policy(RULES))
    ticket = desk.begin()
    assert ticket.owner == "nina"
    vacation(desk, ticket, "I am out of the office until 2026-12-06.")
    assert away(store) == {"nina": datetime(2026, 12, 6, 23, 0, tzinfo=UTC)}
    assert away(store, NOW + timedelta(days=20)) == {}
    vacation(desk, ticket, "I am out of the office until 2026-12-06. ")
    assert len(rows(store, tables.history, event="agent.away")) == 1
    assert owner(desk, 1) is None
    desk.says("I am here.", ticket)
    assert away(store) == {}
    assert len(rows(store, tables.history, event="agent.back")) == 1
    assert owner(desk, 2) == "nina"


def test_her_vacation_mail_bears_her_name_whatever_her_program_writes(store: Store) -> None:
    desk = Desk(store, make_policy(RULES))
    vacation(desk, desk.begin(), "I am out of the office until 2026-12-06.")
    (filed,) = rows(store, tables.articles, automatic="auto-reply")
    assert (filed["sender_type"], filed["author_name"]) == ("agent", "Nina Costa")


HANDED_OVER = """
rules:
  - {name: mine, when: ticket.created, do: [{assign: nina}]}
  - name: hand-over
    when: agent.away
    if: {agent: nina, owner: nina, until: over 2d}
    do:
      - assign: {round_robin: {team: first-line}}
      - note: "{{ agent }} is away until {{ until }}"
      - notify: {role: lead, template: agent_note}
      - notify: {to: nina, template: agent_note}
  - {name: say, when: owner.changed, if: {owner: kim}, do: [{reply: received}]}
"""


def test_an_absence_is_an_event_and_no_other_rule_hears_of_the_mail(store: Store) -> None:
    policy = make_policy(
        "rules: [{name: x, when: [customer.replied, note.added, third_party.replied], do: [{tag: x}]}, "
        "{name: y, when: agent.away, do: [{tag: y}]}]"
    )
    desk = Desk(store, policy)
    ticket = desk.begin()
    vacation(desk, ticket, "I am out of the office until 2026-12-06.")
    assert desk.ticket().tags == ("y",)


def test_her_tickets_can_be_handed_over_and_she_herself_is_passed_over(store: Store) -> None:
    desk = Desk(store, make_policy(HANDED_OVER))
    ticket = desk.begin()
    desk.says("What is it?", ticket)
    vacation(desk, ticket, "I am out of the office until 2026-12-06.")
    assert desk.ticket().owner == "kim"
    told = [(row["recipient"], row["template"]) for row in rows(store, tables.outbox)]
    assert told == [(ANA, "reply"), (KIM.address, "agent_note")]
    (withheld,) = rows(store, tables.history, event="mail.withheld", actor="rule:say")
    assert "a machine wrote the mail" in withheld["detail"]
    assert any("nina is away until 2026-12-07" in row["text"] for row in rows(store, tables.articles))


def test_two_programs_that_answer_each_others_notifications_end_after_one_round(store: Store) -> None:
    desk = Desk(store, make_policy("rules: [{name: x, when: agent.away, do: [{note: away}]}]"))
    ticket = desk.begin()
    for text in ("I am away.", "I am away!", "I am out of the office until 2026-12-06."):
        vacation(desk, ticket, text)
        vacation(desk, ticket, text)
    assert [row["text"] for row in rows(store, tables.articles)].count("away") == 1
    desk.says("I am here.", ticket)
    vacation(desk, ticket, "I am away again.")
    assert [row["text"] for row in rows(store, tables.articles)].count("away") == 2


def test_what_only_claims_to_be_hers_marks_nobody_away(store: Store) -> None:
    desk = Desk(store, make_policy(RULES))
    ticket = desk.begin()
    desk.says("away until 2026-12-06", ticket, auto_submitted="auto-replied", verified="mx.example.com; dmarc=fail")
    assert away(store) == {}
    desk.says("A receipt until 2026-12-06", ticket, auto_submitted="auto-generated")
    assert away(store) == {}
