"""Effects that are more than new rows: done once, on what the decision saw, or not at all."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.decision.effects import Effect, FailDelivery, ReleaseAnswer, Resume, Rotate, Settle, WithdrawAnswer
from mailgate.decision.plan import Outcome, Plan
from mailgate.errors import Conflict
from mailgate.notify.templates import Templates
from mailgate.store import tables
from mailgate.store.apply import apply
from mailgate.store.carry_out import carry_out
from mailgate.store.circumstances import circumstances
from mailgate.store.engine import Store
from mailgate.store.history import broken_chains
from mailgate.tickets.model import Ticket
from tests.support.desk import ANA, KIM, NINA, NOW, Pipeline, make_envelope, make_policy, make_raw, signed_address

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(TEMPLATES, TEMPLATES)


class Desk(Pipeline):
    """A desk on which Ana has a ticket."""

    def begin(self) -> Ticket:
        (plan,) = self.run([(make_raw(), None)])
        assert plan.ticket is not None
        return plan.ticket

    def ticket(self) -> Ticket:
        from mailgate.store.known import load_tickets

        (found,) = self.store.read_now(
            lambda c: load_tickets(c, c.execute(sa.select(tables.tickets.c.id)).scalars())
        ).values()
        return found

    def says(self, text: str, ticket: Ticket, agent: Any = NINA, **more: Any) -> list[Plan]:
        """An agent's mail to her address as `ticket` was, and all that follows from it."""
        address = signed_address(ticket, 2 * agent.number + 1)
        said: dict[str, Any] = {
            "sender": agent.address,
            "to": address,
            "message_id": f"<{len(self.plans)}@laptop>",
            "verified": "mx.example.com; dmarc=pass header.from=example.com",
        }
        self.accept(make_raw(text=text, **said | more), make_envelope(agent.address, address, at=self.now))
        plans = self.process(1)
        while more_of_it := self.process(1):
            plans += more_of_it
        return plans


def rows(store: Store, table: sa.Table, **where: Any) -> list[dict[str, Any]]:
    chosen = (
        sa.select(table).where(*(table.c[name] == value for name, value in where.items())).order_by(*table.primary_key)
    )
    return store.read_now(lambda c: [dict(row._mapping) for row in c.execute(chosen)])


def do(store: Store, effect: Effect, **more: Any) -> None:
    plan = Plan(1, NOW, Outcome("command"), **more)
    store.write_now(lambda c: carry_out(c, plan, effect))


def held(store: Store) -> tuple[Desk, Ticket]:
    """Nina's answer crosses Kim's and waits."""
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("Kim's words.", ticket, KIM)
    desk.says("#tag x\nNina's words.", ticket)
    return desk, ticket


def copies(store: Store, author: str) -> list[str]:
    joined = tables.outbox.join(tables.articles, tables.articles.c.id == tables.outbox.c.article_id)
    chosen = sa.select(tables.outbox.c.state).select_from(joined).where(tables.articles.c.author_address == author)
    return store.read_now(lambda c: list(c.execute(chosen.where(tables.outbox.c.kind == "customer")).scalars()))


def test_a_held_answer_waits_in_the_outbox_with_the_commands_that_came_with_it(store: Store) -> None:
    desk, _ = held(store)
    assert (copies(store, KIM.address), copies(store, NINA.address)) == (["delayed"], ["held"])
    (waiting,) = rows(store, tables.awaiting)
    assert (waiting["agent"], waiting["kind"], waiting["orders"]) == ("nina", "held", "#tag x")
    (article,) = rows(store, tables.articles, author_address=NINA.address)
    assert (article["visibility"], article["id"]) == ("internal", waiting["article_id"])
    assert desk.ticket().tags == ()


