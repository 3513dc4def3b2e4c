"""The value behind a verb."""

from datetime import UTC, datetime

import pytest

from mailgate.commands import values as v
from mailgate.commands.names import Names
from tests.commands.desk import NAMES, commands, mistake

DECLARED = Names(NAMES.agents, NAMES.addresses, NAMES.queues, NAMES.teams, frozenset({"order", "serial-number"}))


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("#note", v.Note()),
        ("#reply", v.Answer()),
        ("#close", v.Close()),
        ("#resolve", v.Close()),
        ("#reopen", v.Reopen()),
        ("#pending fri 14:00", v.Pending(datetime(2026, 3, 6, 14, tzinfo=UTC))),
        ("#spam", v.Spam()),
        ("#take", v.Take()),
        ("#assign nina", v.Assign("nina")),
        ("#assign to Nina Costa", v.Assign("nina")),
        ('#assign "Nina Costa"', v.Assign("nina")),
        ("#assign @nina", v.Assign("nina")),
        ("#assign nina.", v.Assign("nina")),
        ("#assign NINA@example.com", v.Assign("nina")),
        ("#assign Nina Costa <nina@example.com>", v.Assign("nina")),
        ("#assign <mailto:nina@example.com>", v.Assign("nina")),
        ("#assign me", v.Take()),
        ("#assign none", v.Unassign()),
        ("#unassign", v.Unassign()),
        ("#queue billing", v.Move("billing")),
        ("#move to Billing and refunds", v.Move("billing")),
        ("#priority high", v.SetPriority("high")),
        ("#priority=H", v.SetPriority("high")),
        ("#prio dringend", v.SetPriority("urgent")),
        ("#prioridad baja", v.SetPriority("low")),
        ("#send", v.Send()),
        ("#discard", v.Discard()),
        ("#confirm", v.Confirm()),
        ("#undo", v.Undo()),
        ("#show", v.Show()),
        ("#history", v.History()),
        ("#explain", v.Explain()),
        ("#help", v.Help("")),
        ("#help #pend", v.Help("pending")),
        ("#help merge", v.Help("merge")),
        ("#help zebra", v.Help("zebra")),
    ],
)
def test_a_line_is_the_command_that_a_person_reads_in_it(line: str, command: v.Command) -> None:
    assert commands(line) == [command]


@pytest.mark.parametrize(
    ("line", "add", "remove"),
    [
        ("#tag vip", ("vip",), ()),
        ("#tag vip -trial +x", ("vip", "x"), ("trial",)),
        ("#tag vip, gold,silver", ("vip", "gold", "silver"), ()),
        ("#tag -trial", (), ("trial",)),
        ("#tag – trial", (), ("trial",)),  # a phone made a dash of it
        ("#tag −trial", (), ("trial",)),
        ("#tag #vip", ("vip",), ()),
        ("#tag e-mail", ("e-mail",), ()),
        ("#tag vip vip", ("vip",), ()),
        ("#tag vip ,", ("vip",), ()),
        ("#untag trial -old", (), ("trial", "old")),
    ],
)
def test_tags_are_put_on_and_with_a_minus_taken_off(line: str, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    assert commands(line) == [v.Tag(add, remove)]


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("#set order=4711", "order", "4711"),
        ("#set Order = 4711", "order", "4711"),
        ("#set order: 4711", "order", "4711"),
        ("#set order 4711 b", "order", "4711 b"),
        ('#set order="4711"', "order", "4711"),
        ("#set order=“4711”", "order", "4711"),
        ("#set order=https://shop.example/?id=4711", "order", "https://shop.example/?id=4711"),
        ("#set order=Grün", "order", "Grün"),
    ],
)
@pytest.mark.parametrize("names", [NAMES, DECLARED], ids=["any field", "declared fields"])
def test_a_field_gets_its_value(line: str, name: str, value: str, names: Names) -> None:
    assert commands(line, names) == [v.SetField(name, value)]


def test_a_declared_field_may_be_shortened_and_is_guessed_at() -> None:
    assert commands("#set serial=a=b", DECLARED) == [v.SetField("serial-number", "a=b")]
    assert mistake("#set ordre=4711", DECLARED) == ('no field "ordre". Did you mean order?', "#set order=4711")
    assert mistake("#set colour=red", DECLARED) == ('no field "colour". There are: order, serial-number', None)


