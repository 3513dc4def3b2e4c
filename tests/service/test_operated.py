"""The operator decides about held mail: as its author could have, once, and she hears of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.ids import SeededIds
from mailgate.notify.templates import Templates
from mailgate.service.active import ActiveSet
from mailgate.service.operated import Operated, operate
from mailgate.store import outbox, tables
from mailgate.store.engine import Store
from mailgate.store.history import broken_chains
from tests.store.conftest import store as store
from tests.store.test_carry_out import Desk, copies, rows
from tests.support.desk import KIM, NINA, NOW, make_policy, make_raw

RULES = """
rules:
  - {name: colleagues, when: agent.replied, do: [{notify: {team: queue, template: agent_answered}}]}
"""
POLICY = make_policy(RULES)
POLICY = replace(POLICY, agents={**POLICY.agents, "nina": replace(NINA, language="de")})


@pytest.fixture(scope="module")
def templates() -> Templates:
    shipped = Path(__file__).resolve().parents[2] / "templates"
    return Templates.load(shipped, shipped)


def held_desk(store: Store, templates: Templates) -> Desk:
    """Nina's answer crosses Kim's and waits."""
    desk = Desk(store, POLICY, templates=templates)
    ticket = desk.begin()
    desk.says("Kim's words.", ticket, KIM)
    desk.says("#close\nNina's words.", ticket)
    return desk


def word(desk: Desk, templates: Templates, said: Any, number: int | None = None) -> Operated | None:
    if number is None:
        number = rows(desk.store, tables.outbox, state="held")[0]["id"]
    held = desk.store.read_now(lambda c: outbox.held(c, number))
    active = ActiveSet(desk.policy, templates, None, {})  # type: ignore[arg-type]  # its configuration is not asked for
    ids: Any = SeededIds(77)
    return operate(desk.store, held, said, lambda: active, ids, NOW) if held is not None else None


def told(store: Store, address: str) -> str:
    mails = rows(store, tables.outbox, recipient=address)
    return bytes(mails[-1]["content"]).decode("utf-8", "replace")


def test_the_operator_lets_an_answer_go_with_its_commands_and_its_author_hears_of_it(
    store: Store, templates: Templates
) -> None:
    desk = held_desk(store, templates)
    done = word(desk, templates, "release")
    assert done is not None
    assert done.told == "nina"
    assert (copies(store, NINA.address), rows(store, tables.awaiting)) == (["waiting"], [])
    assert desk.ticket().state == "closed"
    (article,) = rows(store, tables.articles, author_address=NINA.address)
    assert article["visibility"] == "public"
    assert "Ein Administrator hat" in told(store, NINA.address)
    assert "Nina Costa via Support" in told(store, KIM.address)
    history = rows(store, tables.history, event="answer.released")
    assert [each["actor"] for each in history] == ["operator"]
    assert store.read_now(broken_chains) == []
    assert word(desk, templates, "release", done.mails[0]) is None


def test_the_operator_discards_an_answer_and_it_stays_as_a_note(store: Store, templates: Templates) -> None:
    desk = held_desk(store, templates)
    done = word(desk, templates, "discard")
    assert done is not None
    assert (copies(store, NINA.address), rows(store, tables.awaiting)) == (["cancelled"], [])
    assert desk.ticket().state == "open"
    assert "verworfen" in told(store, NINA.address)
    assert [each["actor"] for each in rows(store, tables.history, event="answer.withdrawn")] == ["operator"]


def test_an_answer_whose_time_for_a_word_is_over_can_still_be_let_go(store: Store, templates: Templates) -> None:
    desk = held_desk(store, templates)
    store.write_now(lambda c: c.execute(sa.delete(tables.awaiting)))
    assert word(desk, templates, "release") is not None
    assert copies(store, NINA.address) == ["waiting"]


@pytest.mark.parametrize(("said", "state"), [("release", "waiting"), ("discard", "cancelled")])
def test_other_held_mail_is_let_go_or_dropped_by_itself(
    store: Store, templates: Templates, said: Any, state: str
) -> None:
    desk = Desk(store, POLICY, templates=templates)
    desk.run([(make_raw(), None)])
    ticket = desk.ticket()
    desk.says("#show", ticket)
    (mail,) = rows(store, tables.outbox)
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).values(state="held")))
    assert word(desk, templates, said, mail["id"]) == Operated((mail["id"],))
    assert rows(store, tables.outbox, id=mail["id"])[0]["state"] == state
    (told_of,) = rows(store, tables.history, actor="operator")
    assert told_of["event"] == {"release": "mail.released", "discard": "mail.discarded"}[said]


def test_who_a_held_answer_adds_gets_it_when_it_goes_out_and_takes_no_part_before(
    store: Store, templates: Templates
) -> None:
    desk = Desk(store, POLICY, templates=templates)
    ticket = desk.begin()
    desk.says("Kim's words.", ticket, KIM)
    desk.says("#cc carl@new.example\nNina's words.", ticket)
    mine = [each["recipient"] for each in rows(store, tables.outbox, state="held")]
    assert mine == ["ana@acme.example", "carl@new.example"]
    assert [each.address for each in desk.ticket().people] == ["ana@acme.example"]
    desk.says("#cc dora@new.example\nKim again.", desk.ticket(), KIM)
    desk.says("#send", ticket)
    people = {each.address: each.party for each in desk.ticket().people}
    assert set(people) == {"ana@acme.example", "carl@new.example", "dora@new.example"}
    assert copies(store, NINA.address) == ["waiting", "waiting"]
    (reply_to,) = {each["reverse_path"] for each in rows(store, tables.outbox, recipient="carl@new.example")}
    assert people["carl@new.example"] != people["dora@new.example"]
    assert reply_to


def test_an_answer_held_behind_many_later_copies_is_let_go_by_mail(store: Store, templates: Templates) -> None:
    desk = held_desk(store, templates)
    ticket = desk.ticket()
    (kims,) = rows(store, tables.outbox, state="delayed")
    many = [{name: value for name, value in kims.items() if name != "id"} for _ in range(70)]
    store.write_now(lambda c: c.execute(sa.insert(tables.outbox), many))
    (plan,) = desk.says("#send", ticket)
    assert plan.outcome.detail == "#send"
    assert copies(store, NINA.address) == ["waiting"]


def test_a_delayed_or_held_answer_is_shown_as_what_it_is(store: Store, templates: Templates) -> None:
    desk = held_desk(store, templates)
    desk.says("#show", desk.ticket(), KIM)
    shown = told(store, KIM.address)
    assert shown.count("(waits: not sent yet)") >= 2
    assert "(internal)" not in shown


@pytest.mark.parametrize("wanted", [False, True])
def test_she_gets_a_copy_of_her_own_answer_where_it_is_wanted(store: Store, templates: Templates, wanted: bool) -> None:
    quiet = replace(POLICY.agents_policy, confirm="errors", copy_self=wanted)
    desk = Desk(store, replace(POLICY, agents_policy=quiet), templates=templates)
    ticket = desk.begin()
    desk.says("Kim's words.", ticket, KIM)
    copied = rows(store, tables.outbox, recipient=KIM.address)
    assert [each["template"] for each in copied] == ["agent_answered"] * wanted
    assert all("Kim's words." in bytes(each["content"]).decode() for each in copied)
    desk.says("Nina's words.", ticket)
    assert not [each for each in rows(store, tables.outbox, recipient=NINA.address) if each["kind"] == "customer"]
    before = len(rows(store, tables.outbox, recipient=NINA.address, template="agent_answered"))
    desk.says("#send", ticket)
    after = len(rows(store, tables.outbox, recipient=NINA.address, template="agent_answered"))
    assert after - before == wanted