def test_send_lets_it_go_once_and_its_commands_with_it(store: Store) -> None:
    desk, ticket = held(store)
    (first,) = desk.says("#send", ticket)
    assert first.outcome.detail == "#send"
    assert copies(store, NINA.address) == ["waiting"]
    assert (rows(store, tables.awaiting), desk.ticket().tags) == ([], ("x",))
    (article,) = rows(store, tables.articles, author_address=NINA.address)
    assert article["visibility"] == "public"
    (again,) = desk.says("#send", ticket)
    assert again.outcome.detail.startswith("refused")
    assert copies(store, NINA.address) == ["waiting"]


def test_discard_keeps_it_as_a_note_and_sends_nothing(store: Store) -> None:
    desk, ticket = held(store)
    desk.says("#discard", ticket)
    assert copies(store, NINA.address) == ["cancelled"]
    assert (rows(store, tables.awaiting), desk.ticket().tags) == ([], ())
    desk.says("#undo", ticket)
    assert copies(store, NINA.address) == ["cancelled"]


def test_undo_takes_all_copies_back_and_not_twice(store: Store) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("#pending 2026-12-24\n#set order=1", ticket)
    before = desk.ticket()
    desk.says("#close\n#set order=2\n#tag vip\n#cc ben@acme.example\nIt was sent.", ticket)
    assert (copies(store, NINA.address), desk.ticket().state) == (["delayed", "delayed"], "closed")
    desk.says("#undo", ticket)
    after = desk.ticket()
    assert copies(store, NINA.address) == ["cancelled", "cancelled"]
    assert (after.state, after.pending_until, after.owner) == ("pending", before.pending_until, None)
    assert (after.fields, after.tags, len(after.people)) == (before.fields, (), 1)
    (again,) = desk.says("#undo", ticket)
    assert "taken back already" in again.outcome.detail


def test_what_is_on_its_way_is_not_to_be_had_back_whatever_was_decided(store: Store) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("It was sent.", ticket)
    (article,) = rows(store, tables.articles, author_address=NINA.address)
    mine = tables.outbox.c.article_id == article["id"]
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).where(mine).values(state="sending")))
    with pytest.raises(Conflict):
        do(store, WithdrawAnswer(article["id"], "undo"))
    with pytest.raises(Conflict):
        do(store, ReleaseAnswer(article["id"]))
    assert copies(store, NINA.address) == ["sending"]


def test_of_two_copies_one_of_which_an_operator_sent_the_other_can_be_let_go(store: Store) -> None:
    desk, ticket = held(store)
    (mail,) = rows(store, tables.outbox, state="held")
    other = {name: value for name, value in mail.items() if name != "id"} | {"state": "sent", "recipient": "ben@x"}
    store.write_now(lambda c: c.execute(sa.insert(tables.outbox).values(**other)))
    with pytest.raises(Conflict):
        do(store, WithdrawAnswer(mail["article_id"], "discard"))
    desk.says("#send", ticket)
    assert sorted(copies(store, NINA.address)) == ["sent", "waiting"]


def test_what_was_settled_is_not_settled_again(store: Store) -> None:
    _, _ = held(store)
    (waiting,) = rows(store, tables.awaiting)
    do(store, Settle(waiting["id"], "send"))
    with pytest.raises(Conflict, match="does not wait"):
        do(store, Settle(waiting["id"], "send"))


def test_a_word_given_twice_at_once_is_carried_out_once(store: Store) -> None:
    desk, ticket = held(store)
    address = signed_address(ticket, 2 * NINA.number + 1)
    passed = "mx.example.com; dmarc=pass header.from=example.com"
    for n in range(2):
        raw = make_raw(sender=NINA.address, to=address, text="#send", message_id=f"<w{n}@x>", verified=passed)
        desk.accept(raw, make_envelope(NINA.address, address))
    both = desk.prepare()
    with pytest.raises(Conflict):
        store.write_now(lambda c: apply(c, both, desk.epoch, desk.ids))
    assert copies(store, NINA.address) == ["held"]


# --- taken up again