@pytest.mark.parametrize(
    ("line", "said", "corrected"),
    [
        ("#assign", "say which agent, as in #assign nina", None),
        ("#assign nna", 'no agent "nna". Did you mean nina?', "#assign nina"),
        ("#assign nina please", 'no agent "nina please". Did you mean nina?', "#assign nina"),
        ("#assign ni", '"ni" can be nina or nico: write more of it', None),
        ("#assign zebra", 'no agent "zebra". There are: nina, nico, omar', None),
        ("#queue biling", 'no queue "biling". Did you mean billing?', "#queue billing"),
        ("#queue", "say which queue, as in #queue billing", None),
        ("#priority hihg", 'no priority "hihg". Did you mean high?', "#priority high"),
        ("#priority 1", 'no priority "1". There are: low, normal, high, urgent', None),
        ("#pending", "say until when, as in #pending 3d", None),
        ("#pending firday", '"firday" is not a time. Did you mean friday?', "#pending friday"),
        ("#tag", "say which tag, as in #tag vip", None),
        ("#tag a -a", '"a" is put on and taken off: write it once', None),
        ("#tag vip #close", "one command a line: put #close on a line of its own", None),
        ("#close #take", "one command a line: put #take on a line of its own", None),
        ("#set", "say which field gets which value, as in #set order=4711", None),
        ("#set order", "say which field gets which value, as in #set order=4711", None),
        ("#set order=", "say which field gets which value, as in #set order=4711", None),
        ("#set a=1 b=2", "one field a line: #set order=4711 on one, the next on the next", None),
        ("#note call Ana", "#note stands alone on its line: put the text on the next line", None),
        (
            "#close now please",
            '#close stands alone on its line: take "now please" away, or put it below as text',
            "#close",
        ),
    ],
)
def test_a_wrong_value_is_told_with_the_next_step(line: str, said: str, corrected: str | None) -> None:
    assert mistake(line) == (said, corrected)


@pytest.mark.parametrize("named", ["1040", "#1040", "1040 1041", "[Ticket#1040]", "ticket 1040."])
@pytest.mark.parametrize("verb", ["close", "take", "show"])
def test_another_ticket_cannot_be_named_and_is_never_taken_for_this_one(verb: str, named: str) -> None:
    said, corrected = mistake(f"#{verb} {named}")
    assert "the ticket whose mail you answer, not for" in said
    assert corrected is None


def test_what_looks_like_a_sentence_is_not_dropped_by_a_correction() -> None:
    assert mistake("#close The refund is on its way")[1] is None


@pytest.mark.parametrize(
    "line", ["#assign team:billing", "#assign team billing", "#assign billing", "#assign @team: billing"]
)
def test_a_team_is_answered_with_its_queue(line: str) -> None:
    said = "a ticket belongs to an agent, not to a team: move it to that team's queue with #queue billing"
    assert mistake(line) == (said, "#queue billing")


def test_a_team_without_a_queue_of_its_name_has_no_correction() -> None:
    said = "a ticket belongs to an agent, not to a team: move it to that team's queue with #queue and its name"
    assert mistake("#assign night watch") == (said, None)


def test_an_agent_may_bear_the_name_of_a_team_or_a_small_word() -> None:
    names = Names({"billing": "Bill Ing", "me": "Mel", "lead": "Team Lead"}, {}, {}, ("billing",))
    assert commands("#assign billing", names) == [v.Assign("billing")]
    assert commands("#assign me", names) == [v.Assign("me")]
    assert commands("#assign team lead", names) == [v.Assign("lead")]


def test_me_is_never_the_beginning_of_somebody_else() -> None:
    names = Names(
        {"mel": "Mel", "nonette": "Nonette", "billy": "Billing Bill"}, {}, {"billing": "Billing"}, ("billing",)
    )
    assert commands("#assign me", names) == [v.Take()]
    assert commands("#assign none", names) == [v.Unassign()]
    assert mistake("#assign billing", names)[1] == "#queue billing"


@pytest.mark.parametrize("name", ["größe", "4711", "a.b", "-x"])
def test_what_cannot_name_a_field_is_refused(name: str) -> None:
    assert "cannot be the name of a field" in mistake(f"#set {name}=1")[0]


def test_a_tag_of_more_than_sixty_characters_is_refused() -> None:
    assert "too long for a tag" in mistake(f"#tag {'x' * 61}")[0]