def unsigned(desk: Desk, text: str) -> None:
    passed = "mx.example.com; dmarc=pass header.from=example.com"
    raw = make_raw(
        sender=NINA.address,
        text=text,
        subject=f"[Ticket#{desk.ticket().number}] x",
        verified=passed,
        message_id="<u@x>",
    )
    desk.accept(raw, make_envelope(NINA.address))
    desk.process()


def test_confirm_resumes_the_mail_exactly_once_with_an_outcome_of_its_own(store: Store, templates: Templates) -> None:
    desk = Desk(store, make_policy(), templates=templates)
    ticket = desk.begin()
    unsigned(desk, "#close\nThe parcel left our house on Monday.")
    assert desk.ticket().state == "new"
    word, resumed = desk.says("#confirm", ticket)
    assert (word.outcome.detail, resumed.outcome.detail) == ("#confirm", "answer")
    assert (desk.ticket().state, copies(store, NINA.address)) == ("closed", ["delayed"])
    spool = rows(store, tables.spool)
    assert [row["outcome"] for row in spool] == ["article", "article", "command", "article"]
    assert (spool[3]["resumes"], spool[3]["resumed_from"], spool[3]["blob"]) == ("confirmed", 2, spool[1]["blob"])
    (again,) = desk.says("#confirm", ticket)
    assert again.outcome.detail.startswith("refused")
    assert copies(store, NINA.address) == ["delayed"]


def test_a_mail_that_is_gone_cannot_be_taken_up(store: Store) -> None:
    with pytest.raises(Conflict, match="S99"):
        do(store, Resume(99, "confirmed"))


@pytest.mark.parametrize(
    ("word", "outcome", "sent"), [("#confirm", "note", 0), ("#send", "answer", 1), ("#note", "note", 0)]
)
def test_a_mail_that_was_given_back_comes_again_as_she_says(store: Store, word: str, outcome: str, sent: int) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    (refused,) = desk.says("#ntoe\nIt was sent.", ticket)
    assert refused.outcome.detail.startswith("refused")
    assert len(rows(store, tables.articles)) == 1
    _, resumed = desk.says(word, ticket)
    assert (resumed.outcome.detail, len(copies(store, NINA.address))) == (outcome, sent)


def test_a_discarded_mail_does_not_come_again(store: Store) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("#ntoe\nIt was sent.", ticket)
    assert len(desk.says("#discard", ticket)) == 1
    assert rows(store, tables.awaiting) == []


# --- the rest


def test_a_round_robin_goes_on_by_one(store: Store) -> None:
    for turn in range(3):
        known = store.read_now(lambda c: circumstances(c, {"rotation"}))
        assert known.rotation.get("first-line", 0) == turn
        do(store, Rotate("first-line"))


def test_lines_of_a_flood_are_one_statement(store: Store) -> None:
    rules = "rules: [{name: x, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}]"
    desk = Pipeline(store, make_policy(rules))
    for n in range(30):
        desk.accept(make_raw(message_id=f"<{n}@acme.example>", subject=f"s{n}"))
    desk.process()
    lines = rows(store, tables.digest_lines)
    assert [sum(row["agent"] == name for row in lines) for name in ("nina", "kim")] == [10, 10]
    assert {row["due_at"] - row["at"] for row in lines} == {timedelta(minutes=10)}
    assert lines[0]["line"] == "agent_new: Ana Silva: s20"
    assert all(row["ticket_id"] for row in lines)
    assert ANA


# --- properties

MAILS = st.lists(
    st.tuples(
        st.sampled_from([NINA, KIM]),
        st.sampled_from(
            ["", "#note", "#close", "#pending 3d", "#ntoe", "#take", "#undo", "#discard", "#send", "#confirm"]
        ),
        st.booleans(),  # has text
        st.sampled_from(["proven", "proven", "proven", "unsigned", "failed", "machine"]),
        st.booleans(),  # answers to the newest article, not to the first
        st.sampled_from([0, 0, 30, 120]),  # seconds that pass before it
    ),
    max_size=9,
)


def handed_in(desk: Desk, first: Ticket, number: int, mail: Any) -> None:
    agent, order, has_text, how, newest, _ = mail
    ticket = desk.ticket() if newest else first
    address = "support@example.com" if how == "unsigned" else signed_address(ticket, 2 * agent.number + 1)
    word = f"Wort{number}{'innen' if order == '#note' else how} is what I say here."
    more: dict[str, Any] = {"auto_submitted": "auto-replied"} if how == "machine" else {}
    raw = make_raw(
        sender=agent.address,
        to=address,
        subject=f"Re: [Ticket#{ticket.number}] Invoice",
        text=f"{order}\n{word if has_text else ''}",
        message_id=f"<{number}@laptop>",
        verified=f"mx.example.com; dmarc={'fail' if how == 'failed' else 'pass'} header.from=example.com",
        **more,
    )
    desk.accept(raw, make_envelope(agent.address, address, at=desk.now))
    if number % 3 == 0:
        desk.accept(raw, make_envelope(agent.address, address, at=desk.now))  # handed in twice
    while desk.process(1):
        pass


def delivered(store: Store, now: Any) -> None:
    """What is due is sent."""
    due = (tables.outbox.c.state.in_(("waiting", "delayed")), tables.outbox.c.next_attempt_at <= now)
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).where(*due).values(state="sent", done_at=now)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mails=MAILS)
def test_no_sequence_of_agents_mails_gives_a_mail_two_outcomes_or_lets_out_what_is_inside(
    mails: list[Any], templates: Templates, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("agents"))
    store = Store(f"sqlite:///{copy}")
    sa.event.listen(store._engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    try:
        desk = Desk(store, make_policy(), templates=templates)
        first = desk.begin()
        for number, mail in enumerate(mails, 1):
            desk.now += timedelta(seconds=mail[-1])
            delivered(store, desk.now)
            handed_in(desk, first, number, mail)
        delivered(store, desk.now + timedelta(hours=1))
        _promises_hold(store, confirmed=any(mail[1] in ("#confirm", "#send") for mail in mails))
    finally:
        store.close()


def _promises_hold(store: Store, confirmed: bool) -> None:
    spool, articles = rows(store, tables.spool), rows(store, tables.articles)
    assert {row["outcome"] for row in spool} <= {"article", "command", "duplicate"}
    assert all(row["state"] != "new" for row in spool)
    made = [row["spool_id"] for row in articles if row["spool_id"] is not None]
    assert len(made) == len(set(made))  # one article of a mail at most
    assert {row["id"] for row in spool if row["outcome"] == "article"} == set(made)
    resumed = [(row["resumed_from"], row["resumes"]) for row in spool if row["resumes"]]
    assert len(resumed) == len({mail for mail, _ in resumed})  # taken up once
    public = {row["id"] for row in articles if row["visibility"] == "public"}
    for mail in rows(store, tables.outbox, kind="customer"):
        if mail["state"] == "sent":
            assert mail["article_id"] in public
            text = bytes(mail["content"])
            hidden = [b"innen", b"machine", b"nina@", b"kim@", b"for agents only"]
            hidden += [] if confirmed else [b"unsigned", b"failed"]
            assert not [word for word in hidden if word in text]
    assert store.read_now(broken_chains) == []


def test_a_copy_that_came_back_has_failed_and_waits_to_be_told_of_once(store: Store) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("My words.", ticket)
    (copy,) = rows(store, tables.outbox, kind="customer")
    failed = FailDelivery(copy["article_id"], copy["recipient"].upper(), "5.1.1 no such user")
    do(store, failed)
    assert rows(store, tables.outbox, kind="customer") == [copy]  # it was not sent yet: nothing can have come back
    with store._engine.begin() as connection:
        connection.execute(sa.update(tables.outbox).where(tables.outbox.c.id == copy["id"]).values(state="sent"))
    do(store, failed)
    (after,) = rows(store, tables.outbox, kind="customer")
    assert (after["state"], after["last_reply"], after["told_at"]) == ("failed", "5.1.1 no such user", None)
